//! Outside effects: leased, handled, tried again, parked.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use jiff::SignedDuration;
use rolo_core::{
    Error, Result, Seed,
    account::{Caller, person},
    contracts::{Storage, database::OutboxRow, storage::Chunks},
    id::{BatchId, ImportId},
    import::{self, NewImport, Removed, Upload},
    write::{Act, Admin, Effect, Write},
};
use rolo_worker::outbox::{ATTEMPTS_MAX, Handler, Handlers, pass};
use uuid::Uuid;

use crate::{
    pieces::Pieces,
    world::{World, world},
};

/// Notes what it is asked; fails while it is told to.
#[derive(Default)]
struct Post {
    sent: Mutex<Vec<String>>,
    down: AtomicBool,
}

#[async_trait]
impl Handler for Post {
    async fn handle(&self, row: &OutboxRow) -> Result<()> {
        if self.down.load(Ordering::SeqCst) {
            return Err(Error::unavailable("mail", "refused"));
        }
        self.sent.lock().unwrap().push(row.payload.clone());
        Ok(())
    }
}

async fn tell(w: &World, event: &'static str, payload: &str) {
    let write = Write::by(&w.noor, w.s.clock.now(), BatchId(Uuid::now_v7()), Act::Settings);
    w.s.database.commit(write.and(Effect::Tell { event, payload: payload.into() })).await.unwrap();
}

#[tokio::test]
async fn what_was_told_is_done_once() {
    let w = world().await;
    let post = Arc::new(Post::default());
    let handlers = Handlers::default().on("mail.wanted", post.clone());
    tell(&w, "mail.wanted", "1").await;
    tell(&w, "nobody.knows", "2").await;
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 2);
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0);
    w.clock.forward(SignedDuration::from_hours(1));
    // An event that an older process does not know waits for one that does.
    let newer = Handlers::default().on("nobody.knows", post.clone());
    assert_eq!(pass(&w.s, &newer).await.unwrap(), 1, "what was handled does not come again");
    assert_eq!(post.sent.lock().unwrap().as_slice(), ["1", "2"]);
}

/// Files that cannot be deleted while it is down.
struct Shelf {
    real: Arc<dyn Storage>,
    down: AtomicBool,
}

#[async_trait]
impl Storage for Shelf {
    async fn store(&self, key: &str, chunks: Chunks<'_>, bytes_max: u64) -> Result<u64> {
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
        if self.down.load(Ordering::SeqCst) {
            return Err(Error::unavailable("storage", "refused"));
        }
        self.real.delete(key).await
    }
}

/// An upload of this account, checked.
async fn upload(w: &World, key: &str, caller: &Caller) -> ImportId {
    let bytes = b"Name,E-mail\nAnn,ann@x.example\n".to_vec();
    w.s.storage.store(key, Box::pin(Pieces(std::iter::once(Ok(bytes)))), 1_000).await.unwrap();
    let new = NewImport { id: None, book: None, files: vec![Upload { name: "ann.csv".into(), key: key.into() }] };
    let id = import::begin(&w.s, caller, new, &Seed::default()).await.unwrap().id;
    import::check(&w.s, caller, id).await.unwrap();
    id
}

async fn files(w: &World, key: &str) -> Vec<bool> {
    let mut there = Vec::new();
    for key in [key.to_owned(), format!("{key}.verdicts")] {
        there.push(w.s.storage.length(&key).await.unwrap().is_some());
    }
    there
}

#[tokio::test]
async fn files_of_a_forgotten_import_go_even_if_they_could_not_be_deleted_then() {
    let mut w = world().await;
    let shelf = Arc::new(Shelf { real: w.s.storage.clone(), down: AtomicBool::new(true) });
    w.s.storage = shelf.clone();
    let id = upload(&w, "imports/one", &w.noor).await;
    assert_eq!(files(&w, "imports/one").await, [true, true]);
    import::remove(&w.s, &w.noor, id).await.unwrap();
    assert_eq!(files(&w, "imports/one").await, [true, true], "storage is down");
    let handlers = Handlers::of(&w.s);
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 1);
    assert_eq!(files(&w, "imports/one").await, [true, true]);
    shelf.down.store(false, Ordering::SeqCst);
    w.clock.forward(SignedDuration::from_secs(10));
    // Somebody takes it and dies before it is settled: it is done again, and no harm is done.
    let taken = w.s.database.lease_outbox(w.s.clock.now(), 60, 10).await.unwrap();
    let removed: Removed = serde_json::from_str(&taken[0].payload).unwrap();
    removed.delete_files(&w.s).await.unwrap();
    w.clock.forward(SignedDuration::from_secs(61));
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 1);
    assert_eq!(files(&w, "imports/one").await, [false, false]);
    w.clock.forward(SignedDuration::from_hours(2));
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0);
}

