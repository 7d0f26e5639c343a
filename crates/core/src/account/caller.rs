//! Who is asking. The only way to a book.
//!
//! Verbs take a [`Caller`]; database reads take its [`Scope`]; writes take a [`MayEdit`] or [`MayManage`]. None of them can
//! be made anywhere but here, from rows the database answered for a proven session, token or job. So a verb that forgot
//! to check does not compile.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    contracts::database::Heads,
    id::{AccountId, BookId, OrganisationId},
};

/// What an account is in its organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Edits the organisation's books.
    Member,
    /// Manages the organisation's books and accounts.
    Admin,
    /// Like an admin, and cannot be removed by one.
    Owner,
}

/// What an account may do in a book. Each includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Right {
    /// Read it.
    See,
    /// Change contacts and labels.
    Edit,
    /// Rename, delete, give access.
    Manage,
}

/// The way a change came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Door {
    /// The browser, by cookie.
    Web,
    /// REST, by token.
    Api,
    /// CardDAV.
    Dav,
    /// The command line.
    Command,
    /// Rolo itself, later.
    Job,
}

/// Everything an account may see, fixed when the caller was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    organisation: OrganisationId,
    account: AccountId,
    books: BTreeMap<BookId, Right>,
    as_of: Option<Heads>,
}

impl Scope {
    /// The tenant.
    pub fn organisation(&self) -> OrganisationId {
        self.organisation
    }

    /// Whose stars, hidden contacts and settings count.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// The visible books in ascending order.
    pub fn books(&self) -> impl ExactSizeIterator<Item = (BookId, Right)> + '_ {
        self.books.iter().map(|(book, right)| (*book, *right))
    }

    /// Whether the book is visible.
    pub fn sees(&self, book: BookId) -> bool {
        self.books.contains_key(&book)
    }

    /// The same scope with only this book in it.
    pub fn only(&self, book: BookId) -> Result<Self> {
        let right = self.books.get(&book).copied().ok_or(Error::NotFound)?;
        Ok(Self { books: BTreeMap::from([(book, right)]), as_of: None, ..*self })
    }

    /// The same scope, content with what was so at these numbers.
    pub fn content_with(&self, heads: Heads) -> Self {
        Self { as_of: Some(heads), ..self.clone() }
    }

    /// Numbers that were the newest not long ago: whoever reads with this scope is content with what was so then, or later.
    /// `None`: only with what is so now.
    pub fn as_of(&self) -> Option<&Heads> {
        self.as_of.as_ref()
    }
}

/// Proof that a book may be edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayEdit {
    organisation: OrganisationId,
    book: BookId,
}

impl MayEdit {
    /// The tenant.
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }

    /// The book.
    pub fn book(self) -> BookId {
        self.book
    }
}

/// Proof that a book may be renamed, deleted and shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MayManage {
    organisation: OrganisationId,
    book: BookId,
}

impl MayManage {
    /// The tenant.
    pub fn organisation(self) -> OrganisationId {
        self.organisation
    }

    /// The book.
    pub fn book(self) -> BookId {
        self.book
    }
}

/// Who did it, when and how: goes into each version and batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The tenant.
    pub organisation: OrganisationId,
    /// The account; `None` for Rolo's own sweeps.
    pub account: Option<AccountId>,
    /// The way in.
    pub door: Door,
    /// The session's or token's name ("Firefox on Linux"), for the history.
    pub device: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A proven account at work.
#[derive(Clone, Debug)]
pub struct Caller {
    scope: Arc<Scope>,
    role: Role,
    door: Door,
    device: Option<String>,
    region: Option<String>,
}

/// What the database answers about an account's rights; `Caller::proven` turns it into one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rights {
    /// The tenant.
    pub organisation: OrganisationId,
    /// The account.
    pub account: AccountId,
    /// What it is there.
    pub role: Role,
    /// Its region (ISO 3166-1 alpha-2), for numbers typed without a country.
    pub region: Option<String>,
    /// Each visible book.
    pub books: Vec<(BookId, Right)>,
}

impl Caller {
    /// A caller whose session, token or job has been proven. Only the verbs of `account` (and tests) have a reason to call it.
    pub fn proven(rights: Rights, door: Door, device: Option<String>) -> Self {
        let Rights { organisation, account, role, region, books } = rights;
        let scope = Scope { organisation, account, books: books.into_iter().collect(), as_of: None };
        Self { scope: Arc::new(scope), role, door, device, region }
    }

    /// Everything this account may see.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// The same caller, content with what was so at these numbers. For one request that only reads, with the numbers asked
    /// after it came in: a verb that writes must see what it has written itself.
    pub fn as_of(&self, heads: Heads) -> Self {
        Self { scope: Arc::new(self.scope.content_with(heads)), ..self.clone() }
    }

    /// The tenant.
    pub fn organisation(&self) -> OrganisationId {
        self.scope.organisation
    }

    /// The account.
    pub fn account(&self) -> AccountId {
        self.scope.account
    }

    /// What it is in its organisation.
    pub fn role(&self) -> Role {
        self.role
    }

    /// The way in.
    pub fn door(&self) -> Door {
        self.door
    }

    /// The region for phone numbers typed without a country.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// A book this caller may edit. A book that is not visible is not found; a visible one may be denied.
    pub fn may_edit(&self, book: BookId) -> Result<MayEdit> {
        self.at_least(Right::Edit, book, "You can see this book but not change it. Ask someone who manages it.")?;
        Ok(MayEdit { organisation: self.scope.organisation, book })
    }

    /// A book this caller may manage.
    pub fn may_manage(&self, book: BookId) -> Result<MayManage> {
        self.at_least(Right::Manage, book, "Only someone who manages this book can do that.")?;
        Ok(MayManage { organisation: self.scope.organisation, book })
    }

    /// Whether accounts and the organisation itself are this caller's to manage.
    pub fn may_administer(&self) -> Result<()> {
        if self.role >= Role::Admin {
            return Ok(());
        }
        Err(Error::denied("Only an owner or admin of the organisation can do that."))
    }

    /// This caller's mark on what happens `at` this time.
    pub fn by(&self, at: Timestamp) -> By {
        By {
            organisation: self.scope.organisation,
            account: Some(self.scope.account),
            door: self.door,
            device: self.device.clone(),
            at,
        }
    }

    fn at_least(&self, wanted: Right, book: BookId, why: &str) -> Result<()> {
        match self.scope.books.get(&book) {
            None => Err(Error::NotFound),
            Some(right) if *right < wanted => Err(Error::denied(why)),
            Some(_) => Ok(()),
        }
    }
}
