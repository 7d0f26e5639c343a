//! A database server that is killed in the middle of many writes, again and again: what it acknowledged through Rolo is there
//! afterwards, whole and once, and Rolo goes on with it without a restart.

use std::time::Duration;

use rolo_core::{
    Error,
    contracts::Database,
    id::ContactId,
    write::{Act, Expect},
};
use tokio::task::JoinSet;

use super::{
    outage::is_back,
    technology::{Place, Technology},
    world::{World, card, id, living, save},
};
use crate::server::{Kind, Server};

/// How often each server is killed; `ROLO_KILLS` says more for a soak.
const ROUNDS: u64 = 4;
const WRITERS: usize = 16;

#[test]
fn mariadb_killed_loses_nothing_that_was_acknowledged() {
    assert_eq!(lost(Kind::MariaDb, true).unwrap_or_default(), 0);
}

#[test]
fn postgresql_killed_loses_nothing_that_was_acknowledged() {
    assert_eq!(lost(Kind::Postgres, true).unwrap_or_default(), 0);
}

/// The control: servers told to write later lose something, and it is seen.
#[test]
fn a_server_that_acknowledges_before_it_keeps_is_found() {
    for kind in [Kind::MariaDb, Kind::Postgres] {
        assert_ne!(lost(kind, false), Some(0), "{kind:?}");
    }
}

/// How many acknowledged writes are gone after some kills; `None` where there is no server.
fn lost(kind: Kind, keeps: bool) -> Option<usize> {
    let mut server = Server::start(kind, keeps)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let technology = if kind == Kind::MariaDb { Technology::MySql } else { Technology::Postgres };
        let world = World::make(Place::at(technology, server.url())).await;
        let (mut acknowledged, mut tried) = (Vec::new(), Vec::new());
        let asked = std::env::var("ROLO_KILLS").ok().filter(|_| keeps);
        let rounds = asked.map_or(ROUNDS, |rounds| rounds.parse().expect("ROLO_KILLS is a number"));
        for round in 0..rounds {
            let mut writers = JoinSet::new();
            for _ in 0..WRITERS {
                writers.spawn(write_until_refused(world.clone()));
            }
            tokio::time::sleep(Duration::from_millis(150 + 170 * (round % 8))).await;
            server.kill();
            for (kept, last) in writers.join_all().await {
                acknowledged.extend(kept);
                tried.push(last);
            }
            server.again();
            is_back(&world.db).await;
        }
        let listed: std::collections::HashSet<ContactId> = world.all(&living()).await.into_iter().collect();
        let books = world.db.books(world.ada.scope()).await.unwrap();
        let Some(book) = books.first() else { return Some(1 + acknowledged.len()) };
        let gone = acknowledged.iter().filter(|contact| !listed.contains(contact)).count();
        let others = listed.len() - (acknowledged.len() - gone);
        // What was on its way when the server was killed may be there; nothing else may.
        assert!(others <= tried.len() && listed.iter().all(|id| acknowledged.contains(id) || tried.contains(id)));
        assert_eq!(book.contacts, listed.len() as u64, "counted once");
        let how = if keeps { "" } else { " that acknowledges too early" };
        let count = acknowledged.len();
        println!("{kind:?}{how}: {rounds} kills, {count} acknowledged, {gone} gone, {others} more than acknowledged");
        Some(gone)
    })
}

/// What was acknowledged, and what was not.
async fn write_until_refused(world: World) -> (Vec<ContactId>, ContactId) {
    let mut acknowledged = Vec::new();
    loop {
        let contact: ContactId = id();
        let write = world.write(Act::Create).and(save(&world.ada, contact, Expect::Absent, card("Anna Lind")));
        match world.db.commit(write).await.and_then(|outcome| outcome.committed()) {
            Ok(_) => acknowledged.push(contact),
            // A server that lost the book itself says so; whoever counts sees it.
            Err(Error::Unavailable { .. } | Error::Conflict { .. }) => return (acknowledged, contact),
            Err(other) => panic!("{other:?}"),
        }
    }
}
