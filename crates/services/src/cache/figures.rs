//! What became of each question, counted by kind of key.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use rolo_core::contracts::cache::Figure;

use super::entry::Kind;

#[derive(Debug, Default)]
pub(super) struct Figures([Counts; Kind::ALL.len()]);

#[derive(Debug, Default)]
struct Counts {
    hits: AtomicU64,
    shared: AtomicU64,
    misses: AtomicU64,
    fills: AtomicU64,
    late: AtomicU64,
}

/// What became of a question or of a fill.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Hit,
    Shared,
    Miss,
    Fill,
    Late,
}

impl Figures {
    pub(super) fn count(&self, kind: Kind, event: Event) {
        let Some(counts) = self.0.get(kind as usize) else { return };
        let count = match event {
            Event::Hit => &counts.hits,
            Event::Shared => &counts.shared,
            Event::Miss => &counts.misses,
            Event::Fill => &counts.fills,
            Event::Late => &counts.late,
        };
        count.fetch_add(1, Relaxed);
    }

    pub(super) fn all(&self) -> Vec<Figure> {
        let figure = |(kind, counts): (Kind, &Counts)| Figure {
            kind: kind.name(),
            hits: counts.hits.load(Relaxed),
            shared: counts.shared.load(Relaxed),
            misses: counts.misses.load(Relaxed),
            fills: counts.fills.load(Relaxed),
            late: counts.late.load(Relaxed),
        };
        Kind::ALL.into_iter().zip(&self.0).map(figure).collect()
    }
}
