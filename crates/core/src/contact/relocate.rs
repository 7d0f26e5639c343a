//! Move a contact to another book. Its history follows; its labels are found or made there by name.

use super::{
    BatchItem, Contact,
    plan::{Current, Plan, perform},
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

pub(super) async fn plan(
    services: &Services,
    caller: &Caller,
    id: ContactId,
    book: BookId,
    seen: Seen,
) -> Result<Plan> {
    let current = Current::living(services, caller, id).await?;
    let into = caller.may_edit(book)?;
    seen.still(current.row.revision)?;
    if current.row.book == book {
        return Ok(Plan::nothing(id));
    }
    let expect = Expect::Revision(current.row.revision);
    Ok(Plan::one(id, Effect::MoveContact { from: current.book, into, id, expect }))
}
