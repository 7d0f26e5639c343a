//! `cargo xtask soak`: what is too long for every run. The results, with commit and date, go to `docs/soak.md`.

use crate::cargo::cargo;
use crate::guard::Guard;
use crate::house::House;
use crate::node::npm;
use crate::packages::{self, Use};
use crate::servers::{Servers, TIDB, tidb};
use crate::{screenshots, start};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What is run, in turn. The last line that it prints is its result; of tests, whatever they themselves print.
const RUNS: &[(&str, What)] = &[
    ("crash", What::Bench(&["crash", "--kills", "300"])),
    ("fuzz", What::Bench(&["fuzz", "--inputs", "1000000"])),
    ("million", What::Bench(&["million"])),
    ("machine", What::Race(&["speed", "machine", "gateway", "pages"])),
    ("alike", What::Tests { package: "rolo-api", name: "alike", more: ("ROLO_ALIKE_CALLS", "10000") }),
    ("killed", What::Tests { package: "rolo-services", name: "killed", more: ("ROLO_KILLS", "400") }),
    ("tidb", What::Tidb),
    ("mutations", What::Hostile { name: "mutations", more: ("ROLO_MUTATIONS", "100000") }),
    ("floods", What::Hostile { name: "floods", more: ("ROLO_ROUNDS", "5") }),
    ("browser", What::Browser),
    ("journeys-nginx", What::Journeys(&[("ROLO_FRONT", "nginx")])),
    ("journeys-redis", What::Journeys(&[("ROLO_CACHE", "redis")])),
    ("journeys-mysql", What::Journeys(&[("ROLO_ENGINE", "mysql")])),
    ("journeys-mysql-redis", What::Journeys(&[("ROLO_ENGINE", "mysql"), ("ROLO_CACHE", "redis")])),
    ("journeys-postgres", What::Journeys(&[("ROLO_ENGINE", "postgres")])),
    ("journeys-postgres-redis", What::Journeys(&[("ROLO_ENGINE", "postgres"), ("ROLO_CACHE", "redis")])),
    ("journeys-three", What::Journeys(&[("ROLO_ARRANGEMENT", "three")])),
    ("journeys-three-nginx", What::Journeys(&[("ROLO_ARRANGEMENT", "three"), ("ROLO_FRONT", "nginx")])),
    ("journeys-five", What::Journeys(&[("ROLO_ARRANGEMENT", "five")])),
    ("journeys-five-nginx", What::Journeys(&[("ROLO_ARRANGEMENT", "five"), ("ROLO_FRONT", "nginx")])),
];

