//! Somebody decides about a row.

use rolo_core::{
    Error,
    contact::read,
    id::{ContactId, ImportId},
    import::{self, Decision},
};

use super::shape::{Choice, Decide, Row};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn decide(api: Api, mut ask: Ask) -> Done {
    let Decide { decision, contact } = ask.json().await?;
    let decision = decision.map(|choice| match choice {
        Choice::Skip => Decision::Skip,
        Choice::New => Decision::New,
        Choice::Update => Decision::Update,
    });
    let (services, caller, id): (_, _, ImportId) = (api.services(), ask.caller()?, ask.id("id")?);
    // People count rows from 1.
    let row = ask.id::<u64>("row")?.checked_sub(1).ok_or(Error::NotFound)?;
    // A row may only be decided onto a contact the caller sees.
    if let Some(contact) = contact {
        read::get(services, caller, ContactId(contact)).await?;
    }
    import::decide(services, caller, id, row, decision, contact.map(ContactId)).await?;
    let page = import::rows(services, caller, id, None, Some(row), 1).await?;
    let told = page.items.into_iter().next().ok_or(Error::NotFound)?;
    Answer::json(&Row::of(told))
}
