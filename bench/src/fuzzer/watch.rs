//! The watch: a thread that ends the process when one input takes too long, and says which it was.
//!
//! Too long is a second of the processor: on a machine that is busy with something else, a second on the clock says nothing.
//! What waits and does nothing is ended after ten.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// How the process ends when an input does not.
const HUNG: i32 = 3;
const IDLE: u64 = u64::MAX;
/// How often it looks in the time one input has.
const LOOKS: u32 = 40;

/// Told before and after each input.
pub(crate) struct Watch(Arc<AtomicU64>);

/// Starts watching.
pub(crate) fn start(limit: Duration) -> Watch {
    let number = Arc::new(AtomicU64::new(IDLE));
    let watched = Arc::clone(&number);
    std::thread::spawn(move || {
        let (mut seen, mut at, mut spent) = (IDLE, Instant::now(), spent());
        loop {
            std::thread::sleep(limit / LOOKS);
            let now = watched.load(Ordering::Acquire);
            if now != seen || now == IDLE {
                (seen, at, spent) = (now, Instant::now(), self::spent());
                continue;
            }
            let on_the_clock = at.elapsed();
            let of_the_processor = spent.zip(self::spent()).map_or(on_the_clock, |(from, to)| to.saturating_sub(from));
            if (of_the_processor > limit || on_the_clock > limit * 10) && watched.load(Ordering::Acquire) == seen {
                let _ = super::say(&format!("finding {seen} hang more than {} ms", limit.as_millis()));
                std::process::exit(HUNG);
            }
        }
    });
    Watch(number)
}

/// What this process has had of the processor, in hundredths of a second; `None` where nobody can say.
fn spent() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold anything; after its bracket come the state, ten numbers, user and system time.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = |nth: usize| rest.split_whitespace().nth(nth)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}

impl Watch {
    pub(crate) fn begin(&self, number: u64) {
        self.0.store(number, Ordering::Release);
    }

    pub(crate) fn end(&self) {
        self.0.store(IDLE, Ordering::Release);
    }
}
