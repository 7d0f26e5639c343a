//! What Rolo may be made of: licences, bans, version floors, one TLS provider. Checked on the tree that cargo resolved.
//!
//! Each rule has a control: a made-up tree that breaks it, and only it.
#![expect(clippy::expect_used, reason = "tests: what is not as cargo writes it must fail them")]

mod licence;
mod rules;
mod table;

use rules::{Breach, Tree, breaches, excused};
use serde_json::{Value, json};
use std::process::Command;
use table::EXCEPTIONS;

/// Locked, so that it is the tree that is built; the network is not needed once that tree has been fetched.
fn metadata() -> Value {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let answer = Command::new(cargo)
        .args(["metadata", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
    serde_json::from_slice(&answer.stdout).expect("cargo metadata is JSON")
}

#[test]
fn the_tree_of_dependencies_keeps_the_policy() {
    let metadata = metadata();
    let tree = Tree::of(&metadata);
    assert!(tree.foreign() > 100, "only {} crates: this is not the whole tree", tree.foreign());
    assert_eq!(excused(breaches(&tree), EXCEPTIONS), []);
}

const REGISTRY: &str = "registry+https://example.org/index";

/// A tree of crates: name, version, licence, source, features.
fn made_up(packages: &[(&str, &str, Value, &str, &[&str])]) -> Value {
    let id = |name: &str, version: &str| format!("{name}@{version}");
    let described = packages.iter().map(|(name, version, licence, source, _)| {
        json!({ "id": id(name, version), "name": name, "version": version, "license": licence, "source": source })
    });
    let nodes =
        packages.iter().map(|(name, version, _, _, features)| json!({ "id": id(name, version), "features": features }));
    json!({ "packages": described.collect::<Vec<_>>(), "resolve": { "nodes": nodes.collect::<Vec<_>>() } })
}

fn found(name: &str, version: &str, licence: Value, source: &str, features: &[&str]) -> Vec<(&'static str, String)> {
    let metadata = made_up(&[(name, version, licence, source, features)]);
    breaches(&Tree::of(&metadata)).into_iter().map(|breach| (breach.rule, breach.name)).collect()
}

#[test]
fn a_tree_that_breaks_nothing_passes() {
    assert_eq!(found("rustls", "0.23.46", json!("Apache-2.0 OR ISC OR MIT"), REGISTRY, &["ring", "std"]), []);
    assert_eq!(found("openssl-probe", "0.2.0", json!("MIT"), REGISTRY, &[]), []);
}

#[test]
fn a_licence_off_the_list_or_none_at_all_is_found() {
    for licence in [json!("GPL-3.0-only"), json!("MIT AND AGPL-3.0-only"), json!("ask us"), Value::Null] {
        assert_eq!(found("a", "1.0.0", licence.clone(), REGISTRY, &[]), [("licence", "a".to_owned())], "{licence}");
    }
}

#[test]
fn every_ban_is_found() {
    for name in ["openssl", "openssl-sys", "openssl-src", "native-tls", "aws-lc-rs", "aws-lc-sys", "boring", "cmake"] {
        assert_eq!(found(name, "1.0.0", json!("MIT"), REGISTRY, &[]), [("ban", name.to_owned())]);
    }
}

#[test]
fn every_floor_is_found_when_one_goes_below_it() {
    for (name, floor, _) in table::FLOORS {
        assert_eq!(found(name, "0.1.0", json!("MIT"), REGISTRY, &[]), [("floor", (*name).to_owned())]);
        assert_eq!(found(name, floor, json!("MIT"), REGISTRY, &[]), []);
    }
}

#[test]
fn a_crate_from_outside_the_registry_is_found() {
    assert_eq!(found("a", "1.0.0", json!("MIT"), "git+https://example.org/a", &[]), [("source", "a".to_owned())]);
}

#[test]
fn a_second_tls_provider_is_found() {
    let rule = ("provider", "rustls".to_owned());
    for features in [&["ring", "aws_lc_rs"][..], &["std"]] {
        assert_eq!(found("rustls", "0.23.46", json!("MIT"), REGISTRY, features), std::slice::from_ref(&rule));
    }
}

#[test]
fn two_majors_of_rustls_are_found_and_two_patches_are_not() {
    let pair = |second| {
        let one = |version| ("rustls", version, json!("MIT"), REGISTRY, &["ring"][..]);
        made_up(&[one("0.23.46"), one(second)])
    };
    let rules = |metadata: &Value| breaches(&Tree::of(metadata)).iter().map(|breach| breach.rule).collect::<Vec<_>>();
    assert_eq!(rules(&pair("0.22.4")), ["once"]);
    assert_eq!(rules(&pair("0.23.1")), [] as [&str; 0]);
}

#[test]
fn an_exception_excuses_its_crate_alone_and_is_found_when_nothing_needs_it() {
    let breach = |name: &str| Breach { rule: "ban", name: name.to_owned(), why: String::new() };
    let left = excused(vec![breach("cmake"), breach("boring")], &[("ban", "cmake", "a reason")]);
    assert_eq!(left, [breach("boring")]);
    let stale = excused(vec![], &[("ban", "cmake", "a reason")]);
    assert_eq!((stale.len(), stale[0].rule, stale[0].name.as_str()), (1, "exception", "cmake"));
}
