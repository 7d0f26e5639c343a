//! A disk that fills up in the middle of an import: nothing is half done, people go on, and it goes on when there is room.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use rolo_core::{
    Error, Result, Seed,
    account::sign_in::sign_in,
    contact::{Filter, Sort, list, read},
    contracts::{Storage, storage::Chunks},
    history::batches,
    id::{ContactId, ImportId},
    import::{self, Import, NewImport, Policy, State, Upload},
};
use rolo_worker::jobs::{Failures, pass};

use crate::{
    pieces::Pieces,
    world::{PASSWORD, World, browser, world},
};

const ROWS: u64 = 1_500;

/// An import of so many people, uploaded.
async fn begun(w: &World) -> ImportId {
    let mut bytes = b"First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,Notes\n".to_vec();
    for n in 0..ROWS {
        bytes.extend(format!("Nr{n:04},Person,,,p{n}@many.example,{}\n", "note ".repeat(40)).bytes());
    }
    w.s.storage.store("imports/one", Box::pin(Pieces(std::iter::once(Ok(bytes)))), 1 << 30).await.unwrap();
    let files = vec![Upload { name: "many.csv".into(), key: "imports/one".into() }];
    import::begin(&w.s, &w.noor, NewImport { id: None, book: None, files }, &Seed::default()).await.unwrap().id
}

async fn told(w: &World, id: ImportId) -> Import {
    import::get(&w.s, &w.noor, id).await.unwrap()
}

/// The names of everybody in the book.
async fn names(w: &World) -> Vec<String> {
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let filter = Filter { sort: Sort::Id, limit: 1_000, after, ..Filter::default() };
        let (page, total) = list::page(&w.s, &w.noor, &filter).await.unwrap();
        names.extend(page.items.iter().map(|line| line.summary.clone()));
        after = page.items.last().map(|line| line.key.clone());
        if !page.more {
            assert_eq!(names.len() as u64, total, "the list and its count agree");
            names.sort();
            return names;
        }
    }
}

/// As often as the worker would while nothing changes.
async fn passes(w: &World, times: usize) {
    for _ in 0..times {
        pass(&w.s, &mut Failures::default()).await.unwrap();
    }
}

#[tokio::test]
async fn an_import_that_finds_no_room_waits_whole_and_goes_on_when_there_is_some() {
    let w = world().await;
    let kept = w.ann().await.stored.id;
    let id = begun(&w).await;
    import::check(&w.s, &w.noor, id).await.unwrap();
    import::run(&w.s, &w.noor, id, Policy::Skip).await.unwrap();
    // Room for some of it.
    w.file.limit_growth(Some(1_500_000)).await.unwrap();
    passes(&w, 5).await;
    let waiting = told(&w, id).await;
    assert_eq!((waiting.state, waiting.why.as_deref()), (State::Running, None));
    assert!(waiting.done > 0 && waiting.done < ROWS, "{waiting:?}");
    assert_eq!(waiting.done % 250, 0, "whole chunks: {waiting:?}");
    let (batch, people) = (waiting.batch.unwrap(), names(&w).await);
    assert_eq!(people.len() as u64, waiting.done + 1, "as many as it says, and Ann");
    assert_eq!(batches::get(&w.s, &w.noor, batch).await.unwrap().contacts, waiting.done);
    // The control: a write of anybody else's finds no room either.
    let refused = rolo_core::contact::create::create(&w.s, &w.noor, large(), &Seed::default()).await;
    assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
    // Reading and signing in go on.
    read::get(&w.s, &w.noor, kept).await.unwrap();
    import::rows(&w.s, &w.noor, id, None, None, 50).await.unwrap();
    sign_in(&w.s, "noor@rolo.example", PASSWORD, browser()).await.unwrap();
    passes(&w, 3).await;
    assert_eq!((told(&w, id).await.done, names(&w).await), (waiting.done, people));
    assert!(w.file.check().unwrap().is_empty());

    // The process ends, somebody makes room, and it goes on by itself.
    let w = w.reopened().await;
    passes(&w, 20).await;
    let done = told(&w, id).await;
    assert_eq!((done.state, done.done, done.counts.new), (State::Done, ROWS, ROWS));
    let people = names(&w).await;
    let once: std::collections::BTreeSet<&String> = people.iter().collect();
    assert_eq!((people.len() as u64, once.len() as u64), (ROWS + 1, ROWS + 1), "each of them once");
    assert_eq!(batches::get(&w.s, &w.noor, batch).await.unwrap().contacts, ROWS);
    assert!(w.file.check().unwrap().is_empty());
}

fn large() -> rolo_core::contact::NewContact {
    let note = "x".repeat(60_000);
    let notes: serde_json::Value = (0..10).map(|n| (format!("n{n}"), serde_json::json!({"note": note}))).collect();
    let card = crate::world::model(serde_json::json!({"name": {"full": "Large"}, "notes": notes}));
    rolo_core::contact::NewContact { id: Some(ContactId(uuid::Uuid::now_v7())), card, ..Default::default() }
}

/// Files that find no room while it is full.
struct Shelf {
    real: Arc<dyn Storage>,
    full: AtomicBool,
}

#[async_trait]
impl Storage for Shelf {
    async fn store(&self, key: &str, chunks: Chunks<'_>, bytes_max: u64) -> Result<u64> {
        if self.full.load(Ordering::SeqCst) {
            return Err(Error::Full);
        }
        self.real.store(key, chunks, bytes_max).await
    }

    async fn read(&self, key: &str, offset: u64, length: usize) -> Result<Option<Vec<u8>>> {
        self.real.read(key, offset, length).await
    }

    async fn length(&self, key: &str) -> Result<Option<u64>> {
        self.real.length(key).await
    }

    async fn keys(&self) -> Result<Vec<String>> {
        self.real.keys().await
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.real.delete(key).await
    }
}

#[tokio::test]
async fn a_check_that_finds_no_room_for_its_verdicts_is_done_when_there_is_some() {
    let mut w = world().await;
    let shelf = Arc::new(Shelf { real: w.s.storage.clone(), full: AtomicBool::new(false) });
    w.s.storage = shelf.clone();
    let id = begun(&w).await;
    shelf.full.store(true, Ordering::SeqCst);
    passes(&w, 3).await;
    assert!(matches!(import::check(&w.s, &w.noor, id).await, Err(Error::Full)));
    let waiting = told(&w, id).await;
    assert_eq!((waiting.state, waiting.why), (State::Reading, None), "nothing is wrong with the file");
    shelf.full.store(false, Ordering::SeqCst);
    passes(&w, 3).await;
    import::check(&w.s, &w.noor, id).await.unwrap();
    assert_eq!((told(&w, id).await.state, told(&w, id).await.counts.new), (State::Checked, ROWS));
}
