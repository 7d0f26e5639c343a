//! `cargo xtask`: build and start Rolo, run everything CI runs, and the chores in between.
//!
//! Std only, so that it builds in a second on a fresh machine; whatever needs JSON or a parser is a test or lives in
//! `bench`. Each sub-command has its own file. Nothing here is part of the program people run.
#![expect(clippy::print_stdout, reason = "a command line tool: what it prints is for the person who called it")]

mod cargo;
mod guard;
mod house;
mod node;
mod packages;
mod program;
mod screenshots;
mod servers;
mod soak;
mod start;
mod test;
mod tidy;

use house::House;
use std::process::ExitCode;

/// What every sub-command answers: whether all is well, or one sentence on why it could not do its work.
type Answer = Result<bool, String>;

const HELP: &str = "\
cargo xtask start [-- ARGS]     build the web app and the program, then `rolo serve --data data ARGS`
cargo xtask test [--only STEP]  everything CI runs; --only takes one step or several with commas
cargo xtask tidy                the quick checks of names, sizes, promises and dependencies
cargo xtask servers             MariaDB, PostgreSQL and Redis for a bare `cargo test`, until Ctrl-C
cargo xtask screenshots [PAGE…] each page in light, dark, on a phone and right to left, to target/screenshots
cargo xtask soak [--only NAME]  what is too long for every run; adds the results to docs/soak.md";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Answer {
    let house = House::find()?;
    match words {
        ["start", args @ ..] => start::run(&house, args),
        ["test"] => test::run(&house, None),
        ["test", "--only", steps] => test::run(&house, Some(steps)),
        ["tidy"] => tidy::run(&house),
        ["servers"] => servers::run(&house),
        ["screenshots", pages @ ..] => screenshots::run(&house, pages),
        ["soak"] => soak::run(&house, None),
        ["soak", "--only", name] => soak::run(&house, Some(name)),
        ["guard"] => guard::keep(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(true)
        }
        _ => Err(format!("There is no `cargo xtask {}`. There is:\n{HELP}", words.join(" "))),
    }
}
