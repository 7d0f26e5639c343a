//! The book as it was at a time.

use http::StatusCode;
use jiff::Timestamp;
use rolo_core::{
    history::{
        Undoing,
        moment::{self as verb, Outlook},
    },
    id::BatchId,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    batch::{Content, LeftAlone},
};

/// To when a book shall go back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMoment {
    /// A time since the book was made, like `2026-01-31T12:00:00Z`.
    at: Timestamp,
    /// Only say what would change; so when absent.
    dry_run: Option<bool>,
}

/// What going back comes to.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BookMoment {
    at: Timestamp,
    /// Whether nothing was changed.
    dry_run: bool,
    /// Contacts that come back: deleted or moved away since.
    restored: u64,
    /// Contacts that go to the bin: created or restored since.
    binned: u64,
    /// Contacts that say again what they said: edited since.
    changed: u64,
    /// Contacts that go back to the book they came from.
    moved: u64,
    /// Contacts that were removed for good since. If they were there, they cannot come back.
    purged: u64,
    /// Contacts that were changed since, and whose state of then is no longer kept. They stay as they are.
    forgotten: u64,
    /// Contacts that stay where they are, because they are in, or came from, a book you may not change.
    elsewhere: u64,
    /// In a dry run the first 20 of each kind; `changes` lead from what they are now to what they were.
    examples: Vec<Content>,
    /// What undo takes back.
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<Uuid>,
    /// The job that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<Uuid>,
    /// How many contacts went back.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<u64>,
    /// What stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<Vec<LeftAlone>>,
}

pub(super) async fn go_back(api: Api, mut ask: Ask) -> Done {
    let NewMoment { at, dry_run } = ask.json().await?;
    let (book, caller) = (ask.id("id")?, ask.caller()?);
    if dry_run.unwrap_or(true) {
        let outlook = verb::preview(api.services(), caller, book, at).await?;
        return Answer::json(&BookMoment::of(at, true, outlook));
    }
    let (outlook, doing) = verb::go_back(api.services(), caller, book, at, &ask.seed).await?;
    let mut body = BookMoment::of(at, false, outlook);
    match doing {
        Undoing::Done(done) => {
            body.batch = done.batch.map(|batch| batch.0);
            body.done = Some(done.undone);
            body.left = Some(done.left.into_iter().map(LeftAlone::of).collect());
            Ok(Answer::json(&body)?.in_batch(done.batch))
        }
        Undoing::Later(job) => {
            body.job = Some(job.0);
            // A job's id is its batch's.
            Ok(Answer::json(&body)?.with_status(StatusCode::ACCEPTED).in_batch(Some(BatchId(job.0))))
        }
    }
}

impl BookMoment {
    fn of(at: Timestamp, dry_run: bool, outlook: Outlook) -> Self {
        Self {
            at,
            dry_run,
            restored: outlook.restored,
            binned: outlook.binned,
            changed: outlook.changed,
            moved: outlook.moved,
            purged: outlook.purged,
            forgotten: outlook.forgotten,
            elsewhere: outlook.elsewhere,
            examples: outlook.examples.into_iter().map(Content::of).collect(),
            batch: None,
            job: None,
            done: None,
            left: None,
        }
    }
}
