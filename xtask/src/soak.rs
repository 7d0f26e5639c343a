//! `cargo xtask soak`: what is too long for every run. The results, with commit and date, go to `docs/soak.md`.

use crate::cargo::cargo;
use crate::guard::Guard;
use crate::house::House;
use crate::node::npm;
use crate::packages::{self, Use};
use crate::servers::Servers;
use crate::{screenshots, start};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What is run, in turn. The last line that it prints is its result.
const RUNS: &[(&str, What)] = &[
    ("crash", What::Bench(&["crash", "--kills", "200"])),
    ("fuzz", What::Bench(&["fuzz", "--inputs", "1000000"])),
    ("million", What::Bench(&["million"])),
    ("alike", What::Tests { package: "rolo-api", name: "alike", more: ("ROLO_ALIKE_CALLS", "10000") }),
    ("killed", What::Tests { package: "rolo-services", name: "killed", more: ("ROLO_KILLS", "100") }),
    ("browser", What::Browser),
];

#[derive(Clone, Copy)]
enum What {
    /// A sub-command of `rolo-bench`.
    Bench(&'static [&'static str]),
    /// Tests that do more when they are told to, with the databases they ask.
    Tests { package: &'static str, name: &'static str, more: (&'static str, &'static str) },
    /// `npm run speed` in `e2e/`: the program with its pages, in Chromium.
    Browser,
}

const RESULTS: &str = "docs/soak.md";

const HEADER: &str = "\
# Soak runs

What is too long for every run of the tests, by `cargo xtask soak`. The newest results stand last.

| date | commit | run | seconds | result |
|---|---|---|---|---|
";

/// Runs all, or only the one named, and notes what came out, also when it failed.
pub(crate) fn run(house: &House, only: Option<&str>) -> crate::Answer {
    let runs: Vec<_> = RUNS.iter().filter(|(name, _)| only.is_none_or(|only| only == *name)).collect();
    if runs.is_empty() {
        let names: Vec<&str> = RUNS.iter().map(|(name, _)| *name).collect();
        return Err(format!("There is no such soak run. There are: {}.", names.join(", ")));
    }
    if runs.iter().any(|(_, what)| matches!(what, What::Browser)) {
        start::build_web(house)?;
        start::install(house, "e2e")?;
        start::install(house, "e2e/lighthouse")?;
    }
    let guard = Guard::start()?;
    let mut build = cargo(
        house,
        &["build", "--workspace", "--release", "--bin", "rolo", "--bin", "rolo-bench", "--bin", "rolo-fuzz"],
    );
    build.env("CARGO_INCREMENTAL", "0");
    if !guard.run(build).is_ok_and(|status| status.success()) {
        return Err("The programs did not build: the reason stands above.".to_owned());
    }
    let mut servers = None;
    if runs.iter().any(|(_, what)| matches!(what, What::Tests { .. })) {
        if let Some(cure) = packages::install(house, &guard, &[Use::Server])? {
            return Err(cure);
        }
        servers = Some(Servers::start(&guard)?);
    }
    let urls = servers.as_ref().map(Servers::urls).unwrap_or_default();
    let (date, commit) = (asked(house, "date", &["-u", "+%F"])?, commit(house)?);
    let mut all_well = true;
    for (name, what) in runs {
        println!("== {name} …");
        let begun = Instant::now();
        let (well, said) = one(&guard, command(house, *what, &urls)?)?;
        let result = if well { said } else { format!("FAILED: {said}") };
        let row = row(&date, &commit, name, begun.elapsed().as_secs(), &result);
        append(house, &row)?;
        println!("{row}");
        all_well &= well;
    }
    Ok(all_well)
}

fn command(house: &House, what: What, servers: &[(&'static str, String)]) -> Result<Command, String> {
    let mut command = match what {
        What::Bench(args) => {
            let mut bench = Command::new(house.release("rolo-bench"));
            bench.args(args).current_dir(&house.root);
            bench
        }
        What::Tests { package, name, more } => {
            let mut tests = cargo(house, &["test", "--quiet", "--package", package, "--test", "it", name]);
            tests.env(more.0, more.1).envs(servers.iter().map(|(name, url)| (*name, url)));
            tests
        }
        What::Browser => {
            let mut speed = npm(house, "e2e", &["run", "speed"]);
            screenshots::with_browser(house, &mut speed)?;
            speed
        }
    };
    command.env("ROLO_SOAK", "1").stdout(Stdio::piped());
    Ok(command)
}

/// Runs one command, shows what it prints, and gives the last line. Silence is no result.
fn one(guard: &Guard, command: Command) -> Result<(bool, String), String> {
    let mut watched = guard.spawn(command, "TERM").map_err(|why| format!("It could not be started: {why}."))?;
    let mut last = String::new();
    if let Some(output) = watched.child.stdout.take() {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            if !line.trim().is_empty() {
                line.trim().clone_into(&mut last);
            }
        }
    }
    let status = guard.wait(watched).map_err(|why| why.to_string())?;
    let spoke = !last.is_empty();
    Ok((status.success() && spoke, if spoke { last } else { format!("printed nothing ({status})") }))
}

fn row(date: &str, commit: &str, name: &str, seconds: u64, result: &str) -> String {
    format!("| {date} | {commit} | {name} | {seconds} | {} |", result.replace('|', "\\|"))
}

fn append(house: &House, row: &str) -> Result<(), String> {
    let file = house.root.join(RESULTS);
    let mut text = std::fs::read_to_string(&file).unwrap_or_else(|_| HEADER.to_owned());
    text.push_str(row);
    text.push('\n');
    std::fs::write(&file, text).map_err(|why| format!("{RESULTS} cannot be written: {why}."))
}

/// The commit that was tried; a `+` says that the tree had changes beyond it.
fn commit(house: &House) -> Result<String, String> {
    let commit = asked(house, "git", &["rev-parse", "--short", "HEAD"])?;
    let changes = asked(house, "git", &["status", "--porcelain", "--", ".", ":!docs/soak.md"])?;
    Ok(if changes.is_empty() { commit } else { format!("{commit}+") })
}

fn asked(house: &House, program: &str, args: &[&str]) -> Result<String, String> {
    let answer = Command::new(program).args(args).current_dir(&house.root).output();
    match answer {
        Ok(answer) if answer.status.success() => Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned()),
        _ => Err(format!("`{program} {}` gave no answer.", args.join(" "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn house(name: &str) -> House {
        let root = std::env::temp_dir().join(format!("rolo-xtask-soak-{name}-{}", std::process::id()));
        fs::create_dir_all(root.join("docs")).unwrap();
        House { target: root.join("target"), root, ci: false }
    }

    #[test]
    fn results_are_added_below_the_earlier_ones() {
        let house = house("rows");
        append(&house, &row("2026-11-21", "a3f2ad5", "crash", 81, "200 kills, 0 lost")).unwrap();
        append(&house, &row("2026-11-22", "a3f2ad5+", "fuzz", 9, "a|b")).unwrap();
        let text = fs::read_to_string(house.root.join(RESULTS)).unwrap();
        fs::remove_dir_all(&house.root).unwrap();
        assert!(text.starts_with(HEADER));
        let rows =
            "| 2026-11-21 | a3f2ad5 | crash | 81 | 200 kills, 0 lost |\n| 2026-11-22 | a3f2ad5+ | fuzz | 9 | a\\|b |\n";
        assert!(text.ends_with(rows), "{text}");
    }
}
