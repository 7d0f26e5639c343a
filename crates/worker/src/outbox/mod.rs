//! The outbox: what commits said should happen outside. Each row is leased, handled and settled; a crash in between makes
//! it come again, so handlers must not mind being asked twice.

mod delete_files;

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{Result, Services, contracts::database::OutboxRow, import::Removed};
use tokio_util::sync::CancellationToken;

use crate::pace::{Pace, back_off};

/// Seconds a row is this worker's; another one takes it afterwards.
const LEASE_SECONDS: u32 = 60;
/// What a handler may take, so that its lease outlives it.
const HANDLE_MAX: Duration = Duration::from_secs(45);
/// Rows of one pass.
const ROWS: usize = 20;
/// After so many failures a row is set aside: it stays in the outbox for someone to look at.
pub const ATTEMPTS_MAX: u32 = 16;
/// How long a row that was set aside waits.
const ASIDE: SignedDuration = SignedDuration::from_hours(24 * 365 * 100);
/// How often to look without having seen a commit.
const LONGEST: Duration = Duration::from_secs(5);

/// Makes one kind of event happen outside.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Does it. May be asked twice for the same row. An error is tried again later.
    async fn handle(&self, row: &OutboxRow) -> Result<()>;
}

/// What handles which event.
#[derive(Clone, Default)]
pub struct Handlers(HashMap<&'static str, Arc<dyn Handler>>);

impl Handlers {
    /// Those for what verbs tell.
    pub fn of(services: &Services) -> Self {
        Self::default().on(Removed::EVENT, Arc::new(delete_files::DeleteFiles(services.clone())))
    }

    /// Adds the handler of an event.
    #[must_use]
    pub fn on(mut self, event: &'static str, handler: Arc<dyn Handler>) -> Self {
        self.0.insert(event, handler);
        self
    }
}

/// Works until stopped.
pub(crate) async fn run(services: &Services, handlers: &Handlers, stop: &CancellationToken) {
    let mut pace = Pace::new(services, stop);
    loop {
        let go_on = match pass(services, handlers).await {
            Ok(0) => pace.next(LONGEST).await,
            Ok(_) => !stop.is_cancelled(),
            Err(error) => {
                tracing::warn!(error = ?error, "the outbox cannot be read");
                pace.rest(LONGEST).await
            }
        };
        if !go_on {
            return;
        }
    }
}

/// Handles the rows that are due, a few at once, and says how many that were.
pub async fn pass(services: &Services, handlers: &Handlers) -> Result<usize> {
    let now = services.clock.now();
    let rows = services.database.lease_outbox(now, LEASE_SECONDS, ROWS).await?;
    let count = rows.len();
    for row in rows {
        let retry_at = handled(&row, handlers, now).await;
        services.database.settle_outbox(row.id, retry_at).await?;
    }
    Ok(count)
}

/// When to try again; `None`: it is done with.
async fn handled(row: &OutboxRow, handlers: &Handlers, now: Timestamp) -> Option<Timestamp> {
    let failed = match handlers.0.get(row.event.as_str()) {
        Some(handler) => match tokio::time::timeout(HANDLE_MAX, handler.handle(row)).await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => format!("{error:?}"),
            Err(_) => "it took too long".to_owned(),
        },
        // A newer process beside this one knows it: it may have its turn.
        None => "nobody here handles this event".to_owned(),
    };
    let attempts = row.attempts.saturating_add(1);
    if attempts >= ATTEMPTS_MAX {
        tracing::error!(outbox.id = row.id, outbox.event = row.event, failed, "set aside after many tries");
        return now.checked_add(ASIDE).ok();
    }
    tracing::warn!(
        outbox.id = row.id,
        outbox.event = row.event,
        outbox.attempts = attempts,
        failed,
        "tried again later"
    );
    let wait = SignedDuration::try_from(back_off(attempts)).unwrap_or(SignedDuration::from_hours(1));
    now.checked_add(wait).ok()
}
