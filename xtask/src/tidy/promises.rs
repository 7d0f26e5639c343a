//! Every row of `docs/promises.md` names what shows it: tests that exist, or it says openly that there is none.
//!
//! A row: `| 1.4 | the promise | path::test; path::test |`, or `open: …`, or `missed: …` in place of a test.

use super::Finding;
use super::tree::Tree;
use std::collections::BTreeSet;

const PATH: &str = "docs/promises.md";

/// One numbered row.
#[derive(Debug, PartialEq, Eq)]
struct Row<'a> {
    line: usize,
    number: &'a str,
    shown_by: Vec<Shown<'a>>,
}

/// What a row gives as its ground.
#[derive(Debug, PartialEq, Eq)]
enum Shown<'a> {
    /// A test or benchmark: the file, and its function or, outside Rust, its very text.
    Test { file: &'a str, name: &'a str },
    /// `open: …` or `missed: …`.
    Told,
    /// Anything else.
    Unreadable(&'a str),
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text(PATH) else {
        return vec![Finding::new(PATH, "is missing", "give each promise a row with its test")];
    };
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for row in rows(text) {
        let place = format!("{PATH}:{}", row.line);
        if !seen.insert(row.number) {
            findings.push(Finding::new(&place, format!("{} has a second row", row.number), "merge the two"));
        }
        if row.shown_by.is_empty() {
            let what = format!("{} names nothing", row.number);
            findings.push(Finding::new(&place, what, "name a test, or say `open: …` or `missed: …`"));
        }
        findings.extend(row.shown_by.iter().filter_map(|shown| doubt(tree, &place, row.number, shown)));
    }
    findings
}

/// The numbered rows of the table; the header and all other text are passed over.
fn rows(text: &str) -> Vec<Row<'_>> {
    let lines = text.lines().enumerate().filter_map(|(at, line)| Some((at + 1, cells(line)?)));
    lines
        .filter(|(_, cells)| is_number(cells[0]))
        .map(|(line, cells)| {
            let last = cells.last().copied().filter(|_| cells.len() >= 3).unwrap_or_default();
            let parts = last.split(';').map(|part| part.trim().trim_matches('`').trim());
            Row { line, number: cells[0], shown_by: parts.filter(|part| !part.is_empty()).map(shown).collect() }
        })
        .collect()
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inside = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inside.split('|').map(str::trim).collect())
}

fn is_number(cell: &str) -> bool {
    cell.split_once('.').is_some_and(|(part, of)| {
        [part, of].iter().all(|half| !half.is_empty() && half.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

fn shown(part: &str) -> Shown<'_> {
    match part.split_once("::") {
        _ if part.starts_with("open:") || part.starts_with("missed:") => Shown::Told,
        Some((file, name)) if file.contains('.') && !file.contains(' ') && !name.is_empty() => {
            Shown::Test { file, name }
        }
        _ => Shown::Unreadable(part),
    }
}

fn doubt(tree: &Tree, place: &str, number: &str, shown: &Shown<'_>) -> Option<Finding> {
    match shown {
        Shown::Told => None,
        Shown::Unreadable(part) => {
            Some(Finding::new(place, format!("{number} says `{part}`"), "write path::test, `open: …` or `missed: …`"))
        }
        Shown::Test { file, name } => match tree.text(file) {
            None => Some(Finding::new(place, format!("{number} names {file}, which is not there"), "mend the path")),
            Some(text) if holds(file, text, name) => None,
            Some(_) => {
                Some(Finding::new(place, format!("{file} holds no `{name}`"), "mend the name or write the test"))
            }
        },
    }
}

/// Whether the file holds the test: in Rust a function of that name (modules in front are passed over).
fn holds(file: &str, text: &str, name: &str) -> bool {
    if !file.ends_with(".rs") {
        return text.contains(name);
    }
    let name = name.rsplit("::").next().unwrap_or(name);
    let is_name = |character: char| character.is_alphanumeric() || character == '_';
    text.split("fn ").skip(1).any(|rest| rest.strip_prefix(name).is_some_and(|after| !after.starts_with(is_name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
# Promises

| no. | promise | shown by |
|---|---|---|
| 1.4 | cards | `crates/core/src/card/patch.rs::tests::keeps_bytes`; e2e/import.test.ts::finds a person by digits |
| 1.25 | speed | bench/src/list.rs::list; missed: 0.7 of 0.8, a slow serialiser |
";

    fn tree(promises: &str) -> Tree {
        Tree::of(&[
            (PATH, promises),
            ("crates/core/src/card/patch.rs", "#[test]\nfn keeps_bytes() {}\nfn longer_name() {}"),
            ("e2e/import.test.ts", "test('finds a person by digits', async () => {})"),
            ("bench/src/list.rs", "pub fn list<T>() {}"),
        ])
    }

    fn found(promises: &str) -> Vec<String> {
        check(&tree(promises)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn rows_are_read_with_their_tests() {
        let rows = rows(TABLE);
        assert_eq!(rows.iter().map(|row| (row.line, row.number)).collect::<Vec<_>>(), [(5, "1.4"), (6, "1.25")]);
        let file = "crates/core/src/card/patch.rs";
        assert_eq!(rows[0].shown_by[0], Shown::Test { file, name: "tests::keeps_bytes" });
        assert_eq!(rows[1].shown_by[1], Shown::Told);
    }

    #[test]
    fn tests_that_exist_and_rows_that_say_open_are_fine() {
        assert_eq!(found(TABLE), [] as [&str; 0]);
        assert_eq!(found("| 1.5 | habits | open: being built |"), [] as [&str; 0]);
    }

    #[test]
    fn a_test_that_is_not_there_is_found_even_when_a_longer_name_is() {
        let found = found("| 1.4 | cards | crates/core/src/card/patch.rs::longer |");
        assert_eq!(
            found,
            ["docs/promises.md:1: crates/core/src/card/patch.rs holds no `longer`, mend the name or write the test"]
        );
    }

    #[test]
    fn a_missing_file_an_empty_cell_a_second_row_and_loose_words_are_found() {
        assert!(found("| 1.4 | cards | crates/core/gone.rs::x |")[0].contains("which is not there"));
        assert!(found("| 1.4 | cards | |")[0].contains("names nothing"));
        assert!(found("| 1.4 | cards |")[0].contains("names nothing"));
        assert!(found("| 1.4 | a | open: x |\n| 1.4 | b | open: y |")[0].contains("a second row"));
        assert!(found("| 1.4 | cards | tested well |")[0].contains("says `tested well`"));
        assert!(check(&Tree::of(&[]))[0].what.contains("is missing"));
    }
}
