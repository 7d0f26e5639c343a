//! The bin forgets: what has been in it for 30 days is removed for good. Rolo's own work, on nobody's behalf.

use std::collections::BTreeMap;

use crate::{
    Error, Result, Services,
    account::{By, Door, MayEdit, sweeper},
    id::{BatchId, ContactId, OrganisationId},
    write::{Act, Effect, Write},
};

/// Days a deleted contact stays in the bin.
pub const BIN_DAYS: i64 = 30;
/// Contacts purged in one commit.
const CHUNK: usize = 250;

/// Removes what has been in the bin long enough, up to a chunk, and says how many that was: zero when there is nothing left.
pub async fn sweep(services: &Services) -> Result<u64> {
    let now = services.clock.now();
    let before = now - jiff::SignedDuration::from_hours(24 * BIN_DAYS);
    let mut tenants: BTreeMap<OrganisationId, Vec<(MayEdit, ContactId)>> = BTreeMap::new();
    for (scope, book, id) in services.database.binned_before(before, CHUNK).await? {
        let from = sweeper(&scope, book).may_edit(book)?;
        tenants.entry(scope.organisation()).or_default().push((from, id));
    }
    let mut gone = 0;
    for (organisation, contacts) in tenants {
        let by = By { organisation, account: None, door: Door::Job, device: None, at: now };
        let batch = BatchId(services.random.id());
        gone += purged(services, &by, batch, &contacts).await?;
    }
    Ok(gone)
}

/// All in one commit; one by one when somebody restored one of them meanwhile.
async fn purged(services: &Services, by: &By, batch: BatchId, contacts: &[(MayEdit, ContactId)]) -> Result<u64> {
    let purge = |(from, id): &(MayEdit, ContactId)| Effect::PurgeContact { from: *from, id: *id };
    let write = |effects| Write { effects, ..Write::new(by.clone(), batch, Act::Purge) };
    match services.database.commit(write(contacts.iter().map(purge).collect())).await {
        Ok(_) => return Ok(contacts.len() as u64),
        Err(Error::Conflict { .. } | Error::NotFound) if contacts.len() > 1 => {}
        Err(Error::Conflict { .. } | Error::NotFound) => return Ok(0),
        Err(error) => return Err(error),
    }
    let mut gone = 0;
    for contact in contacts {
        gone += match services.database.commit(write(vec![purge(contact)])).await {
            Ok(_) => 1,
            Err(Error::Conflict { .. } | Error::NotFound) => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(gone)
}
