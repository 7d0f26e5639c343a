//! The search index follows the changes of every book. It may be down or lost: lists and saving never wait for it.

use std::time::Duration;

use rolo_core::{Services, contracts::search::SearchIndex, search::catch_up};
use tokio_util::sync::CancellationToken;

use crate::pace::Pace;

/// How often to look without having seen a commit: others may have committed.
const LONGEST: Duration = Duration::from_secs(2);
/// How long an index that failed is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// Follows until stopped.
pub(crate) async fn run(services: &Services, index: &dyn SearchIndex, stop: &CancellationToken) {
    let mut pace = Pace::new(services, stop);
    loop {
        // Half a book indexed is no harm: the index remembers how far it came.
        let caught_up = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            done = catch_up(services.database.as_ref(), index) => done,
        };
        let go_on = match caught_up {
            Ok(()) => pace.next(LONGEST).await,
            Err(error) => {
                tracing::warn!(error = ?error, "the search index lags");
                pace.rest(PAUSE).await
            }
        };
        if !go_on {
            return;
        }
    }
}
