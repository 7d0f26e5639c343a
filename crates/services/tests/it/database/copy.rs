//! A whole database as one picture, filled into another: whatever is in it, between any two technologies.

use rolo_core::{
    Error,
    account::{Right, Role},
    contact::{Prepared, row::LargeValue},
    contracts::{Database, database::Answer},
    id::{JobId, Modseq, Revision},
    write::{Act, Admin, Effect, Expect, KeptRow, NewAccount, NewSession, NewToken, TokenKind},
};
use rolo_services::database::{
    Note, connect,
    copy::{Difference, Epochs, Filling, Frozen, Key, Row, Seal, TABLES, Table, Value, compare},
};
use uuid::Uuid;

use super::{
    front::Db,
    technology::{Place, Technology, run_two},
    world::{World, card, id, labelled, living, save},
};

mod rules;
mod schema_held;

/// Octets of a page: few, so that large tables have several.
const PAGE: usize = 8_000;

/// Runs each rule between every two technologies.
macro_rules! pairs {
    ($($rule:ident),* $(,)?) => { pairs!(@each [$($rule)*]
        sqlite_sqlite Sqlite Sqlite, sqlite_mysql Sqlite MySql, sqlite_postgres Sqlite Postgres,
        mysql_sqlite MySql Sqlite, mysql_mysql MySql MySql, mysql_postgres MySql Postgres,
        postgres_sqlite Postgres Sqlite, postgres_mysql Postgres MySql, postgres_postgres Postgres Postgres); };
    (@each $rules:tt $($module:ident $first:ident $second:ident),*) => {
        $(pairs!(@one $module $first $second $rules);)*
    };
    (@one $module:ident $first:ident $second:ident [$($rule:ident)*]) => {
        mod $module { $(
            #[test]
            fn $rule() {
                super::run_two(super::Technology::$first, super::Technology::$second, super::$rule);
            }
        )* }
    };
}

pairs![everything_is_the_same_in_the_other, a_filling_that_was_cut_short_goes_on_where_it_was];

/// Rows in every table, with pictures as large as they come.
pub(crate) async fn furnish(world: &World) {
    furnish_with(world, &[5, 70_000, 1_500_000]).await;
}

/// Rows in every table: all that people, imports, jobs and the machinery leave behind.
pub(crate) async fn furnish_with(world: &World, pictures: &[usize]) {
    let ada = world.ada.clone();
    let first = NewAccount {
        only_first: true,
        ..super::world::new_account(ada.organisation(), id(), id(), "x@y", Role::Member)
    };
    // Set-up has been done: this is refused, and would be again behind a move.
    assert!(world.one(Act::Settings, Admin::CreateAccount(first)).await.is_err());
    let bob = world.member("Bob\0@example.org", Role::Member).await;
    let (account, right) = (bob.account(), Some(Right::See));
    world.one(Act::Settings, Effect::SetAccess { book: ada.manages(), account, right }).await.unwrap();
    let eve = world.stranger().await;
    let theirs = save(&eve, id(), Expect::Absent, card("王小明"));
    world.commit(world.write_by(&eve, Act::Create).and(theirs)).await;
    for number in 0..16_u8 {
        let contact = world.create(labelled(&format!("Zoë \u{1f469} {number}"), &["Family", "Ünï\0"])).await;
        if number % 3 == 0 {
            world.edit(contact, labelled(&format!("Zoë {number} again"), &["Family"])).await.unwrap();
            let mark =
                Effect::Mark { account: ada.account(), book: ada.book, contact, starred: Some(true), hidden: None };
            world.one(Act::Settings, mark).await.unwrap();
        }
        if number % 7 == 0 {
            world.bin(contact).await.unwrap();
        }
        let kept = KeptRow {
            fingerprint: [number; 16],
            source_key: (number % 2 == 0).then(|| b"uid\0".to_vec()),
            contact,
            model: "{}".into(),
        };
        world.one(Act::Import, Admin::KeepRows { into: ada.may(), rows: vec![kept] }).await.unwrap();
    }
    let purged = world.create(card("Purged")).await;
    world.bin(purged).await.unwrap();
    world.one(Act::Purge, Effect::PurgeContact { from: ada.may(), id: purged }).await.unwrap();
    for octets in pictures {
        world.create(pictured(*octets)).await;
    }
    machinery(world).await;
}

/// Sessions, tokens, work, and what is counted and claimed.
async fn machinery(world: &World) {
    let account = world.ada.account();
    let session = NewSession { id: id(), account, digest: [1; 32], device: "Fire\0fox".into(), address: "::1".into() };
    world.one(Act::Settings, Admin::StartSession(session)).await.unwrap();
    for (digest, expires_at) in [([2; 32], None), ([3; 32], Some(i64::MAX))] {
        let token = NewToken { id: id(), account, digest, name: "phone".into(), kind: TokenKind::Dav, expires_at };
        world.one(Act::Settings, Admin::CreateToken(token)).await.unwrap();
    }
    let job: JobId = id();
    world.one(Act::Settings, Admin::CreateJob { id: job, kind: "undo".into(), state: "{}".into() }).await.unwrap();
    let mut write = world.write(Act::Settings).and(Effect::Tell { event: "contact.saved", payload: "{}".into() });
    write.once = Some(Uuid::now_v7());
    world.commit(write).await;
    world.db.count_try("sign-in ada", 60, world.now()).await.unwrap();
    world.db.claim(account, "a request", [1; 32], world.now()).await.unwrap();
    let answer = Answer { status: 201, headers: "{}".into(), body: b"made\0".to_vec() };
    world.db.settle(account, "a request", Some(answer)).await.unwrap();
}

