//! What a batch did to labels themselves, kept so that it can be taken back: their names, colours, and that they were.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    Result, Services,
    account::Caller,
    contracts::database::LabelRow,
    history::{job::Job, reversal::Left},
    id::{BatchId, BookId, LabelId},
    write::Effect,
};

/// A label as people see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Face {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub hue: Option<u16>,
}

impl Face {
    pub(crate) fn of(row: &LabelRow) -> Self {
        Self { name: row.name.clone(), hue: row.hue }
    }
}

/// What happened to one label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelStep {
    /// Where.
    pub book: BookId,
    /// Which.
    pub id: LabelId,
    /// What it was; `None`: not there.
    pub before: Option<Face>,
    /// What it is now; `None`: removed.
    pub after: Option<Face>,
}

/// What takes label steps back, or makes labels again.
#[derive(Debug, Default)]
pub(crate) struct Reversed {
    /// The steps that undo takes, to be remembered with it.
    pub(crate) steps: Vec<LabelStep>,
    /// Before the contacts: names and labels that come back.
    pub(crate) changes: Vec<Effect>,
    /// In the same commit, where nobody carries them: labels that go.
    pub(crate) removals: Vec<Effect>,
    /// Whether a label goes once its contacts have lost it.
    pub(crate) waits: bool,
    /// What has been changed again since.
    pub(crate) left: Vec<Left>,
}

/// The label steps of a batch, whoever made it.
pub(crate) async fn of_batch(services: &Services, caller: &Caller, batch: BatchId) -> Result<Vec<LabelStep>> {
    let row = services.database.job_of_batch(caller.scope(), batch).await?;
    Ok(row.map(|row| Job::of(&row).labels).unwrap_or_default())
}

/// The labels of these names that a book does not have and never had by another name: to be made, and remembered.
pub(crate) async fn missing(
    services: &Services,
    caller: &Caller,
    book: BookId,
    names: BTreeSet<String>,
) -> Result<Reversed> {
    let mut out = Reversed::default();
    if names.is_empty() {
        return Ok(out);
    }
    let (scope, into) = (caller.scope().only(book)?, caller.may_edit(book)?);
    let known: BTreeSet<String> = services.database.labels(&scope).await?.into_iter().map(|label| label.name).collect();
    for name in names {
        if known.contains(&name) || services.database.label_named(&scope, book, &name).await?.is_some() {
            continue;
        }
        let id = LabelId(services.random.id());
        out.changes.push(Effect::SaveLabel { into, id, expect: None, name: name.clone(), hue: None });
        out.steps.push(LabelStep { book, id, before: None, after: Some(Face { name, hue: None }) });
    }
    Ok(out)
}

/// Turns steps round, last first. A label that was changed again since stays. `has_contacts`: the batch changed contacts
/// too, so that who carries a label is known only behind them.
pub(crate) async fn reversed(
    services: &Services,
    caller: &Caller,
    steps: &[LabelStep],
    has_contacts: bool,
) -> Result<Reversed> {
    let mut out = Reversed::default();
    for step in steps.iter().rev() {
        let Ok(scope) = caller.scope().only(step.book) else { continue };
        let Ok(book) = caller.may_edit(step.book) else {
            out.left.push(left(step, "You may not change the book it is in."));
            continue;
        };
        let labels = services.database.labels(&scope).await?;
        let now = labels.iter().find(|label| label.id == step.id);
        if now.map(Face::of) != step.after {
            out.left.push(left(step, "This label has been changed again since."));
            continue;
        }
        match &step.before {
            Some(face) if labels.iter().any(|label| label.id != step.id && label.name == face.name) => {
                out.left.push(left(step, "Another label has this name now."));
                continue;
            }
            Some(Face { name, hue }) => out.changes.push(Effect::SaveLabel {
                into: book,
                id: step.id,
                expect: now.map(|label| Some(label.revision)),
                name: name.clone(),
                hue: *hue,
            }),
            None if has_contacts => out.waits = true,
            None if now.is_some_and(|label| label.contacts > 0) => {
                out.left.push(left(step, CARRIED));
                continue;
            }
            None => out.removals.push(Effect::RemoveLabel { from: book, id: step.id }),
        }
        let (before, after) = (step.after.clone(), step.before.clone());
        out.steps.push(LabelStep { before, after, ..step.clone() });
    }
    Ok(out)
}

/// Behind the last contact of an undo: the labels that go, out of what it remembers; one that somebody joined stays.
pub(crate) async fn removals(
    services: &Services,
    caller: &Caller,
    steps: Vec<LabelStep>,
) -> Result<(Vec<Effect>, Vec<LabelStep>, Vec<Left>)> {
    let (mut effects, mut kept, mut stays) = (Vec::new(), Vec::with_capacity(steps.len()), Vec::new());
    for step in steps {
        if step.after.is_none() {
            let Ok(from) = caller.may_edit(step.book) else { continue };
            let Some(now) = services.database.label(caller.scope(), step.id).await? else { continue };
            if now.contacts > 0 {
                stays.push(left(&step, CARRIED));
                continue;
            }
            effects.push(Effect::RemoveLabel { from, id: step.id });
        }
        kept.push(step);
    }
    Ok((effects, kept, stays))
}

/// Why a label stays.
const CARRIED: &str = "Contacts carry this label by now.";

fn left(step: &LabelStep, why: &str) -> Left {
    let name = step.after.as_ref().or(step.before.as_ref()).map(|face| face.name.as_str()).unwrap_or_default();
    Left { contact: None, field: format!("labels/{name}"), why: why.to_owned() }
}
