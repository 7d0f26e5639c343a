//! A batch: many contacts in one request.

use http::StatusCode;
use rolo_core::{
    Result,
    contact::{Batch, ItemDone, batch},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::item::Item;
use crate::{
    Api,
    answer::{Answer, Done, Problem, Refusal},
    ask::{Ask, json::Object},
};

/// Many contacts at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBatch {
    /// All or none, in one commit; else each for itself, in order.
    atomic: bool,
    /// A short name for the history.
    summary: Option<String>,
    /// 1 to 1,000.
    #[schema(value_type = Vec<Item>)]
    items: Vec<Object<Item>>,
}

/// What became of a batch.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchAnswer {
    /// What undo takes back.
    batch: Uuid,
    items: Vec<ItemAnswer>,
}

/// What became of one item.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItemAnswer {
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    /// What a version-minded client sends next.
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Problem>,
}

pub(super) async fn run(api: Api, mut ask: Ask) -> Done {
    let NewBatch { atomic, summary, items } = ask.json().await?;
    let creates: Vec<bool> = items.iter().map(|Object(item)| item.creates()).collect();
    let items = items.into_iter().enumerate().map(|(n, Object(item))| item.meant(n)).collect::<Result<_, _>>()?;
    let done = batch::run(api.services(), ask.caller()?, Batch { atomic, summary, items }, &ask.seed).await?;
    let items = done.items.into_iter().zip(creates).map(|(done, creates)| told(done, creates)).collect();
    Ok(Answer::json(&BatchAnswer { batch: done.batch.0, items })?.in_batch(Some(done.batch)))
}

fn told(done: Result<ItemDone>, creates: bool) -> ItemAnswer {
    match done {
        Ok(done) => {
            let status = if creates && !done.existed { StatusCode::CREATED } else { StatusCode::OK };
            let revision = done.contact.map(|contact| contact.stored.revision.to_string());
            ItemAnswer { status: status.as_u16(), id: Some(done.id.0), revision, error: None }
        }
        Err(error) => {
            let refusal = Refusal::from(error);
            if let Some(cause) = &refusal.cause {
                tracing::error!(%cause, "an item of a batch failed");
            }
            let problem = refusal.problem();
            ItemAnswer { status: problem.status, id: None, revision: None, error: Some(problem) }
        }
    }
}
