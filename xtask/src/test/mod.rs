//! `cargo xtask test`: everything CI runs, in the order that fails first and keeps both cores busy.
//!
//! Cargo steps never overlap (two cargos on one target folder wait for each other), and the Rust tests run alone, so
//! that time limits inside them mean something. Packages, npm and the web's own tests hide behind the compiler.

mod report;

use crate::cargo::cargo;
use crate::guard::Guard;
use crate::house::House;
use crate::node::{self, INSTALL, Kept, npm};
use crate::packages::{self, Use};
use crate::servers::Servers;
use report::{Report, Verdict};
use std::process::Command;

/// Every step, in the order of the table at the end.
const STEPS: &[&str] = &[
    "fmt", "tidy", "packages", "npm", "web", "types", "vitest", "fetch", "clippy", "compile", "program", "servers",
    "rust", "journeys",
];

/// Steps that `--only` brings along: without them the tests would be other tests.
const NEEDS: &[(&str, &[&str])] =
    &[("rust", &["packages", "servers"]), ("journeys", &["packages", "npm", "web", "program", "servers"])];

/// Where libtest is told how many tests run side by side.
const THREADS: &str = "RUST_TEST_THREADS";

type Outcome = Result<Verdict, String>;

/// Runs the steps, or only those named, and prints what each came to.
pub(crate) fn run(house: &House, only: Option<&str>) -> crate::Answer {
    let wanted = chosen(only)?;
    let guard = Guard::start()?;
    let report = Report::new(&wanted);
    let run = Run { house, guard: &guard, report: &report };
    run.all();
    Ok(report.close())
}

/// The steps to run: all, or those of a comma list and what they need.
fn chosen(only: Option<&str>) -> Result<Vec<&'static str>, String> {
    let Some(list) = only else { return Ok(STEPS.to_vec()) };
    let names: Vec<&str> = list.split(',').map(str::trim).collect();
    if let Some(unknown) = names.iter().find(|name| !STEPS.contains(name)) {
        return Err(format!("There is no step `{unknown}`. The steps are: {}.", STEPS.join(", ")));
    }
    let needed = NEEDS.iter().filter(|(name, _)| names.contains(name)).flat_map(|(_, needs)| needs.iter());
    let all: Vec<&str> = names.iter().chain(needed).copied().collect();
    Ok(STEPS.iter().filter(|step| all.contains(step)).copied().collect())
}

struct Run<'a> {
    house: &'a House,
    guard: &'a Guard,
    report: &'a Report,
}

