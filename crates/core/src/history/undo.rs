//! Undo a batch, or what a batch did to one contact.
//!
//! Created contacts go to the bin, deleted ones come back, an edit is patched backwards so that later changes to other
//! fields stay. It is one commit; over 1,000 contacts it is a job.

use super::{
    chunk::{Chunk, Item, Tally, versions_of},
    job::{self, Job, Task},
    reversal::Left,
};
use crate::{
    Error, Result, Seed, Services,
    account::Caller,
    contracts::database::BatchRow,
    id::{BatchId, ContactId, JobId},
    label::step::{self, Reversed},
    write::{Act, BatchNote},
};

/// Up to here undo is one commit.
pub const AT_ONCE_MAX: u64 = 1_000;

/// What shall be undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Which batch.
    pub batch: BatchId,
    /// Only what it did to this contact.
    pub contact: Option<ContactId>,
}

/// What was undone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Undone {
    /// The batch that undo was, to be undone in turn; `None` when there was nothing left to take back.
    pub batch: Option<BatchId>,
    /// How many contacts went back.
    pub undone: u64,
    /// What was changed again since, and stays.
    pub left: Vec<Left>,
}

/// What became of an undo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undoing {
    /// It is done.
    Done(Undone),
    /// It goes on in the background.
    Later(JobId),
}

/// Takes a batch back.
pub async fn undo(services: &Services, caller: &Caller, undo: Undo, seed: &Seed) -> Result<Undoing> {
    let row = services.database.batch(caller.scope(), undo.batch).await?.ok_or(Error::NotFound)?;
    let note = BatchNote {
        id: BatchId(seed.id(services.random.as_ref(), 0)),
        act: Act::Undo,
        undoes: undo.contact.is_none().then_some(undo.batch),
        summary: row.note.summary.clone(),
    };
    if let Some(done) = done_before(services, caller, &note, seed).await? {
        return Ok(done);
    }
    may_be_undone(&row, undo, note.id)?;
    let steps = if undo.contact.is_none() { step::of_batch(services, caller, undo.batch).await? } else { Vec::new() };
    let labels = step::reversed(services, caller, &steps, row.contacts > 0).await?;
    let is_large = undo.contact.is_none() && row.contacts > AT_ONCE_MAX;
    if is_large || labels.waits {
        let id = later(services, caller, &row, note, labels).await?;
        return if is_large { Ok(Undoing::Later(id)) } else { finished(services, caller, id).await };
    }
    let items = match undo.contact {
        Some(contact) => vec![of_contact(services, caller, undo.batch, contact).await?],
        None => all(services, caller, undo.batch).await?,
    };
    if items.is_empty() && labels.steps.is_empty() {
        return Err(Error::conflict("There is nothing here that could be taken back."));
    }
    let Reversed { steps, changes: lead, removals, left: left_labels, .. } = labels;
    let left = |tally: &Tally| [left_labels.as_slice(), &tally.left].concat();
    let tail = |tally: &Tally| {
        let mut behind = removals.clone();
        // What was left cannot be found again afterwards: a repeated request is told from here.
        if !steps.is_empty() || seed.0.is_some() && tally.wrote {
            behind.extend(job::told(note.id, steps.clone(), tally.changed, left(tally))?);
        }
        Ok(behind)
    };
    let tally =
        Chunk { services, caller, note: &note, once: seed.once(0), lead, labels_in: None }.run(&items, tail).await?;
    let wrote = tally.wrote || !steps.is_empty();
    Ok(Undoing::Done(Undone { batch: wrote.then_some(note.id), undone: tally.changed, left: left(&tally) }))
}

fn may_be_undone(row: &BatchRow, undo: Undo, by: BatchId) -> Result<()> {
    if row.note.act == Act::Purge {
        return Err(Error::conflict("What was removed for good cannot come back."));
    }
    // By this very request, cut off half way: it goes on.
    let is_undone = row.undone_by.is_some_and(|other| other != by);
    if undo.contact.is_none() && is_undone {
        return Err(Error::conflict("This has been undone already. Undo the undo to have it again."));
    }
    Ok(())
}

/// The answer of an earlier try of the same request.
pub(super) async fn done_before(
    services: &Services,
    caller: &Caller,
    note: &BatchNote,
    seed: &Seed,
) -> Result<Option<Undoing>> {
    if seed.0.is_none() {
        return Ok(None);
    }
    let id = JobId(note.id.0);
    let Some(row) = services.database.job(caller.scope(), id).await? else { return Ok(None) };
    let job = Job::of(&row);
    if job.is_later() && job.total > AT_ONCE_MAX {
        return Ok(Some(Undoing::Later(id)));
    }
    finished(services, caller, id).await.map(Some)
}

/// Does a small job to its end and tells what became of it.
async fn finished(services: &Services, caller: &Caller, id: JobId) -> Result<Undoing> {
    let job = job::finish(services, caller, id).await?;
    let mut left = job.left;
    left.extend(job.why.map(|why| Left { contact: None, field: "labels".to_owned(), why }));
    Ok(Undoing::Done(Undone { batch: Some(BatchId(id.0)), undone: job.changed, left }))
}

async fn of_contact(services: &Services, caller: &Caller, batch: BatchId, contact: ContactId) -> Result<Item> {
    let before = contact.0.as_u128().checked_sub(1).map(|id| ContactId(uuid::Uuid::from_u128(id)));
    let page = services.database.batch_versions(caller.scope(), batch, before, 100).await?;
    let mut versions: Vec<_> = page.items.into_iter().filter(|version| version.contact == contact).collect();
    versions.sort_by_key(|version| version.modseq);
    if versions.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(Item::Versions(versions))
}

async fn all(services: &Services, caller: &Caller, batch: BatchId) -> Result<Vec<Item>> {
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let (page, more) = versions_of(services, caller, batch, after, 500).await?;
        after = page.last().and_then(Item::contact);
        items.extend(page);
        if !more || after.is_none() {
            return Ok(items);
        }
    }
}

/// As a job: names and labels that come back go first, contacts follow in chunks, then go the labels that go.
async fn later(
    services: &Services,
    caller: &Caller,
    row: &BatchRow,
    note: BatchNote,
    labels: Reversed,
) -> Result<JobId> {
    let mut job = Job::new(Task::Undo { batch: row.note.id }, &note, row.contacts);
    job.labels = labels.steps;
    job.left = labels.left;
    job::start(services, caller, &note, job, labels.changes).await
}
