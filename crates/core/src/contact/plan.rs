//! From a verb to a commit: what must hold together, and trying again when somebody was faster.

use super::{BatchItem, Prepared, StoredCard, look::Look, prepare};
use crate::{
    Error, Result, Seed, Services, Written,
    account::{Caller, MayEdit},
    card::{Card, Drawing, Model},
    id::{BatchId, ContactId, Revision},
    verb::Tries,
    write::{Act, BatchNote, Effect, Expect, Outcome, Write},
};

/// What one item of a request does to one contact. No effects: it is so already.
#[derive(Debug)]
pub(crate) struct Plan {
    /// To which.
    pub(crate) id: ContactId,
    /// What must hold together.
    pub(crate) effects: Vec<Effect>,
    /// Whether a create found its contact there.
    pub(crate) existed: bool,
}

impl Plan {
    /// It is so already.
    pub(crate) fn nothing(id: ContactId) -> Self {
        Self { id, effects: Vec::new(), existed: false }
    }

    /// Whether there is anything undo could take back: marks are no part of the history.
    fn is_undoable(&self) -> bool {
        !self.effects.iter().all(|effect| matches!(effect, Effect::Mark { .. }))
    }

    /// The version it was made for, if it is for one.
    fn stands_on(&self) -> Option<Revision> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::SaveContact { expect: Expect::Revision(seen), .. }
            | Effect::BinContact { expect: Expect::Revision(seen), .. }
            | Effect::MoveContact { expect: Expect::Revision(seen), .. } => Some(*seen),
            _ => None,
        })
    }

    /// One effect.
    pub(crate) fn one(id: ContactId, effect: Effect) -> Self {
        Self { id, effects: vec![effect], existed: false }
    }
}

/// Plans and commits one item. An item that takes any version plans again when somebody was faster.
pub(crate) async fn perform(
    services: &Services,
    caller: &Caller,
    item: &BatchItem,
    seed: &Seed,
) -> Result<Written<ContactId>> {
    let random = services.random.as_ref();
    let made = ContactId(seed.id(random, 0));
    let note = BatchNote { id: BatchId(seed.id(random, 1)), act: item.act(), undoes: None, summary: None };
    perform_as(&mut Look::new(services, caller), item, made, &note, seed.once(0)).await
}

/// The same within a batch that is named outside. What was read ahead is for the first try.
pub(crate) async fn perform_as(
    look: &mut Look<'_>,
    item: &BatchItem,
    made: ContactId,
    note: &BatchNote,
    once: Option<uuid::Uuid>,
) -> Result<Written<ContactId>> {
    let mut tries = Tries::default();
    let (services, caller) = (look.services, look.caller);
    loop {
        let plan = match item.plan(look, made).await {
            Ok(plan) if plan.effects.is_empty() => {
                return Ok(Written { value: plan.id, batch: None, existed: plan.existed });
            }
            Ok(plan) => plan,
            Err(_) if once.is_some() && was_done(services, caller, note.id, item.contact(made)).await? => {
                return Ok(Written::new(item.contact(made), note.id));
            }
            Err(error) => return Err(error),
        };
        let (id, batch, stood_on) = (plan.id, plan.is_undoable().then_some(note.id), plan.stands_on());
        let write = Write { by: caller.by(services.clock.now()), batch: note.clone(), once, effects: plan.effects };
        match services.database.commit(write).await {
            Ok(Outcome::Committed(_) | Outcome::Repeated) => return Ok(Written { value: id, batch, existed: false }),
            Err(Error::Conflict { .. }) if item.takes_any() && tries.again(stood_on) => look.forget(),
            Err(error) => return Err(error),
        }
    }
}

/// Whether an earlier try of the same request got through before its answer was lost.
pub(crate) async fn was_done(services: &Services, caller: &Caller, batch: BatchId, id: ContactId) -> Result<bool> {
    if services.database.batch(caller.scope(), batch).await?.is_none() {
        return Ok(false);
    }
    let mut after = None;
    loop {
        let page = services.database.batch_versions(caller.scope(), batch, after, 1_000).await?;
        if page.items.iter().any(|version| version.contact == id) {
            return Ok(true);
        }
        after = page.items.last().map(|version| version.contact);
        if !page.more || after.is_none() {
            return Ok(false);
        }
    }
}

/// What is in the bin is restored before anything else is done to it.
pub(super) fn in_bin() -> Error {
    Error::conflict("This contact is in the bin. Restore it first.")
}

/// A contact's bytes, read.
pub(crate) struct Current {
    /// The row.
    pub(crate) row: StoredCard,
    /// The card.
    pub(crate) card: Card,
    /// Proof that it may be changed.
    pub(crate) book: MayEdit,
}

impl Current {
    /// A living contact this caller may change.
    pub(crate) async fn living(services: &Services, caller: &Caller, id: ContactId) -> Result<Self> {
        Self::any(services, caller, id).await?.alive()
    }

    /// A contact a plan looks at, living or in the bin.
    pub(super) async fn seen(look: &mut Look<'_>, id: ContactId) -> Result<Self> {
        let row = look.card(id).await?.ok_or(Error::NotFound)?;
        Self::read(look.caller, row)
    }

    /// Only if it is living.
    pub(super) fn alive(self) -> Result<Self> {
        if self.row.deleted_at.is_some() { Err(in_bin()) } else { Ok(self) }
    }

    /// A contact this caller may change, living or in the bin.
    pub(crate) async fn any(services: &Services, caller: &Caller, id: ContactId) -> Result<Self> {
        let row = services.database.card(caller.scope(), id).await?.ok_or(Error::NotFound)?;
        Self::read(caller, row)
    }

    /// A row read before.
    pub(crate) fn read(caller: &Caller, row: StoredCard) -> Result<Self> {
        let book = caller.may_edit(row.book)?;
        let card = parsed(&row.bytes)?;
        Ok(Self { row, card, book })
    }

    /// Saves another card over this one, if it still is what was read.
    pub(crate) fn saved(&self, card: &Card, act: Act) -> Effect {
        let expect = match self.row.deleted_at {
            Some(_) => Expect::Binned,
            None => Expect::Revision(self.row.revision),
        };
        Effect::SaveContact { into: self.book, id: self.row.id, expect, act, card: Box::new(self.prepared(card)) }
    }

    /// The same in the book it has just been moved to.
    pub(crate) fn saved_in(&self, into: MayEdit, card: &Card, act: Act) -> Effect {
        let expect = Expect::Revision(self.row.revision);
        Effect::SaveContact { into, id: self.row.id, expect, act, card: Box::new(self.prepared(card)) }
    }

    fn prepared(&self, card: &Card) -> Prepared {
        prepare(card, &self.row.uid)
    }

    /// Puts it into the bin, if it still is what was read.
    pub(crate) fn binned(&self, act: Act) -> Effect {
        let expect = Expect::Revision(self.row.revision);
        Effect::BinContact { from: self.book, id: self.row.id, expect, act }
    }
}

/// A stored card: it was read once before it was stored, so that it does not read now is a defect.
pub(crate) fn parsed(bytes: &[u8]) -> Result<Card> {
    Card::parse(bytes).map_err(|error| Error::internal(format!("a stored card does not read: {error}")))
}

/// A new card of a checked model.
pub(crate) fn drawn(model: &Model, uid: &str, now: jiff::Timestamp) -> Result<Card> {
    Card::drawn(model, Drawing { product: env!("CARGO_PKG_VERSION"), uid: Some(uid), now: Some(now) })
}
