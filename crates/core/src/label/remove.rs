//! Remove a label: its contacts lose it, or go to the bin with it.

use super::{
    get,
    members::Relabel,
    save::follow,
    step::{Face, LabelStep},
};
use crate::{
    Result, Seen, Services, Written,
    account::Caller,
    id::{BatchId, LabelId},
    write::{Act, BatchNote},
};

/// Removes a label, without or with the contacts that carry it.
pub async fn remove(
    services: &Services,
    caller: &Caller,
    id: LabelId,
    seen: Seen,
    with_contacts: bool,
) -> Result<Written<()>> {
    let label = get(services, caller, id).await?;
    caller.may_edit(label.book)?;
    seen.still(label.revision)?;
    let batch = BatchId(services.random.id());
    let note = BatchNote { id: batch, act: Act::Label, undoes: None, summary: Some(label.name.clone()) };
    let step = LabelStep { book: label.book, id, before: Some(Face::of(&label)), after: None };
    let relabel = Relabel { book: label.book, label: id, from: label.name, to: None, bin: with_contacts, remove: true };
    follow(services, caller, &note, relabel, vec![step], label.contacts, Vec::new()).await?;
    Ok(Written::new((), batch))
}