fn pictured(octets: usize) -> Prepared {
    let plain = card("Pictured");
    let bytes: Vec<u8> = (0..octets).map(|place| (place * 31 % 256) as u8).collect();
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&octets.to_be_bytes());
    Prepared {
        revision: Revision(hash[..16].try_into().unwrap()),
        large: vec![LargeValue { offset: 10, hash, bytes }],
        ..plain
    }
}

/// Copies what is left to copy, and stops behind `stop` pages.
async fn copy(from: &mut Frozen, into: &mut Filling<'_>, stop: usize) -> usize {
    let begun = into.at().map(|(table, key)| (table, key.clone()));
    let first = begun.as_ref().map_or(0, |(at, _)| TABLES.iter().position(|table| table == *at).unwrap());
    let (mut after, mut pages): (Option<Key>, _) = (begun.map(|(_, key)| key), 0);
    for table in &TABLES[first..] {
        loop {
            let rows = from.page(table, after.as_ref(), PAGE).await.unwrap();
            let Some(last) = rows.last() else { break };
            if pages == stop {
                return pages;
            }
            (after, pages) = (Some(table.key_of(last)), pages + 1);
            into.put(table, rows).await.unwrap();
        }
        after = None;
    }
    pages
}

pub(crate) async fn assert_same(first: &mut Frozen, second: &mut Frozen) {
    assert_eq!(first.tables(), second.tables());
    for table in first.tables() {
        let same = compare(first, second, table, PAGE).await.unwrap();
        let rows = same.unwrap_or_else(|found| panic!("{}: {found:?}", table.name)).rows;
        assert_eq!((rows, rows), (first.count(table).await.unwrap(), second.count(table).await.unwrap()));
    }
}

async fn everything_is_the_same_in_the_other(world: World, place: Place) {
    furnish(&world).await;
    let mut source = world.db.frozen().await.unwrap();
    assert_eq!(source.schema().await.unwrap(), world.db.schema());
    for table in TABLES {
        assert!(
            source.count(table).await.unwrap() > 0,
            "nothing is in {}: this test would not see it lost",
            table.name
        );
    }
    // What is written during the copy is not in the picture.
    let later = world.create(card("Later")).await;
    let target = place.open().await;
    let mut filling = target.filling("this picture").await.unwrap();
    assert!(copy(&mut source, &mut filling, usize::MAX).await > TABLES.len(), "one page held a table");
    filling.finish(Epochs::Kept).await.unwrap();
    assert_same(&mut source, &mut target.frozen().await.unwrap()).await;
    assert!(target.contact(world.ada.scope(), later).await.unwrap().is_none());
    assert!(world.db.contact(world.ada.scope(), later).await.unwrap().is_some());
    drop(target);

    // Opened again, it is the same instance: its secrets, its numbers, its sync tokens.
    let target = connect(&place.url, false).await.unwrap();
    assert_eq!(target.secret_key().await.unwrap(), world.db.secret_key().await.unwrap());
    let scope = world.ada.scope();
    let heads = target.heads(scope).await.unwrap();
    let newest = target.changes(scope, world.ada.book, Modseq(0), 1000).await.unwrap().items;
    assert_eq!(heads.books[0].epoch, 1);
    assert_eq!(newest.last().unwrap().modseq, heads.books[0].modseq);
    // And it goes on: the next number, the next row of the outbox.
    let other = World { db: Db::new(target, None).into(), place, ada: world.ada.clone(), clock: world.clock.clone() };
    let contact = other.create(card("Next")).await;
    assert_eq!(other.head().await, Modseq(heads.books[0].modseq.0 + 1));
    assert!(other.all(&living()).await.contains(&contact));
    other.one(Act::Settings, Effect::Tell { event: "contact.saved", payload: "{}".into() }).await.unwrap();
    assert_eq!(other.db.lease_outbox(other.now(), 60, 9).await.unwrap().len(), 2);
}

async fn a_filling_that_was_cut_short_goes_on_where_it_was(world: World, place: Place) {
    furnish(&world).await;
    let mut source = world.db.frozen().await.unwrap();
    let target = place.open().await;
    let whole = {
        let mut filling = target.filling("first").await.unwrap();
        copy(&mut source, &mut filling, usize::MAX).await
    };
    // Another picture begins anew.
    let mut filling = target.filling("second").await.unwrap();
    assert!(filling.at().is_none());
    assert_eq!(copy(&mut source, &mut filling, whole / 2).await, whole / 2);
    drop(filling);
    drop(target);
    // It is refused while it is half filled, also where it would be made.
    for create in [true, false] {
        let refused = connect(&place.url, create).await.map(drop);
        assert!(matches!(&refused, Err(Error::Conflict { why }) if why.contains("not whole")), "{refused:?}");
    }
    let target = place.open().await;
    assert!(matches!(target.seal().await.unwrap(), Some(Seal::Filling { .. })));
    if !place.embedded() {
        let job = Admin::CreateJob { id: id(), kind: "undo".into(), state: "{}".into() };
        let refused = target.commit(world.write(Act::Settings).and(job.into())).await;
        assert!(matches!(refused, Err(Error::ReadOnly { .. })), "{refused:?}");
    }
    let mut filling = target.filling("second").await.unwrap();
    assert!(filling.at().is_some());
    assert_eq!(copy(&mut source, &mut filling, usize::MAX).await, whole - whole / 2, "nothing is written twice");
    filling.finish(Epochs::Kept).await.unwrap();
    assert_same(&mut source, &mut target.frozen().await.unwrap()).await;
    // Now it has accounts, and nothing is filled into it.
    assert!(matches!(target.filling("second").await.map(drop), Err(Error::Conflict { .. })));
}
