//! A contact moves to another book: its history and marks follow, its labels are found or made there by name.

use rolo_core::{
    Error,
    id::{BookId, ContactId, LabelId},
    write::{Act, Expect},
};

use super::{Commit, contact::held, gathering::Gathering};
use crate::database::{
    column::{hash, pack_labels},
    fault::Held,
    value::bind,
};

impl Commit<'_> {
    pub(super) async fn move_contact(
        &mut self,
        s: &mut Gathering<'_, '_>,
        from: BookId,
        into: BookId,
        id: ContactId,
        expect: Expect,
    ) -> Held<()> {
        let was = held(self.was(s, id).await?, from, expect)?;
        if !was.state.is_living() {
            return Err(Error::conflict("This contact is in the bin.").into());
        }
        if from == into {
            return Ok(());
        }
        let names = self.names_of(s, from, &was.labels).await?;
        let labels = self.labels_named(s, into, &names).await?;
        let modseq = self.modseq(into)?;
        let sql = "update contact set book = ?, modseq = ?, updated_at = ?, labels = ?, uid_live = ?, dav_live = ? \
                   where organisation = ? and book = ? and id = ?";
        let (uid_live, dav_live) = (hash(&was.uid_key), hash(&was.dav_name));
        let packed = pack_labels(&labels);
        let organisation = self.by.organisation;
        s.execute(sql, bind![into, modseq, self.at, &packed, &uid_live, &dav_live, organisation, from, id]).await?;
        self.carry(s, from, id, Some((&was.labels, was.state)), None).await?;
        self.carry(s, into, id, None, Some((&labels, was.state))).await?;
        self.shift(from, Some(was.state), None)?;
        self.shift(into, None, Some(was.state))?;
        self.version_as_it_stands(s, into, id, Act::Move, false).await?;
        self.contact_changed(s, from, id, true).await?;
        self.contact_changed(s, into, id, false).await
    }

    async fn names_of(&self, s: &mut Gathering<'_, '_>, book: BookId, labels: &[LabelId]) -> Held<Vec<String>> {
        let mut names = Vec::with_capacity(labels.len());
        for label in labels {
            let sql = "select name from label where organisation = ? and book = ? and id = ?";
            if let Some(mut row) = s.row(sql, bind![self.by.organisation, book, *label]).await? {
                names.push(row.text(0)?);
            }
        }
        Ok(names)
    }
}
