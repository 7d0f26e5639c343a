//! The fuzz run: starts the fuzzer on every target, picks up what it finds, goes on after a crash.
//!
//! `fuzz [--inputs N] [--bytes-max N] [--seed N] [--keep FOLDER] [TARGET…]`. A hang is tried again by itself before it counts: the
//! machine may have been busy with something else.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
};

use crate::{Outcome, say};

/// Inputs for one process: what runs beside each other, on as many cores as there are.
const CHUNK: u64 = 20_000;
/// A target that hurts this often has been understood.
const FINDINGS_MAX: usize = 12;
/// Enough for the fuzzer's own corpus; beyond it an allocation fails, and the process with it.
const ADDRESS_SPACE_KIB: u32 = 2 << 20;

struct Asked<'a> {
    inputs: u64,
    bytes_max: usize,
    seed: u64,
    keep: PathBuf,
    targets: Vec<&'a str>,
}

/// One input that hurt.
#[derive(Clone, Debug)]
struct Finding {
    number: u64,
    kind: String,
    text: String,
}

/// What became of one target.
#[derive(Default)]
struct Found {
    inputs: u64,
    slowest_us: u64,
    fullest_percent: u64,
    findings: Vec<Finding>,
    /// What took too long once, and not again.
    slow_once: u64,
}

pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let fuzzer = std::env::current_exe()?.with_file_name("rolo-fuzz");
    if !fuzzer.exists() {
        return Err("rolo-fuzz is not there: build it with `cargo build -p rolo-bench`".into());
    }
    let mut asked = asked(arguments)?;
    let names = String::from_utf8(Command::new(&fuzzer).arg("targets").output()?.stdout)?;
    if asked.targets.is_empty() {
        asked.targets = names.split_whitespace().collect();
    }
    let found = everything(&fuzzer, &asked)?;
    say(&format!("{:<10} {:>10} {:>12} {:>14} {:>10}", "target", "inputs", "slowest µs", "most memory", "findings"));
    for (target, found) in &found {
        say(&format!(
            "{target:<10} {:>10} {:>12} {:>12} % {:>10}",
            found.inputs,
            found.slowest_us,
            found.fullest_percent,
            found.findings.len()
        ));
        for finding in found.findings.iter().take(FINDINGS_MAX) {
            let file = keep(&fuzzer, &asked, target, finding)?;
            say(&format!("  {} {}: {}", finding.kind, file.display(), finding.text));
        }
    }
    let sum = |of: fn(&Found) -> u64| found.values().map(of).sum::<u64>();
    let findings = sum(|found| found.findings.len() as u64);
    say(&format!(
        "{} inputs over {} targets, {findings} findings (panic, abort, over 1 s, over 1 MiB + 50 × the input), {} slow once and not again",
        sum(|found| found.inputs),
        found.len(),
        sum(|found| found.slow_once)
    ));
    if findings > 0 { Err("the fuzzer found something".into()) } else { Ok(()) }
}

fn asked<'a>(arguments: &[&'a str]) -> Result<Asked<'a>, Box<dyn std::error::Error>> {
    let mut asked = Asked {
        inputs: 100_000,
        bytes_max: 1 << 20,
        seed: 1,
        keep: std::env::temp_dir().join("rolo-fuzz"),
        targets: Vec::new(),
    };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or_else(|| format!("{argument} needs a value"));
        match *argument {
            "--inputs" => asked.inputs = value()?.parse()?,
            "--bytes-max" => asked.bytes_max = value()?.parse()?,
            "--seed" => asked.seed = value()?.parse()?,
            "--keep" => asked.keep = PathBuf::from(value()?),
            other if other.starts_with("--") => return Err(format!("fuzz knows no {other}").into()),
            target => asked.targets.push(target),
        }
    }
    Ok(asked)
}

/// Runs all targets, in chunks, on all cores.
fn everything<'a>(fuzzer: &Path, asked: &Asked<'a>) -> Result<BTreeMap<&'a str, Found>, Box<dyn std::error::Error>> {
    let chunks = asked.targets.iter().flat_map(|target| {
        let starts = (0..asked.inputs).step_by(usize::try_from(CHUNK).unwrap_or(usize::MAX));
        starts.map(|from| (*target, from, CHUNK.min(asked.inputs - from)))
    });
    let (queue, found) = (Mutex::new(chunks), Mutex::new(BTreeMap::<&str, Found>::new()));
    let work = || -> Result<(), String> {
        loop {
            let chunk = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((target, from, count)) = chunk else { return Ok(()) };
            let full = |found: &Found| found.findings.len() >= FINDINGS_MAX;
            if found.lock().unwrap_or_else(PoisonError::into_inner).get(target).is_some_and(full) {
                continue;
            }
            let one = Run { fuzzer, asked, target };
            let more = one.chunk(from, count).map_err(|why| why.to_string())?;
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            found.entry(target).or_default().add(more);
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "a worker failed".to_owned())?)
    })?;
    Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner))
}

