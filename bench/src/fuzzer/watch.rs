//! The watch: a thread that ends the process when one input takes too long, and says which it was.

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

/// Told before and after each input.
pub(crate) struct Watch {
    number: Arc<AtomicU64>,
    since_us: Arc<AtomicU64>,
    born: Instant,
}

/// Starts watching.
pub(crate) fn start(limit: Duration) -> Watch {
    let watch = Watch { number: Arc::new(AtomicU64::new(IDLE)), since_us: Arc::default(), born: Instant::now() };
    let (number, since_us, born) = (watch.number.clone(), watch.since_us.clone(), watch.born);
    std::thread::spawn(move || {
        loop {
            std::thread::sleep(limit / 20);
            let (before, since) = (number.load(Ordering::Acquire), since_us.load(Ordering::Acquire));
            let spent = born.elapsed().saturating_sub(Duration::from_micros(since));
            // Asked twice, so that the next input is not blamed for the time of the one before.
            if spent > limit && before != IDLE && number.load(Ordering::Acquire) == before {
                let _ = super::say(&format!("finding {before} hang more than {} ms", limit.as_millis()));
                std::process::exit(HUNG);
            }
        }
    });
    watch
}

impl Watch {
    pub(crate) fn begin(&self, number: u64) {
        self.since_us.store(self.born.elapsed().as_micros() as u64, Ordering::Release);
        self.number.store(number, Ordering::Release);
    }

    pub(crate) fn end(&self) {
        self.number.store(IDLE, Ordering::Release);
    }
}
