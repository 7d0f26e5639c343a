//! The crash test, short: a few kills, and the controls that show that the check can fail. `cargo xtask soak` kills 200 times.
#![expect(clippy::expect_used, reason = "tests: what cannot be started must fail them")]

use std::process::{Command, Output};

/// The program under test: the one that is named, else the one cargo builds now.
fn crash(arguments: &[&str]) -> Output {
    if std::env::var_os("ROLO_BINARY").is_none() {
        let build = ["build", "--quiet", "--locked", "--workspace", "--bin", "rolo"];
        let built = Command::new(env!("CARGO")).args(build).current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(built.expect("cargo runs").success(), "rolo does not build");
    }
    Command::new(env!("CARGO_BIN_EXE_rolo-bench")).arg("crash").args(arguments).output().expect("rolo-bench runs")
}

fn said(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn what_was_acknowledged_survives_a_kill_whole_and_once() {
    let output = crash(&["--kills", "5", "--after-ms-max", "700"]);
    let said = said(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("0 lost, 0 half, 0 double, 0 torn"), "{said}");
    assert!(!said.contains(" 0 acknowledged"), "nothing was written, so nothing was shown:\n{said}");
}

#[test]
fn an_acknowledgement_without_its_write_is_found() {
    let output = crash(&["--kills", "1", "--after-ms-max", "300", "--control", "lost"]);
    assert!(!output.status.success() && said(&output).contains("Lost("), "{}", said(&output));
}

#[test]
fn a_batch_done_in_part_is_found() {
    let output = crash(&["--kills", "1", "--after-ms-max", "300", "--control", "half"]);
    assert!(!output.status.success() && said(&output).contains("Half("), "{}", said(&output));
}

#[test]
fn a_write_done_twice_is_found() {
    let output = crash(&["--kills", "1", "--after-ms-max", "300", "--control", "double"]);
    assert!(!output.status.success() && said(&output).contains("Double("), "{}", said(&output));
}
