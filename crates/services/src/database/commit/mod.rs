//! `commit`: the only way rows of a book come to be. Written once, run inside a transaction of any database.
//!
//! In this order: has this write been committed before; lock and number every book and account it touches, ascending;
//! check and apply the effects in their order; write what follows from them (counts, batch). The caller ends the
//! transaction. An error leaves nothing behind because the caller takes the transaction back.

mod account;
mod book;
mod contact;
mod gathering;
mod label;
mod large;
mod mark;
mod number;
mod purge;
mod record;
mod relocate;
mod touch;
mod work;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rolo_core::{
    account::By,
    contracts::database::Head,
    id::{AccountId, BookId, ContactId, LabelId, Modseq, OrganisationId},
    write::{Admin, BatchNote, Committed, Effect, Outcome, Write},
};

use self::gathering::Gathering;
use super::{fault::Held, session::Session, value::bind};

pub(crate) use large::release;

/// A write that was applied, and what it did to the newest numbers.
#[derive(Debug)]
pub(crate) struct Applied {
    pub(crate) outcome: Outcome,
    pub(crate) heads: Vec<HeadChange>,
}

/// A number that is new once the transaction has ended well.
#[derive(Clone, Copy, Debug)]
pub(crate) enum HeadChange {
    Book(OrganisationId, Head),
    BookGone(BookId),
    Account(AccountId, Modseq, u64),
}

/// A write being applied.
struct Commit<'w> {
    by: &'w By,
    note: &'w BatchNote,
    at: i64,
    books: BTreeMap<BookId, OpenBook>,
    accounts: BTreeMap<AccountId, OpenAccount>,
    /// Labels by book and hash of their name, as far as this write has asked for them.
    names: HashMap<(BookId, [u8; 32]), LabelId>,
    /// By how much the counts of labels change.
    carried: BTreeMap<(BookId, LabelId), i64>,
    made: Vec<LabelId>,
    /// How many labels a book has, where this write has made some.
    labels: HashMap<BookId, i64>,
}

/// A book this write holds locked.
#[derive(Debug)]
struct OpenBook {
    organisation: OrganisationId,
    epoch: u64,
    modseq: Modseq,
    /// What the row says, to see whether it must be written again.
    written: Modseq,
    contacts: i64,
    binned: i64,
    /// The contacts that have a version of this commit.
    versions: BTreeSet<ContactId>,
    removed: bool,
}

/// An account this write holds locked.
#[derive(Debug)]
struct OpenAccount {
    modseq: Modseq,
    access_epoch: u64,
    /// Whether its own state got a new number.
    numbered: bool,
}

/// Applies a write. Nothing holds before the caller has ended the transaction.
pub(crate) async fn apply(s: &mut Session<'_>, write: &Write) -> Held<Applied> {
    let organisation = write.by.organisation;
    if let Some(once) = write.once {
        let seen = s.row("select at from once where organisation = ? and id = ?", bind![organisation, once]).await?;
        if seen.is_some() {
            return Ok(Applied { outcome: Outcome::Repeated, heads: Vec::new() });
        }
    }
    let mut commit = number::open(s, write).await?;
    if let Some(once) = write.once {
        let sql = "insert into once (organisation, id, at) values (?, ?, ?)";
        s.execute(sql, bind![organisation, once, commit.at]).await?;
    }
    let mut s = Gathering::over(s);
    for effect in &write.effects {
        commit.effect(&mut s, effect).await?;
    }
    let applied = commit.close(&mut s).await?;
    s.session().await?;
    Ok(applied)
}

