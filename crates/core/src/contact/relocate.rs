//! Move a contact to another book. Its history follows; its labels are found or made there by name.

use super::{
    BatchItem, Contact,
    look::Look,
    plan::{Plan, in_bin, perform},
    read,
};
use crate::{
    Result, Seed, Seen, Services, Written,
    account::Caller,
    id::{BookId, ContactId},
    write::{Effect, Expect},
};

/// Moves a living contact. One that is there already is left as it is.
pub async fn relocate(
    services: &Services,
    caller: &Caller,
    id: ContactId,
    book: BookId,
    seen: Seen,
) -> Result<Written<Contact>> {
    let done = perform(services, caller, &BatchItem::Relocate { id, book, seen }, &Seed::default()).await?;
    read::written(services, caller, done).await
}

pub(super) async fn plan(look: &mut Look<'_>, id: ContactId, book: BookId, seen: Seen) -> Result<Plan> {
    let (stored, from) = look.editable(id).await?;
    if stored.deleted_at.is_some() {
        return Err(in_bin());
    }
    let into = look.caller.may_edit(book)?;
    seen.still(stored.revision)?;
    if stored.book == book {
        return Ok(Plan::nothing(id));
    }
    let expect = Expect::Revision(stored.revision);
    Ok(Plan::one(id, Effect::MoveContact { from, into, id, expect }))
}
