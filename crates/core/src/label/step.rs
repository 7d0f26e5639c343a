//! What a batch did to labels themselves, kept so that it can be taken back: their names, colours, and that they were.

use serde::{Deserialize, Serialize};

use crate::{
    Result, Services,
    account::Caller,
    contracts::database::LabelRow,
    history::{
        job::{self, Job},
        reversal::Left,
    },
    id::{BatchId, BookId, JobId, LabelId},
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

/// What takes label steps back.
#[derive(Debug, Default)]
pub(crate) struct Reversed {
    /// The steps that undo takes, to be remembered with it.
    pub(crate) steps: Vec<LabelStep>,
    /// Before the contacts: names and labels that come back.
    pub(crate) changes: Vec<Effect>,
    /// After the contacts: labels that go.
    pub(crate) removals: Vec<Effect>,
    /// What has been changed again since.
    pub(crate) left: Vec<Left>,
}

impl Reversed {
    /// What stands before the contacts, and behind them.
    pub(crate) fn effects(&self, _: &Services, _: &Caller, batch: BatchId) -> Result<(Vec<Effect>, Vec<Effect>)> {
        let mut behind = self.removals.clone();
        behind.extend(job::noted(batch, self.steps.clone())?);
        Ok((self.changes.clone(), behind))
    }
}

/// The label steps of a batch, as far as the caller's own account made them.
pub(crate) async fn of_batch(services: &Services, caller: &Caller, batch: BatchId) -> Result<Vec<LabelStep>> {
    let row = services.database.job(caller.scope(), JobId(batch.0)).await?;
    Ok(row.map(|row| Job::of(&row).labels).unwrap_or_default())
}

/// Turns steps round, last first. A label that was changed again since stays.
pub(crate) async fn reversed(services: &Services, caller: &Caller, steps: &[LabelStep]) -> Result<Reversed> {
    let mut out = Reversed::default();
    for step in steps.iter().rev() {
        let Ok(book) = caller.may_edit(step.book) else { continue };
        let labels = services.database.labels(&caller.scope().only(step.book)?).await?;
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
            None if now.is_some_and(|label| label.contacts > 0) => {
                out.left.push(left(step, "Contacts carry this label by now."));
                continue;
            }
            None => out.removals.push(Effect::RemoveLabel { from: book, id: step.id }),
        }
        let (before, after) = (step.after.clone(), step.before.clone());
        out.steps.push(LabelStep { before, after, ..step.clone() });
    }
    Ok(out)
}

fn left(step: &LabelStep, why: &str) -> Left {
    let name = step.after.as_ref().or(step.before.as_ref()).map(|face| face.name.as_str()).unwrap_or_default();
    Left { contact: None, field: format!("labels/{name}"), why: why.to_owned() }
}
