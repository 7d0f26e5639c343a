//! Every row of the speed table can be made, on sizes that say nothing about speed: what is asked, answered and compared is
//! checked by the rows themselves. No test asserts a time.
#![expect(clippy::expect_used, reason = "tests: what cannot be started must fail them")]

use std::process::{Command, Output};

/// Runs rows of the program under test: the one that is named, else the one cargo builds now.
fn speed(rows: &[&str]) -> Output {
    if std::env::var_os("ROLO_BINARY").is_none() {
        let build = ["build", "--quiet", "--locked", "--workspace", "--bin", "rolo"];
        let built = Command::new(env!("CARGO")).args(build).current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(built.expect("cargo runs").success(), "rolo does not build");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolo-bench"));
    command.args(["speed", "--small"]).args(rows).output().expect("rolo-bench runs")
}

/// The table's lines, each of which must say whether its goal is met.
fn lines(rows: &[&str]) -> Vec<String> {
    let output = speed(rows);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<String> = said.lines().skip(1).map(str::to_owned).collect();
    for line in &lines {
        assert!(line.ends_with(": met") || line.ends_with(": missed"), "{line}");
    }
    lines
}

fn assert_rows(lines: &[String], begin: &[&str]) {
    assert_eq!(lines.len(), begin.len(), "{lines:#?}");
    for (line, begin) in lines.iter().zip(begin) {
        assert!(line.starts_with(begin), "{line} is no row of {begin}");
    }
}

#[test]
fn cached_reads_stand_beside_a_bare_server() {
    assert_rows(&lines(&["read", "list"]), &["contact, cached", "list of 50, cached"]);
}

#[test]
fn durable_writers_and_an_import_stand_beside_a_bare_loop() {
    let lines = lines(&["writers", "import", "memory"]);
    let rows = ["64 durable writers", "a durable write of 64", "import, 300", "its dry run", "memory at its peak"];
    assert_rows(&lines, &rows);
}

#[test]
fn a_start_a_search_and_an_edit_are_measured() {
    let lines = lines(&["start", "search", "edit"]);
    let rows = ["ready after start", "idle memory", "search, 500", "search, 500", "an edit is found after"];
    assert_rows(&lines, &rows);
}

#[test]
fn each_database_is_asked_beside_a_bare_driver() {
    let lines = lines(&["engines"]);
    let engine = ["a card by its id", "a page of 50", "a durable write", "the delta of 100 writes", "a contact of 300"];
    let named = |variable: &str| std::env::var_os(variable).is_some_and(|server| !server.is_empty());
    let mut rows = engine.map(|row| format!("SQLite: {row}")).to_vec();
    for (name, variable) in [("MariaDB", "ROLO_TEST_MYSQL"), ("PostgreSQL", "ROLO_TEST_POSTGRES")] {
        assert!(named(variable) || std::env::var_os("CI").is_none(), "{variable} must name a server in CI");
        if named(variable) {
            rows.extend(engine.map(|row| format!("{name}: {row}")));
        }
    }
    assert_rows(&lines, &rows.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_row_nobody_knows_is_refused() {
    let output = speed(&["raed"]);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no row raed"));
}