#[tokio::test]
async fn an_account_that_goes_takes_its_uploads_along() {
    let w = world().await;
    let bo = w.member("Bo").await;
    let hers = upload(&w, "imports/hers", &w.noor).await;
    upload(&w, "imports/his", &bo).await;
    upload(&w, "imports/his-too", &bo).await;
    person::remove(&w.s, bo.account()).await.unwrap();
    assert_eq!(pass(&w.s, &Handlers::of(&w.s)).await.unwrap(), 2);
    let there = [files(&w, "imports/his").await, files(&w, "imports/his-too").await, files(&w, "imports/hers").await];
    assert_eq!(there, [[false, false], [false, false], [true, true]]);
    import::get(&w.s, &w.noor, hers).await.unwrap();
}

#[tokio::test]
async fn an_event_is_there_if_and_only_if_its_commit_is() {
    let w = world().await;
    let told = async || w.s.database.lease_outbox(w.s.clock.now(), 1, 10).await.unwrap();
    let id = upload(&w, "imports/one", &w.noor).await;
    let stranger = w.stranger().await;
    assert!(matches!(import::remove(&w.s, &stranger, id).await, Err(Error::NotFound)));
    assert_eq!(told().await, []);
    // The same effects with one that is refused behind them: none holds.
    let tell = Effect::Tell { event: Removed::EVENT, payload: "{}".into() };
    let save = Admin::SaveImport { id, expect: 999, state: "{}".into(), done: true };
    let write = Write::by(&w.noor, w.s.clock.now(), BatchId(Uuid::now_v7()), Act::Settings);
    assert!(w.s.database.commit(write.and(tell).and(save.into())).await.is_err());
    assert_eq!(told().await, []);
    // Two at once: one of them did it.
    let both = tokio::join!(import::remove(&w.s, &w.noor, id), import::remove(&w.s, &w.noor, id));
    assert!(both.0.is_ok() != both.1.is_ok(), "{both:?}");
    let rows = told().await;
    assert_eq!((rows.len(), rows[0].event.as_str()), (1, Removed::EVENT));
    let removed: Removed = serde_json::from_str(&rows[0].payload).unwrap();
    assert_eq!((removed.import, removed.keys.len()), (id, 3));
    assert!(removed.keys.iter().all(|key| key.starts_with("imports/one")), "ids, never personal data");
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_set_aside_at_last() {
    let w = world().await;
    let post = Arc::new(Post::default());
    let handlers = Handlers::default().on("mail.wanted", post.clone());
    post.down.store(true, Ordering::SeqCst);
    tell(&w, "mail.wanted", "1").await;
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 1);
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0, "not at once");
    post.down.store(false, Ordering::SeqCst);
    w.clock.forward(SignedDuration::from_secs(10));
    assert_eq!((pass(&w.s, &handlers).await.unwrap(), post.sent.lock().unwrap().len()), (1, 1));

    post.down.store(true, Ordering::SeqCst);
    tell(&w, "mail.wanted", "2").await;
    let mut tries = 0;
    for _ in 0..3 * ATTEMPTS_MAX {
        tries += pass(&w.s, &handlers).await.unwrap();
        w.clock.forward(SignedDuration::from_hours(2));
    }
    assert_eq!(tries, ATTEMPTS_MAX as usize);
}

#[tokio::test]
async fn what_a_stopped_worker_had_taken_is_taken_again() {
    let w = world().await;
    let post = Arc::new(Post::default());
    let handlers = Handlers::default().on("mail.wanted", post.clone());
    tell(&w, "mail.wanted", "1").await;
    assert_eq!(w.s.database.lease_outbox(w.s.clock.now(), 60, 10).await.unwrap().len(), 1);
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 0, "it is somebody's");
    w.clock.forward(SignedDuration::from_secs(61));
    assert_eq!(pass(&w.s, &handlers).await.unwrap(), 1);
}
