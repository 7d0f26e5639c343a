//! Archives of other schemas: an earlier one is written back as it was and then upgraded, a newer one is refused with the way
//! back. The program that knows one step more is made up (`database/migration.rs`).

use rolo_core::Error;
use rolo_services::{
    backup::{Archive, Place as Archived, restore_into},
    database::{
        Options,
        copy::{Epochs, Value},
        migrate::{STEPS, Upgrade, pending},
        open, open_upgraded,
    },
};

use super::world::{Beside, looked_at, quiet};
use crate::database::{
    fixture,
    migration::{later, of_schema, rows},
    technology::{Place, Technology, run_bare},
};

async fn written_back(archive: &Archive, to: &Place, known: Upgrade) -> Result<(), Error> {
    let files = Beside::empty();
    let target = Options::of(&to.url, true);
    restore_into(archive, &target, files.storage.as_ref(), Epochs::Kept, known, &quiet).await
}

async fn schema_at(place: &Place) -> usize {
    if place.embedded() && !std::path::Path::new(&place.url["sqlite:".len()..]).exists() {
        return 0;
    }
    pending(&Options::of(&place.url, false), later().steps).await.unwrap().schema
}

async fn an_archive_of_an_earlier_schema_is_written_back_and_then_upgraded(places: Vec<Place>) {
    let [now, next, third] = &places[..] else { panic!("three databases") };
    of_schema(now, STEPS.len()).await;
    let beside = Beside::with_files().await;
    // As the next program backs up what it has not upgraded yet.
    let before = open_upgraded(&Options::of(&now.url, false), later().up_to(STEPS.len())).await.unwrap();
    let held = rows(&before).await;
    beside.taken(&before, &beside.backups()).await.unwrap();
    let archive = looked_at(&beside.backups()).await.unwrap();
    assert_eq!(archive.manifest().schema as usize, STEPS.len());
    let columns = |archive: &Archive| {
        let tables = archive.manifest().tables.clone();
        (tables.iter().any(|table| table.name == "later"), tables.iter().any(|t| t.columns.contains(&"pinned".into())))
    };
    assert_eq!(columns(&archive), (false, false));

    written_back(&archive, next, later()).await.unwrap();
    let upgraded = open_upgraded(&Options::of(&next.url, false), later()).await.unwrap();
    assert_eq!((rows(&upgraded).await, upgraded.schema() as usize), (held, STEPS.len() + 1));
    let mark = upgraded.tables().iter().find(|table| table.name == "mark").unwrap();
    let pinned = mark.columns.iter().position(|column| column.name == "pinned").unwrap();
    let marks = upgraded.frozen().await.unwrap().page(mark, None, 1_000_000).await.unwrap();
    assert!(!marks.is_empty() && marks.iter().all(|row| row[pinned] == Value::Int(0)), "{marks:?}");
    drop(upgraded);
    // Into a database that is past it: what the steps between would have done to its rows, nobody would do.
    let refused = written_back(&archive, next, later()).await.unwrap_err().to_string();
    assert!(refused.contains(if next.embedded() { "made by a newer Rolo" } else { "already" }), "{refused}");

    // The other way round.
    let upgraded = open_upgraded(&Options::of(&next.url, false), later()).await.unwrap();
    let newer = beside.path("newer.rolo");
    beside.taken(&upgraded, &Archived::of(&newer)).await.unwrap();
    let archive = looked_at(&Archived::of(&newer)).await.unwrap();
    assert_eq!(columns(&archive), (true, true));
    let refused = written_back(&archive, third, Upgrade::default()).await.unwrap_err().to_string();
    assert!(refused.contains("Restore it with that Rolo or a later one. Nothing was changed."), "{refused}");
    assert_eq!(schema_at(third).await, 0);
    written_back(&archive, third, later()).await.unwrap();
    let same = open_upgraded(&Options::of(&third.url, false), later()).await.unwrap();
    assert_eq!(rows(&same).await, rows(&upgraded).await);
}

/// `ROLO_WRITE=1` takes the archive of a schema that has none yet: with the release that brings it.
async fn every_released_archive_is_written_back(places: Vec<Place>) {
    for (number, places) in (1..=STEPS.len()).zip(places.chunks(3)) {
        let [then, now, next] = places else { panic!("three databases") };
        let file = fixture::path(number).with_extension("rolo");
        of_schema(then, number).await;
        if std::env::var_os("ROLO_WRITE").is_some() && !file.exists() {
            let as_it_was = Upgrade::default().up_to(number);
            let database = open_upgraded(&Options::of(&then.url, false), as_it_was).await.unwrap();
            Beside::empty().taken(&database, &Archived::of(&file)).await.unwrap();
        }
        assert!(file.exists(), "schema {number} has no archive: run this test with ROLO_WRITE=1");
        let archive = looked_at(&Archived::of(&file)).await.unwrap();
        assert_eq!(archive.manifest().schema as usize, number);
        drop(open_upgraded(&Options::of(&then.url, false), Upgrade { backed_up: true, ..later() }).await.unwrap());
        let wanted = rows(&open_upgraded(&Options::of(&then.url, false), later()).await.unwrap()).await;
        written_back(&archive, now, Upgrade::default()).await.unwrap();
        assert_eq!(rows(&open(&Options::of(&now.url, false)).await.unwrap()).await, wanted);
        written_back(&archive, next, later()).await.unwrap();
        assert_eq!(rows(&open_upgraded(&Options::of(&next.url, false), later()).await.unwrap()).await, wanted);
    }
}

macro_rules! archives {
    ($($module:ident $technology:ident),* $(,)?) => { $(
        mod $module {
            use super::{STEPS, Technology, run_bare};

            #[test]
            fn an_archive_of_an_earlier_schema_is_written_back_and_then_upgraded() {
                run_bare(
                    Technology::$technology,
                    3,
                    super::an_archive_of_an_earlier_schema_is_written_back_and_then_upgraded,
                );
            }

            #[test]
            fn every_released_archive_is_written_back() {
                run_bare(Technology::$technology, 3 * STEPS.len(), super::every_released_archive_is_written_back);
            }
        }
    )* };
}

archives![sqlite Sqlite, mysql MySql, postgres Postgres];
