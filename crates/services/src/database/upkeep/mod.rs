//! Writes that are not anybody's contacts: counters, claims, the outbox's leases, forgetting what is past its time.

pub(crate) mod attempt;
pub(crate) mod claim;
pub(crate) mod outbox;
pub(crate) mod rederive;
pub(crate) mod sweep;

use jiff::Timestamp;
use rolo_core::id::SessionId;

use super::{fault::Held, session::Session, value::bind};

/// Notes that a session was used.
pub(crate) async fn touch_session(s: &mut Session<'_>, id: SessionId, now: Timestamp) -> Held<()> {
    let now = now.as_millisecond();
    s.execute("update session set seen_at = ? where id = ? and seen_at < ?", bind![now, id, now]).await?;
    Ok(())
}
