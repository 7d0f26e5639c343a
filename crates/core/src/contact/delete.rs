//! Delete a contact: it goes to the bin for 30 days.

use super::{
    BatchItem,
    plan::{Current, Plan, perform},
};
use crate::{Error, Result, Seed, Seen, Services, Written, account::Caller, id::ContactId, write::Act};

/// Puts a living contact into the bin.
pub async fn delete(services: &Services, caller: &Caller, id: ContactId, seen: Seen) -> Result<Written<()>> {
    let done = perform(services, caller, &BatchItem::Delete { id, seen }, &Seed::default()).await?;
    Ok(done.map(drop))
}

pub(super) async fn plan(services: &Services, caller: &Caller, id: ContactId, seen: Seen) -> Result<Plan> {
    let current = Current::any(services, caller, id).await?;
    if current.row.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    seen.still(current.row.revision)?;
    Ok(Plan::one(id, current.binned(Act::Delete)))
}
