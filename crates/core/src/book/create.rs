//! Create a book: the caller's own, or the organisation's.

use crate::{
    Error, Result, Seed, Services, Written,
    account::{Caller, of_account, settings::person_name},
    contracts::database::BookRow,
    id::{BatchId, BookId},
    write::{Act, Effect, Write},
};

/// Books an account may see.
const BOOKS_MAX: usize = 500;

/// A book to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBook {
    /// What it is called.
    pub name: String,
    /// The organisation's instead of the caller's own: every member edits it. Only for its owner and admins.
    pub shared: bool,
}

/// Makes a book.
pub async fn create(services: &Services, caller: &Caller, new: NewBook, seed: &Seed) -> Result<Written<BookRow>> {
    let name = person_name("/name", &new.name)?;
    if new.shared {
        caller.may_administer()?;
    }
    if caller.scope().books().len() >= BOOKS_MAX {
        return Err(Error::conflict(format!("An account has at most {BOOKS_MAX} books.")));
    }
    let random = services.random.as_ref();
    let (id, batch) = (BookId(seed.id(random, 0)), BatchId(seed.id(random, 1)));
    let owner = (!new.shared).then(|| caller.account());
    let mut write = Write::by(caller, services.clock.now(), batch, Act::Settings);
    write.once = seed.once(0);
    services.database.commit(write.and(Effect::CreateBook { id, owner, name })).await?;
    Ok(Written::new(read_as_new(services, caller, id).await?, batch))
}

/// The caller was made before the book was: its scope does not know it yet.
async fn read_as_new(services: &Services, caller: &Caller, id: BookId) -> Result<BookRow> {
    let caller = of_account(services, caller.account(), caller.door(), None).await?.ok_or(Error::NotSignedIn)?;
    let books = services.database.books(caller.scope()).await?;
    books.into_iter().find(|book| book.id == id).ok_or(Error::NotFound)
}
