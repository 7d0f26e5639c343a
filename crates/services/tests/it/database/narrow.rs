//! A networked database that is full: what does not fit is refused and leaves nothing, what is there is read, and when there
//! is room again Rolo goes on without a restart.

use rolo_core::{
    Error,
    contact::Prepared,
    contracts::Database,
    id::ContactId,
    write::{Act, Expect},
};

use super::{
    outage::is_back,
    technology::{Place, Technology},
    world::{World, card, id, living, save},
};
use crate::server::{Kind, Server};

#[test]
fn a_mariadb_without_room_refuses_writes_whole_and_goes_on_when_there_is_some() {
    refuses_whole_and_goes_on(Kind::MariaDb, Technology::MySql);
}

#[test]
fn a_postgresql_on_a_full_disk_refuses_writes_whole_and_goes_on_when_there_is_room() {
    refuses_whole_and_goes_on(Kind::Postgres, Technology::Postgres);
}

fn refuses_whole_and_goes_on(kind: Kind, technology: Technology) {
    let Some(mut server) = Server::narrow(kind) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let world = World::make(Place::at(technology, server.url())).await;
        let mut kept: Vec<ContactId> = Vec::new();
        let refused = loop {
            let contact = id();
            let write = world.write(Act::Create).and(save(&world.ada, contact, Expect::Absent, wide()));
            match world.db.commit(write).await {
                Ok(_) => kept.push(contact),
                Err(Error::Full) => break contact,
                Err(other) => panic!("after {}: {other:?}", kept.len()),
            }
            assert!(kept.len() < 2_000, "it is never full");
        };
        assert!(!kept.is_empty(), "nothing fitted at all");
        let listed = world.all(&living()).await;
        assert_eq!(listed.len(), kept.len(), "reading goes on, and half a write is not there");
        assert!(world.db.contact(world.ada.scope(), refused).await.unwrap().is_none());
        assert_eq!(world.db.books(world.ada.scope()).await.unwrap()[0].contacts, kept.len() as u64);
        server.widen();
        is_back(&world.db).await;
        world.one(Act::Create, save(&world.ada, refused, Expect::Absent, wide())).await.unwrap();
        assert_eq!(world.all(&living()).await.len(), kept.len() + 1);
    });
}

/// A card that fills some pages, with nothing in it that a database could make smaller.
fn wide() -> Prepared {
    let mut card = card("Anna Lind");
    let mut word = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |_| {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        format!("{word:016x}")
    };
    let story: String = (0..3_200).map(&mut next).collect();
    card.residue.splice(30..30, format!("NOTE:{story}\r\n").into_bytes());
    card
}
