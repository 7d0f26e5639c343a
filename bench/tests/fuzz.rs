//! The fuzz targets, for seconds: every entry of the corpus and a few thousand inputs more. `cargo xtask soak` gives each a
//! million.
#![expect(clippy::expect_used, reason = "tests: what cannot be started must fail them")]

use std::process::{Command, Output};

fn fuzz(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(env!("CARGO_BIN_EXE_rolo-bench"));
    command.arg("fuzz").args(arguments).arg("--keep").arg(folder.path());
    command.output().expect("rolo-bench runs")
}

#[test]
fn no_target_is_hurt_by_its_corpus_or_by_some_thousand_inputs_made_of_it() {
    let output = fuzz(&["--inputs", "3000", "--bytes-max", "16384"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let targets = said.lines().filter(|line| line.contains(" 3000 ")).count();
    assert!(targets >= 8, "{said}");
}

#[test]
fn a_target_that_panics_hoards_hangs_or_overflows_is_found_out() {
    let output = fuzz(&["--inputs", "3000", "--bytes-max", "4096", "control"]);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "{said}");
    for kind in ["panic", "hoard", "hang", "abort"] {
        assert!(said.lines().any(|line| line.trim_start().starts_with(kind)), "no {kind} in\n{said}");
    }
}