impl Run<'_> {
    /// Stops where going on would only repeat a failure; what was not run says so in the table.
    fn all(&self) {
        let neat = self.step("fmt", || self.cargo(&["fmt", "--all", "--check"]));
        if !(self.step("tidy", || self.tidy()) && neat) {
            return;
        }
        let ready = std::thread::scope(|scope| {
            let web = scope.spawn(|| self.packages_and_web());
            let rust = self.compile();
            web.join().unwrap_or(false) && rust
        });
        if !ready {
            return;
        }
        if let Some(servers) = self.program_and_servers() {
            self.step("rust", || self.rust(&servers));
            self.step("journeys", || self.journeys(&servers));
        }
    }

    /// Lane A: network and disk.
    fn packages_and_web(&self) -> bool {
        self.step("packages", || self.packages())
            && self.step("npm", || self.install_all(&["web", "e2e", "bench/peers/stack"]))
            && self.step("web", || self.bundle())
            && self.step("types", || self.script("web", "typecheck", false))
            && self.step("vitest", || self.script("web", "test", true))
    }

    /// Lane B: both cores.
    fn compile(&self) -> bool {
        self.step("fetch", || self.cargo(&["fetch", "--locked", "--quiet"]))
            && self.step("clippy", || {
                self.cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
            })
            && self.step("compile", || self.cargo(&["test", "--locked", "--workspace", "--no-run"]))
    }

    /// The servers start on this thread while cargo builds the program beside it. `None`: one of the two failed.
    fn program_and_servers(&self) -> Option<Option<Servers<'_>>> {
        let building = self.report.wants("program").then(|| self.report.begin("program"));
        let args = ["build", "--locked", "--workspace", "--release", "--bin", "rolo"];
        let cargo = building.as_ref().map(|_| self.guard.spawn(cargo(self.house, &args), "TERM"));
        let mut servers = None;
        let started = self.step("servers", || {
            self.servers().map(|(verdict, running)| {
                servers = running;
                verdict
            })
        });
        let built = building.is_none_or(|step| {
            let status = match cargo {
                Some(Ok(child)) => self.guard.wait(child).map_err(|why| why.to_string()),
                Some(Err(why)) => Err(format!("cargo did not start: {why}.")),
                None => Err("cargo was not started.".to_owned()),
            };
            step.end(status.and_then(judged))
        });
        (started && built).then_some(servers)
    }

    fn step(&self, name: &'static str, work: impl FnOnce() -> Outcome) -> bool {
        !self.report.wants(name) || self.report.begin(name).end(work())
    }

    fn cargo(&self, args: &[&str]) -> Outcome {
        self.aloud(cargo(self.house, args))
    }

    fn tidy(&self) -> Outcome {
        judge(crate::tidy::run(self.house)?, "see the findings above")
    }

    fn packages(&self) -> Outcome {
        let cure = packages::install(self.house, self.guard, &[Use::Server, Use::Browser])?;
        Ok(cure.map_or(Verdict::Passed, Verdict::Skipped))
    }

    fn install_all(&self, folders: &[&str]) -> Outcome {
        folders.iter().try_fold(Verdict::NothingYet, |verdict, folder| Ok(verdict.or(self.install(folder)?)))
    }

    /// `npm ci`, unless the lock file is the one that was installed last.
    fn install(&self, folder: &str) -> Outcome {
        if self.is_empty(folder) {
            return Ok(Verdict::NothingYet);
        }
        node::check()?;
        let packages = Kept::packages(self.house, folder);
        if packages.is_current() {
            return Ok(Verdict::Passed);
        }
        let verdict = self.quietly(npm(self.house, folder, INSTALL))?;
        packages.note()?;
        Ok(verdict)
    }

    fn bundle(&self) -> Outcome {
        let verdict = self.script("web", "build", false)?;
        if verdict == Verdict::Passed {
            Kept::bundle(self.house).note()?;
        }
        Ok(verdict)
    }

    /// `npm run NAME`. In a lane beside cargo nothing is printed before the end, or two outputs would mix.
    fn script(&self, folder: &str, name: &str, show: bool) -> Outcome {
        if self.is_empty(folder) {
            return Ok(Verdict::NothingYet);
        }
        let (status, said) =
            self.guard.capture(npm(self.house, folder, &["run", name])).map_err(|why| why.to_string())?;
        if show || !status.success() {
            print!("{said}");
        }
        judged(status)
    }

    /// The servers, or the reason why the tests go without: only outside CI, where `packages` has failed already.
    fn servers(&self) -> Result<(Verdict, Option<Servers<'_>>), String> {
        let missing = packages::missing(&[Use::Server]);
        if !missing.is_empty() && !self.house.ci {
            let why = format!("the suites run on SQLite only, for want of {}", missing.join(", "));
            return Ok((Verdict::Skipped(why), None));
        }
        Servers::start(self.guard).map(|servers| (Verdict::Passed, Some(servers)))
    }

    fn rust(&self, servers: &Option<Servers<'_>>) -> Outcome {
        let mut command = cargo(self.house, &["test", "--locked", "--workspace", "--no-fail-fast"]);
        command.envs(urls(servers));
        if std::env::var_os(THREADS).is_none() {
            command.env(THREADS, side_by_side().to_string());
        }
        self.aloud(command)
    }

    fn journeys(&self, servers: &Option<Servers<'_>>) -> Outcome {
        if self.is_empty("e2e") {
            return Ok(Verdict::NothingYet);
        }
        let Some(browser) = packages::chromium() else {
            let why = "Chromium is not installed".to_owned();
            return if self.house.ci { Err(why) } else { Ok(Verdict::Skipped(why)) };
        };
        let mut command = npm(self.house, "e2e", &["test"]);
        command.env("ROLO_BINARY", self.house.release("rolo")).env("ROLO_CHROMIUM", browser).envs(urls(servers));
        self.aloud(command)
    }

    fn is_empty(&self, folder: &str) -> bool {
        !self.house.has(&format!("{folder}/package.json"))
    }

    fn aloud(&self, command: Command) -> Outcome {
        let name = command.get_program().to_string_lossy().into_owned();
        judged(self.guard.run(command).map_err(|why| format!("{name} did not start: {why}."))?)
    }

    fn quietly(&self, command: Command) -> Outcome {
        let name = command.get_program().to_string_lossy().into_owned();
        let (status, said) = self.guard.capture(command).map_err(|why| format!("{name} did not start: {why}."))?;
        if !status.success() {
            print!("{said}");
        }
        judged(status)
    }
}

/// How many Rust tests run side by side: one more than there are cores, for most of them wait for servers and clocks.
fn side_by_side() -> usize {
    1 + std::thread::available_parallelism().map_or(2, std::num::NonZero::get)
}

fn urls(servers: &Option<Servers<'_>>) -> Vec<(&'static str, String)> {
    servers.as_ref().map(Servers::urls).unwrap_or_default()
}

fn judged(status: std::process::ExitStatus) -> Outcome {
    judge(status.success(), &status.to_string())
}

fn judge(well: bool, otherwise: &str) -> Outcome {
    if well { Ok(Verdict::Passed) } else { Err(otherwise.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_takes_the_named_steps_in_their_order_with_the_servers_they_need() {
        assert_eq!(chosen(None).unwrap(), STEPS);
        assert_eq!(chosen(Some("tidy,fmt")).unwrap(), ["fmt", "tidy"]);
        assert_eq!(chosen(Some("rust")).unwrap(), ["packages", "servers", "rust"]);
        let journeys = ["packages", "npm", "web", "program", "servers", "journeys"];
        assert_eq!(
            chosen(Some("journeys")).unwrap(),
            journeys,
            "pages and program of this very tree, in a real browser"
        );
        let why = chosen(Some("fmt,lint")).unwrap_err();
        assert!(why.contains("`lint`") && why.contains("clippy"), "{why}");
    }
}
