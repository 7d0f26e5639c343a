//! What only the embedded database has: a file, a folder that is one process's, a disk that can be full.

use std::fs;

use rolo_core::{
    Error,
    contracts::{Database, database::Claim},
    write::{Act, Admin, Expect, NewSession},
};
use rolo_services::database::{Lock, OpenOptions, Relational, connect};
use tempfile::TempDir;

use super::{
    technology::{Technology, run},
    world::{World, card, id, living, save},
};

fn at(folder: &TempDir, create: bool) -> OpenOptions {
    OpenOptions { path: folder.path().join("rolo.db"), create }
}

fn refusal(opened: Result<Relational, Error>) -> String {
    match opened {
        Ok(_) => panic!("it was opened"),
        Err(error @ Error::Invalid { .. }) => error.to_string(),
        Err(other) => panic!("not a refusal: {other:?}"),
    }
}

#[test]
fn a_missing_database_is_made_only_where_none_is_expected() {
    let folder = TempDir::new().unwrap();
    assert!(refusal(Relational::open(at(&folder, false))).contains("rolo init"));
    assert!(!folder.path().join("rolo.db").exists());
    drop(Relational::open(at(&folder, true)).unwrap());
    drop(Relational::open(at(&folder, false)).unwrap());
    // The volume is lost, or a restore stopped half-way.
    fs::remove_file(folder.path().join("rolo.db")).unwrap();
    for create in [true, false] {
        let said = refusal(Relational::open(at(&folder, create)));
        assert!(said.contains("missing or empty") && said.contains("rolo.id"), "{said}");
        assert!(!folder.path().join("rolo.db").exists());
    }
    fs::write(folder.path().join("rolo.db"), b"").unwrap();
    assert!(refusal(Relational::open(at(&folder, true))).contains("missing or empty"));
    assert_eq!(fs::read(folder.path().join("rolo.db")).unwrap(), b"");
}

#[test]
fn one_that_was_closed_is_one_file() {
    let folder = TempDir::new().unwrap();
    let open = Relational::open(at(&folder, true)).unwrap();
    let log = folder.path().join("rolo.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0, "the control: while it is open what is new stands in its log");
    drop(open);
    assert!(!log.exists());
}

#[test]
fn what_is_not_a_database_of_rolo_is_left_alone() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("rolo.db"), b"my diary, not a database".repeat(100)).unwrap();
    assert!(refusal(Relational::open(at(&folder, true))).contains("cannot be opened"));
    assert_eq!(fs::read(folder.path().join("rolo.db")).unwrap(), b"my diary, not a database".repeat(100));
    let folder = TempDir::new().unwrap();
    let other = rusqlite::Connection::open(folder.path().join("rolo.db")).unwrap();
    other.execute_batch("create table diary (day text)").unwrap();
    drop(other);
    assert!(refusal(Relational::open(at(&folder, true))).contains("not a database of Rolo"));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = TempDir::new().unwrap();
    drop(Relational::open(at(&folder, true)).unwrap());
    let later = rusqlite::Connection::open(folder.path().join("rolo.db")).unwrap();
    later.execute_batch("insert into migration (number, name, applied_at) values (999, 'later', 0)").unwrap();
    drop(later);
    assert!(refusal(Relational::open(at(&folder, false))).contains("newer Rolo"));
}

#[test]
fn a_folder_has_one_owner() {
    let folder = TempDir::new().unwrap();
    let owner = Relational::open(at(&folder, true)).unwrap();
    let second = Relational::open(at(&folder, true)).map(drop);
    assert!(matches!(&second, Err(Error::Conflict { why }) if why.contains("Another Rolo")), "{second:?}");
    assert!(Lock::take(folder.path()).unwrap().is_none());
    drop(owner);
    assert!(Lock::take(folder.path()).unwrap().is_some());
    drop(Relational::open(at(&folder, false)).unwrap());
}

#[test]
fn a_url_chooses_the_technology() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let folder = TempDir::new().unwrap();
        let url = format!("sqlite:{}", folder.path().join("rolo.db").display());
        // On a runtime of one thread, too.
        let database = connect(&url, true).await.unwrap();
        assert!(!database.has_accounts().await.unwrap());
        assert!(database.check().unwrap().is_empty());
        for url in ["oracle://x", "rolo.db", ""] {
            assert!(matches!(connect(url, true).await, Err(Error::Invalid { .. })), "{url}");
        }
    });
}

