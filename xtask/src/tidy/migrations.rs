//! A migration exists in three dialects under one name: a missing one would be noticed only where that database runs.

use super::Finding;
use super::tree::Tree;
use std::collections::BTreeSet;

const DIALECTS: &[&str] = &["sqlite", "mysql", "postgres"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let folder = |dialect: &&str| format!("crates/services/migrations/{dialect}/");
    let folders: Vec<String> = DIALECTS.iter().map(folder).collect();
    let names: Vec<BTreeSet<&str>> =
        folders.iter().map(|folder| tree.under(folder).map(|(path, _)| &path[folder.len()..]).collect()).collect();
    let all: BTreeSet<&str> = names.iter().flatten().copied().collect();
    let mut findings = Vec::new();
    for (folder, here) in folders.iter().zip(&names) {
        for name in all.difference(here) {
            findings.push(Finding::new(
                format!("{folder}{name}"),
                "is missing",
                "the other databases have it: write it",
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_missing_in_one_dialect_is_found() {
        let all: Vec<String> =
            DIALECTS.iter().map(|name| format!("crates/services/migrations/{name}/0001_books.sql")).collect();
        let mut files: Vec<(&str, &str)> = all.iter().map(|path| (path.as_str(), "")).collect();
        assert_eq!(check(&Tree::of(&files)), []);
        files.push(("crates/services/migrations/sqlite/0002_labels.sql", ""));
        let places: Vec<String> = check(&Tree::of(&files)).into_iter().map(|finding| finding.place).collect();
        let wanted = ["mysql", "postgres"].map(|name| format!("crates/services/migrations/{name}/0002_labels.sql"));
        assert_eq!(places, wanted);
    }
}
