//! Gone for good: what a contact was is removed, its id and name stay as a tombstone.

use rolo_core::{
    Error,
    id::{BookId, ContactId},
    write::Expect,
};

use super::{Commit, contact::held, gathering::Gathering, large};
use crate::database::{column::State, fault::Held, value::bind};

impl Commit<'_> {
    pub(super) async fn purge_contact(&mut self, s: &mut Gathering<'_, '_>, book: BookId, id: ContactId) -> Held<()> {
        let was = held(self.was(s, id).await?, book, Expect::Binned)?;
        let organisation = self.by.organisation;
        self.carry(s, book, id, Some((&was.labels, was.state)), None).await?;
        self.shift(book, Some(was.state), None)?;
        large::release_all(s.session().await?, organisation, id).await?;
        for sql in [
            "delete from version where organisation = ? and contact = ?",
            "delete from mark where organisation = ? and contact = ?",
            "delete from kept_row where organisation = ? and contact = ?",
        ] {
            s.execute(sql, bind![organisation, id]).await?;
        }
        // What is known of when it was there is when it was made and when it went: a way back to a time asks.
        let sql = "update contact set state = ?, kind = ?, uid = ?, uid_key = ?, uid_live = ?, dav_live = ?, revision = ?, \
                   modseq = ?, updated_at = coalesce(deleted_at, ?), deleted_at = ?, labels = ?, sort_given = ?, sort_family = ?, \
                   sort_company = ?, summary = '', match_keys = ?, model = '', parts = ?, residue = ? \
                   where organisation = ? and book = ? and id = ?";
        let (empty, none): (&[u8], Option<&[u8]>) = (&[], None);
        let modseq = self.modseq(book)?;
        let values = bind![
            State::Purged as i64,
            empty,
            empty,
            empty,
            none,
            none,
            &[0; 16],
            modseq,
            self.at,
            Option::<i64>::None,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            empty,
            organisation,
            book,
            id,
        ];
        s.execute(sql, values).await?;
        self.book(book)?.versions.remove(&id);
        self.contact_changed(s, book, id, true).await
    }

    /// Purges everything in a book's bin; a living contact is a conflict.
    pub(super) async fn purge_book(&mut self, s: &mut Gathering<'_, '_>, book: BookId) -> Held<()> {
        let sql = "select state, id from contact where organisation = ? and book = ? and state <> 4 order by id";
        for row in s.rows(sql, bind![self.by.organisation, book]).await? {
            if State::read(row.int(0)?)?.is_living() {
                return Err(Error::conflict("This book still has contacts. Move or delete them first.").into());
            }
            self.purge_contact(s, book, row.id(1)?).await?;
        }
        Ok(())
    }
}
