//! Backups in a row: what each adds, which are kept, and what is left of those that go.

use jiff::{SignedDuration, Timestamp};
use rolo_services::backup::{Archive, list, make, prune, try_out};

use super::world::{Beside, looked_at, passphrase, quiet};
use crate::database::{
    copy::furnish,
    technology::{Technology, run},
    world::{World, card},
};

#[test]
fn what_is_there_already_is_not_written_again() {
    run(Technology::Sqlite, async |world: World| {
        for number in 0..3_000 {
            world.create(card(&format!("Somebody number {number}"))).await;
        }
        let beside = Beside::with_files().await;
        let first = beside.taken(&world.db, &beside.backups()).await.unwrap();
        let again = beside.taken(&world.db, &beside.backups()).await.unwrap();
        assert!(again.added * 50 < first.added, "{} behind {}", again.added, first.added);
        world.create(card("One more")).await;
        let more = beside.taken(&world.db, &beside.backups()).await.unwrap();
        assert!(more.octets > first.octets && more.added * 2 < first.added, "{} behind {}", more.added, first.added);
    });
}

#[test]
fn the_rule_says_which_stay_and_those_are_whole() {
    run(Technology::Sqlite, async |world: World| {
        furnish(&world).await;
        let beside = Beside::with_files().await;
        let day =
            |number: i64| Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_hours(24 * number);
        for number in 0..5 {
            world.create(card(&format!("Day {number}"))).await;
            make(&beside.backups(), &passphrase(), beside.what(&world.db, day(number)), &quiet).await.unwrap();
        }
        let all = list(&beside.backups(), &passphrase()).await.unwrap();
        assert_eq!(all.iter().map(|kept| kept.at).collect::<Vec<_>>(), (0..5).map(day).collect::<Vec<_>>());
        assert!(all[0].about.contains("contacts"), "{}", all[0].about);
        let packs = || walk(&beside.path("backups/data"));
        let before = packs();
        let (gone, stay) = prune(&beside.backups(), &passphrase(), &"daily 2".parse().unwrap(), day(5)).await.unwrap();
        assert_eq!((gone.len(), stay.len()), (3, 2));
        assert!(packs() < before, "no room was given back");
        let left = list(&beside.backups(), &passphrase()).await.unwrap();
        assert_eq!(left.iter().map(|kept| kept.at).collect::<Vec<_>>(), [day(3), day(4)]);
        for kept in &left {
            let archive = Archive::open(&beside.backups(), &passphrase(), Some(&kept.id[..8])).await.unwrap();
            archive.verify(&quiet).await.unwrap();
        }
        let tried = try_out(&beside.backups(), &passphrase(), beside.folder.path(), &quiet).await.unwrap();
        assert_eq!(tried.at, day(4));
        let left_behind = std::fs::read_dir(beside.folder.path()).unwrap().count();
        assert_eq!(left_behind, 2, "scratch was not taken away");
    });
}

#[test]
fn a_folder_is_one_backups_at_a_time_and_never_somebody_elses() {
    run(Technology::Sqlite, async |world: World| {
        let beside = Beside::empty();
        beside.taken(&world.db, &beside.backups()).await.unwrap();
        let reading = looked_at(&beside.backups()).await.unwrap();
        let refused = beside.taken(&world.db, &beside.backups()).await.unwrap_err();
        assert!(matches!(refused, rolo_core::Error::Conflict { .. }), "{refused:?}");
        drop(reading);
        beside.taken(&world.db, &beside.backups()).await.unwrap();
        std::fs::create_dir(beside.path("photos")).unwrap();
        std::fs::write(beside.path("photos/cat.jpg"), "meow").unwrap();
        let theirs = rolo_services::backup::Place::of(beside.path("photos"));
        let refused = beside.taken(&world.db, &theirs).await.unwrap_err().to_string();
        assert!(refused.contains("cat.jpg"), "{refused}");
    });
}

/// Octets of a folder's files.
fn walk(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { entry.metadata().unwrap().len() }).sum()
}
