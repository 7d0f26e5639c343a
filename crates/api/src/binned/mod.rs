//! The bin over HTTP: what was deleted stays here for 30 days.

use http::StatusCode;
use rolo_core::contact::{Emptied, Filter, Sort, list, purge, restore};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::{
        list::{lines, next},
        shape::{self, ContactPage, Envelope},
    },
    route::{Kind, Operation, may},
};

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/bin", "listBin", "What is in the bin")
            .query([
                may("limit", Kind::Number, "Lines of a page, 1 to 1,000; 50 when absent."),
                may("cursor", Kind::Text, "Where the page begins: `next` of the one before."),
            ])
            .gives::<ContactPage>(StatusCode::OK, "Last deleted first.")
            .cached()
            .by(page),
        Operation::post("/v1/bin/{id}/restore", "restoreContact", "Take a contact out of the bin")
            .in_batch()
            .gives::<Envelope>(StatusCode::OK, "As it is now.")
            .by(bring_back),
        Operation::delete("/v1/bin/{id}", "purgeContact", "Remove a contact for good")
            .about("This cannot be undone.")
            .in_batch()
            .gives_nothing("It is gone.")
            .by(purge_one),
        Operation::delete("/v1/bin", "emptyBin", "Empty the bin")
            .about("This cannot be undone.")
            .in_batch()
            .gives::<BinEmptied>(StatusCode::OK, "They are gone.")
            .gives::<BinEmptied>(StatusCode::ACCEPTED, "It goes on in the background.")
            .by(empty),
    ]
}

/// What became of the bin.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BinEmptied {
    /// How many contacts are gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    purged: Option<u64>,
    /// The job that goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<Uuid>,
}

async fn page(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(50, list::LIMIT_MAX)?;
    let filter = Filter { binned: true, sort: Sort::Deleted, after: ask.place()?, limit, ..Filter::default() };
    let (page, total) = list::page(api.services(), ask.caller()?, &filter).await?;
    let next = next(&ask, &page.items, page.more)?;
    Answer::json(&ContactPage { items: lines(page.items)?, next, total, more: None, behind: None }).map(Answer::tagged)
}

async fn bring_back(api: Api, ask: Ask) -> Done {
    let written = restore::restore(api.services(), ask.caller()?, ask.id("id")?).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}

async fn purge_one(api: Api, ask: Ask) -> Done {
    let written = purge::purge(api.services(), ask.caller()?, ask.id("id")?).await?;
    Ok(Answer::nothing().in_batch(written.batch))
}

async fn empty(api: Api, ask: Ask) -> Done {
    match purge::empty(api.services(), ask.caller()?).await? {
        Emptied::Done(written) => {
            let body = BinEmptied { purged: Some(written.value), job: None };
            Ok(Answer::json(&body)?.in_batch(written.batch))
        }
        Emptied::Later(job) => {
            let body = BinEmptied { purged: None, job: Some(job.0) };
            Ok(Answer::json(&body)?.with_status(StatusCode::ACCEPTED))
        }
    }
}