impl Commit<'_> {
    async fn effect(&mut self, s: &mut Gathering<'_, '_>, effect: &Effect) -> Held<()> {
        match effect {
            Effect::SaveContact { into, id, expect, act, card } => {
                self.save_contact(s, into.book(), *id, *expect, *act, card).await
            }
            Effect::BinContact { from, id, expect, act } => self.bin_contact(s, from.book(), *id, *expect, *act).await,
            Effect::PurgeContact { from, id } => self.purge_contact(s, from.book(), *id).await,
            Effect::MoveContact { from, into, id, expect } => {
                self.move_contact(s, from.book(), into.book(), *id, *expect).await
            }
            Effect::Mark { account, book, contact, starred, hidden } => {
                self.mark(s, *account, *book, *contact, *starred, *hidden).await
            }
            Effect::SaveLabel { into, id, expect, name, hue } => {
                self.save_label(s, into.book(), *id, *expect, name, *hue).await
            }
            Effect::RemoveLabel { from, id } => self.remove_label(s, from.book(), *id).await,
            Effect::CreateBook { id, owner, name } => self.create_book(s, *id, *owner, name).await,
            Effect::RenameBook { book, expect, name } => self.rename_book(s, book.book(), *expect, name).await,
            Effect::RemoveBook { book } => self.remove_book(s, book.book()).await,
            Effect::SetAccess { book, account, right } => self.set_access(s, book.book(), *account, *right).await,
            Effect::Admin(admin) => self.admin(s, admin).await,
            Effect::Tell { event, payload } => self.tell(s, event, payload).await,
        }
    }

    async fn admin(&mut self, s: &mut Gathering<'_, '_>, admin: &Admin) -> Held<()> {
        match admin {
            Admin::CreateOrganisation { id, name } => self.create_organisation(s, *id, name).await,
            Admin::SaveOrganisation { id, expect, name, details } => {
                self.save_organisation(s, *id, *expect, name, details).await
            }
            Admin::CreateAccount(new) => self.create_account(s, new).await,
            Admin::SaveAccount { id, expect, name, password_hash, settings, role, keep } => {
                let change = account::Change { name, password_hash, settings, role: *role, keep: *keep };
                self.save_account(s, *id, *expect, change).await
            }
            Admin::RemoveAccount { id } => self.remove_account(s, *id).await,
            Admin::StartSession(new) => self.start_session(s, new).await,
            Admin::EndSession { account, id } => self.end_session(s, *account, *id).await,
            Admin::CreateToken(new) => self.create_token(s, new).await,
            Admin::RevokeToken { account, id } => self.revoke_token(s, *account, *id).await,
            Admin::CreateImport { id, into, state } => {
                self.create_work(s, id.0, "import", Some(into.book()), state).await
            }
            Admin::SaveImport { id, expect, state, done } => self.save_work(s, id.0, true, *expect, state, *done).await,
            Admin::KeepRows { into, rows } => self.keep_rows(s, into.book(), rows).await,
            Admin::RemoveImport { id } => self.remove_import(s, *id).await,
            Admin::CreateJob { id, kind, state } => self.create_work(s, id.0, kind, None, state).await,
            Admin::SaveJob { id, expect, state, done } => self.save_work(s, id.0, false, *expect, state, *done).await,
        }
    }

    /// Writes what follows from the effects, and says what is new.
    async fn close(mut self, s: &mut Gathering<'_, '_>) -> Held<Applied> {
        self.count_labels(s).await?;
        self.count_books(s).await?;
        self.note_batch(s).await?;
        let own = self.by.account.and_then(|id| self.accounts.get(&id)).filter(|account| account.numbered);
        let committed = Committed {
            books: self.books.iter().map(|(id, book)| (*id, book.modseq)).collect(),
            account: own.map(|account| account.modseq),
            labels: std::mem::take(&mut self.made),
        };
        let books = self.books.iter().map(|(id, book)| {
            if book.removed {
                return HeadChange::BookGone(*id);
            }
            HeadChange::Book(book.organisation, Head { book: *id, epoch: book.epoch, modseq: book.modseq })
        });
        let accounts =
            self.accounts.iter().map(|(id, account)| HeadChange::Account(*id, account.modseq, account.access_epoch));
        Ok(Applied { heads: books.chain(accounts).collect(), outcome: Outcome::Committed(committed) })
    }
}
