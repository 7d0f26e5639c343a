//! Remove a book: only one whose contacts are all in the bin.

use crate::{
    Error, Result, Seen, Services, Written,
    account::Caller,
    book::list::{get, list},
    id::{BatchId, BookId},
    write::{Act, Effect, Write},
};

/// Removes a book and what is left in its bin. The caller's only book stays.
pub async fn remove(services: &Services, caller: &Caller, id: BookId, seen: Seen) -> Result<Written<()>> {
    let book = caller.may_manage(id)?;
    let now = get(services, caller, id).await?;
    seen.still(now.revision)?;
    if now.contacts > 0 {
        return Err(Error::conflict("There are still contacts in this book. Move or delete them first."));
    }
    if now.owner == Some(caller.account()) {
        let own = list(services, caller).await?.iter().filter(|book| book.owner == now.owner).count();
        if own == 1 {
            return Err(Error::conflict("This is your only book: new contacts have nowhere else to go."));
        }
    }
    let batch = BatchId(services.random.id());
    let write = Write::by(caller, services.clock.now(), batch, Act::Settings);
    services.database.commit(write.and(Effect::RemoveBook { book })).await?;
    Ok(Written::new((), batch))
}
