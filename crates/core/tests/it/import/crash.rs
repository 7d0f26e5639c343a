//! A run that is cut off goes on where it was, and nothing is written twice.

use std::pin::pin;

use rolo_core::import::{self, Policy, State};

use super::{checked, contacts, counts, google, work};
use crate::world::world;

fn many(count: usize) -> Vec<u8> {
    let lines: Vec<String> = (0..count).map(|n| format!("Nr{n:04},Person,Club,,p{n}@many.example,,,")).collect();
    google(&lines.iter().map(String::as_str).collect::<Vec<_>>())
}

#[tokio::test]
async fn a_run_cut_off_in_the_middle_goes_on_and_doubles_nothing() {
    let w = world().await;
    let import = checked(&w, "many.csv", &many(1_300)).await;
    import::run(&w.s, &w.noor, import.id, Policy::Skip).await.unwrap();
    let row = w.s.database.unfinished().await.unwrap().remove(0);
    {
        let mut step = pin!(import::advance(&w.s, &row));
        loop {
            tokio::select! {
                biased;
                done = &mut step => panic!("it was to be cut off: {done:?}"),
                () = tokio::task::yield_now() => {}
            }
            let done = import::get(&w.s, &w.noor, import.id).await.unwrap().done;
            if done >= 250 {
                break;
            }
        }
    }
    let cut = import::get(&w.s, &w.noor, import.id).await.unwrap();
    assert!(cut.state == State::Running && cut.done < 1_300, "{cut:?}");
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
}
