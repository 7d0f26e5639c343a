//! What was done lately.

use std::collections::HashMap;

use jiff::Timestamp;
use rolo_core::{Result, Services, account::Caller, contracts::database::BatchRow, history::batches, id::AccountId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::contents::LabelDone;
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::shape::{Person, word},
};

/// Batches.
#[derive(Serialize, ToSchema)]
#[schema(as = Batches)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchList {
    items: Vec<BatchLine>,
    /// `before` of the next page.
    #[schema(required = true)]
    next: Option<Timestamp>,
}

/// What was done in one go.
#[derive(Serialize, ToSchema)]
#[schema(as = Batch)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchLine {
    id: Uuid,
    /// `create`, `edit`, `import`…
    act: String,
    /// A file's name, a label's.
    #[schema(required = true)]
    summary: Option<String>,
    /// `null`: Rolo itself, or whoever runs it.
    #[schema(required = true)]
    by: Option<Person>,
    door: String,
    #[schema(required = true)]
    device: Option<String>,
    at: Timestamp,
    /// How many versions it made.
    contacts: u64,
    /// The batch it takes back.
    #[schema(required = true)]
    undoes: Option<Uuid>,
    /// The batch that took it back.
    #[schema(required = true)]
    undone_by: Option<Uuid>,
    /// What it did to labels themselves; only said of a batch asked for alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) labels: Option<Vec<LabelDone>>,
}

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let before = ask.query.parsed("before", "a time, like 2026-01-31T12:00:00Z")?;
    let limit = ask.query.limit(50, 100)?;
    let caller = ask.caller()?;
    let page = batches::list(api.services(), caller, before, limit).await?;
    let names = names(api.services(), caller).await?;
    let next = page.items.last().filter(|_| page.more).map(|last| last.at);
    Answer::json(&BatchList { items: page.items.into_iter().map(|row| line(row, &names)).collect(), next })
}

/// What the accounts of the organisation are called.
pub(super) async fn names(services: &Services, caller: &Caller) -> Result<HashMap<AccountId, String>> {
    let accounts = services.database.accounts(Some(caller.organisation())).await?;
    Ok(accounts.into_iter().map(|account| (account.id, account.name)).collect())
}

pub(super) fn line(row: BatchRow, names: &HashMap<AccountId, String>) -> BatchLine {
    let by = row.account.and_then(|id| Some(Person { id: id.0, name: names.get(&id)?.clone() }));
    BatchLine {
        id: row.note.id.0,
        act: word(&row.note.act),
        summary: row.note.summary,
        by,
        door: word(&row.door),
        device: row.device,
        at: row.at,
        contacts: row.contacts,
        undoes: row.note.undoes.map(|batch| batch.0),
        undone_by: row.undone_by.map(|batch| batch.0),
        labels: None,
    }
}
