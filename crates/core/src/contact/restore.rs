//! Restore a contact from the bin, byte for byte as it went in.

use super::{
    BatchItem, Contact,
    look::Look,
    plan::{Current, Plan, perform},
    read,
};
use crate::{Error, Result, Seed, Services, Written, account::Caller, id::ContactId, write::Act};

/// Takes a contact out of the bin. A living contact is left as it is.
pub async fn restore(services: &Services, caller: &Caller, id: ContactId) -> Result<Written<Contact>> {
    let done = perform(services, caller, &BatchItem::Restore { id }, &Seed::default()).await;
    match done {
        Err(Error::Conflict { .. }) if is_binned(services, caller, id).await? => Err(Error::conflict(
            "Another contact of this book has taken its place: both have the same UID. Delete that one first.",
        )),
        done => read::written(services, caller, done?).await,
    }
}

pub(super) async fn plan(look: &mut Look<'_>, id: ContactId) -> Result<Plan> {
    let current = Current::seen(look, id).await?;
    match current.row.deleted_at {
        None => Ok(Plan::nothing(id)),
        Some(_) => Ok(Plan::one(id, current.saved(&current.card, Act::Restore))),
    }
}

async fn is_binned(services: &Services, caller: &Caller, id: ContactId) -> Result<bool> {
    Ok(services.database.contact(caller.scope(), id).await?.is_some_and(|contact| contact.deleted_at.is_some()))
}
