//! The books a caller sees.

use crate::{Error, Result, Services, account::Caller, contracts::database::BookRow, id::BookId};

/// The caller's own first, then by name.
pub async fn list(services: &Services, caller: &Caller) -> Result<Vec<BookRow>> {
    services.database.books(caller.scope()).await
}

/// One of them.
pub async fn get(services: &Services, caller: &Caller, id: BookId) -> Result<BookRow> {
    let books = services.database.books(&caller.scope().only(id)?).await?;
    books.into_iter().find(|book| book.id == id).ok_or(Error::NotFound)
}
