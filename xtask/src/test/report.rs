//! What each step came to and how long it took: one line as it ends, and the table at the very end.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// How a step ended, when it did not fail.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Done, and all is well.
    Passed,
    /// The folder it works on is not filled yet.
    NothingYet,
    /// A part of this machine is missing; the sentence says what was left out. Never in CI.
    Skipped(String),
}

impl Verdict {
    /// Of two halves of one step: done is done, even when there was nothing to do in the other.
    pub(super) fn or(self, other: Self) -> Self {
        if self == Self::NothingYet { other } else { self }
    }
}

struct Row {
    step: &'static str,
    seconds: f64,
    verdict: Result<Verdict, String>,
}

/// The steps of one run. Two lanes write to it.
pub(super) struct Report {
    wanted: Vec<&'static str>,
    rows: Mutex<Vec<Row>>,
    begun: Instant,
}

/// A step that has begun.
pub(super) struct Step<'a> {
    report: &'a Report,
    name: &'static str,
    begun: Instant,
}

impl Report {
    pub(super) fn new(wanted: &[&'static str]) -> Self {
        Self { wanted: wanted.to_vec(), rows: Mutex::default(), begun: Instant::now() }
    }

    pub(super) fn wants(&self, step: &str) -> bool {
        self.wanted.contains(&step)
    }

    pub(super) fn begin(&self, name: &'static str) -> Step<'_> {
        println!("== {name} …");
        Step { report: self, name, begun: Instant::now() }
    }

    /// Prints the table and says whether all went well. A step that was wanted and never begun is no success.
    pub(super) fn close(&self) -> bool {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        println!("\n{}", table(&self.wanted, &rows, self.begun.elapsed().as_secs_f64()));
        well(&self.wanted, &rows)
    }
}

impl Step<'_> {
    /// Says how the step ended, and whether the next may begin.
    pub(super) fn end(self, verdict: Result<Verdict, String>) -> bool {
        let row = Row { step: self.name, seconds: self.begun.elapsed().as_secs_f64(), verdict };
        println!("== {} {:.1} s: {}", row.step, row.seconds, words(&row.verdict));
        let well = row.verdict.is_ok();
        self.report.rows.lock().unwrap_or_else(PoisonError::into_inner).push(row);
        well
    }
}

fn words(verdict: &Result<Verdict, String>) -> String {
    match verdict {
        Ok(Verdict::Passed) => "ok".to_owned(),
        Ok(Verdict::NothingYet) => "nothing here yet".to_owned(),
        Ok(Verdict::Skipped(why)) => format!("skipped: {why}"),
        Err(why) => format!("FAILED: {}", why.lines().last().unwrap_or_default()),
    }
}

fn table(wanted: &[&str], rows: &[Row], seconds: f64) -> String {
    let mut lines = vec![format!("{:<10} {:>8}", "step", "seconds")];
    for step in wanted {
        lines.push(match rows.iter().find(|row| row.step == *step) {
            Some(row) => format!("{step:<10} {:>8.1}  {}", row.seconds, words(&row.verdict)),
            None => format!("{step:<10} {:>8}  not run", "-"),
        });
    }
    lines.push(format!("{:<10} {seconds:>8.1}", "in all"));
    lines.join("\n")
}

fn well(wanted: &[&str], rows: &[Row]) -> bool {
    wanted.iter().all(|step| rows.iter().any(|row| row.step == *step && row.verdict.is_ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(step: &'static str, verdict: Result<Verdict, String>) -> Row {
        Row { step, seconds: 1.25, verdict }
    }

    #[test]
    fn a_failed_step_fails_the_run_and_stands_in_the_table() {
        let rows = [row("fmt", Ok(Verdict::Passed)), row("tidy", Err("two\nfindings".into()))];
        assert!(!well(&["fmt", "tidy"], &rows));
        assert!(well(&["fmt"], &rows));
        let table = table(&["fmt", "tidy"], &rows, 2.5);
        assert!(table.contains("fmt             1.2  ok") && table.contains("FAILED: findings"), "{table}");
    }

    #[test]
    fn a_step_that_was_never_reached_is_no_success() {
        let rows = [row("fmt", Ok(Verdict::Passed))];
        assert!(!well(&["fmt", "rust"], &rows));
        assert!(table(&["fmt", "rust"], &rows, 1.0).contains("rust              -  not run"));
    }

    #[test]
    fn what_this_machine_lacks_is_told_and_does_not_fail() {
        let rows = [row("web", Ok(Verdict::NothingYet)), row("servers", Ok(Verdict::Skipped("no MariaDB".into())))];
        assert!(well(&["web", "servers"], &rows));
        let table = table(&["web", "servers"], &rows, 1.0);
        assert!(table.contains("nothing here yet") && table.contains("skipped: no MariaDB"), "{table}");
    }
}
