//! How long we wait for the other end: over each stretch of waiting it must have moved some octets. Only the time in which we
//! really wait counts, so nobody is blamed for what is slow behind us.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A clock that runs while we wait.
pub(super) struct Pace {
    stretch: Duration,
    octets_min: u64,
    waited: Duration,
    octets: u64,
    since: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(super) fn new(stretch: Duration, rate_min: u64) -> Self {
        let octets_min = (stretch.as_secs_f64() * rate_min as f64) as u64;
        Self { stretch, octets_min, waited: Duration::ZERO, octets: 0, since: None, timer: None }
    }

    /// What a transfer came to: one that waits runs the clock, one that moved something stops it. Ready when too little moved
    /// for too long.
    pub(super) fn watch<T>(&mut self, context: &mut Context<'_>, outcome: &Poll<T>, octets: u64) -> Poll<()> {
        if outcome.is_ready() {
            self.octets += octets;
            if let Some(since) = self.since.take() {
                self.waited += since.elapsed();
            }
            return Poll::Pending;
        }
        loop {
            let now = Instant::now();
            let since = *self.since.get_or_insert(now);
            let waited = self.waited + now.saturating_duration_since(since);
            if waited >= self.stretch {
                if self.octets < self.octets_min.max(1) {
                    return Poll::Ready(());
                }
                (self.waited, self.octets, self.since) = (Duration::ZERO, 0, Some(now));
                continue;
            }
            // The timer of an earlier wait goes off early; then it is set anew, which is rarer than setting it each time.
            let end = now + (self.stretch - waited);
            let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(end)));
            ready!(timer.as_mut().poll(context));
            timer.as_mut().reset(end);
            ready!(timer.as_mut().poll(context));
        }
    }
}
