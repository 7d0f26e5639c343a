//! `rolo user …` and `rolo book …`: accounts, and what they may do in which book.

use rolo_core::{
    Error, Result,
    account::{
        Caller, Door, Right, Role,
        person::{self, NewPerson, Tenant},
    },
    book,
    contracts::database::{AccountRow, BookRow},
};
use serde_json::{Value, json};

use super::cli::{RightName, RoleName};
use crate::{admin::Done, wire::Machine};

/// What `rolo user add` says.
pub(crate) struct New {
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password: String,
    pub(crate) organisation: Option<String>,
    pub(crate) role: Option<RoleName>,
}

/// Lists every account.
pub(crate) async fn list(machine: &Machine) -> Result<Done> {
    let accounts = person::list(&machine.services).await?;
    let line = |row: &AccountRow| {
        format!(
            "{}  {}  {:?}  {}{}",
            row.id,
            row.email,
            row.role,
            row.name,
            if row.enabled { "" } else { "  (removed)" }
        )
    };
    Ok(Done {
        text: lines(accounts.iter().map(line)),
        json: json!({ "accounts": accounts.iter().map(told).collect::<Vec<_>>() }),
    })
}

/// Makes an account.
pub(crate) async fn add(machine: &Machine, new: New) -> Result<Done> {
    let New { email, name, password, organisation, role } = new;
    let tenant =
        match organisation.as_deref() {
            None => Tenant::Only,
            Some("new") => Tenant::New(name.clone()),
            Some(id) => Tenant::Of(id.parse().map_err(|_| {
                Error::invalid("organisation", format!("{id} is no organisation's id. Give one, or new."))
            })?),
        };
    let account =
        person::add(&machine.services, NewPerson { name, email, password, tenant, role: role.map(role_of) }).await?;
    Ok(Done { text: format!("{} can sign in.", account.email), json: told(&account) })
}

/// Sets a password; every session and token of the account ends.
pub(crate) async fn password(machine: &Machine, email: &str, password: &str) -> Result<Done> {
    let account = person::by_email(&machine.services, email).await?;
    person::set_password(&machine.services, account.id, password).await?;
    Ok(Done {
        text: format!("{email} has a new password; its sessions and tokens have ended."),
        json: json!({ "id": account.id }),
    })
}

/// Removes an account.
pub(crate) async fn remove(machine: &Machine, email: &str) -> Result<Done> {
    let account = person::by_email(&machine.services, email).await?;
    person::remove(&machine.services, account.id).await?;
    Ok(Done {
        text: format!("{email} can no longer sign in; its books belong to the organisation now."),
        json: json!({ "id": account.id }),
    })
}

/// Lists the books an account sees.
pub(crate) async fn books(machine: &Machine, email: &str) -> Result<Done> {
    let caller = caller(machine, email).await?;
    let books = book::list::list(&machine.services, &caller).await?;
    let line = |row: &BookRow| format!("{}  {}  {} contacts  {:?}", row.id, row.name, row.contacts, row.right);
    let object =
        |row: &BookRow| json!({ "id": row.id, "name": row.name, "contacts": row.contacts, "right": row.right });
    Ok(Done {
        text: lines(books.iter().map(line)),
        json: json!({ "books": books.iter().map(object).collect::<Vec<_>>() }),
    })
}

/// Says what an account may do in a book.
pub(crate) async fn access(machine: &Machine, book: &str, email: &str, right: RightName) -> Result<Done> {
    let account = person::by_email(&machine.services, email).await?;
    let id = match book.parse() {
        Ok(id) => id,
        Err(_) => book_of_organisation(machine, &account, book).await?,
    };
    let right = match right {
        RightName::See => Some(Right::See),
        RightName::Edit => Some(Right::Edit),
        RightName::Manage => Some(Right::Manage),
        RightName::None => None,
    };
    person::set_access(&machine.services, id, account.id, right).await?;
    Ok(Done {
        text: format!("Done: {email} and {book}."),
        json: json!({ "book": id, "account": account.id, "right": right }),
    })
}

/// The account of this address, at work from the command line.
pub(crate) async fn caller(machine: &Machine, email: &str) -> Result<Caller> {
    let account = person::by_email(&machine.services, email).await?;
    let caller =
        rolo_core::account::of_account(&machine.services, account.id, Door::Command, Some("command line".to_owned()))
            .await?;
    caller.ok_or(Error::NotFound)
}

/// One of a caller's books by id or name; `None`: there is no such name.
pub(crate) async fn book_named(machine: &Machine, caller: &Caller, name: &str) -> Result<Option<BookRow>> {
    let books = book::list::list(&machine.services, caller).await?;
    if let Ok(id) = name.parse() {
        return books.into_iter().find(|row| row.id == id).map(Some).ok_or(Error::NotFound);
    }
    let mut named = books.into_iter().filter(|row| row.name == name);
    match (named.next(), named.next()) {
        (found, None) => Ok(found),
        _ => Err(Error::conflict(format!("Several books are called {name}. Say which by its id: rolo book list."))),
    }
}

/// A book by name among all that anyone of the account's organisation sees.
async fn book_of_organisation(machine: &Machine, account: &AccountRow, name: &str) -> Result<rolo_core::id::BookId> {
    let mut found = std::collections::BTreeSet::new();
    for other in machine.services.database.accounts(Some(account.organisation)).await? {
        let Some(caller) = rolo_core::account::of_account(&machine.services, other.id, Door::Command, None).await?
        else {
            continue;
        };
        found.extend(
            book::list::list(&machine.services, &caller)
                .await?
                .into_iter()
                .filter(|row| row.name == name)
                .map(|row| row.id),
        );
    }
    match found.len() {
        0 => Err(Error::NotFound),
        1 => found.pop_first().ok_or(Error::NotFound),
        _ => Err(Error::conflict(format!("Several books are called {name}. Say which by its id: rolo book list."))),
    }
}

fn told(row: &AccountRow) -> Value {
    json!({ "id": row.id, "organisation": row.organisation, "email": row.email, "name": row.name, "role": row.role, "enabled": row.enabled })
}

fn role_of(name: RoleName) -> Role {
    match name {
        RoleName::Owner => Role::Owner,
        RoleName::Admin => Role::Admin,
        RoleName::Member => Role::Member,
    }
}

fn lines(lines: impl Iterator<Item = String>) -> String {
    lines.collect::<Vec<_>>().join("\n")
}
