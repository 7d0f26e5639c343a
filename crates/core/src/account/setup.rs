//! The first account: it makes the organisation, its first book, and is signed in at once.
//!
//! The one-time code is the door's to check. That there is no account yet is checked inside the commit, so that of two
//! who come at once one wins.

use super::{
    By, Door, Role, Settings, password,
    session::{self, Browser, SignedIn},
    settings::person_name,
};
use crate::{
    Error, Result, Services,
    contracts::database::AccountRow,
    id::{AccountId, BatchId, BookId, OrganisationId, Revision},
    keys::email_key,
    write::{Act, Admin, NewAccount, Write},
};

/// What an account's first book is called until it is renamed.
pub const FIRST_BOOK: &str = "Contacts";

/// The owner of a new instance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewOwner {
    /// Its name.
    pub name: String,
    /// What it signs in with.
    pub email: String,
    /// Its password.
    pub password: String,
    /// What the organisation is called; the owner's name when empty.
    pub organisation: String,
    /// Language, zone, region as the browser says them.
    pub settings: Settings,
}

/// Makes the first account and signs it in.
pub async fn setup(services: &Services, owner: NewOwner, browser: Browser) -> Result<SignedIn> {
    let NewOwner { name, email, password, organisation, settings } = owner;
    if services.database.has_accounts().await? {
        return Err(Error::NotFound);
    }
    let title = if organisation.trim().is_empty() { name.clone() } else { organisation };
    let title = person_name("/organisation", &title)?;
    let tenant = OrganisationId(services.random.id());
    let new = account(services, tenant, Role::Owner, &name, &email, &password, &settings, true).await?;
    let row = row_of(&new, services);
    let by = by(&row, Door::Web, Some(browser.named()), services);
    let (start, signed_in) = session::start(services, row, browser);
    let write = Write::new(by, BatchId(services.random.id()), Act::Settings)
        .and(Admin::CreateOrganisation { id: tenant, name: title }.into())
        .and(Admin::CreateAccount(new).into())
        .and(start.into());
    match services.database.commit(write).await {
        Err(Error::Conflict { .. }) if services.database.has_accounts().await? => return Err(Error::NotFound),
        done => done?,
    };
    let account = services.database.account(signed_in.account.id).await?.ok_or(Error::NotFound)?;
    Ok(SignedIn { account, ..signed_in })
}

/// A checked account with a book of its own.
#[expect(clippy::too_many_arguments, reason = "each is a different fact about one new account")]
pub(super) async fn account(
    services: &Services,
    organisation: OrganisationId,
    role: Role,
    name: &str,
    email: &str,
    password: &str,
    settings: &Settings,
    only_first: bool,
) -> Result<NewAccount> {
    let name = person_name("/name", name)?;
    let email = email.trim();
    let key = email_key(email).filter(|key| key.len() <= 254 && !email.chars().any(char::is_control));
    let email_key = key.ok_or_else(|| Error::invalid("/email", "This is no e-mail address, like ann@example.org."))?;
    settings.checked()?;
    password::acceptable(password, email, &name)?;
    Ok(NewAccount {
        id: AccountId(services.random.id()),
        organisation,
        email: email.to_owned(),
        email_key,
        name,
        role,
        password_hash: services.secrets.hash_password(password).await?,
        settings: serde_json::to_string(settings).map_err(Error::internal)?,
        book: BookId(services.random.id()),
        book_name: FIRST_BOOK.to_owned(),
        only_first,
    })
}

/// Who makes it: the new account itself.
fn by(account: &AccountRow, door: Door, device: Option<String>, services: &Services) -> By {
    By { organisation: account.organisation, account: Some(account.id), door, device, at: services.clock.now() }
}

/// The account as it will stand; what only the database numbers is read again after the commit.
fn row_of(new: &NewAccount, services: &Services) -> AccountRow {
    AccountRow {
        id: new.id,
        organisation: new.organisation,
        email: new.email.clone(),
        name: new.name.clone(),
        role: new.role,
        password_hash: String::new(),
        settings: new.settings.clone(),
        enabled: true,
        created_at: services.clock.now(),
        modseq: Default::default(),
        access_epoch: 0,
        revision: Revision::of(&[]),
    }
}
