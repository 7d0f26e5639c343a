//! Labels: found or made by name, renamed, removed, and who carries them.

use rolo_core::{
    Error,
    contracts::database::ChangeKind,
    id::{BookId, ContactId, LabelId, Revision},
    label::create::LABELS_MAX,
};
use uuid::Uuid;

use super::{Commit, gathering::Gathering};
use crate::database::{
    column::{State, hash, label_revision, pack_labels, unpack_labels},
    fault::{Fault, Held, taken},
    value::bind,
};

impl Commit<'_> {
    /// The labels of these names, each once, in their order; a name nobody knows makes a label.
    pub(super) async fn labels_named(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        names: &[String],
    ) -> Held<Vec<LabelId>> {
        let mut labels = Vec::with_capacity(names.len());
        let mut seen = std::collections::HashSet::with_capacity(names.len());
        for name in names {
            let label = self.label_named(s, book, name).await?;
            if seen.insert(label) {
                labels.push(label);
            }
        }
        Ok(labels)
    }

    async fn label_named(&mut self, s: &mut Gathering<'_, '_>, book: BookId, name: &str) -> Held<LabelId> {
        let key = hash(name.as_bytes());
        if let Some(label) = self.names.get(&(book, key)) {
            return Ok(*label);
        }
        // A name belongs to one label: to the one that has it, else to the one that had it.
        let label = match self.owner_of(s, book, &key).await? {
            Some((label, _)) => label,
            None => {
                let label = LabelId(Uuid::now_v7());
                self.insert_label(s, book, label, name, None).await?;
                self.name_label(s, book, label, &key).await?;
                self.changed(s, book, ChangeKind::Label, label.0, false).await?;
                self.made.push(label);
                label
            }
        };
        self.names.insert((book, key), label);
        Ok(label)
    }

    /// Which label has or had this name, and whether it has it now.
    async fn owner_of(&self, s: &mut Gathering<'_, '_>, book: BookId, key: &[u8; 32]) -> Held<Option<(LabelId, bool)>> {
        let sql = "select label, in_use from label_name where organisation = ? and book = ? and name_key = ?";
        let row = s.row(sql, bind![self.by.organisation, book, key]).await?;
        Ok(row.map(|row| Ok::<_, Error>((row.id(0)?, row.yes(1)?))).transpose()?)
    }

    pub(super) async fn save_label(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        id: LabelId,
        expect: Option<Option<Revision>>,
        name: &str,
        hue: Option<u16>,
    ) -> Held<()> {
        let key = hash(name.as_bytes());
        let owner = self.owner_of(s, book, &key).await?;
        if owner.is_some_and(|(owner, in_use)| in_use && owner != id) {
            return Err(Error::conflict("This book already has a label of this name.").into());
        }
        match expect {
            None => self.insert_label(s, book, id, name, hue).await?,
            Some(expect) => self.update_label(s, book, id, expect, name, hue).await?,
        }
        // The earlier names stay remembered, so that a stale phone cannot bring an old label back.
        let sql = "update label_name set in_use = 0 where organisation = ? and book = ? and label = ?";
        s.execute(sql, bind![self.by.organisation, book, id]).await?;
        self.name_label(s, book, id, &key).await?;
        self.names.clear();
        self.changed(s, book, ChangeKind::Label, id.0, false).await
    }

    async fn insert_label(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        id: LabelId,
        name: &str,
        hue: Option<u16>,
    ) -> Held<()> {
        self.room_for_label(s, book).await?;
        let modseq = self.modseq(book)?;
        let sql =
            "insert into label (organisation, book, id, name, hue, contacts, modseq) values (?, ?, ?, ?, ?, 0, ?)";
        let hue = hue.map(i64::from);
        s.execute(sql, bind![self.by.organisation, book, id, name.as_bytes(), hue, modseq]).await?;
        Ok(())
    }

    /// Whoever makes one comes by here: a card, a move, what is taken back. The book is locked, so nobody counts beside us.
    async fn room_for_label(&mut self, s: &mut Gathering<'_, '_>, book: BookId) -> Held<()> {
        let count = match self.labels.get(&book) {
            Some(count) => *count,
            None => {
                let sql = "select count(*) from label where organisation = ? and book = ?";
                let row = s.row(sql, bind![self.by.organisation, book]).await?;
                row.map(|row| row.int(0)).transpose()?.unwrap_or_default()
            }
        };
        if usize::try_from(count).is_ok_and(|count| count >= LABELS_MAX) {
            let why = format!("A book has at most {LABELS_MAX} labels. Remove one that nobody carries.");
            return Err(Error::invalid("/labels", why).into());
        }
        self.labels.insert(book, count + 1);
        Ok(())
    }

    async fn update_label(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        id: LabelId,
        expect: Option<Revision>,
        name: &str,
        hue: Option<u16>,
    ) -> Held<()> {
        let sql = "select name, hue from label where organisation = ? and book = ? and id = ?";
        let mut row = s.row(sql, bind![self.by.organisation, book, id]).await?.ok_or_else(no_label)?;
        let now = label_revision(&row.blob(0)?, row.int_or(1)?);
        if expect.is_some_and(|seen| seen != now) {
            return Err(Error::conflict("This label has changed since you saw it. Load it again.").into());
        }
        let modseq = self.modseq(book)?;
        let sql = "update label set name = ?, hue = ?, modseq = ? where organisation = ? and book = ? and id = ?";
        let hue = hue.map(i64::from);
        s.execute(sql, bind![name.as_bytes(), hue, modseq, self.by.organisation, book, id]).await?;
        Ok(())
    }

    async fn name_label(&self, s: &mut Gathering<'_, '_>, book: BookId, label: LabelId, key: &[u8; 32]) -> Held<()> {
        let sql = "insert into label_name (organisation, book, name_key, label, in_use) values (?, ?, ?, ?, 1) \
                   on conflict (organisation, book, name_key) do update set label = excluded.label, \
                   in_use = excluded.in_use";
        s.execute(sql, bind![self.by.organisation, book, key, label]).await?;
        Ok(())
    }

    pub(super) async fn remove_label(&mut self, s: &mut Gathering<'_, '_>, book: BookId, id: LabelId) -> Held<()> {
        let organisation = self.by.organisation;
        let sql =
            "select contact from label_member where organisation = ? and book = ? and label = ? and living = 1 limit 1";
        if s.row(sql, bind![organisation, book, id]).await?.is_some() {
            return Err(Error::conflict("Some contacts still carry this label.").into());
        }
        // What is in the bin forgets the label; coming back, its card makes it anew.
        let sql = "select c.id, c.labels from label_member m join contact c on c.organisation = m.organisation \
                   and c.book = m.book and c.id = m.contact where m.organisation = ? and m.book = ? and m.label = ?";
        for mut row in s.rows(sql, bind![organisation, book, id]).await? {
            let mut labels = unpack_labels(&row.blob(1)?);
            labels.retain(|label| *label != id);
            let sql = "update contact set labels = ? where organisation = ? and book = ? and id = ?";
            s.execute(sql, bind![&pack_labels(&labels), organisation, book, row.id::<ContactId>(0)?]).await?;
        }
        for sql in [
            "delete from label_member where organisation = ? and book = ? and label = ?",
            "delete from label_name where organisation = ? and book = ? and label = ?",
        ] {
            s.execute(sql, bind![organisation, book, id]).await?;
        }
        let sql = "delete from label where organisation = ? and book = ? and id = ?";
        if s.execute(sql, bind![organisation, book, id]).await? == 0 {
            return Err(no_label());
        }
        self.names.clear();
        self.labels.remove(&book);
        self.carried.remove(&(book, id));
        self.changed(s, book, ChangeKind::Label, id.0, true).await
    }

    /// Writes who carries which label, from what a contact carried in its state before to what it carries now.
    pub(super) async fn carry(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        contact: ContactId,
        before: Option<(&[LabelId], State)>,
        after: Option<(&[LabelId], State)>,
    ) -> Held<()> {
        if before == after {
            return Ok(());
        }
        let organisation = self.by.organisation;
        let (had, was_living) = membership(before);
        let (has, is_living) = membership(after);
        let (had_set, has_set) = (set(had), set(has));
        for label in had.iter().filter(|label| !has_set.contains(label)) {
            let sql = "delete from label_member where organisation = ? and book = ? and label = ? and contact = ?";
            s.execute(sql, bind![organisation, book, *label, contact]).await?;
            *self.carried.entry((book, *label)).or_default() -= i64::from(was_living);
        }
        for label in has {
            let kept = had_set.contains(label);
            if kept && was_living == is_living {
                continue;
            }
            let sql = "insert into label_member (organisation, book, label, contact, living) values (?, ?, ?, ?, ?) \
                       on conflict (organisation, book, label, contact) do update set living = excluded.living";
            s.later(sql, bind![organisation, book, *label, contact, is_living]).await?;
            *self.carried.entry((book, *label)).or_default() += i64::from(is_living) - i64::from(kept && was_living);
        }
        Ok(())
    }

    /// Writes the counts of the labels whose carriers changed.
    pub(super) async fn count_labels(&mut self, s: &mut Gathering<'_, '_>) -> Held<()> {
        for ((book, label), by) in std::mem::take(&mut self.carried) {
            if by != 0 {
                let sql = "update label set contacts = contacts + ? where organisation = ? and book = ? and id = ?";
                s.execute(sql, bind![by, self.by.organisation, book, label]).await?;
            }
        }
        Ok(())
    }
}

fn membership(contact: Option<(&[LabelId], State)>) -> (&[LabelId], bool) {
    contact.map_or((&[], false), |(labels, state)| (labels, state == State::Living))
}

fn set(labels: &[LabelId]) -> std::collections::HashSet<LabelId> {
    labels.iter().copied().collect()
}

fn no_label() -> Fault {
    taken()
}
