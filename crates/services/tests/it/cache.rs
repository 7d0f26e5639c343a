//! The tier that processes share: what it gives, and that it may do anything without an answer becoming wrong.
//!
//! Runs on the Redis `ROLO_TEST_REDIS` names, under a name of each test's own; without it a test says that it was left out,
//! and in CI it fails. What needs no Redis is shown beside the cache itself and by the conformance suite of the database.

mod proxy;
mod saboteur;

use std::{
    env,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use rolo_core::{
    Error,
    contracts::{Cache, Database, cache::Figure},
    id::ContactId,
    write::{Act, Expect},
};
use rolo_services::cache::{Rows, open};
use tokio::task::JoinSet;
use uuid::Uuid;

use self::{
    proxy::{Mood, Proxy},
    saboteur::{Deaf, Forgetful},
};
use crate::{
    database::{
        technology::{Technology, run},
        world::{World, card, save},
    },
    server::{Kind, Server},
};

/// Runs a test with a world of its own and the server's address.
fn with_redis<F: Future<Output = ()> + Send + 'static>(test: impl FnOnce(World, String) -> F) {
    let Some(url) = env::var("ROLO_TEST_REDIS").ok().filter(|url| !url.is_empty()) else {
        assert!(env::var("CI").is_err(), "ROLO_TEST_REDIS must name a server in CI");
        println!("left out: ROLO_TEST_REDIS names no server");
        return;
    };
    run(Technology::Sqlite, move |world| test(world, url));
}

/// What one process sees: a cache of its own in front of the database that all share.
async fn process(world: &World, url: &str, place: &str) -> Rows {
    let rows = open(url, place, world.db.clone()).unwrap();
    rows.works().await.unwrap();
    rows
}

fn place() -> String {
    Uuid::now_v7().simple().to_string()
}

fn figure(rows: &Rows, kind: &str) -> Figure {
    rows.figures().into_iter().find(|figure| figure.kind == kind).unwrap()
}

async fn line(url: &str) -> redis::aio::MultiplexedConnection {
    redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
}

async fn keys(url: &str, place: &str) -> Vec<String> {
    redis::cmd("KEYS").arg(format!("*{place}*")).query_async(&mut line(url).await).await.unwrap()
}

