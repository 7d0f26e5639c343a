//! `cargo xtask tidy`: what the compiler does not see. Reads the tree once, asks nobody, takes a moment.
//!
//! One file per rule. A rule is a function from the tree to findings, so its tests draw a small tree and break it.

mod dependencies;
mod limits;
mod migrations;
mod promises;
mod source;
mod tree;

use crate::house::House;
use std::fmt;
use tree::Tree;

/// Something that is not as it should be, and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    place: String,
    what: String,
    cure: String,
}

impl Finding {
    fn new(place: impl Into<String>, what: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { place: place.into(), what: what.into(), cure: cure.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}, {}", self.place, self.what, self.cure)
    }
}

const RULES: &[fn(&Tree) -> Vec<Finding>] =
    &[promises::check, source::check, dependencies::check, limits::check, migrations::check, whole_house];

/// Prints each finding as `path: what, cure`.
pub(crate) fn run(house: &House) -> crate::Answer {
    let tree = Tree::read(&house.root).map_err(|why| format!("The tree cannot be read: {why}."))?;
    let findings: Vec<Finding> = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    for finding in &findings {
        println!("{finding}");
    }
    Ok(findings.is_empty())
}

/// Files that must be, or must not be.
fn whole_house(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ["rust-toolchain.toml", "rust-toolchain"] {
        if tree.has(name) {
            findings.push(Finding::new(
                name,
                "makes rustup download another toolchain",
                "say rust-version in Cargo.toml",
            ));
        }
    }
    if tree.under("crates/rolo/src/config/").next().is_some() && !tree.has("rolo.example.toml") {
        findings.push(Finding::new(
            "rolo.example.toml",
            "is missing",
            "write it from the structs in crates/rolo/src/config",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_file_and_a_missing_example_are_found() {
        assert_eq!(whole_house(&Tree::of(&[("Cargo.toml", "")])), []);
        let tree = Tree::of(&[("rust-toolchain.toml", ""), ("crates/rolo/src/config/mod.rs", "")]);
        let places: Vec<String> = whole_house(&tree).into_iter().map(|finding| finding.place).collect();
        assert_eq!(places, ["rust-toolchain.toml", "rolo.example.toml"]);
    }

    #[test]
    fn a_finding_reads_as_path_what_cure() {
        assert_eq!(
            Finding::new("docs/x.md:3", "names no test", "add one").to_string(),
            "docs/x.md:3: names no test, add one"
        );
    }
}