#[test]
fn every_acknowledged_write_is_there_after_opening_again() {
    run(Technology::Sqlite, async |world: World| {
        let mut wanted = Vec::new();
        for name in ["a", "b", "c"] {
            wanted.push(world.create(card(name)).await);
        }
        let world = world.reopened().await;
        assert_eq!(world.all(&living()).await, wanted);
        assert!(world.db.check().unwrap().is_empty());
    });
}

#[test]
fn a_request_that_a_crash_cut_off_is_taken_up_at_once() {
    run(Technology::Sqlite, async |world: World| {
        let now = world.now();
        let Claim::Ours { seed } = world.db.claim(world.ada.account(), "k", [1; 32], now).await.unwrap() else {
            panic!("a new key is ours")
        };
        assert_eq!(world.db.claim(world.ada.account(), "k", [1; 32], now).await.unwrap(), Claim::Running);
        let world = world.reopened().await;
        // With the ids it had: its write may have been the last that was acknowledged to nobody.
        let again = world.db.claim(world.ada.account(), "k", [1; 32], now).await.unwrap();
        assert_eq!(again, Claim::Ours { seed });
    });
}

#[test]
fn the_first_order_is_answered_from_its_index_alone() {
    let folder = TempDir::new().unwrap();
    drop(Relational::open(at(&folder, true)).unwrap());
    let file = rusqlite::Connection::open(folder.path().join("rolo.db")).unwrap();
    let plan = |sql: &str| -> Vec<String> {
        let mut statement = file.prepare(&format!("explain query plan {sql}")).unwrap();
        let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        steps.collect::<Result<_, _>>().unwrap()
    };
    let select = "select c.id, c.kind, c.revision, c.modseq, c.updated_at, c.deleted_at, c.labels, c.summary, m.starred, \
                  m.hidden, c.sort_given from contact c left join mark m on m.organisation = c.organisation \
                  and m.contact = c.id and m.account = x'01' where c.organisation = x'01' and c.book = x'01' and c.state = 0";
    let order = "order by c.sort_given, c.id limit 51";
    let after = "and c.sort_given >= x'01' and (c.sort_given, c.id) > (x'01', x'01')";
    for sql in [format!("{select} {order}"), format!("{select} {after} {order}")] {
        let steps = plan(&sql).join("\n");
        assert!(steps.contains("COVERING INDEX contact_given"), "{steps}");
        assert!(!steps.contains("TEMP B-TREE"), "{steps}");
    }
    let family = format!("{select} order by c.sort_family, c.id limit 51");
    assert!(!plan(&family).join("\n").contains("COVERING"), "the control");
}

#[test]
fn a_write_that_finds_no_room_changes_nothing_and_reading_goes_on() {
    run(Technology::Sqlite, async |world: World| {
        let kept = world.create(card("Kept")).await;
        // A file that may not grow any further is what a full disk looks like from inside.
        world.db.limit_growth(Some(0)).await.unwrap();
        let head = world.head().await;
        let large = "x".repeat(4_000_000);
        let refused = world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card(&large))).await;
        assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
        assert_eq!((world.head().await, world.all(&living()).await), (head, vec![kept]));
        world.db.limit_growth(None).await.unwrap();
        world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card(&large))).await.unwrap();
        assert!(world.db.check().unwrap().is_empty());
    });
}

#[test]
fn signing_in_goes_on_when_there_is_no_room() {
    run(Technology::Sqlite, async |world: World| {
        world.create(card("Kept")).await;
        world.db.limit_growth(Some(0)).await.unwrap();
        let account = world.ada.account();
        // More than fits into the pages the file has: the control is refused for less.
        let device = "x".repeat(30_000);
        let refused = world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card(&device))).await;
        assert!(matches!(refused, Err(Error::Full)), "{refused:?}");
        for number in 0..6 {
            let (id, digest, device) = (id(), [number; 32], device.clone());
            let session = NewSession { id, account, digest, device, address: "::1".into() };
            world.one(Act::Settings, Admin::StartSession(session)).await.unwrap();
            assert!(world.db.session(&digest, world.now()).await.unwrap().is_some());
            assert_eq!(world.db.count_try(&format!("{number}"), 60, world.now()).await.unwrap(), 1);
        }
        assert!(world.db.check().unwrap().is_empty());
    });
}
