//! Delete a contact: it goes to the bin for 30 days.

use super::{
    BatchItem,
    look::Look,
    plan::{Plan, perform},
};
use crate::{
    Error, Result, Seed, Seen, Services, Written,
    account::Caller,
    id::ContactId,
    write::{Act, Effect, Expect},
};

/// Puts a living contact into the bin.
pub async fn delete(services: &Services, caller: &Caller, id: ContactId, seen: Seen) -> Result<Written<()>> {
    let done = perform(services, caller, &BatchItem::Delete { id, seen }, &Seed::default()).await?;
    Ok(done.map(drop))
}

pub(super) async fn plan(look: &mut Look<'_>, id: ContactId, seen: Seen) -> Result<Plan> {
    let (stored, from) = look.editable(id).await?;
    if stored.deleted_at.is_some() {
        return Err(Error::NotFound);
    }
    seen.still(stored.revision)?;
    let expect = Expect::Revision(stored.revision);
    Ok(Plan::one(id, Effect::BinContact { from, id, expect, act: Act::Delete }))
}
