//! A run that is cut off goes on where it was, and nothing is written twice.

use std::{
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use rolo_core::{
    Seed,
    contracts::{Clock, Random},
    history::{Undo, undo},
    import::{self, Import, Policy, State},
};

use super::{checked, contacts, counts, google, imported, work};
use crate::world::{World, world};

/// Chance that lets something happen before it gives its first id: between what a verb has read and what it writes.
struct Meanwhile {
    real: Arc<dyn Random>,
    then: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Random for Meanwhile {
    fn fill(&self, octets: &mut [u8]) {
        self.real.fill(octets);
    }

    fn id(&self) -> uuid::Uuid {
        let then = self.then.lock().unwrap().take();
        if let Some(then) = then {
            then();
        }
        self.real.id()
    }
}

/// A clock by which a step's time is up whenever somebody looks.
struct Hasty(AtomicI64);

impl Clock for Hasty {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_second(self.0.fetch_add(60, Ordering::SeqCst)).unwrap()
    }
}

fn many(count: usize) -> Vec<u8> {
    let lines: Vec<String> = (0..count).map(|n| format!("Nr{n:04},Person,Club,,p{n}@many.example,,,")).collect();
    google(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Sets an import of so many rows running and cuts it off in the middle of a step, some chunks on.
async fn cut_off(w: &World, rows: usize) -> Import {
    let import = checked(w, "many.csv", &many(rows)).await;
    import::run(&w.s, &w.noor, import.id, Policy::Skip).await.unwrap();
    let row = w.s.database.unfinished().await.unwrap().remove(0);
    {
        let mut step = pin!(import::advance(&w.s, &row));
        let mut told = 0;
        loop {
            tokio::select! {
                biased;
                done = &mut step => panic!("it was to be cut off: {done:?}"),
                () = tokio::task::yield_now() => {}
            }
            let now = import::get(&w.s, &w.noor, import.id).await.unwrap();
            assert!(now.done >= told && now.rows == rows as u64, "progress: {now:?}");
            told = now.done;
            if told >= 250 {
                break;
            }
        }
    }
    let cut = import::get(&w.s, &w.noor, import.id).await.unwrap();
    assert!(cut.state == State::Running && cut.done < rows as u64, "{cut:?}");
    cut
}

#[tokio::test]
async fn a_run_cut_off_in_the_middle_goes_on_and_doubles_nothing() {
    let w = world().await;
    let import = cut_off(&w, 1_300).await;
    // The process ends; another one begins with what is on the disk.
    let w = w.reopened().await;
    work(&w).await;
    let done = import::get(&w.s, &w.noor, import.id).await.unwrap();
    assert_eq!((done.state, done.done, counts(&done)), (State::Done, 1_300, [1_300, 0, 0, 0, 0]));
    let names: std::collections::BTreeSet<String> = super::names(&w).await.into_iter().collect();
    assert_eq!((contacts(&w).await.len(), names.len()), (1_300, 1_300));
    let batch = w.s.database.batch(w.noor.scope(), done.batch.unwrap()).await.unwrap().unwrap();
    assert_eq!((batch.contacts, batch.note.summary.as_deref()), (1_300, Some("many.csv")));
}

#[tokio::test]
async fn two_workers_on_one_import_write_each_row_once() {
    let w = world().await;
    let import = checked(&w, "many.csv", &many(600)).await;
    import::run(&w.s, &w.noor, import.id, Policy::Skip).await.unwrap();
    let row = w.s.database.unfinished().await.unwrap().remove(0);
    let (one, two) = tokio::join!(import::advance(&w.s, &row), import::advance(&w.s, &row));
    assert!(one.is_ok() || two.is_ok());
    work(&w).await;
    assert_eq!(contacts(&w).await.len(), 600);
}

#[tokio::test]
async fn a_stopped_import_says_how_far_it_came() {
    let w = world().await;
    let import = checked(&w, "many.csv", &many(10)).await;
    let stopped = import::cancel(&w.s, &w.noor, import.id).await.unwrap();
    assert_eq!((stopped.state, stopped.why.as_deref()), (State::Failed, Some("Stopped. Nothing was written.")));
    assert!(import::run(&w.s, &w.noor, import.id, Policy::Skip).await.is_err());
    assert!(w.s.database.unfinished().await.unwrap().is_empty());

    let import = checked(&w, "many.csv", &many(600)).await;
    import::run(&w.s, &w.noor, import.id, Policy::Skip).await.unwrap();
    let stopped = import::cancel(&w.s, &w.noor, import.id).await.unwrap();
    assert_eq!(
        (stopped.why.as_deref(), stopped.batch),
        (Some("Stopped. Nothing was written."), None),
        "nothing to undo"
    );
    work(&w).await;
    assert!(contacts(&w).await.is_empty());
}

#[tokio::test]
async fn an_import_stopped_in_the_middle_keeps_what_it_wrote_until_it_is_taken_back() {
    let w = world().await;
    let import = cut_off(&w, 900).await;
    let stopped = import::cancel(&w.s, &w.noor, import.id).await.unwrap();
    let written = contacts(&w).await.len();
    let why = format!("Stopped after {} of 900 rows. Undo takes back what was written.", stopped.done);
    assert_eq!((stopped.state, stopped.why, written as u64), (State::Failed, Some(why), stopped.done));
    work(&w).await;
    assert_eq!(contacts(&w).await.len(), written, "it does not go on");
    let batch = stopped.batch.unwrap();
    undo(&w.s, &w.noor, Undo { batch, contact: None }, &Seed::default()).await.unwrap();
    assert!(contacts(&w).await.is_empty());
    assert_eq!(import::get(&w.s, &w.noor, import.id).await.unwrap().state, State::Undone);
    assert_eq!(counts(&imported(&w, "many.csv", &many(900)).await), [900, 0, 0, 0, 0], "and may come again");
}

#[tokio::test]
async fn a_stop_that_meets_a_chunk_on_its_way_comes_behind_it() {
    let w = world().await;
    let import = checked(&w, "many.csv", &many(900)).await;
    import::run(&w.s, &w.noor, import.id, Policy::Skip).await.unwrap();
    let row = w.s.database.unfinished().await.unwrap().remove(0);
    let mut worker = w.s.clone();
    worker.clock = Arc::new(Hasty(AtomicI64::new(w.s.clock.now().as_second())));
    let step = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        assert!(runtime.block_on(import::advance(&worker, &row)).unwrap());
    };
    let mut stopping = w.s.clone();
    // The step has a thread of its own: this one is inside a runtime already.
    let then: Box<dyn FnOnce() + Send> = Box::new(|| std::thread::spawn(step).join().unwrap());
    stopping.random = Arc::new(Meanwhile { real: w.s.random.clone(), then: Mutex::new(Some(then)) });
    let stopped = import::cancel(&stopping, &w.noor, import.id).await.unwrap();
    assert_eq!((stopped.state, stopped.done), (State::Failed, 250));
    assert_eq!(stopped.why.as_deref(), Some("Stopped after 250 of 900 rows. Undo takes back what was written."));
    assert_eq!(contacts(&w).await.len(), 250);
    work(&w).await;
    assert_eq!(contacts(&w).await.len(), 250, "it does not go on");
}
