//! Books: made, renamed, removed, and who may do what in them.

use rolo_core::{
    Error,
    account::Right,
    contracts::database::ChangeKind,
    id::{AccountId, BookId, Modseq, OrganisationId, Revision},
};

use super::{
    Commit, OpenBook,
    gathering::Gathering,
    touch::{everyone, seers},
};
use crate::database::{
    column::book_revision,
    fault::{Held, taken},
    value::bind,
    word,
};

impl Commit<'_> {
    pub(super) async fn create_book(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: BookId,
        owner: Option<AccountId>,
        name: &str,
    ) -> Held<()> {
        let organisation = self.by.organisation;
        self.insert_book(s, organisation, id, owner, name).await?;
        let seers = match owner {
            Some(owner) => vec![owner],
            None => everyone(s.session().await?, organisation).await?,
        };
        self.tell_seers(s, &seers, id, false).await
    }

    pub(super) async fn insert_book(
        &mut self,
        s: &mut Gathering<'_, '_>,
        organisation: OrganisationId,
        id: BookId,
        owner: Option<AccountId>,
        name: &str,
    ) -> Held<()> {
        let sql = "insert into book (organisation, id, owner, name, epoch, modseq, floor, contacts, binned, created_at) \
                   values (?, ?, ?, ?, 1, 1, 0, 0, 0, ?)";
        s.execute(sql, bind![organisation, id, owner, name.as_bytes(), self.at]).await?;
        self.books.insert(id, OpenBook::new(organisation, 1, Modseq(1)));
        Ok(())
    }

    pub(super) async fn rename_book(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: BookId,
        expect: Option<Revision>,
        name: &str,
    ) -> Held<()> {
        let organisation = self.by.organisation;
        let sql = "select name, owner from book where organisation = ? and id = ?";
        let mut row = s.row(sql, bind![organisation, id]).await?.ok_or_else(taken)?;
        let now = book_revision(&row.blob(0)?, row.id_or(1)?);
        if expect.is_some_and(|seen| seen != now) {
            return Err(Error::conflict("This book has changed since you saw it. Load it again.").into());
        }
        let sql = "update book set name = ? where organisation = ? and id = ?";
        s.execute(sql, bind![name.as_bytes(), organisation, id]).await?;
        self.changed(s, id, ChangeKind::Book, id.0, false).await?;
        let seers = seers(s.session().await?, organisation, id).await?;
        self.tell_seers(s, &seers, id, false).await
    }

    pub(super) async fn remove_book(&mut self, s: &mut Gathering<'_, '_>, id: BookId) -> Held<()> {
        self.book(id)?;
        self.purge_book(s, id).await?;
        let organisation = self.by.organisation;
        let seers = seers(s.session().await?, organisation, id).await?;
        self.tell_seers(s, &seers, id, true).await?;
        // The contacts' rows stay as tombstones, so that their ids are never used again.
        for sql in [
            "delete from label_name where organisation = ? and book = ?",
            "delete from label where organisation = ? and book = ?",
            "delete from book_access where organisation = ? and book = ?",
            "delete from kept_row where organisation = ? and book = ?",
            "delete from book_change where organisation = ? and book = ?",
            "delete from book where organisation = ? and id = ?",
        ] {
            s.execute(sql, bind![organisation, id]).await?;
        }
        self.carried.retain(|(book, _), _| *book != id);
        self.book(id)?.removed = true;
        Ok(())
    }

    pub(super) async fn set_access(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        account: AccountId,
        right: Option<Right>,
    ) -> Held<()> {
        let organisation = self.by.organisation;
        let sql = "select owner from book where organisation = ? and id = ?";
        let owner: Option<AccountId> = s.row(sql, bind![organisation, book]).await?.ok_or_else(taken)?.id_or(0)?;
        if let Some(right) = right {
            let sql = "insert into book_access (organisation, book, account, may) values (?, ?, ?, ?) \
                       on conflict (organisation, book, account) do update set may = excluded.may";
            s.execute(sql, bind![organisation, book, account, word::right(right)]).await?;
        } else {
            let sql = "delete from book_access where organisation = ? and book = ? and account = ?";
            s.execute(sql, bind![organisation, book, account]).await?;
        }
        let seen = right.is_some() || owner.is_none_or(|owner| owner == account);
        self.tell_seers(s, &[account], book, !seen).await
    }

    /// Every account in `seers` has this book changed in its list of books.
    pub(super) async fn tell_seers(
        &mut self,
        s: &mut Gathering<'_, '_>,
        seers: &[AccountId],
        book: BookId,
        gone: bool,
    ) -> Held<()> {
        for account in seers {
            // One who came to see the book while this write was being locked reads it with a number of its own.
            if self.accounts.contains_key(account) {
                self.account_changed(s, *account, ChangeKind::Book, book.0, book, gone).await?;
            }
        }
        Ok(())
    }
}
