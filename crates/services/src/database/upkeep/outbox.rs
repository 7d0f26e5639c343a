//! The outbox: rows are leased, handled, and removed only then. A lease that runs out is given to the next who asks.

use jiff::Timestamp;
use rolo_core::{Error, contracts::database::OutboxRow};

use crate::database::{fault::Held, session::Session, value::bind};

pub(crate) async fn lease(
    s: &mut Session<'_>,
    now: Timestamp,
    lease_seconds: u32,
    limit: usize,
) -> Held<Vec<OutboxRow>> {
    let now = now.as_millisecond();
    let until = now + i64::from(lease_seconds) * 1000;
    let sql =
        "select id, organisation, event, payload, attempts, due_at from outbox where due_at <= ? order by id limit ?";
    let mut leased = Vec::new();
    for mut row in s.rows(sql, bind![now, limit]).await? {
        // Only if nobody else has leased it since it was read.
        let sql = "update outbox set due_at = ?, attempts = attempts + 1 where id = ? and due_at = ? and attempts = ?";
        let (id, attempts, due_at) = (row.int(0)?, row.int(4)?, row.int(5)?);
        if s.execute(sql, bind![until, id, due_at, attempts]).await? == 1 {
            leased.push(OutboxRow {
                id: row.count(0)?,
                organisation: row.id(1)?,
                event: row.text(2)?,
                payload: row.text(3)?,
                attempts: u32::try_from(attempts).map_err(Error::internal)?,
            });
        }
    }
    Ok(leased)
}

pub(crate) async fn settle(s: &mut Session<'_>, id: u64, retry_at: Option<Timestamp>) -> Held<()> {
    match retry_at {
        None => s.execute("delete from outbox where id = ?", bind![id]).await?,
        Some(at) => s.execute("update outbox set due_at = ? where id = ?", bind![at.as_millisecond(), id]).await?,
    };
    Ok(())
}
