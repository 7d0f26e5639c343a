//! What every commit leaves behind: versions, changes, batches and outbox rows.

use rolo_core::{
    Error,
    contracts::database::ChangeKind,
    id::{AccountId, BatchId, BookId, ContactId, Revision},
    write::Act,
};
use uuid::Uuid;

use super::{Commit, gathering::Gathering};
use crate::database::{fault::Held, value::bind, word};

/// A card as a version keeps it.
pub(super) struct After<'c> {
    pub(super) revision: Revision,
    pub(super) binned: bool,
    pub(super) parts: &'c [u8],
    pub(super) residue: &'c [u8],
}

impl Commit<'_> {
    /// The card after what was done. One version for each contact and commit: the last effect tells.
    pub(super) async fn version(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        contact: ContactId,
        act: Act,
        after: After<'_>,
    ) -> Held<()> {
        let sql = "insert into version (organisation, contact, modseq, book, at, account, door, device, batch, act, \
                   revision, binned, parts, residue) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
                   on conflict (organisation, contact, modseq) do update set book = excluded.book, act = excluded.act, \
                   revision = excluded.revision, binned = excluded.binned, parts = excluded.parts, \
                   residue = excluded.residue";
        let modseq = self.modseq(book)?;
        let by = self.by;
        let device = by.device.as_deref().map(str::as_bytes);
        let values = bind![
            by.organisation,
            contact,
            modseq,
            book,
            self.at,
            by.account,
            word::door(by.door),
            device,
            self.note.id,
            word::act(act),
            after.revision,
            after.binned,
            after.parts,
            after.residue,
        ];
        s.later(sql, values).await?;
        self.book(book)?.versions.insert(contact);
        Ok(())
    }

    /// A version of bytes that did not change.
    pub(super) async fn version_as_it_stands(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        contact: ContactId,
        act: Act,
        binned: bool,
    ) -> Held<()> {
        let sql = "select revision, parts, residue from contact where organisation = ? and id = ?";
        let row = s.row(sql, bind![self.by.organisation, contact]).await?;
        let mut row = row.ok_or_else(|| Error::internal("a contact vanished inside its own commit"))?;
        let (revision, parts, residue) = (row.revision(0)?, row.blob(1)?, row.blob(2)?);
        self.version(s, book, contact, act, After { revision, binned, parts: &parts, residue: &residue }).await
    }

    pub(super) async fn contact_changed(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        contact: ContactId,
        gone: bool,
    ) -> Held<()> {
        self.changed(s, book, ChangeKind::Contact, contact.0, gone).await
    }

    /// Something in a book changed: kept once for each thing, with its newest number.
    pub(super) async fn changed(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        kind: ChangeKind,
        id: Uuid,
        gone: bool,
    ) -> Held<()> {
        let sql = "insert into book_change (organisation, book, kind, id, modseq, gone, at) values (?, ?, ?, ?, ?, ?, ?) \
                   on conflict (organisation, book, kind, id) do update set modseq = excluded.modseq, \
                   gone = excluded.gone, at = excluded.at";
        let modseq = self.modseq(book)?;
        let kind = word::change_kind(kind);
        s.later(sql, bind![self.by.organisation, book, kind, id, modseq, gone, self.at]).await
    }

    /// Something in an account's own state changed.
    pub(super) async fn account_changed(
        &mut self,
        s: &mut Gathering<'_, '_>,
        account: AccountId,
        kind: ChangeKind,
        id: Uuid,
        book: BookId,
        gone: bool,
    ) -> Held<()> {
        let open = self.accounts.get(&account);
        let modseq = open.ok_or_else(|| Error::internal("an account was changed that was not locked"))?.modseq;
        let sql = "insert into account_change (organisation, account, kind, id, book, modseq, gone, at) \
                   values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (organisation, account, kind, id) do update set \
                   book = excluded.book, modseq = excluded.modseq, gone = excluded.gone, at = excluded.at";
        let kind = word::change_kind(kind);
        s.later(sql, bind![self.by.organisation, account, kind, id, book, modseq, gone, self.at]).await
    }

    /// One row for each book the batch touched; later writes of the batch add to its count.
    pub(super) async fn note_batch(&mut self, s: &mut Gathering<'_, '_>) -> Held<()> {
        let (by, note) = (self.by, self.note);
        let device = by.device.as_deref().map(str::as_bytes);
        let summary = note.summary.as_deref().map(str::as_bytes);
        for (book, open) in &self.books {
            let sql = "insert into batch (organisation, id, book, account, door, device, at, act, undoes, summary, \
                       contacts) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (organisation, id, book) \
                       do update set contacts = batch.contacts + excluded.contacts";
            let values = bind![
                by.organisation,
                note.id,
                *book,
                by.account,
                word::door(by.door),
                device,
                self.at,
                word::act(note.act),
                note.undoes,
                summary,
                open.versions.len(),
            ];
            s.execute(sql, values).await?;
        }
        match note.undoes {
            Some(undone) => self.note_undone(s, undone).await,
            None => Ok(()),
        }
    }

    /// Notes who took back a batch. Undoing an undo puts what that took back in force again, which takes back what that had
    /// undone in turn: every second one along the chain.
    async fn note_undone(&self, s: &mut Gathering<'_, '_>, undone: BatchId) -> Held<()> {
        let organisation = self.by.organisation;
        let (mut by, mut undone) = (self.note.id, undone);
        loop {
            let sql = "select undone_by, undoes from batch where organisation = ? and id = ? limit 1";
            let Some(row) = s.row(sql, bind![organisation, undone]).await? else { return Ok(()) };
            // A later commit of the same batch.
            if row.id_or::<BatchId>(0)? == Some(by) {
                return Ok(());
            }
            let sql = "update batch set undone_by = ? where organisation = ? and id = ?";
            s.execute(sql, bind![by, organisation, undone]).await?;
            let Some(again) = row.id_or::<BatchId>(1)? else { return Ok(()) };
            s.execute(sql, bind![Option::<Uuid>::None, organisation, again]).await?;
            let sql = "select undoes from batch where organisation = ? and id = ? limit 1";
            let row = s.row(sql, bind![organisation, again]).await?;
            let Some(next) = row.map(|row| row.id_or::<BatchId>(0)).transpose()?.flatten() else { return Ok(()) };
            (by, undone) = (again, next);
        }
    }

    pub(super) async fn tell(&mut self, s: &mut Gathering<'_, '_>, event: &str, payload: &str) -> Held<()> {
        let sql = "insert into outbox (organisation, event, payload, attempts, due_at) values (?, ?, ?, 0, ?)";
        s.later(sql, bind![self.by.organisation, event, payload, self.at]).await
    }
}
