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
    let mut lines: Vec<String> = said.lines().skip(1).map(str::to_owned).collect();
    let sum = lines.pop().unwrap_or_default();
    assert!(sum.contains("goals met"), "{sum}");
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

/// Whether this variable names a server; in CI it must.
fn named(variable: &str) -> bool {
    let named = std::env::var_os(variable).is_some_and(|server| !server.is_empty());
    assert!(named || std::env::var_os("CI").is_none(), "{variable} must name a server in CI");
    named
}

#[test]
fn each_database_is_asked_beside_a_bare_driver() {
    let lines = lines(&["engines"]);
    let engine = ["a card by its id", "a page of 50", "a durable write", "the delta of 100 writes", "a contact of 300"];
    let mut rows = engine.map(|row| format!("SQLite: {row}")).to_vec();
    for (name, variable) in [("MariaDB", "ROLO_TEST_MYSQL"), ("PostgreSQL", "ROLO_TEST_POSTGRES")] {
        if named(variable) {
            rows.extend(engine.map(|row| format!("{name}: {row}")));
        }
    }
    assert_rows(&lines, &rows.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn nobody_is_told_of_a_redis_that_falls_ill() {
    if named("ROLO_TEST_REDIS") {
        let engines = [("MariaDB", "ROLO_TEST_MYSQL"), ("PostgreSQL", "ROLO_TEST_POSTGRES")];
        let engines = engines.into_iter().filter(|(_, variable)| named(variable)).map(|(engine, _)| engine);
        let ill = ["cut off", "slow, 2 s", "hanging", "talking rubbish", "full", "flushed"];
        let rows = std::iter::once("SQLite").chain(engines).flat_map(|engine| {
            ill.iter()
                .flat_map(move |ill| ["a contact", "an edit"].map(|what| format!("{engine}, Redis {ill}: {what}, p95")))
        });
        let rows: Vec<String> = rows.collect();
        assert_rows(&lines(&["redis"]), &rows.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

/// Whether the program of a peer is here; in CI it must be.
fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/usr/local/sbin"].map(Into::into));
    let found = folders.into_iter().any(|folder| folder.join(program).is_file());
    assert!(found || std::env::var_os("CI").is_none(), "{program} must be installed in CI");
    found
}

/// The rows of a race: requests a second with the octets of both, their times, and the work they took.
fn race(what: &str) -> [String; 3] {
    [format!("{what}, /s; "), format!("{what}, p50 and p99 "), format!("{what}, processor time of one ")]
}

#[test]
fn files_and_a_server_behind_stand_beside_nginx() {
    if installed("nginx") {
        let rows = ["static 8 kB", "static 8 kB, TLS", "proxying 1 kB"].map(race).concat();
        assert_rows(&lines(&["gateway"]), &rows.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn the_whole_machine_stands_beside_the_articles_stack() {
    let here = ["ROLO_TEST_MYSQL", "ROLO_TEST_REDIS"].map(named) == [true; 2];
    if here && ["nginx", "npm", "node"].map(installed) == [true; 3] {
        let kinds = ["SQLite, TLS: contact", "SQLite, TLS: list of 50"];
        let networked = ["MariaDB, Redis, TLS: contact", "MariaDB, Redis, TLS: list of 50"];
        let rows = [kinds, networked].concat().into_iter().flat_map(race).collect::<Vec<_>>();
        assert_rows(&lines(&["machine"]), &rows.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

#[test]
fn pages_are_drawn_by_the_server_and_their_work_is_told() {
    let built = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist/index.html").is_file();
    assert!(built || std::env::var_os("CI").is_none(), "web/ must be built in CI");
    if built {
        let rows = ["list of 50 drawn", "the same, packed", "detail drawn", "the same, packed"];
        assert_rows(&lines(&["pages"]), &rows);
    }
}

#[test]
fn a_row_out_of_redis_and_a_backup_stand_beside_a_bare_get_and_zstd_alone() {
    let mut rows = vec![
        "a backup of 300 contacts",
        "a backup of nobody",
        "a backup of 300 contacts, its key among it",
        "memory at its peak, a backup of 300",
    ];
    if named("ROLO_TEST_REDIS") {
        rows.insert(0, "a card out of Redis");
    }
    assert_rows(&lines(&["hit", "backup"]), &rows);
}

#[test]
fn a_row_nobody_knows_is_refused() {
    let output = speed(&["raed"]);
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stderr).contains("there is no row raed"));
}