/// Waits until so many rows are kept: nobody waits for that but a test.
async fn kept(url: &str, place: &str, count: usize) {
    while keys(url, place).await.len() < count {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What a reader is told who is content with the numbers of now; the test fails when it is older.
async fn read(rows: &Rows, world: &World, id: ContactId) {
    let heads = world.db.heads(world.ada.scope()).await.unwrap();
    let scope = world.ada.scope().content_with(heads);
    let truth = world.db.contact(world.ada.scope(), id).await.unwrap();
    assert_eq!(rows.contact(&scope, id).await.unwrap(), truth);
    assert_eq!(rows.card(&scope, id).await.unwrap(), world.db.card(world.ada.scope(), id).await.unwrap());
    assert_eq!(rows.labels(&scope).await.unwrap(), world.db.labels(world.ada.scope()).await.unwrap());
}

#[test]
fn what_one_process_has_read_another_finds() {
    with_redis(|world, url| async move {
        let place = place();
        let (one, other) = (process(&world, &url, &place).await, process(&world, &url, &place).await);
        let id = world.create(card("Bo")).await;
        read(&one, &world, id).await;
        kept(&url, &place, 3).await;
        read(&other, &world, id).await;
        for kind in ["contact", "card", "labels"] {
            assert_eq!((figure(&other, kind).shared, figure(&other, kind).misses), (1, 0), "{kind}");
        }
        read(&other, &world, id).await;
        assert_eq!(figure(&other, "card").hits, 1, "the second time it is in memory");

        world.edit(id, card("Bo the second")).await.unwrap();
        read(&other, &world, id).await;
        assert_eq!(figure(&other, "card").misses, 1, "what is no longer so is asked of the database");
        let stranger = process(&world, &url, &self::place()).await;
        read(&stranger, &world, id).await;
        assert_eq!(figure(&stranger, "card").shared, 0, "another Rolo in the same Redis has rows of its own");
    });
}

#[test]
fn an_older_row_never_replaces_a_newer_one() {
    with_redis(|world, url| async move {
        let place = place();
        let (slow, quick) = (process(&world, &url, &place).await, process(&world, &url, &place).await);
        let id = world.create(card("Bo")).await;
        let old = world.ada.scope().content_with(world.db.heads(world.ada.scope()).await.unwrap());
        world.edit(id, card("Bo the second")).await.unwrap();
        read(&quick, &world, id).await;
        kept(&url, &place, 3).await;
        let held = async |kind: &str| {
            let name = keys(&url, &place).await.into_iter().find(|name| name.contains(kind)).unwrap();
            let octets: Vec<u8> = redis::cmd("GET").arg(name).query_async(&mut line(&url).await).await.unwrap();
            octets
        };
        let newer = held(":card:").await;
        // What is there already is told to this one: its own reading, at older numbers, is what must not be kept.
        let name = keys(&url, &place).await.into_iter().find(|name| name.contains(":card:")).unwrap();
        let rubbish = [b"0".repeat(40), b"rubbish".to_vec()].concat();
        redis::cmd("SET").arg(&name).arg(&rubbish).query_async::<()>(&mut line(&url).await).await.unwrap();
        slow.card(&old, id).await.unwrap();
        while held(":card:").await == rubbish {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert!(held(":card:").await < newer, "the control: an older row is kept where nothing newer is");
        let late = process(&world, &url, &place).await;
        redis::cmd("SET")
            .arg(&name)
            .arg([&newer[..40], b"rubbish"].concat())
            .query_async::<()>(&mut line(&url).await)
            .await
            .unwrap();
        late.card(&old, id).await.unwrap();
        // The channel is told in order: when a later row is there, the one before it has been refused or kept.
        let other = world.create(card("Cy")).await;
        read(&late, &world, other).await;
        kept(&url, &place, 5).await;
        let there: Vec<u8> = redis::cmd("GET").arg(&name).query_async(&mut line(&url).await).await.unwrap();
        assert_eq!(there, [&newer[..40], b"rubbish"].concat(), "it was made from newer numbers");
    });
}

#[test]
fn whatever_redis_does_no_answer_is_wrong_and_it_is_used_again_afterwards() {
    with_redis(|world, url| async move {
        let place = place();
        let proxy = Proxy::to(&url).await;
        let rows = process(&world, &proxy.url(), &place).await;
        let id = world.create(card("Bo")).await;
        for mood in [Mood::Cut, Mood::Silent, Mood::Slow, Mood::Rubbish, Mood::Full, Mood::Slow, Mood::Cut] {
            for round in 0..40 {
                if round == 5 {
                    proxy.be(mood);
                }
                if round % 3 == 0 {
                    world.edit(id, card(&format!("Bo {round}"))).await.unwrap();
                }
                read(&rows, &world, id).await;
            }
            proxy.be(Mood::Well);
            while rows.works().await.is_err() {}
        }
        // Flushed.
        for name in keys(&url, &place).await {
            redis::cmd("DEL").arg(name).query_async::<()>(&mut line(&url).await).await.unwrap();
        }
        read(&rows, &world, id).await;
        let new = world.create(card("Cy")).await;
        read(&rows, &world, new).await;
        kept(&url, &place, 1).await;
        // And what is in it by mistake.
        for name in keys(&url, &place).await {
            redis::cmd("SET").arg(name).arg(vec![b'9'; 70]).query_async::<()>(&mut line(&url).await).await.unwrap();
        }
        let fresh = process(&world, &url, &place).await;
        read(&fresh, &world, new).await;
        assert_eq!(figure(&fresh, "card").shared, 0);
    });
}

/// How many rows are read of a Redis that is full: each of them could be kept.
const READ: usize = 300;

#[test]
fn a_redis_that_is_full_is_not_asked_to_keep_each_row() {
    let Some(server) = Server::start(Kind::Redis, false) else { return };
    run(Technology::Sqlite, move |world| async move {
        let (url, place) = (server.url(), place());
        let rows = process(&world, &url, &place).await;
        let limited = async |octets: &str| {
            let mut line = line(&url).await;
            redis::cmd("CONFIG").arg("SET").arg("maxmemory").arg(octets).query_async::<()>(&mut line).await.unwrap();
        };
        let mut ids = Vec::with_capacity(READ);
        for _ in 0..READ {
            ids.push(world.create(card("Bo")).await);
        }
        limited("1").await;
        for id in ids {
            read(&rows, &world, id).await;
        }
        limited("0").await;
        // What is kept last was asked for last.
        while keys(&url, &place).await.is_empty() {
            let id = world.create(card("Cy")).await;
            read(&rows, &world, id).await;
        }
        let asked = refused(&url).await;
        assert!((1..READ).contains(&asked), "{asked} times");
    });
}

/// How often Redis has refused a script.
async fn refused(url: &str) -> usize {
    let told: String = redis::cmd("INFO").arg("errorstats").query_async(&mut line(url).await).await.unwrap();
    let counted = told.lines().find_map(|line| line.trim().strip_prefix("errorstat_OOM:count="));
    counted.map_or(0, |count| count.parse().unwrap())
}

/// How often Redis is killed; `ROLO_KILLS` says more for a soak.
const KILLS: usize = 4;

#[test]
fn a_redis_that_is_killed_again_and_again_makes_no_answer_wrong() {
    let Some(mut server) = Server::start(Kind::Redis, false) else { return };
    run(Technology::Sqlite, move |world| async move {
        let (url, place) = (server.url(), place());
        let rows = Arc::new(process(&world, &url, &place).await);
        let mut contacts = Vec::new();
        for _ in 0..4 {
            contacts.push(world.create(card("Bo")).await);
        }
        let stop = Arc::new(AtomicBool::new(false));
        let mut readers = JoinSet::new();
        for at in 0..8 {
            readers.spawn(read_on(Arc::clone(&rows), world.clone(), contacts[at % 4], Arc::clone(&stop)));
        }
        let asked = env::var("ROLO_KILLS").ok();
        let rounds = asked.map_or(KILLS, |rounds| rounds.parse().expect("ROLO_KILLS is a number"));
        for round in 0..rounds {
            for step in 0..40 {
                world.edit(contacts[step % 4], card(&format!("Bo {round} {step}"))).await.unwrap();
            }
            server.kill();
            for step in 0..40 {
                world.edit(contacts[step % 4], card(&format!("Bo {round} {step} alone"))).await.unwrap();
            }
            server.again();
            let began = Instant::now();
            while rows.works().await.is_err() {
                assert!(began.elapsed() < Duration::from_secs(10), "it is not used again");
            }
        }
        stop.store(true, SeqCst);
        let answers = readers.join_all().await;
        assert!(answers.iter().all(|count| *count > 0));
        println!("Redis: {rounds} kills, {} answers, none older than what was seen", answers.iter().sum::<usize>());
        // It is filled again, and another process finds what this one has read.
        world.edit(contacts[0], card("Bo at last")).await.unwrap();
        read(&rows, &world, contacts[0]).await;
        kept(&url, &place, 1).await;
    });
}

/// Reads a contact again and again; answers how often. What the database itself said before is never older than what is told.
async fn read_on(rows: Arc<Rows>, world: World, id: ContactId, stop: Arc<AtomicBool>) -> usize {
    let mut count = 0;
    while !stop.load(SeqCst) {
        let before = world.contact(id).await.modseq;
        let scope = world.ada.scope().content_with(world.db.heads(world.ada.scope()).await.unwrap());
        let told = rows.contact(&scope, id).await.unwrap().unwrap();
        assert!(told.modseq >= before, "{:?} was told, and {before:?} was so before", told.modseq);
        count += 1;
        // What is in memory is answered at once: nobody else would have a turn.
        tokio::task::yield_now().await;
    }
    count
}

/// How often each of four writes.
const EDITS: usize = 400;

#[test]
fn eight_who_read_beside_four_who_write_are_never_told_what_is_older_than_what_they_saw() {
    run(Technology::Sqlite, |world: World| async move {
        let rows = Arc::new(Rows::new(world.db.clone()));
        let stop = Arc::new(AtomicBool::new(false));
        let (mut readers, mut writers) = (JoinSet::new(), JoinSet::new());
        for _ in 0..4 {
            let id = world.create(card("Bo")).await;
            for _ in 0..2 {
                readers.spawn(read_on(Arc::clone(&rows), world.clone(), id, Arc::clone(&stop)));
            }
            let world = world.clone();
            writers.spawn(async move {
                for round in 0..EDITS {
                    world.edit(id, card(&format!("Bo {round}"))).await.unwrap();
                }
            });
        }
        writers.join_all().await;
        stop.store(true, SeqCst);
        assert!(readers.join_all().await.into_iter().all(|count| count > 0));
        assert!(figure(&rows, "contact").hits > 0, "some were told from memory");
    });
}

#[test]
fn a_redis_that_was_never_there_is_named_and_missed_by_nobody() {
    with_redis(|world, url| async move {
        let id = world.create(card("Bo")).await;
        let nobody = "redis://127.0.0.1:1";
        let wrong = url.replace("redis://", "redis://:wrong@");
        for url in [nobody, &wrong] {
            let rows = open(url, &place(), world.db.clone()).unwrap();
            assert!(matches!(rows.works().await, Err(Error::Unavailable { service: "cache", .. })), "{url}");
            read(&rows, &world, id).await;
        }
        // Somebody who does not speak TLS is told from nobody at all: the line got as far as to greet.
        let proxy = Proxy::to(&url).await;
        proxy.be(Mood::Rubbish);
        let rows = open(&proxy.url().replace("redis://", "rediss://"), &place(), world.db.clone()).unwrap();
        match rows.works().await {
            Err(Error::Unavailable { cause, .. }) => assert!(!cause.contains("not been reached"), "{cause}"),
            other => panic!("{other:?}"),
        }
        assert!(matches!(open("memcached://x", "p", world.db.clone()), Err(Error::Invalid { .. })));
    });
}

#[test]
fn news_travel_between_processes_also_after_the_line_was_cut() {
    with_redis(|world, url| async move {
        let place = place();
        let proxy = Proxy::to(&url).await;
        let one = process(&world, &url, &place).await;
        let other = open(&proxy.url(), &place, Arc::new(Deaf(world.db.clone()))).unwrap();
        other.works().await.unwrap();
        let write = async || {
            let effect = save(&world.ada, ContactId(Uuid::now_v7()), Expect::Absent, card("A"));
            one.commit(world.write(Act::Create).and(effect)).await.unwrap();
        };
        let mut tick = other.committed_after(0).await;
        for _ in 0..3 {
            write().await;
            tick = other.committed_after(tick).await;
        }
        proxy.be(Mood::Cut);
        write().await;
        proxy.be(Mood::Well);
        // What was said while nobody heard it is made good at the next proof.
        assert!(other.committed_after(tick).await > tick);
    });
}

/// Reads again after each of many edits of this contact and of another; answers how often it was told what was so before.
async fn old_answers(rows: &Rows, world: &World) -> usize {
    let (id, other) = (world.create(card("Bo")).await, world.create(card("Cy")).await);
    let mut old = 0;
    for round in 0..20 {
        world.edit(if round % 3 == 0 { id } else { other }, card(&format!("Round {round}"))).await.unwrap();
        let scope = world.ada.scope().content_with(world.db.heads(world.ada.scope()).await.unwrap());
        let told = rows.contact(&scope, id).await.unwrap().unwrap();
        old += usize::from(told != world.contact(id).await);
    }
    old
}

#[test]
fn without_the_change_table_old_rows_would_be_told() {
    run(Technology::Sqlite, |world: World| async move {
        let rows = Rows::new(world.db.clone());
        assert_eq!(old_answers(&rows, &world).await, 0);
        assert!(figure(&rows, "contact").hits > 0, "what was not touched is still there");
        let control = Rows::new(Arc::new(Forgetful(world.db.clone())));
        assert!(old_answers(&control, &world).await > 0);
    });
}
