//! Backups while people write.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use rolo_core::contracts::Database;
use rolo_services::{backup::restore, database::copy::Epochs};

use super::world::{Beside, looked_at, quiet};
use crate::database::{
    technology::{Place, Technology, run, run_two},
    world::{World, card},
};

#[test]
fn everything_acknowledged_before_a_backup_began_is_inside() {
    run_two(Technology::Sqlite, Technology::Sqlite, async |world: World, place: Place| {
        let (world, beside) = (Arc::new(world), Beside::empty());
        let (made, stop) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let writing = tokio::spawn({
            let (world, made, stop) = (Arc::clone(&world), Arc::clone(&made), Arc::clone(&stop));
            async move {
                // A hundred a second.
                let mut pace = tokio::time::interval(Duration::from_millis(10));
                while !stop.load(SeqCst) {
                    pace.tick().await;
                    let contact = world.create(card("Written meanwhile")).await;
                    made.lock().unwrap().push(contact);
                }
            }
        });
        while made.lock().unwrap().len() < 100 {
            tokio::task::yield_now().await;
        }
        let before = made.lock().unwrap().clone();
        beside.taken(&world.db, &beside.backups()).await.unwrap();
        let during = made.lock().unwrap().len() - before.len();
        stop.store(true, SeqCst);
        writing.await.unwrap();
        assert!(during > 0, "nothing was written meanwhile: this test shows nothing");

        let archive = looked_at(&beside.backups()).await.unwrap();
        let target = place.open().await;
        restore(&archive, &target, beside.storage.as_ref(), Epochs::Kept, &quiet).await.unwrap();
        let inside = target.contacts(world.ada.scope(), &before).await.unwrap();
        assert_eq!(inside.len(), before.len());
        // One picture: as many contacts as the book counts, as many changes as its number says.
        let book = target.books(world.ada.scope()).await.unwrap().remove(0);
        assert_eq!(book.contacts, archive.manifest().rows("contact"));
        assert_eq!(archive.manifest().rows("contact"), archive.manifest().rows("version"));
    });
}

#[test]
fn a_backup_that_is_cut_short_leaves_none() {
    run(Technology::Sqlite, async |world: World| {
        world.create(card("Ann")).await;
        let beside = Beside::with_files().await;
        beside.taken(&world.db, &beside.backups()).await.unwrap();
        let first = looked_at(&beside.backups()).await.unwrap().kept().id.clone();
        for _ in 0..500 {
            world.create(card("Bo")).await;
        }
        let seen = AtomicBool::new(false);
        let place = beside.backups();
        let passphrase = super::world::passphrase();
        let hear = |_| seen.store(true, SeqCst);
        let taking =
            rolo_services::backup::make(&place, &passphrase, beside.what(&world.db, jiff::Timestamp::now()), &hear);
        let noticed = async {
            while !seen.load(SeqCst) {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! { biased; () = noticed => {}, taken = taking => panic!("it was not cut: {taken:?}") }
        // The thread that wrote ends by itself; then the folder is free again.
        let archive = loop {
            match looked_at(&beside.backups()).await {
                Err(rolo_core::Error::Conflict { .. }) => tokio::task::yield_now().await,
                other => break other.unwrap(),
            }
        };
        assert_eq!(archive.kept().id, first, "half a backup is listed");
    });
}
