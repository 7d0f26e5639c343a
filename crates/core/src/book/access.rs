//! Who may do what in a book, beyond its owner and the organisation's rule.

use crate::{
    Error, Result, Services, Written,
    account::{Caller, Right},
    book::list::get,
    id::{AccountId, BatchId, BookId},
    write::{Act, Effect, Write},
};

/// What an account of the organisation may do in a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// What; `None`: it does not see the book.
    pub right: Option<Right>,
}

/// Every account of the organisation and what it may do here; for those who manage the book.
pub async fn list(services: &Services, caller: &Caller, id: BookId) -> Result<Vec<Access>> {
    caller.may_manage(id)?;
    let mut access = Vec::new();
    for account in services.database.accounts(Some(caller.organisation())).await? {
        let Some(rights) = services.database.rights(account.id).await? else { continue };
        let right = rights.books.iter().find(|(book, _)| *book == id).map(|(_, right)| *right);
        access.push(Access { account: account.id, name: account.name, right });
    }
    Ok(access)
}

/// Sets what an account may do in a book; `None` takes the exception away.
pub async fn set(
    services: &Services,
    caller: &Caller,
    id: BookId,
    account: AccountId,
    right: Option<Right>,
) -> Result<Written<()>> {
    let book = caller.may_manage(id)?;
    let other = services.database.account(account).await?;
    let other = other.filter(|other| other.organisation == caller.organisation() && other.enabled);
    let other = other.ok_or_else(|| Error::invalid("/account", "This organisation has no such account."))?;
    let now = get(services, caller, id).await?;
    if now.owner == Some(other.id) {
        return Err(Error::conflict("This is the account's own book: it always manages it."));
    }
    if other.id == caller.account() && right != Some(Right::Manage) {
        return Err(Error::conflict("Ask someone else who manages this book to take your own rights away."));
    }
    let batch = BatchId(services.random.id());
    let write = Write::by(caller, services.clock.now(), batch, Act::Settings);
    services.database.commit(write.and(Effect::SetAccess { book, account, right })).await?;
    Ok(Written::new((), batch))
}
