//! What a client that keeps its own copy needs: everything once, then what changed.

mod changes;
mod events;
mod listeners;
mod since;
mod snapshot;

use http::StatusCode;

use crate::route::{Kind, Operation, may, must};
use changes::ChangeList;
pub(crate) use listeners::Listeners;

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/snapshot", "getSnapshot", "Everything you see")
            .about("Newline-delimited JSON: `{since, total}`, then `{type, value}` for each book, label and contact (its summary).")
            .gives_media(StatusCode::OK, "application/x-ndjson", "As it is read.")
            .by(snapshot::get),
        Operation::get("/v1/changes", "listChanges", "What changed since")
            .about("Each thing once. 410 when `since` is of another epoch or older than 400 days: take a snapshot.")
            .query([
                must("since", Kind::Text, "`since` of the snapshot, or of the changes before."),
                may("limit", Kind::Number, "Changes of a page, 1 to 1,000; 500 when absent. A page may hold more."),
            ])
            .gives::<ChangeList>(StatusCode::OK, "A page; go on from its `since` while there is more.")
            .by(changes::list),
        Operation::get("/v1/events", "listenForChanges", "News as they come")
            .about("Server-sent events. `changes` says that `GET /v1/changes` has something to tell, up to the event's `id`, which a browser sends back as `Last-Event-ID`. A stream ends when the account's rights change or it is signed out, and after an hour: listen again.")
            .query([may("since", Kind::Text, "Up to where everything is known already, when there is no `Last-Event-ID`.")])
            .gives_media(StatusCode::OK, "text/event-stream", "One event at once if there is something to tell, then as it comes.")
            .by(events::listen),
    ]
}
