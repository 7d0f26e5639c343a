//! Merge a label into another of the same book: its members get the other one, and it goes.

use super::{
    get,
    members::Relabel,
    save::follow,
    step::{Face, LabelStep},
};
use crate::{
    Error, Result, Services, Written,
    account::Caller,
    contracts::database::LabelRow,
    id::{BatchId, LabelId},
    write::{Act, BatchNote},
};

/// Merges `from` into `into`.
pub async fn merge(services: &Services, caller: &Caller, from: LabelId, into: LabelId) -> Result<Written<LabelRow>> {
    let old = get(services, caller, from).await?;
    caller.may_edit(old.book)?;
    let target = get(services, caller, into).await;
    let target = target.ok().filter(|target| target.book == old.book && target.id != from);
    let target = target.ok_or_else(|| Error::invalid("/into", "Merge into another label of the same book."))?;
    let batch = BatchId(services.random.id());
    let note = BatchNote { id: batch, act: Act::Label, undoes: None, summary: Some(target.name.clone()) };
    let step = LabelStep { book: old.book, id: from, before: Some(Face::of(&old)), after: None };
    let relabel =
        Relabel { book: old.book, label: from, from: old.name, to: Some(target.name), bin: false, remove: true };
    follow(services, caller, &note, relabel, vec![step], old.contacts, Vec::new()).await?;
    Ok(Written::new(get(services, caller, into).await?, batch))
}
