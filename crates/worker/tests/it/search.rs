//! The search index follows the changes.

use std::time::Duration;

use rolo_core::{
    Error, Result, Seed, Seen,
    book::create::{NewBook, create as create_book},
    contact::{Filter, delete::delete, list, relocate::relocate, restore::restore},
    contracts::search::SearchIndex,
    id::ContactId,
    search::{Query, catch_up, find},
};
use rolo_worker::Worker;
use tokio_util::sync::CancellationToken;

use crate::world::{World, world};

async fn search(w: &World, index: &dyn SearchIndex, text: &str) -> Result<Vec<ContactId>> {
    let query = Query::parse(text, None).unwrap();
    let filter = Filter { limit: 100, ..Filter::default() };
    let found = find(w.s.database.as_ref(), index, w.noor.scope(), &query, &filter, None).await?;
    Ok(found.items.iter().map(|line| line.id).collect())
}

async fn found(w: &World, index: &dyn SearchIndex, text: &str) -> usize {
    search(w, index, text).await.map(|found| found.len()).unwrap_or_default()
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

#[tokio::test]
async fn an_index_that_is_away_stops_neither_lists_nor_saving_and_catches_up_when_it_is_back() {
    let w = world().await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("away").join("search.db");
    let index = rolo_services::search::open(&format!("fts:{}", place.display())).unwrap();
    let stop = CancellationToken::new();
    let running = tokio::spawn(Worker::new(w.s.clone(), Some(index.clone())).run(stop.clone()));
    let ann = w.ann().await.stored.id;
    let all = Filter { limit: 10, ..Filter::default() };
    assert_eq!(list::page(&w.s, &w.noor, &all).await.unwrap().0.items.len(), 1);
    assert!(matches!(search(&w, index.as_ref(), "ann").await, Err(Error::Unavailable { service: "search", .. })));
    std::fs::create_dir(place.parent().unwrap()).unwrap();
    becomes(&w, index.as_ref(), "ann", 1).await;
    assert_eq!(search(&w, index.as_ref(), "ann").await.unwrap(), [ann]);
    stop.cancel();
    running.await.unwrap();
}

/// Names and numbers that share beginnings, so that a stale or missing document changes an answer.
const QUERIES: [&str; 6] = ["ann", "an", "lee", "5880", "book:other", "bo"];

async fn answers(w: &World, index: &dyn SearchIndex) -> Vec<Vec<ContactId>> {
    let mut all = Vec::new();
    for text in QUERIES {
        let mut ids = search(w, index, text).await.unwrap();
        ids.sort();
        all.push(ids);
    }
    all
}

#[tokio::test]
async fn an_index_that_followed_says_what_one_built_afresh_says() {
    let mut w = world().await;
    let folder = tempfile::tempdir().unwrap();
    let open =
        |name: &str| rolo_services::search::open(&format!("fts:{}", folder.path().join(name).display())).unwrap();
    let followed = open("followed.db");
    let other = create_book(&w.s, &w.noor, NewBook { name: "Other".into(), ..NewBook::default() }, &Seed::default())
        .await
        .unwrap()
        .value
        .id;
    w.noor = w.again(&w.noor).await;
    for round in 0..12 {
        let (ann, other_ann) = (w.ann().await.stored.id, w.ann().await.stored.id);
        delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
        if round % 3 == 0 {
            catch_up(w.s.database.as_ref(), followed.as_ref()).await.unwrap();
        }
        if round % 2 == 0 {
            restore(&w.s, &w.noor, ann).await.unwrap();
        }
        relocate(&w.s, &w.noor, other_ann, other, Seen::Any).await.unwrap();
    }
    let behind = answers(&w, followed.as_ref()).await;
    w.ann().await;
    catch_up(w.s.database.as_ref(), followed.as_ref()).await.unwrap();
    let fresh = open("fresh.db");
    catch_up(w.s.database.as_ref(), fresh.as_ref()).await.unwrap();
    let told = answers(&w, fresh.as_ref()).await;
    assert_eq!(answers(&w, followed.as_ref()).await, told);
    assert_ne!(behind, told, "an index that lags would be seen");
    let counts: Vec<usize> = told.iter().map(Vec::len).collect();
    assert!(counts[..5].iter().all(|count| *count > 0), "each query but the last finds someone: {counts:?}");
    assert_eq!(counts[5], 0);
}
