//! The accounts of an instance, for whoever runs it: added, listed, given a new password, removed.
//!
//! Comes from the command line, which has proven itself by reaching the data folder. No door of the network leads here.

use super::{By, Caller, Door, Role, Settings, of_account, password, settings::person_name, setup};
use crate::{
    Error, Result, Services,
    contracts::database::AccountRow,
    id::{AccountId, BatchId, BookId, OrganisationId},
    import,
    keys::email_key,
    write::{Act, Admin, Effect, Write},
};

/// Imports that are forgotten in one commit.
const IMPORTS_AT_ONCE: usize = 200;

/// Where a new account belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// The only organisation there is, or a new one when there is none.
    Only,
    /// This one.
    Of(OrganisationId),
    /// A new one, called so.
    New(String),
}

/// An account to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPerson {
    /// Its name.
    pub name: String,
    /// What it signs in with.
    pub email: String,
    /// Its password.
    pub password: String,
    /// Where.
    pub tenant: Tenant,
    /// `None`: owner of a new organisation, member of an existing one.
    pub role: Option<Role>,
}

/// Adds an account with a book of its own.
pub async fn add(services: &Services, person: NewPerson) -> Result<AccountRow> {
    let NewPerson { name, email, password, tenant, role } = person;
    let known = match tenant {
        Tenant::New(title) => Err(title),
        Tenant::Of(id) => Ok(services.database.organisation(id).await?.ok_or(Error::NotFound)?.id),
        Tenant::Only => only(services).await?.ok_or_else(|| name.clone()),
    };
    let organisation = known.clone().unwrap_or_else(|_| OrganisationId(services.random.id()));
    let role = role.unwrap_or(if known.is_ok() { Role::Member } else { Role::Owner });
    if known.is_err() && role != Role::Owner {
        return Err(Error::invalid("role", "The first account of an organisation is its owner."));
    }
    let settings = Settings::default();
    let new = setup::account(services, organisation, role, &name, &email, &password, &settings, false).await?;
    let id = new.id;
    let mut write = operator(services, organisation);
    if let Err(title) = known {
        let name = person_name("organisation", &title)?;
        write = write.and(Admin::CreateOrganisation { id: organisation, name }.into());
    }
    match services.database.commit(write.and(Admin::CreateAccount(new).into())).await {
        Err(Error::Conflict { .. }) => {
            return Err(Error::conflict("Another account has this e-mail address already."));
        }
        done => done?,
    };
    services.database.account(id).await?.ok_or(Error::NotFound)
}

async fn only(services: &Services) -> Result<Option<OrganisationId>> {
    let mut tenants: Vec<_> =
        services.database.accounts(None).await?.into_iter().map(|account| account.organisation).collect();
    tenants.sort_unstable();
    tenants.dedup();
    match tenants.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(Error::invalid("organisation", "There are several organisations. Say which one, or new.")),
    }
}

/// Every account, by name.
pub async fn list(services: &Services) -> Result<Vec<AccountRow>> {
    services.database.accounts(None).await
}

/// The account with this address that can sign in.
pub async fn by_email(services: &Services, email: &str) -> Result<AccountRow> {
    let key = email_key(email).ok_or_else(|| Error::invalid("email", "This is no e-mail address."))?;
    let account = services.database.account_by_email(&key).await?.filter(|account| account.enabled);
    account.ok_or(Error::NotFound)
}

/// Gives an account a new password. Its sessions and tokens end.
pub async fn set_password(services: &Services, id: AccountId, password: &str) -> Result<()> {
    let account = enabled(services, id).await?;
    password::acceptable(password, &account.email, &account.name)?;
    let password_hash = services.secrets.hash_password(password).await?;
    let write = operator(services, account.organisation).and(password::replaced(id, password_hash).into());
    services.database.commit(write).await?;
    Ok(())
}

/// Removes an account: it can no longer sign in, its books go to the organisation, and what it uploaded is deleted: nobody
/// else could ask for it. The last owner stays.
pub async fn remove(services: &Services, id: AccountId) -> Result<()> {
    let account = enabled(services, id).await?;
    let others = services.database.accounts(Some(account.organisation)).await?;
    let is_owner = |other: &AccountRow| other.id != id && other.enabled && other.role == Role::Owner;
    if account.role == Role::Owner && !others.iter().any(is_owner) {
        return Err(Error::conflict("This is the last owner of the organisation. Make another account owner first."));
    }
    let mut write = operator(services, account.organisation);
    if let Some(caller) = of_account(services, id, Door::Command, None).await? {
        loop {
            write.effects = import::of_account(services, &caller, IMPORTS_AT_ONCE).await?;
            if write.effects.is_empty() {
                break;
            }
            services.database.commit(write).await?;
            write = operator(services, account.organisation);
        }
    }
    services.database.commit(write.and(Admin::RemoveAccount { id }.into())).await?;
    Ok(())
}

/// Sets what an account may do in a book; `None` takes the exception away. Its owner always manages it.
pub async fn set_access(
    services: &Services,
    book: BookId,
    account: AccountId,
    right: Option<super::Right>,
) -> Result<()> {
    let account = enabled(services, account).await?;
    let (caller, row) = manager_of(services, book, account.organisation).await?;
    if row == Some(account.id) {
        return Err(Error::conflict("This is the account's own book: it always manages it."));
    }
    let access = Effect::SetAccess { book: caller.may_manage(book)?, account: account.id, right };
    services.database.commit(operator(services, account.organisation).and(access)).await?;
    Ok(())
}

/// Somebody who manages this book, and whose it is.
async fn manager_of(services: &Services, book: BookId, tenant: OrganisationId) -> Result<(Caller, Option<AccountId>)> {
    for account in services.database.accounts(Some(tenant)).await? {
        let Some(caller) = of_account(services, account.id, Door::Command, None).await? else { continue };
        if caller.may_manage(book).is_ok() {
            let books = services.database.books(caller.scope()).await?;
            let owner = books.into_iter().find(|row| row.id == book).and_then(|row| row.owner);
            return Ok((caller, owner));
        }
    }
    Err(Error::NotFound)
}

async fn enabled(services: &Services, id: AccountId) -> Result<AccountRow> {
    services.database.account(id).await?.filter(|account| account.enabled).ok_or(Error::NotFound)
}

/// A write by whoever runs the instance.
fn operator(services: &Services, organisation: OrganisationId) -> Write {
    let by = By { organisation, account: None, door: Door::Command, device: None, at: services.clock.now() };
    Write::new(by, BatchId(services.random.id()), Act::Settings)
}
