//! Gives rows their verdicts, a chunk at a time: hashes first, cards only for those that need a closer look.

use std::collections::{HashMap, HashSet};

use super::{
    compare::{Common, Traits},
    fingerprint::Fingerprint,
    index::{Claims, Index, SHARED_MAX},
    read::Read,
    update::{Plan, planned},
    verdict::{Verdict, Why},
};
use crate::{
    Result, Services,
    account::{Caller, Scope},
    card::{Card, Model},
    contact::plan::parsed,
    id::{BookId, ContactId},
    write::Act,
};

/// Contacts looked at for one row; more have the same name than anybody would compare.
const CANDIDATES_MAX: usize = 40;
/// Cards read at once.
const CARDS: usize = 500;

/// A row's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) verdict: Verdict,
    pub(crate) why: Why,
    /// The contact it is, or may be.
    pub(crate) contact: Option<ContactId>,
    /// The earlier row an update starts from.
    pub(crate) base: Option<Fingerprint>,
}

impl Told {
    pub(crate) fn plain(verdict: Verdict, why: Why) -> Self {
        Self { verdict, why, contact: None, base: None }
    }

    fn about(verdict: Verdict, why: Why, contact: ContactId) -> Self {
        Self { contact: Some(contact), ..Self::plain(verdict, why) }
    }
}

/// What the hashes say of a row.
#[derive(Debug)]
enum Look {
    Done(Told),
    /// The contact it is by its UID.
    Uid(ContactId),
    /// It was imported, and its contact is not in the book any more.
    Gone(ContactId),
    /// Contacts to compare with.
    Compare(Box<Traits>, Vec<ContactId>),
}

/// A contact of the book, read.
pub(crate) struct Known {
    pub(crate) model: Model,
    pub(crate) card: Card,
    pub(crate) revision: crate::id::Revision,
    traits: Traits,
}

/// Matches the rows of one import, in their order.
pub(crate) struct Matcher<'a> {
    services: &'a Services,
    caller: &'a Caller,
    scope: Scope,
    book: BookId,
    index: Index,
    claims: Claims,
}

impl<'a> Matcher<'a> {
    /// Against this book as it is now.
    pub(crate) async fn new(services: &'a Services, caller: &'a Caller, book: BookId) -> Result<Self> {
        let scope = caller.scope().only(book)?;
        let index = Index::load(services.database.as_ref(), &scope, book).await?;
        Ok(Self { services, caller, scope, book, index, claims: Claims::default() })
    }

    /// The verdicts of these rows, in their order.
    pub(crate) async fn verdicts(&mut self, reads: &[Result<Read, String>]) -> Result<Vec<Told>> {
        let mut looks = Vec::with_capacity(reads.len());
        let mut wanted = HashSet::new();
        for read in reads {
            let look = match read {
                Err(_) => Look::Done(Told::plain(Verdict::Refused, Why::Unreadable)),
                Ok(read) => self.look(read),
            };
            match &look {
                Look::Uid(id) => drop(wanted.insert(*id)),
                Look::Compare(_, ids) => wanted.extend(ids),
                Look::Done(_) | Look::Gone(_) => {}
            }
            looks.push(look);
        }
        let known = self.known(wanted).await?;
        let mut told = Vec::with_capacity(reads.len());
        for (look, read) in looks.into_iter().zip(reads) {
            told.push(match (look, read) {
                (Look::Done(told), _) => told,
                (Look::Gone(id), Ok(_)) => self.gone(id).await?,
                (Look::Uid(id), Ok(read)) => self.decided(Why::SameUid, id, read, &known).await?,
                (Look::Compare(traits, ids), Ok(read)) => self.compared(&traits, &ids, read, &known).await?,
                (_, Err(_)) => Told::plain(Verdict::Refused, Why::Unreadable),
            });
        }
        Ok(told)
    }

