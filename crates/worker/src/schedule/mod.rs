//! What is done by the clock: one job per file, each as often as it says.

pub mod backup;
pub mod empty_bin;
pub mod forget;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rolo_core::{Result, Services};
use tokio_util::sync::CancellationToken;

use crate::pace::Pace;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(60);

/// When each job was done last, by this process.
#[derive(Debug, Default)]
pub struct Done {
    bin: Option<Timestamp>,
    forgotten: Option<Timestamp>,
}

/// Works until stopped. Everything is done once after a start.
pub(crate) async fn run(services: &Services, stop: &CancellationToken) {
    let pace = Pace::new(services, stop);
    let mut done = Done::default();
    loop {
        if let Err(error) = pass(services, &mut done).await {
            tracing::warn!(error = ?error, "the schedule waits");
        }
        if !pace.rest(LOOK).await {
            return;
        }
    }
}

/// Does what is due.
pub async fn pass(services: &Services, done: &mut Done) -> Result<()> {
    let now = services.clock.now();
    if is_due(done.bin, now, empty_bin::EVERY) {
        empty_bin::run(services).await?;
        done.bin = Some(now);
    }
    if is_due(done.forgotten, now, forget::EVERY) {
        forget::run(services).await?;
        done.forgotten = Some(now);
    }
    Ok(())
}

fn is_due(last: Option<Timestamp>, now: Timestamp, every: SignedDuration) -> bool {
    last.is_none_or(|last| now.duration_since(last) >= every)
}
