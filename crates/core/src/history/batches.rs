//! What was done lately, batch by batch: imports, merges, a phone's deletions.

use jiff::Timestamp;

use crate::{Error, Result, Services, account::Caller, contact::Page, contracts::database::BatchRow, id::BatchId};

/// Batches of one page.
const LIMIT_MAX: usize = 100;

/// The batches of the visible books and of the caller's own account, newest first, older than `before`.
pub async fn list(
    services: &Services,
    caller: &Caller,
    before: Option<Timestamp>,
    limit: usize,
) -> Result<Page<BatchRow>> {
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Error::invalid("limit", format!("A page has 1 to {LIMIT_MAX} batches.")));
    }
    services.database.batches(caller.scope(), before, limit).await
}

/// One of them.
pub async fn get(services: &Services, caller: &Caller, id: BatchId) -> Result<BatchRow> {
    services.database.batch(caller.scope(), id).await?.ok_or(Error::NotFound)
}
