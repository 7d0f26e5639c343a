//! Save a contact: the one place where an edit becomes true.
//!
//! An edit is a wanted model; what differs from the current one is patched into the card's bytes. The revision that was
//! read is compared inside the commit: reading first and writing after would lose edits.

use serde_json::Value;

use super::{
    BatchItem, Contact,
    checked::{checked, model_of},
    create::kind_member,
    look::Look,
    membership::label,
    merge_patch::merge_patch,
    plan::{Current, Plan, perform},
    prepare::{INDIVIDUAL, kind_of},
    read,
};
use crate::{
    Error, Result, Seed, Seen, Services, Written,
    account::Caller,
    card::{Card, Model},
    id::{BookId, ContactId, LabelId},
    write::{Act, Effect},
};

/// Members of the envelope and the card that shall be so. `None`: as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// The whole card.
    pub card: Option<Model>,
    /// Exactly these labels.
    pub labels: Option<Vec<LabelId>>,
    /// Another kind.
    pub kind: Option<String>,
    /// The caller's star.
    pub starred: Option<bool>,
    /// Hidden from the caller's list.
    pub hidden: Option<bool>,
    /// The book it is in. Another one is refused here: moving is a verb of its own.
    pub book: Option<BookId>,
    /// Labels it shall have too.
    pub add_labels: Vec<LabelId>,
    /// Labels it shall not have.
    pub remove_labels: Vec<LabelId>,
}

impl Change {
    /// Whether it says anything of labels.
    pub(super) fn names_labels(&self) -> bool {
        self.labels.is_some() || !self.add_labels.is_empty() || !self.remove_labels.is_empty()
    }
}

/// A change whose card is told by what differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Patch {
    /// A JSON Merge Patch (RFC 7396) onto the card.
    pub card: Option<Value>,
    /// The rest; its `card` is not looked at.
    pub change: Change,
}

/// PUT: the contact shall say this.
pub async fn replace(
    services: &Services,
    caller: &Caller,
    id: ContactId,
    seen: Seen,
    change: Change,
) -> Result<Written<Contact>> {
    let item = BatchItem::Replace { id, seen, change: Box::new(change) };
    let done = perform(services, caller, &item, &Seed::default()).await?;
    read::written(services, caller, done).await
}

/// PATCH: the contact shall differ in this.
pub async fn patch(
    services: &Services,
    caller: &Caller,
    id: ContactId,
    seen: Seen,
    patch: Patch,
) -> Result<Written<Contact>> {
    let item = BatchItem::Patch { id, seen, patch: Box::new(patch) };
    let done = perform(services, caller, &item, &Seed::default()).await?;
    read::written(services, caller, done).await
}

/// What a change asks of the card.
pub(super) enum Wish<'a> {
    /// This model.
    Whole(Option<&'a Model>),
    /// The current one with this patch.
    Patched(Option<&'a Value>),
}

pub(super) async fn plan(
    look: &mut Look<'_>,
    id: ContactId,
    seen: Seen,
    wish: Wish<'_>,
    change: &Change,
) -> Result<Plan> {
    let current = Current::seen(look, id).await?.alive()?;
    seen.still(current.row.revision)?;
    if change.book.is_some_and(|book| book != current.row.book) {
        return Err(Error::invalid("/book", "Move a contact with PUT /contacts/{id}/book, then change it."));
    }
    let now = current.card.model_light();
    let mut wanted = match wish {
        Wish::Whole(card) => card.map_or_else(|| now.clone(), |card| enveloped(card.clone(), &now)),
        Wish::Patched(patch) => patched(&now, patch)?,
    };
    kind(&mut wanted, &now, change)?;
    labels(look, &current, &mut wanted, change).await?;

    let mut plan = Plan::nothing(id);
    if let Some(card) = edited(&current.card, &now, &wanted, look.services.clock.now())? {
        plan.effects.push(current.saved(&card, Act::Edit));
    }
    if change.starred.is_some() || change.hidden.is_some() {
        let (account, book) = (look.caller.account(), current.row.book);
        let (starred, hidden) = (change.starred, change.hidden);
        plan.effects.push(Effect::Mark { account, book, contact: id, starred, hidden });
    }
    Ok(plan)
}

/// The card with a checked model's differences patched in; `None` when there are none.
pub(crate) fn edited(card: &Card, now: &Model, wanted: &Model, at: jiff::Timestamp) -> Result<Option<Card>> {
    if wanted == now {
        return Ok(None);
    }
    checked(wanted, Some(now))?;
    let edited = card.edited(wanted, Some(at))?.card;
    Ok(Some(edited).filter(|edited| edited.bytes() != card.bytes()))
}

/// A card of a request says nothing of what the envelope says, and nothing Rolo has no place for.
pub(crate) fn enveloped(mut card: Model, now: &Model) -> Model {
    card.uid.clone_from(&now.uid);
    card.kind.clone_from(&now.kind);
    card.keywords.clone_from(&now.keywords);
    card.created.clone_from(&now.created);
    card.updated.clone_from(&now.updated);
    card.prod_id.clone_from(&now.prod_id);
    card.vcard_props.clone_from(&now.vcard_props);
    card
}

fn patched(now: &Model, patch: Option<&Value>) -> Result<Model> {
    let Some(patch) = patch else { return Ok(now.clone()) };
    if !patch.is_object() {
        return Err(Error::invalid("/card", "A patch of a card is a JSON object."));
    }
    let mut bare = now.clone();
    bare.uid = None;
    bare.kind = None;
    bare.keywords.clear();
    bare.created = None;
    bare.updated = None;
    let mut value = serde_json::to_value(&bare).map_err(Error::internal)?;
    merge_patch(&mut value, patch.clone());
    Ok(enveloped(model_of(value)?, now))
}

fn kind(wanted: &mut Model, now: &Model, change: &Change) -> Result<()> {
    let Some(kind) = change.kind.as_deref() else { return Ok(()) };
    let member = kind_member(Some(kind))?;
    if member.as_deref().unwrap_or(INDIVIDUAL) != kind_of(now) {
        wanted.kind = member;
    }
    Ok(())
}

async fn labels(look: &mut Look<'_>, current: &Current, wanted: &mut Model, change: &Change) -> Result<()> {
    if !change.names_labels() {
        return Ok(());
    }
    let stored = look.contact(current.row.id).await?.ok_or(Error::NotFound)?;
    let mut ids = change.labels.clone().unwrap_or_else(|| stored.labels.clone());
    ids.extend(&change.add_labels);
    ids.retain(|id| !change.remove_labels.contains(id));
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(*id));
    // A card may still say a label by an earlier name: it is left alone while the labels are the ones meant.
    if stored.labels.len() == ids.len() && stored.labels.iter().all(|id| seen.contains(id)) {
        return Ok(());
    }
    let names = look.labels(current.row.book).await?.names(&ids)?;
    label(wanted, names);
    Ok(())
}
