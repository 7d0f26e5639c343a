//! The rules: each looks at what `cargo metadata` says and names the crates that break it.

use crate::licence;
use crate::table::{BANNED, FLOORS, LICENCES, ONCE};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A crate that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Breach {
    pub(crate) rule: &'static str,
    pub(crate) name: String,
    pub(crate) why: String,
}

/// A crate of the tree, as far as the rules look at it.
struct Package<'a> {
    name: &'a str,
    version: &'a str,
    licence: Option<&'a str>,
    source: Option<&'a str>,
    features: BTreeSet<&'a str>,
}

/// The tree that `cargo metadata --format-version 1` tells of; own crates have no source.
pub(crate) struct Tree<'a>(Vec<Package<'a>>);

impl<'a> Tree<'a> {
    /// Panics on anything but cargo's own format: then the policy would have looked at nothing.
    pub(crate) fn of(metadata: &'a Value) -> Self {
        let nodes = metadata["resolve"]["nodes"].as_array().expect("resolved nodes");
        let features: BTreeMap<&str, BTreeSet<&str>> =
            nodes.iter().map(|node| (text(&node["id"]), strings(&node["features"]))).collect();
        let packages = metadata["packages"].as_array().expect("packages");
        let read = |package: &'a Value| Package {
            name: text(&package["name"]),
            version: text(&package["version"]),
            licence: package["license"].as_str(),
            source: package["source"].as_str(),
            features: features.get(text(&package["id"])).cloned().unwrap_or_default(),
        };
        Self(packages.iter().map(read).collect())
    }

    /// How many crates are not ours.
    pub(crate) fn foreign(&self) -> usize {
        self.0.iter().filter(|package| package.source.is_some()).count()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn strings(value: &Value) -> BTreeSet<&str> {
    value.as_array().expect("a list").iter().map(text).collect()
}

/// Every crate that breaks a rule, whatever the exceptions say.
pub(crate) fn breaches(tree: &Tree<'_>) -> Vec<Breach> {
    [licences(tree), banned(tree), floors(tree), sources(tree), provider(tree), once(tree)].concat()
}

/// The breaches but those with a reason, and one more for each exception that nothing needs any more.
pub(crate) fn excused(found: Vec<Breach>, exceptions: &[(&str, &str, &str)]) -> Vec<Breach> {
    let excuse =
        |breach: &Breach| exceptions.iter().any(|(rule, name, _)| breach.rule == *rule && breach.name == *name);
    let unneeded = exceptions
        .iter()
        .filter(|(rule, name, _)| !found.iter().any(|breach| breach.rule == *rule && breach.name == *name));
    let stale: Vec<Breach> = unneeded
        .map(|(rule, name, _)| breach("exception", name, format!("nothing breaks `{rule}` any more: take it out")))
        .collect();
    found.into_iter().filter(|breach| !excuse(breach)).chain(stale).collect()
}

fn breach(rule: &'static str, name: &str, why: impl Into<String>) -> Breach {
    Breach { rule, name: name.to_owned(), why: why.into() }
}

fn licences(tree: &Tree<'_>) -> Vec<Breach> {
    let verdict = |package: &Package<'_>| match package.licence.map(|text| (text, licence::is_allowed(text, LICENCES)))
    {
        Some((_, Some(true))) => None,
        Some((text, Some(false))) => Some(breach("licence", package.name, format!("{text} is not on the list"))),
        Some((text, None)) => Some(breach("licence", package.name, format!("`{text}` is no licence expression"))),
        None => Some(breach("licence", package.name, "names no licence")),
    };
    tree.0.iter().filter_map(verdict).collect()
}

fn banned(tree: &Tree<'_>) -> Vec<Breach> {
    let matches = |pattern: &str, name: &str| match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    };
    let ban = |package: &Package<'_>| {
        let (_, why) = BANNED.iter().find(|(pattern, _)| matches(pattern, package.name))?;
        Some(breach("ban", package.name, *why))
    };
    tree.0.iter().filter_map(ban).collect()
}

fn floors(tree: &Tree<'_>) -> Vec<Breach> {
    let below = |package: &Package<'_>| {
        let (_, floor, why) = FLOORS.iter().find(|(name, ..)| *name == package.name)?;
        let low = numbers(package.version) < numbers(floor);
        low.then(|| breach("floor", package.name, format!("{} is older than {floor}: {why}", package.version)))
    };
    tree.0.iter().filter_map(below).collect()
}

fn sources(tree: &Tree<'_>) -> Vec<Breach> {
    let foreign = |package: &&Package<'_>| package.source.is_some_and(|from| !from.starts_with("registry+"));
    tree.0
        .iter()
        .filter(foreign)
        .map(|package| breach("source", package.name, "comes from outside the registry"))
        .collect()
}

/// One TLS provider: rustls is built with ring and nothing else, and ring is there.
fn provider(tree: &Tree<'_>) -> Vec<Breach> {
    let other = ["aws_lc_rs", "aws-lc-rs", "fips"];
    let rustls: Vec<&Package<'_>> = tree.0.iter().filter(|package| package.name == "rustls").collect();
    let mut found = Vec::new();
    for package in rustls {
        for feature in other.iter().filter(|feature| package.features.contains(**feature)) {
            found.push(breach("provider", package.name, format!("is built with {feature}")));
        }
        if !package.features.contains("ring") {
            found.push(breach("provider", package.name, "is built without ring"));
        }
    }
    found
}

/// No two versions that cargo would not unify.
fn once(tree: &Tree<'_>) -> Vec<Breach> {
    let twice = |name: &&&str| {
        let versions = tree.0.iter().filter(|package| package.name == **name).map(|package| major(package.version));
        versions.collect::<BTreeSet<_>>().len() > 1
    };
    ONCE.iter().filter(twice).map(|name| breach("once", name, "is there in two versions")).collect()
}

/// What cargo holds compatible: `1`, or `0.23` before the first.
fn major(version: &str) -> Vec<u64> {
    let numbers = numbers(version);
    let digits = if numbers.first() == Some(&0) { 2 } else { 1 };
    numbers.into_iter().take(digits).collect()
}

/// `0.103.13-alpha.1` as numbers; what stands after `-` or `+` is passed over.
fn numbers(version: &str) -> Vec<u64> {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    core.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

#[test]
fn versions_compare_as_numbers() {
    assert!(numbers("0.4.9") < numbers("0.4.17"));
    assert!(numbers("1.11.1") >= numbers("1.11.1") && numbers("2.0.0") > numbers("1.99.9"));
    assert_eq!((major("0.23.46"), major("1.11.1"), major("10.0.0+x")), (vec![0, 23], vec![1], vec![10]));
}
