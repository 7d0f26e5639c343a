//! The fuzzer: feeds made-up inputs to everything that reads what strangers send, and tells which of them hurt.
//!
//! Started by `rolo-bench fuzz`, in a process of its own: its allocator counts, and a stack that overflows takes only this
//! process along. Each input belongs to its number, so `TARGET SEED NUMBER` is all it takes to see one again.
//!
//! Lines on stdout: `at N` before the inputs from N on, `finding N KIND TEXT`, `done SLOWEST_US FULLEST_PERCENT`.

mod corpus;
mod dictionary;
mod minimise;
mod mutate;
mod target;
mod trial;
mod watch;

use std::io::{Write, stdout};

use corpus::Inputs;
use target::Target;
use trial::{Budget, Verdict};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// As much as a worker of the server has.
const STACK_BYTES: usize = 2 << 20;
/// How often it says where it is, in inputs: what is tried again one by one after a crash.
const STEP: u64 = 256;

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["targets"] => writeln!(stdout(), "{}", target::names().join(" ")).map_err(Into::into),
        ["run", target, seed, from, count, bytes_max] => {
            let inputs = Inputs::of(Target::named(target)?, seed.parse()?, bytes_max.parse()?)?;
            let (from, count) = (from.parse()?, count.parse()?);
            on_small_stack(move || run(&inputs, from, count))
        }
        ["show", target, seed, number, bytes_max] => {
            let inputs = Inputs::of(Target::named(target)?, seed.parse()?, bytes_max.parse()?)?;
            stdout().write_all(&inputs.input(number.parse()?)).map_err(Into::into)
        }
        ["try", target, file] => {
            let (target, input) = (Target::named(target)?, std::fs::read(file)?);
            on_small_stack(move || writeln!(stdout(), "{:?}", trial::trial(&target, &input)).map_err(Into::into))
        }
        ["minimise", target, file] => {
            let (target, input) = (Target::named(target)?, std::fs::read(file)?);
            on_small_stack(move || stdout().write_all(&minimise::minimise(&target, input)).map_err(Into::into))
        }
        _ => Err("which? targets | run TARGET SEED FROM COUNT BYTES_MAX | show TARGET SEED NUMBER BYTES_MAX | \
                  try TARGET FILE | minimise TARGET FILE"
            .into()),
    }
}

fn on_small_stack(work: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    trial::quiet();
    let worker = std::thread::Builder::new()
        .stack_size(STACK_BYTES)
        .spawn(move || work().map_err(|why| why.to_string()))?
        .join();
    worker.map_err(|_| "the fuzzer itself failed")?.map_err(Into::into)
}

fn run(inputs: &Inputs, from: u64, count: u64) -> Outcome {
    let watch = watch::start(Budget::WALL);
    let (mut slowest, mut fullest) = (0, 0);
    for number in from..from + count {
        if (number - from).is_multiple_of(STEP) {
            say(&format!("at {number}"))?;
        }
        let input = inputs.input(number);
        watch.begin(number);
        let trial = trial::trial(&inputs.target, &input);
        watch.end();
        slowest = slowest.max(trial.took.as_micros());
        fullest = fullest.max(trial.bytes_max * 100 / Budget::bytes(input.len()));
        if let Verdict::Hurt { kind, text } = trial.verdict {
            say(&format!("finding {number} {kind} {}", text.replace('\n', " ")))?;
        }
    }
    say(&format!("done {slowest} {fullest}"))
}

/// One whole line, at once: the watch prints too.
fn say(line: &str) -> Outcome {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}
