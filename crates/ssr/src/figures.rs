//! What was drawn, and what was not.

use std::{
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use crate::engine::Failed;

/// Counts since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Pages that were drawn.
    pub drawn: u64,
    /// Visitors who were led to another page.
    pub led_on: u64,
    /// Pages that are not drawn on the server: the browser draws them.
    pub left_to_browser: u64,
    /// Fell back to the shell: the bundle threw, or answered what no page is.
    pub threw: u64,
    /// Fell back: it took too long.
    pub late: u64,
    /// Fell back: it needed too much memory.
    pub memory: u64,
    /// Fell back: too many pages were waiting.
    pub busy: u64,
    /// Fell back: the API did not answer as it should.
    pub unanswered: u64,
    /// Processor time spent inside the engine.
    pub cpu: Duration,
}

impl Figures {
    /// Pages that fell back to the shell, for whatever reason.
    pub fn fell_back(&self) -> u64 {
        self.threw + self.late + self.memory + self.busy + self.unanswered
    }
}

/// The same, while it is counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) drawn: AtomicU64,
    pub(crate) led_on: AtomicU64,
    pub(crate) left_to_browser: AtomicU64,
    threw: AtomicU64,
    late: AtomicU64,
    memory: AtomicU64,
    busy: AtomicU64,
    unanswered: AtomicU64,
    pub(crate) cpu_ns: AtomicU64,
}

impl Counters {
    pub(crate) fn fell_back(&self, why: &Failed) {
        let counter = match why {
            Failed::Threw(_) => &self.threw,
            Failed::Late => &self.late,
            Failed::Memory => &self.memory,
            Failed::Busy => &self.busy,
            Failed::Unanswered(_) => &self.unanswered,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(crate) fn read(&self) -> Figures {
        Figures {
            drawn: self.drawn.load(Relaxed),
            led_on: self.led_on.load(Relaxed),
            left_to_browser: self.left_to_browser.load(Relaxed),
            threw: self.threw.load(Relaxed),
            late: self.late.load(Relaxed),
            memory: self.memory.load(Relaxed),
            busy: self.busy.load(Relaxed),
            unanswered: self.unanswered.load(Relaxed),
            cpu: Duration::from_nanos(self.cpu_ns.load(Relaxed)),
        }
    }
}
