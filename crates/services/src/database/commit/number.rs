//! Locking and numbering. The row locks taken here order the commits of a book on every database.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rolo_core::{
    Error,
    id::{AccountId, BookId, Modseq, OrganisationId},
    write::{Effect, Write},
};

use super::{
    Commit, OpenAccount, OpenBook,
    gathering::Gathering,
    touch::{Raise, touched},
};
use crate::database::{
    fault::{Fault, Held, taken},
    session::Session,
    value::bind,
};

/// Locks everything the write touches, books first, each kind ascending by id, and takes the next numbers.
pub(super) async fn open<'w>(s: &mut Session<'_>, write: &'w Write) -> Held<Commit<'w>> {
    let organisation = write.by.organisation;
    let touched = touched(s, write).await?;
    let mut books = BTreeMap::new();
    for (book, owner) in touched.books {
        if owner != organisation {
            return Err(Error::internal("a write reaches into another organisation").into());
        }
        books.insert(book, lock_book(s, organisation, book).await?);
    }
    let mut accounts = BTreeMap::new();
    for (account, raise) in touched.accounts {
        accounts.insert(account, lock_account(s, organisation, account, raise).await?);
    }
    let mut commit = Commit {
        by: &write.by,
        note: &write.batch,
        at: write.by.at.as_millisecond(),
        books,
        accounts,
        names: HashMap::new(),
        carried: BTreeMap::new(),
        made: Vec::new(),
        labels: HashMap::new(),
    };
    commit.overtake(s, write).await?;
    Ok(commit)
}

async fn lock_book(s: &mut Session<'_>, organisation: OrganisationId, book: BookId) -> Held<OpenBook> {
    let raise = "update book set modseq = modseq + 1 where organisation = ? and id = ?";
    s.execute(raise, bind![organisation, book]).await?;
    let sql = "select epoch, modseq from book where organisation = ? and id = ?";
    let row = s.row(sql, bind![organisation, book]).await?.ok_or_else(no_book)?;
    let modseq = row.modseq(1)?;
    Ok(OpenBook::new(organisation, row.count(0)?, modseq))
}

async fn lock_account(
    s: &mut Session<'_>,
    organisation: OrganisationId,
    account: AccountId,
    raise: Raise,
) -> Held<OpenAccount> {
    let sql =
        "update account set modseq = modseq + ?, access_epoch = access_epoch + ? where id = ? and organisation = ?";
    s.execute(sql, bind![raise.state, raise.access, account, organisation]).await?;
    let sql = "select modseq, access_epoch from account where id = ? and organisation = ?";
    let row = s.row(sql, bind![account, organisation]).await?.ok_or_else(taken)?;
    Ok(OpenAccount { modseq: row.modseq(0)?, access_epoch: row.count(1)?, numbered: raise.state })
}

fn no_book() -> Fault {
    Error::conflict("This book is no longer here.").into()
}

impl OpenBook {
    pub(super) fn new(organisation: OrganisationId, epoch: u64, modseq: Modseq) -> Self {
        let versions = BTreeSet::new();
        Self { organisation, epoch, modseq, written: modseq, contacts: 0, binned: 0, versions, removed: false }
    }
}

impl Commit<'_> {
    /// A contact that moves keeps its history, and a version is named by its contact and number: so the number it gets in
    /// its new book must be higher than any it has had.
    async fn overtake(&mut self, s: &mut Session<'_>, write: &Write) -> Held<()> {
        for effect in &write.effects {
            let Effect::MoveContact { from, into, id, .. } = effect else { continue };
            let sql = "select modseq from contact where organisation = ? and id = ?";
            let had = s.row(sql, bind![write.by.organisation, *id]).await?.map(|row| row.modseq(0)).transpose()?;
            let left = self.book(from.book())?.modseq;
            let book = self.book(into.book())?;
            if let Some(had) = had {
                book.modseq = book.modseq.max(Modseq(had.0 + 1)).max(left);
            }
        }
        Ok(())
    }

    /// A book this write holds.
    pub(super) fn book(&mut self, book: BookId) -> Held<&mut OpenBook> {
        match self.books.get_mut(&book) {
            Some(open) if !open.removed => Ok(open),
            _ => Err(no_book()),
        }
    }

    /// The number of this commit in a book.
    pub(super) fn modseq(&mut self, book: BookId) -> Held<Modseq> {
        self.book(book).map(|book| book.modseq)
    }

    /// Writes the counts of every book, and its number where that is not the next one.
    pub(super) async fn count_books(&mut self, s: &mut Gathering<'_, '_>) -> Held<()> {
        for (id, book) in &self.books {
            if book.removed || (book.contacts == 0 && book.binned == 0 && book.modseq == book.written) {
                continue;
            }
            let sql = "update book set modseq = ?, contacts = contacts + ?, binned = binned + ? \
                       where organisation = ? and id = ?";
            s.execute(sql, bind![book.modseq, book.contacts, book.binned, book.organisation, *id]).await?;
        }
        Ok(())
    }
}
