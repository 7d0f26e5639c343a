//! A number that rises with every commit this process has answered; followers wait for it.

use tokio::sync::watch;

#[derive(Debug)]
pub(crate) struct Tick(watch::Sender<u64>);

impl Tick {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn rise(&self) {
        self.0.send_modify(|tick| *tick += 1);
    }

    /// Waits for a number above `tick` and answers the newest.
    pub(crate) async fn after(&self, tick: u64) -> u64 {
        let mut seen = self.0.subscribe();
        match seen.wait_for(|now| *now > tick).await {
            Ok(now) => *now,
            // The sender is held by `self`, which outlives this wait.
            Err(_) => tick,
        }
    }
}
