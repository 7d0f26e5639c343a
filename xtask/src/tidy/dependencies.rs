//! Every dependency has a line in `docs/dependencies.md` on what it saves us, and `bench` lists what only tests use.
//!
//! The latter makes features resolve alike with and without tests; else `cargo build` after `cargo test` rebuilds
//! whatever a test-only crate had widened.

use super::Finding;
use super::tree::Tree;
use std::collections::BTreeSet;

const DOCS: &str = "docs/dependencies.md";
const BENCH: &str = "bench/Cargo.toml";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let used = used(tree);
    let told = told(tree.text(DOCS).unwrap_or_default());
    let mut findings = Vec::new();
    for name in used.difference(&told) {
        findings.push(Finding::new(DOCS, format!("has no line on {name}"), "say what it saves us"));
    }
    for name in told.difference(&used) {
        findings.push(Finding::new(DOCS, format!("still tells of {name}"), "nobody uses it: take the line out"));
    }
    let listed = tree.text(BENCH).map(|text| section(text, "dependencies")).unwrap_or_default();
    for (path, text) in manifests(tree).filter(|(path, _)| *path != BENCH) {
        for name in section(text, "dev-dependencies").difference(&listed).filter(|name| !is_ours(name)) {
            let cure = format!("`{path}` tests with it: add `{name}.workspace = true`");
            findings.push(Finding::new(BENCH, format!("does not list {name}"), cure));
        }
    }
    findings
}

/// All that any manifest names, but for our own crates.
fn used(tree: &Tree) -> BTreeSet<&str> {
    let root = tree.text("Cargo.toml").map(|text| section(text, "workspace.dependencies")).unwrap_or_default();
    let sections = ["dependencies", "dev-dependencies", "build-dependencies"];
    let members = manifests(tree).flat_map(|(_, text)| sections.into_iter().flat_map(|name| section(text, name)));
    root.into_iter().chain(members).filter(|name| !is_ours(name)).collect()
}

fn manifests(tree: &Tree) -> impl Iterator<Item = (&str, &str)> {
    let members = ["crates/", "bench/", "xtask/"].into_iter().flat_map(|folder| tree.under(folder));
    members.filter(|(path, _)| path.ends_with("Cargo.toml"))
}

fn is_ours(name: &str) -> bool {
    name == "rolo" || name.starts_with("rolo-")
}

/// The names in one section of a manifest: `name = …`, `name.workspace = true`, and `[section.name]`.
fn section<'a>(text: &'a str, wanted: &str) -> BTreeSet<&'a str> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in text.lines().map(str::trim) {
        if let Some(header) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            inside = header == wanted;
            names.extend(header.strip_prefix(wanted).and_then(|rest| rest.strip_prefix('.')));
        } else if inside && line.starts_with(|first: char| first.is_alphanumeric()) {
            names.extend(line.split(['=', '.', ' ']).next());
        }
    }
    names
}

/// The first cell of each row: `` | `serde` | … | ``.
fn told(text: &str) -> BTreeSet<&str> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    rows.filter_map(|rest| rest.split_once("` |").map(|(name, _)| name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "[workspace.dependencies]\nrolo-core = { path = \"crates/core\" }\n# a word\nserde = \"1\"\nhttp = { version = \"1\" }\n\n[profile.dev]\ndebug = 1\n";

    fn found(docs: &str, member: &str, bench: &str) -> Vec<String> {
        let files = [("Cargo.toml", ROOT), (DOCS, docs), ("crates/api/Cargo.toml", member), (BENCH, bench)];
        check(&Tree::of(&files)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn each_dependency_needs_its_line_and_each_line_its_dependency() {
        assert_eq!(found("| `serde` | writes |\n| `http` | types |\n", "", ""), [] as [&str; 0]);
        assert!(found("| `serde` | writes |\n", "", "")[0].contains("has no line on http"));
        let found = found("| `serde` | writes |\n| `http` | types |\n| `chrono` | dates |\n", "", "");
        assert!(found[0].contains("still tells of chrono"), "{found:?}");
    }

    #[test]
    fn a_dependency_that_only_one_crate_names_needs_its_line_too() {
        let docs = "| `serde` | writes |\n| `http` | types |\n";
        assert!(found(docs, "[dependencies]\nanyhow = \"1\"\nserde.workspace = true\n", "")[0].contains("anyhow"));
        assert!(found(docs, "[build-dependencies.cc]\nversion = \"1\"\n", "")[0].contains("has no line on cc"));
    }

    #[test]
    fn what_tests_use_is_listed_by_bench() {
        let docs = "| `serde` | writes |\n| `http` | types |\n";
        let member = "[dev-dependencies]\nserde.workspace = true\nrolo-services.workspace = true\n";
        assert!(found(docs, member, "[dependencies]\nhttp.workspace = true\n")[0].contains("does not list serde"));
        assert_eq!(found(docs, member, "[dependencies]\nserde.workspace = true\n"), [] as [&str; 0]);
    }
}
