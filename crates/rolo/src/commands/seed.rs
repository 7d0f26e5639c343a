//! `rolo seed`: invents contacts in an account's book, a thousand a batch.

use rolo_core::{
    Error, Result, Seed,
    account::Caller,
    book,
    contact::{Batch, BatchItem, NewContact, batch},
    id::LabelId,
    invent::People,
    label,
};
use serde_json::json;

use super::{account::caller, task::Voice};
use crate::{admin::Done, wire::Machine};

/// How many contacts go into one atomic batch.
const BATCH: usize = 1_000;

/// Invents `count` people.
pub(crate) async fn run(machine: &Machine, count: u64, email: &str, seed: u64, voice: &Voice) -> Result<Done> {
    let mut labels = std::collections::HashMap::<&str, LabelId>::new();
    let mut people = People::seeded(seed).take(usize::try_from(count).unwrap_or(usize::MAX));
    let mut made = 0;
    loop {
        // Asked anew for each batch: whoever loses access in between writes no more.
        let caller = caller(machine, email).await?;
        let mut items = Vec::with_capacity(BATCH);
        for person in people.by_ref().take(BATCH) {
            let mut ids = Vec::with_capacity(person.labels.len());
            for name in person.labels {
                if !labels.contains_key(name) {
                    labels.insert(name, label_named(machine, &caller, name).await?);
                }
                ids.extend(labels.get(name).copied());
            }
            let kind = person.model.kind.clone();
            items.push(BatchItem::Create(Box::new(NewContact {
                kind,
                labels: ids,
                starred: person.starred,
                card: person.model,
                ..NewContact::default()
            })));
        }
        if items.is_empty() {
            return Ok(Done { text: format!("{made} contacts were invented."), json: json!({ "created": made }) });
        }
        made += items.len();
        let work = Batch { atomic: true, summary: Some("Invented people".to_owned()), items };
        for item in batch::run(&machine.services, &caller, work, &Seed::default()).await?.items {
            item?;
        }
        voice.note(format!("{made} of {count}")).await;
    }
}

/// A label of the account's own book, made if it is new.
async fn label_named(machine: &Machine, caller: &Caller, name: &str) -> Result<LabelId> {
    let book = book::list::list(&machine.services, caller).await?.first().map(|row| row.id).ok_or(Error::NotFound)?;
    let known =
        label::list(&machine.services, caller).await?.into_iter().find(|row| row.book == book && row.name == name);
    if let Some(row) = known {
        return Ok(row.id);
    }
    let new = label::NewLabel { id: None, book, name: name.to_owned(), hue: None };
    Ok(label::create::create(&machine.services, caller, new, &Seed::default()).await?.value.id)
}