    /// What the hashes say.
    fn look(&mut self, read: &Read) -> Look {
        if read.is_group() {
            return Look::Done(Told::plain(Verdict::Same, Why::Group));
        }
        if read.is_empty() {
            return Look::Done(Told::plain(Verdict::Refused, Why::Empty));
        }
        let uid = read.row.model.uid.as_deref();
        if let Some(first) = uid.and_then(|uid| self.claims.uid(uid, read.fingerprint)) {
            // The same card twice is one contact; two cards of one UID are somebody's to tell apart.
            let (verdict, why) = match first == read.fingerprint {
                true => (Verdict::Same, Why::Twice),
                false => (Verdict::Check, Why::Another),
            };
            let contact = uid.and_then(|uid| self.index.with_uid(uid).next());
            return Look::Done(Told { contact, ..Told::plain(verdict, why) });
        }
        if self.index.is_empty() {
            return Look::Done(Told::plain(Verdict::New, Why::Plain));
        }
        let by_uid = uid.and_then(|uid| self.index.with_uid(uid).next());
        let by_source = || read.source.as_deref().and_then(|source| self.index.with_source(source));
        if let Some(id) = by_uid.or_else(|| by_source().filter(|id| self.index.lives(*id))) {
            return self.by_uid(id, read);
        }
        let kept = self.index.kept(read.fingerprint);
        if !kept.is_empty() {
            let mut ids: Vec<ContactId> = kept.iter().map(|(_, id)| *id).collect();
            ids.sort_by_key(|id| !self.index.lives(*id));
            return match ids.get(self.claims.next(read.fingerprint)) {
                Some(id) if self.index.lives(*id) => {
                    self.claims.take(*id, read.fingerprint);
                    Look::Done(Told::about(Verdict::Same, Why::Imported, *id))
                }
                Some(id) => Look::Gone(*id),
                // One more of the same than the last time.
                None => Look::Done(Told::plain(Verdict::New, Why::Plain)),
            };
        }
        if let Some(id) = by_source() {
            return Look::Gone(id);
        }
        self.by_keys(read)
    }

    fn by_uid(&mut self, id: ContactId, read: &Read) -> Look {
        if self.index.kept(read.fingerprint).iter().any(|(_, contact)| *contact == id) {
            self.claims.take(id, read.fingerprint);
            return Look::Done(Told::about(Verdict::Same, Why::Imported, id));
        }
        Look::Uid(id)
    }

