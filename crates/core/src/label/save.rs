//! Rename and recolour a label. Its earlier name is remembered, so that a stale phone cannot bring it back.

use super::{
    AT_ONCE_MAX, get, hue, label_name,
    members::Relabel,
    step::{Face, LabelStep},
};
use crate::{
    Error, Result, Seen, Services, Written,
    account::Caller,
    contracts::database::LabelRow,
    history::job::{self, Job, Task},
    id::{BatchId, LabelId},
    verb::{TRIES, moved_on},
    write::{Act, BatchNote, Effect, Write},
};

/// What a label shall be. `None`: as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// Its colour; `Some(None)`: none.
    pub hue: Option<Option<u16>>,
}

/// Changes a label. Up to a thousand members follow before this answers; beyond, the worker goes on.
pub async fn save(
    services: &Services,
    caller: &Caller,
    id: LabelId,
    seen: Seen,
    change: Change,
) -> Result<Written<LabelRow>> {
    let name = change.name.as_deref().map(label_name).transpose()?;
    let hue = change.hue.map(hue).transpose()?;
    let batch = BatchId(services.random.id());
    let mut refusal = moved_on();
    for _ in 0..TRIES {
        let now = get(services, caller, id).await?;
        caller.may_edit(now.book)?;
        seen.still(now.revision)?;
        let face = Face { name: name.clone().unwrap_or_else(|| now.name.clone()), hue: hue.unwrap_or(now.hue) };
        if face == Face::of(&now) {
            return Ok(Written::unchanged(now));
        }
        name_is_free(services, caller, &now, &face.name).await?;
        match changed(services, caller, batch, &now, face).await {
            Ok(()) => return Ok(Written::new(get(services, caller, id).await?, batch)),
            Err(Error::Conflict { why }) if seen == Seen::Any => refusal = Error::Conflict { why },
            Err(error) => return Err(error),
        }
    }
    Err(refusal)
}

async fn name_is_free(services: &Services, caller: &Caller, now: &LabelRow, name: &str) -> Result<()> {
    let labels = services.database.labels(&caller.scope().only(now.book)?).await?;
    if labels.iter().any(|label| label.id != now.id && label.name == name) {
        return Err(Error::conflict("This book already has a label of this name. Merge the two instead."));
    }
    Ok(())
}

async fn changed(services: &Services, caller: &Caller, batch: BatchId, now: &LabelRow, face: Face) -> Result<()> {
    let note = BatchNote { id: batch, act: Act::Label, undoes: None, summary: Some(face.name.clone()) };
    let step = LabelStep { book: now.book, id: now.id, before: Some(Face::of(now)), after: Some(face.clone()) };
    let save = Effect::SaveLabel {
        into: caller.may_edit(now.book)?,
        id: now.id,
        expect: Some(Some(now.revision)),
        name: face.name.clone(),
        hue: face.hue,
    };
    if face.name == now.name || now.contacts == 0 {
        let mut effects = vec![save];
        effects.extend(job::noted(batch, vec![step])?);
        let by = caller.by(services.clock.now());
        services.database.commit(Write { by, batch: note, once: None, effects }).await?;
        return Ok(());
    }
    let relabel = Relabel {
        book: now.book,
        label: now.id,
        from: now.name.clone(),
        to: Some(face.name),
        bin: false,
        remove: false,
    };
    follow(services, caller, &note, relabel, vec![step], now.contacts, vec![save]).await
}

/// Starts the job in which the members follow; a small one is done before this answers.
pub(super) async fn follow(
    services: &Services,
    caller: &Caller,
    note: &BatchNote,
    relabel: Relabel,
    labels: Vec<LabelStep>,
    members: u64,
    lead: Vec<Effect>,
) -> Result<()> {
    let mut job = Job::new(Task::Relabel(relabel), note, members);
    job.labels = labels;
    let id = job::start(services, caller, note, job, lead).await?;
    if members <= AT_ONCE_MAX {
        job::finish(services, caller, id).await?;
    }
    Ok(())
}
