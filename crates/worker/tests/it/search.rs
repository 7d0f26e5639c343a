//! The search index follows the changes.

use std::time::Duration;

use rolo_core::{
    Seen,
    contact::{Filter, delete::delete},
    contracts::search::SearchIndex,
    search::{Query, find},
};
use rolo_worker::Worker;
use tokio_util::sync::CancellationToken;

use crate::world::{World, world};

async fn found(w: &World, index: &dyn SearchIndex, text: &str) -> usize {
    let query = Query::parse(text, None).unwrap();
    let filter = Filter { limit: 10, ..Filter::default() };
    let database = w.s.database.as_ref();
    find(database, index, w.noor.scope(), &query, &filter, None)
        .await
        .map(|found| found.items.len())
        .unwrap_or_default()
}

/// Gives way to the worker until it is so.
async fn becomes(w: &World, index: &dyn SearchIndex, text: &str, count: usize) {
    let looking = async {
        while found(w, index, text).await != count {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), looking).await.expect("the index follows");
}

#[tokio::test]
async fn what_is_saved_is_found_and_what_is_deleted_is_not() {
    let w = world().await;
    let folder = tempfile::tempdir().unwrap();
    let index = rolo_services::search::open(&format!("fts:{}", folder.path().join("search.db").display())).unwrap();
    let early = w.ann().await.stored.id;
    let stop = CancellationToken::new();
    let running = tokio::spawn(Worker::new(w.s.clone(), Some(index.clone())).run(stop.clone()));
    becomes(&w, index.as_ref(), "ann lee", 1).await;
    w.ann().await;
    becomes(&w, index.as_ref(), "5880100", 2).await;
    delete(&w.s, &w.noor, early, Seen::Any).await.unwrap();
    becomes(&w, index.as_ref(), "ann", 1).await;
    stop.cancel();
    running.await.unwrap();
}
