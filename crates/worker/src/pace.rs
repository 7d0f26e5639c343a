//! When to look again: after a commit, after a while, or never, because the process stops.

use std::time::Duration;

use rolo_core::Services;
use tokio_util::sync::CancellationToken;

/// Commits of one burst are answered by one look.
const BURST: Duration = Duration::from_millis(20);

/// Watches the commits of this process.
pub(crate) struct Pace<'a> {
    services: &'a Services,
    stop: &'a CancellationToken,
    tick: u64,
}

impl<'a> Pace<'a> {
    pub(crate) fn new(services: &'a Services, stop: &'a CancellationToken) -> Self {
        Self { services, stop, tick: 0 }
    }

    /// Waits for a later commit, at most `longest` (other processes commit too). `false`: stop.
    pub(crate) async fn next(&mut self, longest: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => return false,
            tick = self.services.database.committed_after(self.tick) => self.tick = tick,
            () = tokio::time::sleep(longest) => return true,
        }
        self.rest(BURST).await
    }

    /// Waits `time`. `false`: stop.
    pub(crate) async fn rest(&self, time: Duration) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(time) => true,
        }
    }
}

/// How long to wait after the `attempts`th failure: 2 s, 4 s, 8 s… up to an hour.
pub(crate) fn back_off(attempts: u32) -> Duration {
    Duration::from_secs(2_u64.saturating_pow(attempts.clamp(1, 12)).min(3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_wait_longer_and_longer_up_to_an_hour() {
        let waits: Vec<u64> = [0, 1, 2, 3, 11, 12, u32::MAX].map(|attempts| back_off(attempts).as_secs()).into();
        assert_eq!(waits, [2, 2, 4, 8, 2_048, 3_600, 3_600]);
    }
}
