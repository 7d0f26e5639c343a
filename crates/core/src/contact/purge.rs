//! Purge: out of the bin for good. There is no way back.

use super::{
    BatchItem, Filter, Listed, Sort,
    look::Look,
    plan::{Plan, perform},
};
use crate::{
    Error, Result, Seed, Services, Written,
    account::Caller,
    history::job::{self, Job, Task},
    id::{BatchId, ContactId, JobId},
    write::{Act, BatchNote, Effect, Write},
};

/// Contacts purged in one commit.
const CHUNK: usize = 250;
/// Up to here the bin is emptied at once; beyond, later.
const AT_ONCE_MAX: u64 = 1_000;

/// What became of emptying the bin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Emptied {
    /// This many contacts are gone.
    Done(Written<u64>),
    /// It goes on in the background.
    Later(JobId),
}

/// Removes a contact of the bin for good.
pub async fn purge(services: &Services, caller: &Caller, id: ContactId) -> Result<Written<()>> {
    let done = perform(services, caller, &BatchItem::Purge { id }, &Seed::default()).await?;
    Ok(done.map(drop))
}

pub(super) async fn plan(look: &mut Look<'_>, id: ContactId) -> Result<Plan> {
    let (stored, from) = look.editable(id).await?;
    if stored.deleted_at.is_none() {
        return Err(Error::conflict("Only a contact in the bin can be removed for good. Delete it first."));
    }
    Ok(Plan::one(id, Effect::PurgeContact { from, id }))
}

/// Empties the bin of every book the caller may change.
pub async fn empty(services: &Services, caller: &Caller) -> Result<Emptied> {
    let batch = BatchId(services.random.id());
    let in_bin = services.database.count(caller.scope(), &bin()).await?;
    if in_bin > AT_ONCE_MAX {
        let note = BatchNote { id: batch, act: Act::Purge, undoes: None, summary: None };
        let job = Job::new(Task::EmptyBin, &note, in_bin);
        return job::start(services, caller, &note, job, Vec::new()).await.map(Emptied::Later);
    }
    let gone = empty_as(services, caller, batch).await?;
    Ok(Emptied::Done(match gone {
        0 => Written::unchanged(0),
        gone => Written::new(gone, batch),
    }))
}

/// The same in one batch, chunk by chunk; what is gone already is not counted.
pub async fn empty_as(services: &Services, caller: &Caller, batch: BatchId) -> Result<u64> {
    let mut gone = 0;
    for kind in [None, Some("group".to_owned())] {
        let mut filter = Filter { kind, limit: CHUNK, ..bin() };
        loop {
            let page = services.database.list(caller.scope(), &filter).await?;
            let purge =
                |line: &Listed| Some(Effect::PurgeContact { from: caller.may_edit(line.book).ok()?, id: line.id });
            gone += purge_all(services, caller, batch, page.items.iter().filter_map(purge).collect()).await?;
            match page.items.last() {
                Some(last) if page.more => filter.after = Some(last.key.clone()),
                _ => break,
            }
        }
    }
    Ok(gone)
}

/// What is in the bin, by id.
fn bin() -> Filter {
    Filter { binned: true, sort: Sort::Id, limit: 1, ..Filter::default() }
}

/// One commit; when somebody restored one of them meanwhile, one by one.
async fn purge_all(services: &Services, caller: &Caller, batch: BatchId, effects: Vec<Effect>) -> Result<u64> {
    if effects.is_empty() {
        return Ok(0);
    }
    let write = |effects| Write { effects, ..Write::by(caller, services.clock.now(), batch, Act::Purge) };
    let count = effects.len() as u64;
    match services.database.commit(write(effects.clone())).await {
        Ok(_) => return Ok(count),
        Err(Error::Conflict { .. } | Error::NotFound) => {}
        Err(error) => return Err(error),
    }
    let mut gone = 0;
    for effect in effects {
        match services.database.commit(write(vec![effect])).await {
            Ok(_) => gone += 1,
            Err(Error::Conflict { .. } | Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(gone)
}