impl Found {
    fn add(&mut self, more: Self) {
        self.inputs += more.inputs;
        self.slowest_us = self.slowest_us.max(more.slowest_us);
        self.fullest_percent = self.fullest_percent.max(more.fullest_percent);
        self.slow_once += more.slow_once;
        self.findings.extend(more.findings);
    }
}

/// The fuzzer on one target.
struct Run<'a> {
    fuzzer: &'a Path,
    asked: &'a Asked<'a>,
    target: &'a str,
}

/// One process of the fuzzer, over.
struct Over {
    found: Found,
    /// The last `at`.
    at: u64,
    /// Whether it came to its end.
    done: bool,
    /// The last words on stderr.
    said: String,
}

impl Run<'_> {
    /// All inputs of a chunk, however often the process ends before it is through.
    fn chunk(&self, from: u64, count: u64) -> Result<Found, Box<dyn std::error::Error>> {
        let (mut found, mut next, end) = (Found::default(), from, from + count);
        while next < end && found.findings.len() < FINDINGS_MAX {
            let mut over = self.process(next, end - next)?;
            let hang = over.found.findings.pop_if(|finding| finding.kind == "hang");
            next = match (over.done, &hang) {
                (true, _) => end,
                (false, Some(hang)) => hang.number + 1,
                (false, None) => self.culprit(over.at, end, &mut over)? + 1,
            };
            if let Some(hang) = hang {
                let again = self.process(hang.number, 1)?;
                if again.done { over.found.slow_once += 1 } else { over.found.findings.push(hang) }
            }
            found.add(over.found);
        }
        found.inputs = next.min(end) - from;
        Ok(found)
    }

    /// Which input from `at` on ends the process: tried one by one.
    fn culprit(&self, at: u64, end: u64, over: &mut Over) -> Result<u64, Box<dyn std::error::Error>> {
        for number in at..end {
            let alone = self.process(number, 1)?;
            if !alone.done {
                let text = alone.said.lines().last().unwrap_or("it said nothing").to_owned();
                over.found.findings.push(Finding { number, kind: "abort".to_owned(), text });
                return Ok(number);
            }
        }
        Err(format!("the fuzzer ended on {} after input {at}, and no single input ends it: {}", self.target, over.said)
            .into())
    }

    fn process(&self, from: u64, count: u64) -> Result<Over, Box<dyn std::error::Error>> {
        let Asked { seed, bytes_max, .. } = self.asked;
        let mut command = Command::new("sh");
        command.args(["-c", &format!("ulimit -c 0; ulimit -v {ADDRESS_SPACE_KIB}; exec \"$0\" \"$@\"")]);
        command.arg(self.fuzzer).args(["run", self.target]);
        command.args([seed.to_string(), from.to_string(), count.to_string(), bytes_max.to_string()]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut over = Over { found: Found::default(), at: from, done: false, said: String::new() };
        for line in BufReader::new(child.stdout.take().ok_or("no output")?).lines() {
            over.line(&line?);
        }
        child.stderr.take().ok_or("no output")?.read_to_string(&mut over.said)?;
        child.wait()?;
        Ok(over)
    }
}

impl Over {
    fn line(&mut self, line: &str) {
        let mut words = line.splitn(4, ' ');
        let number = |words: &mut std::str::SplitN<'_, char>| words.next().and_then(|word| word.parse().ok());
        match words.next() {
            Some("at") => self.at = number(&mut words).unwrap_or(self.at),
            Some("done") => {
                self.done = true;
                self.found.slowest_us = number(&mut words).unwrap_or(0);
                self.found.fullest_percent = number(&mut words).unwrap_or(0);
            }
            Some("finding") => self.found.findings.push(Finding {
                number: number(&mut words).unwrap_or(self.at),
                kind: words.next().unwrap_or_default().to_owned(),
                text: words.next().unwrap_or_default().to_owned(),
            }),
            _ => {}
        }
    }
}

/// Writes the input of a finding to its file.
fn keep(
    fuzzer: &Path,
    asked: &Asked<'_>,
    target: &str,
    finding: &Finding,
) -> Result<PathBuf, Box<dyn std::error::Error>> {
    let mut command = Command::new(fuzzer);
    command.args(["show", target]);
    command.args([asked.seed.to_string(), finding.number.to_string(), asked.bytes_max.to_string()]);
    let input = command.output()?.stdout;
    std::fs::create_dir_all(&asked.keep)?;
    let file = asked.keep.join(format!("{target}-{}-{}", asked.seed, finding.number));
    std::fs::write(&file, input)?;
    Ok(file)
}
