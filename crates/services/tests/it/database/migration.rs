//! Upgrades: a database of every schema there has been becomes one of the newest, whatever cuts the upgrade short, and the
//! program before goes on working meanwhile. The step that is still to come is made up here.
//!
//! There is no program yet that knows a second real step: what is shown of "the previous binary" is this one, beside a schema
//! that is one step ahead of it.

use std::{fs, path::PathBuf};

use rolo_core::{Error, contracts::Database, write::Act};
use rolo_services::database::{
    Options, Relational,
    copy::{Column, Key, Kind, Row, TABLES, Table},
    migrate::{Pending, STEPS, Step, Upgrade, pending},
    open, open_upgraded,
};

use super::{
    fixture,
    technology::{Place, Technology, run, run_bare},
    world::{Person, card, id, proven, save},
};

/// A step that adds what steps may add: a table, a column, an index, values.
const LATER: Step = Step {
    name: "9999_later",
    sqlite: "create table if not exists later (id blob not null primary key) strict;
             alter table mark add column pinned integer;
             create index if not exists mark_pinned on mark (organisation, account, pinned);
             -- A comment; with a semicolon.
             update mark set pinned = 0 where pinned is null;",
    mysql: "create table if not exists later (id binary(16) not null primary key) engine = innodb;
            alter table mark add column pinned bigint;
            create index mark_pinned on mark (organisation, account, pinned);
            update mark set pinned = 0 where pinned is null;",
    postgres: "create table if not exists later (id bytea not null primary key);
               alter table mark add column if not exists pinned bigint;
               create index if not exists mark_pinned on mark (organisation, account, pinned);
               update mark set pinned = 0 where pinned is null;",
};
const STATEMENTS: usize = 4;

/// The program that knows it, with the table and the column that it brings.
pub(crate) fn later() -> Upgrade {
    let since = STEPS.len() as u32 + 1;
    let id = Column { name: "id", kind: Kind::Octets, since: 1 };
    let pinned = Column { name: "pinned", kind: Kind::Int, since };
    let with_pinned = |table: &Table| match table.name {
        "mark" => Table { columns: table.columns.iter().copied().chain([pinned]).collect::<Vec<_>>().leak(), ..*table },
        _ => *table,
    };
    let new = Table { name: "later", columns: vec![id].leak(), key: &["id"], since };
    let tables = TABLES.iter().map(with_pinned).chain([new]).collect::<Vec<_>>().leak();
    Upgrade { steps: with(LATER), tables, backed_up: false }
}

/// The steps there are, and one more.
fn with(step: Step) -> &'static [Step] {
    Box::leak(STEPS.iter().copied().chain([step]).collect())
}

/// The same step, cut short behind this many statements.
fn cut(statements: usize) -> &'static [Step] {
    let cut = |text: &'static str| -> &'static str {
        let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
        let kept: Vec<String> = lines.join("\n").split(';').take(statements).map(str::to_owned).collect();
        Box::leak(format!("{};\nthis is where it was killed;", kept.join(";")).into_boxed_str())
    };
    with(Step { name: LATER.name, sqlite: cut(LATER.sqlite), mysql: cut(LATER.mysql), postgres: cut(LATER.postgres) })
}

async fn upgraded(place: &Place, steps: &'static [Step], backed_up: bool) -> Result<Relational, Error> {
    open_upgraded(&Options::of(&place.url, true), Upgrade { steps, backed_up, ..Upgrade::default() }).await
}

async fn as_before(place: &Place) -> Result<Relational, Error> {
    open(&Options::of(&place.url, true)).await
}

/// A database of an earlier schema, with everything in it.
pub(crate) async fn of_schema(place: &Place, number: usize) {
    drop(upgraded(place, &STEPS[..number], false).await.unwrap());
    fixture::load(place, &fixture::path(number)).await;
}

pub(crate) async fn rows(database: &Relational) -> Vec<(&'static str, Vec<Row>)> {
    let mut picture = database.frozen().await.unwrap();
    let mut tables = Vec::new();
    for table in TABLES {
        let (mut after, mut rows): (Option<Key>, Vec<Row>) = (None, Vec::new());
        loop {
            let page = picture.page(table, after.as_ref(), 1_000_000).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(table.key_of(last));
            rows.extend(page);
        }
        tables.push((table.name, rows));
    }
    tables
}

/// What people do: somebody reads their list and writes a contact.
async fn work(database: &Relational) {
    let account =
        database.accounts(None).await.unwrap().into_iter().find(|one| one.email == "ada@example.org").unwrap();
    let caller = proven(database, account.id).await;
    let book = database.books(caller.scope()).await.unwrap()[0].id;
    let ada = Person { caller, book };
    let before = database.count(ada.scope(), &super::world::living()).await.unwrap();
    let now = jiff::Timestamp::now();
    let write = rolo_core::write::Write::by(&ada.caller, now, id(), Act::Create);
    let write = write.and(save(&ada, id(), rolo_core::write::Expect::Absent, card("New")));
    database.commit(write).await.unwrap().committed().unwrap();
    assert_eq!(database.count(ada.scope(), &super::world::living()).await.unwrap(), before + 1);
}

