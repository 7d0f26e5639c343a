//! Work that goes on after the answer.

use jiff::Timestamp;
use rolo_core::history::job as verb;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::undo::{LeftAlone, Undone};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::shape::word,
};

/// How far a job is.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Job {
    id: Uuid,
    /// `waiting`, `running`, `done` or `failed`.
    state: String,
    /// Contacts that had their turn.
    done: u64,
    total: u64,
    /// Why it was given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    created_at: Timestamp,
    /// What it came to.
    result: Undone,
}

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let id: rolo_core::id::JobId = ask.id("id")?;
    let (job, created_at) = verb::get(api.services(), ask.caller()?, id).await?;
    let result = Undone {
        batch: Some(id.0),
        job: None,
        undone: Some(job.changed),
        left: Some(job.left.into_iter().map(LeftAlone::of).collect()),
    };
    let (done, total, why) = (job.done, job.total, job.why);
    Answer::json(&Job { id: id.0, state: word(&job.state), done, total, why, created_at, result })
}
