//! `rolo migrate`. What an upgrade does is shown in `crates/services/tests/it/database/migration.rs`, and the backup before it
//! in `crates/rolo/src/commands/migrate.rs`; this program knows no second schema yet.

use std::fs;

use crate::place::{Place, Server};

#[test]
fn it_says_that_there_is_nothing_to_do_and_does_nothing() {
    let place = Place::alone();
    place.person("noor@rolo.example");
    for args in [&["migrate"][..], &["migrate", "--dry-run"], &["migrate", "--no-backup", "a test"]] {
        assert!(place.run(args).well().out.ends_with("There is nothing to do.\n"));
        let told = place.told(args);
        assert_eq!((told["schema"].as_u64(), told["newest"].as_u64()), (Some(1), Some(1)));
        assert_eq!((told["applied"].as_bool(), told["steps"].as_array().map(Vec::len)), (Some(false), Some(0)));
    }
    let files = fs::read_dir(place.data()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!files.into_iter().any(|name| name.contains("schema-")));
    // Beside a server, too: it is only looked at.
    let server = Server::start(&place.data());
    place.run(&["migrate"]).well();
    assert_eq!(server.end(), Some(0));
}

#[test]
fn a_folder_without_a_database_and_a_newer_one_are_refused_with_the_way_on() {
    let place = Place::bare();
    let refused = place.run(&["migrate"]);
    assert!(refused.code == 1 && refused.err.contains("rolo init"), "{refused:?}");
    assert!(!place.data().join("rolo.db").exists());
    place.run(&["init"]).well();
    let file = rusqlite::Connection::open(place.data().join("rolo.db")).unwrap();
    file.execute_batch("insert into migration (number, name, applied_at) values (2, '0002_later', 0)").unwrap();
    drop(file);
    for args in [&["migrate", "--dry-run"][..], &["migrate"], &["serve", "--listen", "127.0.0.1:0"]] {
        let refused = place.run(args);
        assert!(refused.code == 1 && refused.err.contains("Start that version, or restore a backup"), "{refused:?}");
    }
}