#[derive(Clone, Copy)]
enum What {
    /// A sub-command of `rolo-bench`.
    Bench(&'static [&'static str]),
    /// The same, with the pages in the program, the databases and Redis, and the packages of the peers.
    Race(&'static [&'static str]),
    /// Tests that do more when they are told to, with the databases they ask.
    Tests { package: &'static str, name: &'static str, more: (&'static str, &'static str) },
    /// The rules of the database that MySQL keeps, on TiDB.
    Tidb,
    /// The hostile clients, again and again.
    Hostile { name: &'static str, more: (&'static str, &'static str) },
    /// `npm run speed` in `e2e/`: the program with its pages, in Chromium.
    Browser,
    /// Every journey of `e2e/`: the program in several processes, a web server before it, another database behind it.
    Journeys(&'static [(&'static str, &'static str)]),
}

impl What {
    /// The web app in the program.
    fn wants_pages(self) -> bool {
        matches!(self, Self::Browser | Self::Race(_) | Self::Journeys(_))
    }

    /// What `e2e/` is made of.
    fn wants_browser(self) -> bool {
        matches!(self, Self::Browser | Self::Journeys(_))
    }

    /// Databases, Redis and web servers.
    fn wants_servers(self) -> bool {
        matches!(self, Self::Tests { .. } | Self::Tidb | Self::Race(_) | Self::Journeys(_))
    }

    fn needs_programs(self) -> bool {
        !matches!(self, Self::Tests { .. } | Self::Tidb | Self::Hostile { .. })
    }
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
    if runs.iter().any(|(_, what)| what.wants_pages()) {
        start::build_web(house)?;
    }
    if runs.iter().any(|(_, what)| matches!(what, What::Race(_))) {
        start::install(house, "bench/peers/stack")?;
    }
    if runs.iter().any(|(_, what)| what.wants_browser()) {
        start::install(house, "e2e")?;
    }
    if runs.iter().any(|(_, what)| matches!(what, What::Browser)) {
        start::install(house, "e2e/lighthouse")?;
    }
    let guard = Guard::start()?;
    if runs.iter().any(|(_, what)| what.needs_programs()) {
        build(house, &guard)?;
    }
    let mut servers = None;
    if runs.iter().any(|(_, what)| what.wants_servers()) {
        servers = Some(start_servers(house, &guard, runs.iter().any(|(_, what)| matches!(what, What::Tidb)))?);
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

/// Built before any server stands about waiting for it.
fn start_servers<'a>(house: &House, guard: &'a Guard, with_tidb: bool) -> Result<Servers<'a>, String> {
    let uses: &[Use] = if with_tidb { &[Use::Server, Use::Go] } else { &[Use::Server] };
    if let Some(cure) = packages::install(house, guard, uses)? {
        return Err(cure);
    }
    let tidb = with_tidb.then(|| tidb::build(house, guard)).transpose()?;
    let mut servers = Servers::start(guard)?;
    if let Some(program) = tidb {
        servers.add_tidb(&program)?;
    }
    Ok(servers)
}

/// The programs as people run them. Tests build what they need themselves.
fn build(house: &House, guard: &Guard) -> Result<(), String> {
    let mut build = cargo(
        house,
        &["build", "--workspace", "--release", "--bin", "rolo", "--bin", "rolo-bench", "--bin", "rolo-fuzz"],
    );
    build.env("CARGO_INCREMENTAL", "0");
    if guard.run(build).is_ok_and(|status| status.success()) {
        return Ok(());
    }
    Err("The programs did not build: the reason stands above.".to_owned())
}

fn command(house: &House, what: What, servers: &[(&'static str, String)]) -> Result<Command, String> {
    let mut command = match what {
        What::Bench(args) => bench(house, args),
        What::Race(args) => {
            let mut race = bench(house, args);
            race.envs(servers.iter().map(|(name, url)| (*name, url)));
            race
        }
        What::Tests { package, name, more } => {
            let mut tests =
                cargo(house, &["test", "--quiet", "--package", package, "--test", "it", name, "--", "--nocapture"]);
            tests.env(more.0, more.1).envs(servers.iter().map(|(name, url)| (*name, url)));
            tests
        }
        What::Tidb => {
            let (_, tidb) = servers.iter().find(|(name, _)| *name == TIDB).ok_or("TiDB does not run.")?;
            let mut tests = cargo(house, &["test", "--quiet", "--package", "rolo-services", "--test", "it", "mysql"]);
            tests.envs(servers.iter().map(|(name, url)| (*name, url))).env("ROLO_TEST_MYSQL", tidb);
            tests
        }
        What::Hostile { name, more } => {
            let args = ["test", "--quiet", "--package", "rolo-gateway", "--test", "hostile", name, "--", "--nocapture"];
            let mut tests = cargo(house, &args);
            tests.env(more.0, more.1);
            tests
        }
        What::Browser => {
            let mut speed = npm(house, "e2e", &["run", "speed"]);
            screenshots::with_browser(house, &mut speed)?;
            speed
        }
        What::Journeys(elsewhere) => {
            let mut journeys = npm(house, "e2e", &["test"]);
            screenshots::with_browser(house, &mut journeys)?;
            journeys.envs(servers.iter().map(|(name, url)| (*name, url)));
            journeys.envs(elsewhere.iter().copied());
            journeys
        }
    };
    command.env("ROLO_SOAK", "1").stdout(Stdio::piped());
    Ok(command)
}

fn bench(house: &House, args: &[&str]) -> Command {
    let mut bench = Command::new(house.release("rolo-bench"));
    bench.args(args).current_dir(&house.root);
    bench
}

/// Runs one command, shows what it prints, and gives the last line. Silence is no result.
fn one(guard: &Guard, command: Command) -> Result<(bool, String), String> {
    let mut watched = guard.spawn(command, "TERM").map_err(|why| format!("It could not be started: {why}."))?;
    let mut said = Said::default();
    if let Some(output) = watched.child.stdout.take() {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            println!("{line}");
            said.hear(&line);
        }
    }
    let status = guard.wait(watched).map_err(|why| why.to_string())?;
    let said = said.result();
    let spoke = !said.is_empty();
    Ok((status.success() && spoke, if spoke { said } else { format!("printed nothing ({status})") }))
}

/// Lines of tests that fit into a result.
const WORDS_MAX: usize = 8;

/// What a run prints.
#[derive(Default)]
struct Said {
    last: String,
    /// The harness of tests speaks last, and says the least.
    counted: Option<String>,
    words: Vec<String>,
}

impl Said {
    fn hear(&mut self, line: &str) {
        let line = line.trim().trim_start_matches('.').trim_start();
        if line.starts_with("test result: ") {
            self.counted = Some(line.to_owned());
        } else if !(line.is_empty() || line.starts_with("test ") || line.starts_with("running ") || is_progress(line)) {
            if self.words.len() == WORDS_MAX {
                self.words.remove(0);
            }
            self.words.push(line.to_owned());
            line.clone_into(&mut self.last);
        }
    }

    fn result(mut self) -> String {
        let Some(counted) = self.counted else { return self.last };
        let counted = counted.split("; 0 ignored").next().unwrap_or_default().to_owned();
        self.words.push(counted);
        self.words.join("; ")
    }
}

/// `87/127`, behind a full line of dots.
fn is_progress(line: &str) -> bool {
    line.bytes().all(|octet| octet.is_ascii_digit() || octet == b'/')
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
    fn a_bench_has_the_last_word_and_a_test_all_of_its_own() {
        let told = |lines: &[&str]| {
            let mut said = Said::default();
            lines.iter().for_each(|line| said.hear(line));
            said.result()
        };
        assert_eq!(told(&["round 1", "200 kills, 0 lost", ""]), "200 kills, 0 lost");
        let tests = [
            "running 2 tests",
            "..... 5/7",
            ".MariaDb: 7 acknowledged",
            "test slow has been running",
            "Redis: 9 kills",
            ".",
            "",
        ];
        let counted = "test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 5 filtered out";
        let all = [&tests[..], &[counted]].concat();
        assert_eq!(told(&all), "MariaDb: 7 acknowledged; Redis: 9 kills; test result: ok. 2 passed; 0 failed");
        assert_eq!(told(&[]), "");
    }

    #[test]
    fn what_asks_for_mysql_gets_tidb_or_nothing() {
        let house = House { root: ".".into(), target: "target".into(), ci: false };
        let (mysql, tidb) = (("ROLO_TEST_MYSQL", "a".to_owned()), (TIDB, "b".to_owned()));
        assert!(command(&house, What::Tidb, std::slice::from_ref(&mysql)).is_err());
        for servers in [[mysql.clone(), tidb.clone()], [tidb, mysql]] {
            let command = command(&house, What::Tidb, &servers).unwrap();
            let asked = command.get_envs().find(|(name, _)| *name == "ROLO_TEST_MYSQL");
            assert_eq!(asked.and_then(|(_, url)| url), Some("b".as_ref()));
        }
    }

    #[test]
    fn every_journey_is_run_in_each_arrangement_and_on_each_database_but_that_of_every_run_of_the_tests() {
        let runs = RUNS.iter().filter_map(|(_, what)| match what {
            What::Journeys(elsewhere) => Some(*elsewhere),
            _ => None,
        });
        let runs: Vec<_> = runs.chain([&[][..]]).collect();
        let said = |run: &[(_, &'static str)], name, otherwise| {
            run.iter().find(|(one, _)| *one == name).map_or(otherwise, |(_, value)| *value)
        };
        for arrangement in ["one", "three", "five"] {
            for front in ["none", "nginx"] {
                let of = |run: &&&[_]| {
                    said(run, "ROLO_ARRANGEMENT", "one") == arrangement && said(run, "ROLO_FRONT", "none") == front
                };
                assert!(runs.iter().any(|run| of(&run)), "{arrangement} {front}");
            }
        }
        for engine in ["sqlite", "mysql", "postgres"] {
            for cache in ["memory", "redis"] {
                let of = |run: &&&[_]| {
                    said(run, "ROLO_ENGINE", "sqlite") == engine && said(run, "ROLO_CACHE", "memory") == cache
                };
                assert!(runs.iter().any(|run| of(&run)), "{engine} {cache}");
            }
        }
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
