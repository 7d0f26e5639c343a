//! Rename a book.

use crate::{
    Result, Seen, Services, Written,
    account::{Caller, settings::person_name},
    book::list::get,
    contracts::database::BookRow,
    id::{BatchId, BookId},
    write::{Act, Effect, Write},
};

/// Gives a book another name.
pub async fn rename(
    services: &Services,
    caller: &Caller,
    id: BookId,
    seen: Seen,
    name: &str,
) -> Result<Written<BookRow>> {
    let book = caller.may_manage(id)?;
    let name = person_name("/name", name)?;
    let now = get(services, caller, id).await?;
    seen.still(now.revision)?;
    if now.name == name {
        return Ok(Written::unchanged(now));
    }
    let batch = BatchId(services.random.id());
    let rename = Effect::RenameBook { book, expect: seen.revision(), name };
    services.database.commit(Write::by(caller, services.clock.now(), batch, Act::Settings).and(rename)).await?;
    Ok(Written::new(get(services, caller, id).await?, batch))
}