async fn every_schema_is_upgraded_whatever_cuts_it_short(places: Vec<Place>) {
    for (place, number) in places.iter().zip(1..) {
        of_schema(place, number).await;
        // What is real first: the steps there have been since.
        drop(upgraded(place, STEPS, true).await.unwrap());
        for statements in 0..STATEMENTS {
            let failed = upgraded(place, cut(statements), true).await.map(drop);
            assert!(matches!(failed, Err(Error::Internal { .. })), "{statements}: {failed:?}");
            // The program before finds nothing amiss.
            work(&as_before(place).await.unwrap()).await;
        }
        let before = as_before(place).await.unwrap();
        let held = rows(&before).await;
        assert!(held.iter().all(|(_, rows)| !rows.is_empty()), "a table of the fixture is empty");
        // A server of the version before runs on, but for a file: that has one owner.
        let still = if place.embedded() {
            drop(before);
            None
        } else {
            Some(before)
        };
        let after = upgraded(place, with(LATER), true).await.unwrap();
        assert_eq!(rows(&after).await, held);
        work(&after).await;
        if let Some(before) = still {
            work(&before).await;
        }
        drop(after);
        place.behind("update mark set pinned = 1 where pinned = 0").await;
        place.behind("select id from later").await;
        let refused = as_before(place).await.map(drop);
        assert!(matches!(&refused, Err(error) if error.to_string().contains("made by a newer Rolo")), "{refused:?}");
        drop(upgraded(place, with(LATER), false).await.unwrap());
    }
}

async fn what_is_to_come_is_told_and_nothing_is_changed(places: Vec<Place>) {
    let place = &places[0];
    of_schema(place, STEPS.len()).await;
    let options = Options::of(&place.url, false);
    for _ in 0..2 {
        let told = pending(&options, with(LATER)).await.unwrap();
        assert_eq!(told, Pending { schema: STEPS.len(), steps: vec![LATER.name] });
    }
    assert_eq!(pending(&options, STEPS).await.unwrap().steps, Vec::<&str>::new());
    work(&as_before(place).await.unwrap()).await;
    drop(upgraded(place, with(LATER), true).await.unwrap());
    let refused = pending(&options, STEPS).await;
    assert!(matches!(&refused, Err(error) if error.to_string().contains("made by a newer Rolo")), "{refused:?}");
}

async fn nothing_is_upgraded_without_a_backup(places: Vec<Place>) {
    let place = &places[0];
    of_schema(place, STEPS.len()).await;
    let before = rows(&as_before(place).await.unwrap()).await;
    let opened = upgraded(place, with(LATER), false).await;
    if !place.embedded() {
        let why = opened.map(drop).unwrap_err().to_string();
        assert!(why.contains("Say rolo migrate"), "{why}");
        assert_eq!(rows(&as_before(place).await.unwrap()).await, before);
        return;
    }
    // A file is copied first: whole, as it was, and opened by the program before.
    let copy = opened.unwrap().set_aside().unwrap().to_owned();
    let name = copy.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(&format!("rolo.schema-{}.", STEPS.len())) && name.ends_with("Z.db"), "{name}");
    let elsewhere = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", elsewhere.path().join("rolo.db").display());
    fs::copy(&copy, elsewhere.path().join("rolo.db")).unwrap();
    let back = open(&Options::of(&url, false)).await.unwrap();
    assert!(back.check().unwrap().is_empty());
    assert_eq!(rows(&back).await, before);
    // An upgrade that comes to nothing leaves no copy, however often it is tried; neither does one that is none.
    let old = place.beside(url);
    drop(back);
    for _ in 0..2 {
        assert!(upgraded(&old, cut(2), false).await.is_err());
    }
    drop(open(&Options::of(&old.url, false)).await.unwrap());
    let left: Vec<PathBuf> = fs::read_dir(elsewhere.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(!left.iter().any(|path| path.to_string_lossy().contains("schema-")), "{left:?}");
}

macro_rules! upgrades {
    ($($rule:ident $count:expr),* $(,)?) => {
        mod sqlite { $(
            #[test]
            fn $rule() { super::run_bare(super::Technology::Sqlite, $count, super::$rule); }
        )* }
        mod mysql { $(
            #[test]
            fn $rule() { super::run_bare(super::Technology::MySql, $count, super::$rule); }
        )* }
        mod postgres { $(
            #[test]
            fn $rule() { super::run_bare(super::Technology::Postgres, $count, super::$rule); }
        )* }
    };
}

upgrades![
    every_schema_is_upgraded_whatever_cuts_it_short super::STEPS.len(),
    what_is_to_come_is_told_and_nothing_is_changed 1,
    nothing_is_upgraded_without_a_backup 1,
];

/// `ROLO_WRITE=1` writes the fixture of a schema that has none yet: with the release that brings it.
#[test]
fn every_schema_has_its_fixture() {
    let newest = fixture::path(STEPS.len());
    if std::env::var_os("ROLO_WRITE").is_some() && !newest.exists() {
        run(Technology::Sqlite, async move |world| {
            super::copy::furnish_with(&world, &[5, 700]).await;
            fs::write(newest, fixture::written(&rows(&world.db).await)).unwrap();
        });
    }
    for number in 1..=STEPS.len() {
        assert!(fixture::path(number).exists(), "schema {number} has no fixture: run this test with ROLO_WRITE=1");
    }
}
