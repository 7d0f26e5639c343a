//! Many contacts at once, merging, undoing, and the work that goes on after the answer.

mod contents;
mod history;
mod item;
mod job;
mod many;
mod merge;
mod undo;

use http::StatusCode;

use crate::{
    contact::shape::Envelope,
    route::{BATCH_BODY, CONTACT_BODY, Kind, Operation, may},
};
pub(crate) use contents::Content;
use contents::Contents;
use history::{BatchLine, BatchList};
use job::Job;
use many::{BatchAnswer, NewBatch};
use merge::{MergePreview, NewMerge, Preview};
pub(crate) use undo::LeftAlone;
use undo::{NewUndo, Undone};

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/batches", "listBatches", "What was done lately")
            .query([
                may("before", Kind::Time, "Only what began earlier; `next` of the page before."),
                may("limit", Kind::Number, "Batches of a page, 1 to 100; 50 when absent."),
            ])
            .gives::<BatchList>(StatusCode::OK, "Newest first.")
            .by(history::list),
        Operation::get("/v1/batches/{id}", "getBatch", "What was done in one go")
            .gives::<BatchLine>(StatusCode::OK, "The batch, with what it did to labels themselves.")
            .by(contents::get),
        Operation::get("/v1/batches/{id}/items", "listBatchItems", "What a batch did to contacts")
            .about("Each contact once, by id. One that has been removed for good since is not among them.")
            .query([
                may("limit", Kind::Number, "Contacts of a page, 1 to 100; 50 when absent."),
                may("cursor", Kind::Text, "`next` of the page before."),
            ])
            .gives::<Contents>(StatusCode::OK, "A page.")
            .by(contents::list),
        Operation::post("/v1/batches", "runBatch", "Change many contacts at once")
            .about("1 to 1,000 items; atomic: all or none, in one commit; else each for itself, in order.")
            .takes::<NewBatch>()
            .up_to(BATCH_BODY)
            .in_batch()
            .gives::<BatchAnswer>(StatusCode::OK, "What became of each item, in order.")
            .by(many::run),
        Operation::post("/v1/merges/preview", "previewMerge", "What merging would make")
            .takes::<MergePreview>()
            .gives::<Preview>(StatusCode::OK, "The card that keeps everything.")
            .by(merge::preview),
        Operation::post("/v1/merges", "mergeContacts", "Merge contacts into one")
            .about("The others go to the bin; undo brings them back.")
            .takes::<NewMerge>()
            .up_to(CONTACT_BODY)
            .in_batch()
            .gives::<Envelope>(StatusCode::OK, "The one that stays.")
            .by(merge::merge),
        Operation::post("/v1/undo", "undo", "Take a batch back")
            .about(
                "Undo is a batch too, so it can be undone. A field that was changed again since stays, and is listed.",
            )
            .takes::<NewUndo>()
            .in_batch()
            .gives::<Undone>(StatusCode::OK, "It was taken back.")
            .gives::<Undone>(StatusCode::ACCEPTED, "It goes on in the background: over 1,000 contacts.")
            .by(undo::undo),
        Operation::get("/v1/jobs/{id}", "getJob", "How far a job is")
            .gives::<Job>(StatusCode::OK, "The job.")
            .by(job::get),
    ]
}
