//! The search index follows the changes of every book. It may be down or lost: lists and saving never wait for it.

use std::time::{Duration, Instant};

use rolo_core::{Services, contracts::search::SearchIndex, search::catch_up};
use tokio_util::sync::CancellationToken;

use crate::pace::Pace;

/// How often to look without having seen a commit: others may have committed.
const LONGEST: Duration = Duration::from_secs(2);
/// How long an index that failed is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// From so many contacts in one pass on, they are an import's or a large edit's.
const MANY: usize = 50;
/// After such a pass the index rests for this many times as long, [`REST`] at most: what writes goes first, and the more
/// has gathered meanwhile the less each costs to index.
const GIVE_WAY: u32 = 3;
const REST: Duration = Duration::from_secs(3);

/// Follows until stopped.
pub async fn run(services: &Services, index: &dyn SearchIndex, stop: &CancellationToken) {
    let mut pace = Pace::new(services, stop);
    loop {
        let begun = Instant::now();
        // Half a book indexed is no harm: the index remembers how far it came.
        let caught_up = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            done = catch_up(services.database.as_ref(), index) => done,
        };
        let go_on = match caught_up {
            Ok(contacts) => pace.rest(rest_after(contacts, begun.elapsed())).await && pace.next(LONGEST).await,
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

fn rest_after(contacts: usize, pass: Duration) -> Duration {
    if contacts < MANY { Duration::ZERO } else { (pass * GIVE_WAY).min(REST) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_is_followed_at_once_and_an_import_gives_way_for_three_seconds_at_most() {
        let rest = |contacts, ms| rest_after(contacts, Duration::from_millis(ms)).as_millis();
        assert_eq!([rest(0, 5), rest(1, 60_000), rest(49, 100)], [0, 0, 0]);
        assert_eq!([rest(50, 10), rest(250, 100), rest(2_000, 60_000)], [30, 300, 3_000]);
    }
}
