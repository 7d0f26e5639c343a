//! One input, tried: does the target panic, and how much time and memory does it take?

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use crate::target::Target;

/// What one input may take.
pub(crate) struct Budget;

impl Budget {
    pub(crate) const WALL: Duration = Duration::from_secs(1);

    /// Memory at its peak, beyond what was there before: the input itself does not count.
    pub(crate) fn bytes(input: usize) -> u64 {
        (1 << 20) + 50 * input as u64
    }
}

/// How it went.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Well,
    Hurt { kind: &'static str, text: String },
}

#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) verdict: Verdict,
    pub(crate) took: Duration,
    pub(crate) bytes_max: u64,
}

thread_local! {
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Panics are findings: they are kept, not printed.
pub(crate) fn quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no text");
        PANIC.with(|kept| *kept.borrow_mut() = format!("{place}: {text}"));
    }));
}

/// Tries one input; what is loaded once and kept, the world's numbering plans, is not what the input takes.
pub(crate) fn trial(target: &Target, input: &[u8]) -> Trial {
    let first = once(target, input);
    if matches!(first.verdict, Verdict::Hurt { kind: "hoard", .. }) { once(target, input) } else { first }
}

fn once(target: &Target, input: &[u8]) -> Trial {
    let at = Instant::now();
    let mut well = true;
    let memory = allocation_counter::measure(|| {
        well = catch_unwind(AssertUnwindSafe(|| (target.read)(input))).is_ok();
    });
    let took = at.elapsed();
    let allowed = Budget::bytes(input.len());
    let verdict = if !well {
        let text = PANIC.with(|kept| kept.take());
        Verdict::Hurt { kind: "panic", text: text.chars().take(600).collect() }
    } else if memory.bytes_max > allowed {
        let text = format!("{} bytes for {} of input, {allowed} allowed", memory.bytes_max, input.len());
        Verdict::Hurt { kind: "hoard", text }
    } else {
        Verdict::Well
    };
    Trial { verdict, took, bytes_max: memory.bytes_max }
}
