//! Runs one connection to its end: its own, the server's, or the one its record calls for.

use std::pin::{Pin, pin};

use hyper_util::server::graceful::GracefulConnection;
use tokio::time::{Instant, sleep_until};
use tracing::debug;

use super::record::{LINGER, Record, Verdict};

/// Runs a connection. It is told to go at `stop`, and whoever calls decides how long it may take then.
pub(crate) async fn drive<C>(
    mut connection: Pin<&mut C>,
    record: &Record,
    stop: impl Future<Output = ()>,
) -> Result<(), C::Error>
where
    C: GracefulConnection,
{
    let mut stop = pin!(stop);
    let mut told = None;
    loop {
        let now = Instant::now();
        let next = match record.verdict(now) {
            Verdict::End(why) => {
                debug!(why, "a connection is closed");
                return Ok(());
            }
            Verdict::Leave => {
                let since = *told.get_or_insert_with(|| leave(connection.as_mut(), now));
                if record.is_quiet() && since + LINGER <= now {
                    return Ok(());
                }
                now + LINGER
            }
            Verdict::Fine(next) => next,
        };
        tokio::select! {
            outcome = connection.as_mut() => return outcome,
            () = sleep_until(next) => {}
            () = record.changed() => {}
            () = stop.as_mut(), if told.is_none() => told = Some(leave(connection.as_mut(), now)),
        }
    }
}

/// Says goodbye; what runs is finished.
fn leave<C: GracefulConnection>(connection: Pin<&mut C>, now: Instant) -> Instant {
    connection.graceful_shutdown();
    now
}
