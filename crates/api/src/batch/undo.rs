//! Take a batch back.

use http::StatusCode;
use rolo_core::{
    history::{self, Left, Undo, Undoing},
    id::{BatchId, ContactId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

/// What shall be taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUndo {
    batch: Uuid,
    /// Only what it did to this contact.
    contact: Option<Uuid>,
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Undone {
    /// The batch that undo was, to be undone in turn.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) batch: Option<Uuid>,
    /// The job that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) job: Option<Uuid>,
    /// How many contacts went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) undone: Option<u64>,
    /// What was changed again since, and stays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) left: Option<Vec<LeftAlone>>,
}

/// Something that stays as it is.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LeftAlone {
    /// Of which contact; `null`: a label's.
    #[schema(required = true)]
    contact: Option<Uuid>,
    /// What; empty for the contact as a whole.
    field: String,
    why: String,
}

impl LeftAlone {
    pub(crate) fn of(left: Left) -> Self {
        Self { contact: left.contact.map(|contact| contact.0), field: left.field, why: left.why }
    }
}

pub(super) async fn undo(api: Api, mut ask: Ask) -> Done {
    let NewUndo { batch, contact } = ask.json().await?;
    let what = Undo { batch: BatchId(batch), contact: contact.map(ContactId) };
    match history::undo(api.services(), ask.caller()?, what, &ask.seed).await? {
        Undoing::Done(done) => {
            let body = Undone {
                batch: done.batch.map(|batch| batch.0),
                job: None,
                undone: Some(done.undone),
                left: Some(done.left.into_iter().map(LeftAlone::of).collect()),
            };
            Ok(Answer::json(&body)?.in_batch(done.batch))
        }
        Undoing::Later(job) => {
            let body = Undone { batch: None, job: Some(job.0), undone: None, left: None };
            // A job's id is its batch's.
            Ok(Answer::json(&body)?.with_status(StatusCode::ACCEPTED).in_batch(Some(BatchId(job.0))))
        }
    }
}
