//! The caller's own marks on a contact: a star, or hidden from the list. Nobody else sees them.

use super::{
    BatchItem, Contact,
    look::Look,
    plan::{Plan, perform},
    read,
};
use crate::{Error, Result, Seed, Services, Written, account::Caller, id::ContactId, write::Effect};

/// Gives a star or takes it away. Whoever sees a contact may.
pub async fn star(services: &Services, caller: &Caller, id: ContactId, on: bool) -> Result<Written<Contact>> {
    let done = perform(services, caller, &BatchItem::Star { id, on }, &Seed::default()).await?;
    read::written(services, caller, done).await
}

/// Hides a contact from the list, or shows it again.
pub async fn hide(services: &Services, caller: &Caller, id: ContactId, on: bool) -> Result<Written<Contact>> {
    let done = perform(services, caller, &BatchItem::Hide { id, on }, &Seed::default()).await?;
    read::written(services, caller, done).await
}

pub(super) async fn plan(
    look: &mut Look<'_>,
    id: ContactId,
    starred: Option<bool>,
    hidden: Option<bool>,
) -> Result<Plan> {
    let stored = look.contact(id).await?.ok_or(Error::NotFound)?;
    if stored.deleted_at.is_some() {
        return Err(Error::conflict("This contact is in the bin. Restore it first."));
    }
    let starred = starred.filter(|on| *on != stored.starred);
    let hidden = hidden.filter(|on| *on != stored.hidden);
    if starred.is_none() && hidden.is_none() {
        return Ok(Plan::nothing(id));
    }
    let account = look.caller.account();
    Ok(Plan::one(id, Effect::Mark { account, book: stored.book, contact: id, starred, hidden }))
}
