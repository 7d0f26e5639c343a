//! Decides about a row that waits.

use super::state::{Decided, Held, Import, State};
use crate::{
    Error, Result, Services,
    account::Caller,
    id::{ContactId, ImportId},
    import::matching::{Decision, Verdict},
};

/// Decisions one by one; beyond, the policy of the run decides.
const DECISIONS_MAX: usize = 10_000;

/// Decides about a row, by its place from 0: one less than the number `rows` tells. `None` takes a decision back. `contact` is the one to change, where several fit.
pub async fn decide(
    services: &Services,
    caller: &Caller,
    id: ImportId,
    row: u64,
    decision: Option<Decision>,
    contact: Option<ContactId>,
) -> Result<Import> {
    let mut held = Held::of(services, caller, id).await?;
    let book = caller.may_edit(held.saved.book)?.book();
    if held.saved.state != State::Checked {
        return Err(Error::conflict("Rows can be decided after the check and before the import runs."));
    }
    if let Some(contact) = contact {
        let scope = caller.scope().only(book)?;
        let living = services.database.contact(&scope, contact).await?.filter(|stored| stored.deleted_at.is_none());
        living.ok_or(Error::NotFound)?;
    }
    let key = held.verdicts_key();
    if row >= held.saved.rows {
        return Err(Error::NotFound);
    }
    let marks = super::mark::marks(services.storage.as_ref(), &key, row, 1).await?;
    let mark = marks.first().ok_or(Error::NotFound)?;
    match (mark.verdict, decision) {
        (Verdict::Refused, Some(Decision::New | Decision::Update)) => {
            return Err(Error::invalid("/decision", "There is no contact in this row."));
        }
        (_, Some(Decision::Update)) if mark.contact.is_none() && contact.is_none() => {
            return Err(Error::invalid("/decision", "Say which contact this row shall change."));
        }
        _ => {}
    }
    match decision {
        Some(decision) => drop(held.saved.decisions.insert(row, Decided { decision, contact })),
        None => drop(held.saved.decisions.remove(&row)),
    }
    if held.saved.decisions.len() > DECISIONS_MAX {
        return Err(Error::too_large(
            "Up to 10,000 rows can be decided one by one. Decide the rest for all of them at once.",
        ));
    }
    held.save(services, caller).await?;
    held.told(services, caller).await
}
