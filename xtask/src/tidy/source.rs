//! How a source file looks: it opens with what it is for, ends before it is two files, and holds nothing unfinished,
//! nothing switched off and nothing of somebody's machine.

use super::Finding;
use super::tree::Tree;

/// Longer than this, a file is usually two nouns.
const LINES_MAX: usize = 600;

/// Tables may be long: the path, and why.
const TABLES: &[(&str, &str)] = &[("web/src/api/schema.d.ts", "generated from crates/api/openapi.json")];

/// Cut in two, or this file would find itself.
const UNFINISHED: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!"), concat!("db", "g!")];
const OF_A_MACHINE: &[&str] = &[concat!("/ro", "ot/"), concat!("/ho", "me/")];
/// A test that does not run, or keeps the others from running: Rust's way, and that of both JavaScript runners.
const IGNORED: &str = concat!("#[ig", "nore");
const SWITCHED_OFF: &[&str] = &[concat!(".sk", "ip("), concat!(".on", "ly(")];
const TEST_WORDS: &[&str] = &["it", "test", "describe", "suite"];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.under("").filter(|(path, _)| is_written_by_people(path)) {
        if path.ends_with(".rs") && !text.trim_start_matches('\u{feff}').starts_with("//!") {
            findings.push(Finding::new(path, "does not open with `//!`", "say what this room is for"));
        }
        if is_code(path) && !TABLES.iter().any(|(table, _)| *table == path) {
            let lines = text.lines().count();
            if lines > LINES_MAX {
                let what = format!("has {lines} lines of {LINES_MAX}");
                findings.push(Finding::new(path, what, "split it, or list it as a table in xtask/src/tidy/source.rs"));
            }
        }
        for (at, line) in text.lines().enumerate() {
            findings
                .extend(in_line(path, line).map(|(what, cure)| Finding::new(format!("{path}:{}", at + 1), what, cure)));
        }
    }
    findings
}

fn in_line(path: &str, line: &str) -> Option<(String, &'static str)> {
    if let Some(word) = UNFINISHED.iter().find(|word| has_word(line, word)) {
        return Some((format!("says {word}"), "finish it or open an issue"));
    }
    if switches_off(path, line) {
        return Some(("keeps a test from running".to_owned(), "let every test run"));
    }
    let machine = OF_A_MACHINE.iter().find(|folder| has_path(line, folder))?;
    Some((format!("names a folder of somebody's machine, {machine}"), "use a path from the root of the clone"))
}

fn switches_off(path: &str, line: &str) -> bool {
    if path.ends_with(".rs") {
        return line.contains(IGNORED);
    }
    let of_a_test = |at: usize| {
        let before = line[..at].rsplit(|character: char| !character.is_alphanumeric()).next();
        before.is_some_and(|word| TEST_WORDS.contains(&word))
    };
    SWITCHED_OFF.iter().any(|call| line.match_indices(call).any(|(at, _)| of_a_test(at)))
}

/// The word by itself: a calendar's `VTODO` is another word.
fn has_word(line: &str, word: &str) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    line.match_indices(word).any(|(at, _)| {
        let bytes = line.as_bytes();
        let (before, after) = (bytes[..at].last(), bytes[at + word.len()..].first());
        !is_part(before) && !is_part(after)
    })
}

/// The start of an absolute path: in `https://example.org/…` and `/dav/…` the folder belongs to a URL.
fn has_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '.' | '/' | '-' | '_' | '}' | ')'))
    })
}

fn is_code(path: &str) -> bool {
    [".rs", ".ts", ".vue", ".css", ".mjs", ".js"].iter().any(|ending| path.ends_with(ending))
}

fn is_written_by_people(path: &str) -> bool {
    let text = [".md", ".toml", ".sql", ".html", ".sh", ".yml", ".yaml"].iter().any(|ending| path.ends_with(ending));
    (is_code(path) || text || path == ".ci/run") && !path.starts_with("fixtures/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        check(&Tree::of(&[(path, text)])).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_rust_file_opens_with_what_it_is_for() {
        assert_eq!(found("crates/core/src/id.rs", "//! Ids.\n"), [] as [&str; 0]);
        assert_eq!(found("crates/core/src/id.rs", "use std::fmt;\n").len(), 1);
        assert_eq!(found("web/src/main.ts", "import x\n"), [] as [&str; 0]);
    }

    #[test]
    fn a_file_longer_than_600_lines_is_two_files() {
        let text = |lines: usize| format!("//! Long.\n{}", "\n".repeat(lines - 1));
        assert_eq!(found("bench/src/main.rs", &text(600)), [] as [&str; 0]);
        assert!(found("bench/src/main.rs", &text(601))[0].starts_with("bench/src/main.rs: has 601 lines"));
        assert_eq!(found("docs/limits.md", &text(601)), [] as [&str; 0]);
    }

    #[test]
    fn nothing_unfinished_stays_and_other_words_are_let_be() {
        for word in UNFINISHED {
            let found = found("xtask/src/a.rs", &format!("//! A.\n// {word} later\n"));
            assert!(found.len() == 1 && found[0].starts_with("xtask/src/a.rs:2: says"), "{word}: {found:?}");
        }
        assert_eq!(
            found("crates/dav/src/a.rs", concat!("//! No VTO", "DO here, no TO", "DO_LIST.\n")),
            [] as [&str; 0]
        );
    }

    #[test]
    fn folders_of_a_machine_are_found_and_urls_are_not() {
        for folder in OF_A_MACHINE {
            assert_eq!(found("docs/a.md", &format!("see {folder}ada/rolo")).len(), 1);
            assert_eq!(found("docs/a.md", &format!("{folder}ada")).len(), 1);
            assert_eq!(found("docs/a.md", &format!("https://example.org{folder}ada")), [] as [&str; 0]);
            assert_eq!(found("fixtures/a.md", &format!("see {folder}ada")), [] as [&str; 0]);
        }
    }

    #[test]
    fn a_test_that_is_switched_off_is_found_and_an_iterator_is_not() {
        for call in SWITCHED_OFF {
            assert_eq!(found("e2e/a.test.ts", &format!("  test{call}'finds')")).len(), 1, "{call}");
            assert_eq!(found("e2e/a.test.ts", &format!("limit{call}1)")), [] as [&str; 0]);
            assert_eq!(found("crates/core/src/a.rs", &format!("//! A.\nit{call}1)")), [] as [&str; 0]);
        }
        assert_eq!(found("crates/core/src/a.rs", &format!("//! A.\n{IGNORED}]")).len(), 1);
    }
}