    fn by_keys(&self, read: &Read) -> Look {
        let mut traits = Traits::of(&read.row.model, self.caller.region());
        let mut ids: Vec<ContactId> = Vec::new();
        for key in traits.keys() {
            if key[0] == b'p' && self.index.sharing(&key) > SHARED_MAX {
                traits.common.push(key);
                continue;
            }
            for id in self.index.with_key(&key, CANDIDATES_MAX) {
                if ids.len() < CANDIDATES_MAX && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        if ids.is_empty() {
            Look::Done(Told::plain(Verdict::New, Why::Plain))
        } else {
            Look::Compare(Box::new(traits), ids)
        }
    }

    /// Reads contacts, many at a time.
    async fn known(&self, wanted: HashSet<ContactId>) -> Result<HashMap<ContactId, Known>> {
        let wanted: Vec<ContactId> = wanted.into_iter().collect();
        let mut known = HashMap::with_capacity(wanted.len());
        for ids in wanted.chunks(CARDS) {
            for row in self.services.database.cards(&self.scope, ids).await? {
                if row.deleted_at.is_none() {
                    known.insert(row.id, Known::of(&row.bytes, self.caller.region())?);
                }
            }
        }
        Ok(known)
    }

    /// The contact of an imported row is gone: undone imports do not count, anything else is somebody's wish.
    async fn gone(&self, id: ContactId) -> Result<Told> {
        let versions = self.services.database.versions(self.caller.scope(), id, None, 1).await?;
        let undone = versions.items.first().is_some_and(|version| version.binned && version.act == Act::Undo);
        Ok(if undone { Told::plain(Verdict::New, Why::Plain) } else { Told::plain(Verdict::Check, Why::Gone) })
    }

    /// Compares with each candidate.
    async fn compared(
        &mut self,
        traits: &Traits,
        ids: &[ContactId],
        read: &Read,
        known: &HashMap<ContactId, Known>,
    ) -> Result<Told> {
        let mut fits = Vec::new();
        let mut ask: Option<(Why, ContactId)> = None;
        for id in ids {
            let Some(contact) = known.get(id) else { continue };
            // An equal row has this contact already: this one is another of the same.
            if self.claims.holder(*id) == Some(read.fingerprint) {
                continue;
            }
            match traits.common(&contact.traits) {
                Common::Known => fits.push(*id),
                Common::Ask(why) if ask.is_none_or(|(other, _)| other == Why::SameName && why != Why::SameName) => {
                    ask = Some((why, *id));
                }
                Common::Ask(_) | Common::Nothing => {}
            }
        }
        match (fits.as_slice(), ask) {
            ([id], _) => self.decided(Why::Known, *id, read, known).await,
            ([id, ..], _) => Ok(Told::about(Verdict::Check, Why::Several, *id)),
            ([], Some((why, id))) => Ok(Told::about(Verdict::Check, why, id)),
            ([], None) => Ok(Told::plain(Verdict::New, Why::Plain)),
        }
    }

    /// The row is this contact: what it would change decides.
    async fn decided(
        &mut self,
        why: Why,
        id: ContactId,
        read: &Read,
        known: &HashMap<ContactId, Known>,
    ) -> Result<Told> {
        let Some(contact) = known.get(&id) else { return Ok(Told::plain(Verdict::Check, Why::Gone)) };
        if self.claims.holder(id).is_some() {
            return Ok(Told::about(Verdict::Check, Why::Another, id));
        }
        self.claims.take(id, read.fingerprint);
        let (base, plan) = self.plan(id, read, &contact.model).await?;
        let (verdict, why) = match &plan {
            plan if plan.clashes => (Verdict::Check, Why::EditedSince),
            plan if plan.changes.is_empty() && !self.stars(read, base.as_ref()) => (Verdict::Same, why),
            _ => (Verdict::Update, why),
        };
        let base = base.map(|(fingerprint, _)| fingerprint);
        Ok(Told { verdict, why, contact: Some(id), base })
    }

    /// Whether the row sets a star the earlier one did not.
    fn stars(&self, read: &Read, base: Option<&(Fingerprint, Model)>) -> bool {
        read.row.starred && base.is_some_and(|(_, model)| !model.keywords.contains_key("starred"))
    }

    /// What the row would do to the contact. Of several earlier rows the one nearest to what the contact says now counts: the
    /// latest.
    async fn plan(&self, id: ContactId, read: &Read, current: &Model) -> Result<(Option<(Fingerprint, Model)>, Plan)> {
        let mut best: Option<(usize, Fingerprint, Model)> = None;
        let rows: Vec<Fingerprint> = self.index.rows_of(id).collect();
        for fingerprint in &rows {
            let fingerprint = *fingerprint;
            let Some(model) = base(self.services, &self.scope, self.book, fingerprint, id).await? else { continue };
            let far = match rows.len() {
                1 => 0,
                _ => planned(None, &model, current, self.caller.region()).changes.len(),
            };
            if best.as_ref().is_none_or(|(nearest, _, _)| far <= *nearest) {
                best = Some((far, fingerprint, model));
            }
        }
        let plan = planned(
            best.as_ref().map(|(_, _, model)| model).map(starless).as_ref(),
            &read.row.model,
            current,
            self.caller.region(),
        );
        Ok((best.map(|(_, fingerprint, model)| (fingerprint, model)), plan))
    }
}

/// An earlier row without its star, which is not the card's.
pub(crate) fn starless(model: &Model) -> Model {
    let mut model = model.clone();
    model.keywords.remove("starred");
    model
}

/// The model an earlier row said, by its fingerprint and contact.
pub(crate) async fn base(
    services: &Services,
    scope: &Scope,
    book: BookId,
    fingerprint: Fingerprint,
    contact: ContactId,
) -> Result<Option<Model>> {
    let before = u128::from_be_bytes(fingerprint).checked_sub(1).map(u128::to_be_bytes);
    let rows = services.database.kept_rows(scope, book, before, 1).await?;
    let row = rows.into_iter().find(|row| row.fingerprint == fingerprint && row.contact == contact);
    Ok(row.and_then(|row| serde_json::from_str(&row.model).ok()))
}

impl Known {
    /// Of a card's bytes.
    pub(crate) fn of(bytes: &[u8], region: Option<&str>) -> Result<Self> {
        let card = parsed(bytes)?;
        let model = card.model_light();
        let traits = Traits::of(&model, region);
        Ok(Self { model, revision: card.revision(), card, traits })
    }
}
