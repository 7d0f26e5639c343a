//! One batch, and what it did.

use rolo_core::{
    Error,
    history::{Affected, batches, contents as verb},
    id::{BatchId, ContactId},
    label::step::{Face, LabelStep},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::history::{line, names};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::{
        shape::{Changed, word},
        versions::changed,
    },
};

/// What a batch did to contacts.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchContents)]
#[serde(deny_unknown_fields)]
pub(super) struct Contents {
    items: Vec<Content>,
    #[schema(required = true)]
    next: Option<String>,
}

/// What a batch did to one contact.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchContent)]
#[serde(deny_unknown_fields)]
pub(crate) struct Content {
    pub(crate) contact: Uuid,
    /// What it was called behind the batch.
    pub(crate) name: String,
    pub(crate) book: Uuid,
    /// What became of it in the batch as a whole: `create`, `edit`, `delete`, `restore` or `move`.
    pub(crate) act: String,
    pub(crate) changes: Vec<Changed>,
    /// What it was before is no longer kept, so `changes` are not known; left out otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) forgotten: Option<bool>,
}

/// What a batch did to a label itself.
#[derive(Serialize, ToSchema)]
#[schema(as = BatchLabel)]
#[serde(deny_unknown_fields)]
pub(super) struct LabelDone {
    label: Uuid,
    book: Uuid,
    /// `null`: it was made.
    #[schema(required = true)]
    before: Option<LabelFace>,
    /// `null`: it was removed.
    #[schema(required = true)]
    after: Option<LabelFace>,
}

/// How a label looks.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LabelFace {
    name: String,
    #[schema(required = true)]
    hue: Option<u16>,
}

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let (id, caller): (BatchId, _) = (ask.id("id")?, ask.caller()?);
    let row = batches::get(api.services(), caller, id).await?;
    let labels = verb::labels(api.services(), caller, id).await?;
    let mut shown = line(row, &names(api.services(), caller).await?);
    shown.labels = Some(labels.into_iter().map(label).collect());
    Answer::json(&shown).map(Answer::tagged)
}

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(50, verb::LIMIT_MAX)?;
    let after = ask.place()?.map(|place| after(&place)).transpose()?;
    let page = verb::contents(api.services(), ask.caller()?, ask.id("id")?, after, limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|last| Ok::<_, Error>(ask.bound()?.seal(last.contact.0.as_bytes()))).transpose()?;
    Answer::json(&Contents { items: page.items.into_iter().map(Content::of).collect(), next })
}

fn after(place: &[u8]) -> Result<ContactId, Error> {
    let octets = place.try_into().map_err(|_| Error::invalid("cursor", "This cursor is not one of this query."))?;
    Ok(ContactId(Uuid::from_bytes(octets)))
}

impl Content {
    pub(crate) fn of(done: Affected) -> Self {
        Self {
            contact: done.contact.0,
            name: done.name,
            book: done.book.0,
            act: word(&done.act),
            changes: done.changes.into_iter().map(changed).collect(),
            forgotten: done.forgotten.then_some(true),
        }
    }
}

fn label(step: LabelStep) -> LabelDone {
    let face = |face: Face| LabelFace { name: face.name, hue: face.hue };
    LabelDone { label: step.id.0, book: step.book.0, before: step.before.map(face), after: step.after.map(face) }
}
