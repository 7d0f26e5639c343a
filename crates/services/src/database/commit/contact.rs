//! Storing a card and putting one into the bin.

use rolo_core::{
    Error,
    contact::Prepared,
    id::{BookId, ContactId, LabelId, Revision},
    write::{Act, Expect},
};

use super::{Commit, gathering::Gathering, record::After};
use crate::database::{
    column::{State, dav_name, hash, pack_labels, pack_parts, unpack_labels},
    fault::{Fault, Held, taken},
    value::bind,
};

/// A contact as it is before the effect.
pub(super) struct Was {
    pub(super) book: BookId,
    pub(super) state: State,
    pub(super) revision: Revision,
    pub(super) labels: Vec<LabelId>,
    pub(super) dav_name: Vec<u8>,
    pub(super) uid_key: Vec<u8>,
}

impl Commit<'_> {
    pub(super) async fn save_contact(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        id: ContactId,
        expect: Expect,
        act: Act,
        card: &Prepared,
    ) -> Held<()> {
        let modseq = self.modseq(book)?;
        let was = match expect {
            // An id that is taken is told by the index, whoever has it.
            Expect::Absent => None,
            expect => Some(held(self.was(s, id).await?, book, expect)?),
        };
        let state = State::living(&card.kind);
        let labels = match state {
            State::Living => self.labels_named(s, book, &card.categories).await?,
            // A group card says who belongs to a label; it carries none itself.
            _ => Vec::new(),
        };
        self.keep_large(s, id, &card.large).await?;
        let name = match (&card.dav_name, &was) {
            (Some(name), _) => name.clone().into_bytes(),
            (None, Some(was)) => was.dav_name.clone(),
            (None, None) => dav_name(id).into_bytes(),
        };
        let parts = pack_parts(&card.large);
        let row = ContactRow { book, id, state, name: &name, labels: &pack_labels(&labels), parts: &parts, card };
        match &was {
            None => self.insert_contact(s, &row, modseq.0).await?,
            Some(_) => self.update_contact(s, &row, modseq.0).await?,
        }
        let before = was.as_ref().map(|was| (was.labels.as_slice(), was.state));
        self.carry(s, book, id, before, Some((&labels, state))).await?;
        self.shift(book, was.as_ref().map(|was| was.state), Some(state))?;
        let after = After { revision: card.revision, binned: false, parts: &parts, residue: &card.residue };
        self.version(s, book, id, act, after).await?;
        self.contact_changed(s, book, id, false).await
    }

    pub(super) async fn bin_contact(
        &mut self,
        s: &mut Gathering<'_, '_>,
        book: BookId,
        id: ContactId,
        expect: Expect,
        act: Act,
    ) -> Held<()> {
        let was = held(self.was(s, id).await?, book, expect)?;
        if !was.state.is_living() {
            return Err(Error::conflict("This contact is already in the bin.").into());
        }
        let state = was.state.binned();
        let modseq = self.modseq(book)?;
        let sql = "update contact set state = ?, uid_live = ?, dav_live = ?, modseq = ?, updated_at = ?, deleted_at = ? \
                   where organisation = ? and book = ? and id = ?";
        let none: Option<&[u8]> = None;
        let organisation = self.by.organisation;
        let values = bind![state as i64, none, none, modseq, self.at, self.at, organisation, book, id];
        s.execute(sql, values).await?;
        self.carry(s, book, id, Some((&was.labels, was.state)), Some((&was.labels, state))).await?;
        self.shift(book, Some(was.state), Some(state))?;
        self.version_as_it_stands(s, book, id, act, true).await?;
        self.contact_changed(s, book, id, true).await
    }

    /// The contact's row, whatever its state and wherever it lives in this organisation.
    pub(super) async fn was(&self, s: &mut Gathering<'_, '_>, id: ContactId) -> Held<Option<Was>> {
        let sql =
            "select book, state, revision, labels, dav_name, uid_key from contact where organisation = ? and id = ?";
        let Some(mut row) = s.row(sql, bind![self.by.organisation, id]).await? else { return Ok(None) };
        Ok(Some(Was {
            book: row.id(0)?,
            state: State::read(row.int(1)?)?,
            revision: row.revision(2)?,
            labels: unpack_labels(&row.blob(3)?),
            dav_name: row.blob(4)?,
            uid_key: row.blob(5)?,
        }))
    }

    /// Counts a contact out of one state and into another.
    pub(super) fn shift(&mut self, book: BookId, from: Option<State>, to: Option<State>) -> Held<()> {
        let is = |state: Option<State>, wanted: State| i64::from(state == Some(wanted));
        let open = self.book(book)?;
        open.contacts += is(to, State::Living) - is(from, State::Living);
        open.binned += is(to, State::Binned) - is(from, State::Binned);
        Ok(())
    }

    async fn insert_contact(&self, s: &mut Gathering<'_, '_>, row: &ContactRow<'_>, modseq: u64) -> Held<()> {
        let sql = "insert into contact (organisation, book, id, state, kind, uid, uid_key, uid_live, dav_name, dav_live, \
                   revision, modseq, created_at, updated_at, labels, sort_given, sort_family, sort_company, key_version, \
                   summary, match_keys, model, parts, residue) \
                   values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
        let (card, state) = (row.card, row.state as i64);
        let (uid_live, dav_live) = (hash(&card.uid_key), hash(row.name));
        let values = bind![
            self.by.organisation,
            row.book,
            row.id,
            state,
            card.kind.as_bytes(),
            card.uid.as_bytes(),
            &card.uid_key,
            &uid_live,
            row.name,
            &dav_live,
            card.revision,
            modseq,
            self.at,
            self.at,
            row.labels,
            &card.sort.given,
            &card.sort.family,
            &card.sort.company,
            i64::from(card.key_version),
            &card.summary,
            &card.match_keys,
            &card.model,
            row.parts,
            &card.residue,
        ];
        s.later(sql, values).await
    }

    async fn update_contact(&self, s: &mut Gathering<'_, '_>, row: &ContactRow<'_>, modseq: u64) -> Held<()> {
        let sql = "update contact set state = ?, kind = ?, uid = ?, uid_key = ?, uid_live = ?, dav_name = ?, \
                   dav_live = ?, revision = ?, modseq = ?, updated_at = ?, deleted_at = ?, labels = ?, sort_given = ?, \
                   sort_family = ?, sort_company = ?, key_version = ?, summary = ?, match_keys = ?, model = ?, \
                   parts = ?, residue = ? where organisation = ? and book = ? and id = ?";
        let (card, state) = (row.card, row.state as i64);
        let (uid_live, dav_live) = (hash(&card.uid_key), hash(row.name));
        let living: Option<i64> = None;
        let values = bind![
            state,
            card.kind.as_bytes(),
            card.uid.as_bytes(),
            &card.uid_key,
            &uid_live,
            row.name,
            &dav_live,
            card.revision,
            modseq,
            self.at,
            living,
            row.labels,
            &card.sort.given,
            &card.sort.family,
            &card.sort.company,
            i64::from(card.key_version),
            &card.summary,
            &card.match_keys,
            &card.model,
            row.parts,
            &card.residue,
            self.by.organisation,
            row.book,
            row.id,
        ];
        s.execute(sql, values).await?;
        Ok(())
    }
}

struct ContactRow<'c> {
    book: BookId,
    id: ContactId,
    state: State,
    name: &'c [u8],
    labels: &'c [u8],
    parts: &'c [u8],
    card: &'c Prepared,
}

/// The contact, if it is in this book and what the write expects it to be.
pub(super) fn held(was: Option<Was>, book: BookId, expect: Expect) -> Held<Was> {
    let was = was.filter(|was| was.book == book && was.state != State::Purged).ok_or_else(taken)?;
    let holds = match expect {
        Expect::Absent => return Err(taken()),
        Expect::Revision(_) | Expect::Living => was.state.is_living(),
        Expect::Binned => was.state.is_binned(),
    };
    if !holds {
        return Err(misplaced(was.state));
    }
    if let Expect::Revision(seen) = expect
        && seen != was.revision
    {
        return Err(Error::conflict("This contact has changed since you saw it. Load it again.").into());
    }
    Ok(was)
}

fn misplaced(state: State) -> Fault {
    let why = if state.is_binned() { "This contact is in the bin." } else { "This contact is not in the bin." };
    Error::conflict(why).into()
}
