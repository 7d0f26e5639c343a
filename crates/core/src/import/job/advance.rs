//! Takes an import a step further: the worker's door, and the command's.

use std::{ops::Range, pin::pin, sync::Arc};

use futures_util::stream::{Stream, unfold};

use super::{
    ahead::Ahead,
    check::{self, STEP, head, verdicts},
    chunk::{Chunk, Source, chunk},
    state::{Held, State},
};
use crate::{
    Error, Result, Services,
    account::{Caller, of_account},
    contracts::database::WorkRow,
    import::{
        limit::CHUNK_ROWS,
        matching::{Verdict, Why, groups::Groups},
    },
    write::{Act, BatchNote, Write},
};

/// Rows of a report that are told one by one when they turned out otherwise in the run.
const TURNED_MAX: usize = 10_000;

/// Takes an import a step further: opens and checks its file, or writes rows for a while. Says whether there was anything to
/// do. What cannot be done again and again ends the import with a sentence; anything else is an error, to be tried again.
pub async fn advance(services: &Services, row: &WorkRow) -> Result<bool> {
    let mut held = Held::from_row(row)?;
    if !matches!(held.saved.state, State::Reading | State::Running) {
        return Ok(false);
    }
    let caller = of_account(services, row.account, held.saved.door, held.saved.device.clone()).await?;
    let Some(caller) = caller else { return Ok(false) };
    if caller.may_edit(held.saved.book).is_err() {
        held.saved.fail("You may not change this book any more. What was written until then can be undone.");
        held.save(services, &caller).await?;
        return Ok(true);
    }
    if held.saved.state == State::Reading {
        check::read(services, &caller, &mut held).await?;
        return Ok(true);
    }
    let ends = services.clock.now() + jiff::SignedDuration::try_from(STEP).map_err(Error::internal)?;
    run(services, &caller, &mut held, ends).await?;
    Ok(true)
}

/// Writes rows until all are written or the time is up.
async fn run(services: &Services, caller: &Caller, held: &mut Held, ends: jiff::Timestamp) -> Result<()> {
    // The book has moved on since the check: its verdicts are found anew. Once rows are written they stand.
    if held.saved.done == 0 && head(services, caller, held.saved.book).await? != held.saved.checked_at {
        verdicts(services, caller, held).await?;
    }
    let key = held.verdicts_key();
    let groups = held.groups(services).await?;
    loop {
        // What chunks are made from stays as it is while they are written.
        let saved = held.saved.clone();
        let source = Source { saved: &saved, key: &key, groups: &groups };
        let making = pin!(made(services, caller, &source, ends));
        let Some(rows) = write(services, caller, held, &mut Ahead::of(making)).await? else { return Ok(()) };
        *held = still_ours(services, caller, held).await?;
        one_by_one(services, caller, held, &groups, rows).await?;
        if held.saved.state == State::Done || services.clock.now() >= ends {
            return Ok(());
        }
    }
}

/// Writes chunks until there are no more; answers the rows of one that somebody's edit stood in the way of.
async fn write<S>(
    services: &Services,
    caller: &Caller,
    held: &mut Held,
    chunks: &mut Ahead<'_, S>,
) -> Result<Option<Range<u64>>>
where
    S: Stream<Item = Result<Chunk>>,
{
    while let Some(chunk) = chunks.next().await {
        let from = held.saved.done;
        let write = taken(services, caller, held, chunk?)?;
        match chunks.beside(services.database.commit(write)).await {
            Ok(_) => held.number += 1,
            Err(Error::Conflict { .. }) => return Ok(Some(from..held.saved.done)),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The chunks from where the import stands on: one at least, then as many as the time allows.
fn made<'a>(
    services: &'a Services,
    caller: &'a Caller,
    source: &'a Source<'a>,
    ends: jiff::Timestamp,
) -> impl Stream<Item = Result<Chunk>> + 'a {
    let first = source.saved.done;
    unfold(Some(first), move |from| async move {
        let from = from?;
        if from > first && (from >= source.saved.rows || services.clock.now() >= ends) {
            return None;
        }
        let chunk = chunk(services, caller, source, from, CHUNK_ROWS).await;
        let next = chunk.as_ref().ok().map(|chunk| chunk.upto);
        Some((chunk, next))
    })
}

/// The write of a chunk, with the state that counts it.
fn taken(services: &Services, caller: &Caller, held: &mut Held, chunk: Chunk) -> Result<Write> {
    let saved = &mut held.saved;
    for (row, from, to, why) in chunk.turned {
        saved.counts.turned(from, to);
        if why != Why::Done && saved.turned.len() < TURNED_MAX {
            saved.turned.insert(row, (to, why as u8));
        }
    }
    saved.done = chunk.upto;
    if saved.done >= saved.rows {
        saved.state = State::Done;
    }
    let batch = saved.batch.ok_or_else(|| Error::internal("an import runs without a batch"))?;
    let note = BatchNote { id: batch, act: Act::Import, undoes: None, summary: Some(saved.name.clone()) };
    // The state first: where somebody else has gone on, no row is written only to be taken back.
    let mut effects = Vec::with_capacity(chunk.effects.len() + 1);
    effects.push(held.effect()?);
    effects.extend(chunk.effects);
    Ok(Write { by: caller.by(services.clock.now()), batch: note, once: None, effects })
}

/// The import as it is kept, if nobody else has gone on with it.
async fn still_ours(services: &Services, caller: &Caller, held: &Held) -> Result<Held> {
    let now = Held::of(services, caller, held.id).await?;
    if now.number != held.number || now.saved.state != State::Running {
        return Err(Error::conflict("Somebody else goes on with this import."));
    }
    Ok(now)
}

/// Somebody changed a contact of these rows meanwhile: each row is written alone, and the one that cannot be waits.
async fn one_by_one(
    services: &Services,
    caller: &Caller,
    held: &mut Held,
    groups: &Arc<Groups>,
    rows: Range<u64>,
) -> Result<()> {
    let key = &held.verdicts_key();
    for row in rows {
        let one = chunk(services, caller, &Source { saved: &held.saved, key, groups }, row, 1).await?;
        let write = taken(services, caller, held, one)?;
        match services.database.commit(write).await {
            Ok(_) => held.number += 1,
            Err(Error::Conflict { .. }) => {
                *held = still_ours(services, caller, held).await?;
                let mark = super::mark::marks(services.storage.as_ref(), key, row, 1).await?;
                let was = mark.first().map_or(Verdict::New, |mark| mark.verdict);
                let turned = vec![(row, was, Verdict::Check, Why::EditedSince)];
                let waits = Chunk { upto: row + 1, turned, ..Chunk::default() };
                let write = taken(services, caller, held, waits)?;
                services.database.commit(write).await?;
                held.number += 1;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
