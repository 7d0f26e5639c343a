//! Many at once.

use std::collections::HashSet;

use rolo_core::{
    Error,
    contact::Prepared,
    contracts::Database,
    id::{ContactId, Modseq, Revision},
    write::{Act, Effect, Expect, Outcome},
};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{
    rules,
    world::{World, bin, card, id, labelled, living, save},
};

rules![
    sixty_four_writers_on_one_book_lose_nothing,
    of_many_edits_of_one_revision_one_wins,
    sixty_four_writers_on_one_contact_lose_no_update,
    a_refused_write_takes_no_other_along,
    the_same_write_twice_at_once_happens_once,
    writers_that_touch_books_in_any_order_all_come_through,
];

async fn sixty_four_writers_on_one_book_lose_nothing(world: World) {
    let first = world.head().await;
    let mut writers = JoinSet::new();
    for writer in 0..64 {
        let world = world.clone();
        writers.spawn(async move {
            let mut made = Vec::new();
            for round in 0..3 {
                let contact: ContactId = id();
                let card = labelled(&format!("{writer} {round}"), &["Everyone"]);
                let committed = world.one(Act::Create, save(&world.ada, contact, Expect::Absent, card)).await.unwrap();
                // What was answered is read at once.
                assert_eq!(world.contact(contact).await.modseq, committed.books[0].1);
                made.push((contact, committed.books[0].1));
            }
            made
        });
    }
    let made: Vec<(ContactId, Modseq)> = writers.join_all().await.into_iter().flatten().collect();
    let listed: HashSet<ContactId> = world.all(&living()).await.into_iter().collect();
    assert_eq!(listed, made.iter().map(|(contact, _)| *contact).collect());
    let mut numbers: Vec<u64> = made.iter().map(|(_, modseq)| modseq.0).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (first.0 + 1..=first.0 + 192).collect::<Vec<_>>(), "numbers without gaps");
    let labels = world.db.labels(world.ada.scope()).await.unwrap();
    assert_eq!(labels.iter().map(|label| label.contacts).collect::<Vec<_>>(), [192]);
    assert_eq!(world.db.books(world.ada.scope()).await.unwrap()[0].contacts, 192);
}

async fn of_many_edits_of_one_revision_one_wins(world: World) {
    let contact = world.create(card("Base")).await;
    let revision = world.contact(contact).await.revision;
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let world = world.clone();
        writers.spawn(async move {
            let effect = save(&world.ada, contact, Expect::Revision(revision), card(&format!("{writer}")));
            world.one(Act::Edit, effect).await
        });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(_) | Err(Error::Conflict { .. }))));
    assert_eq!(world.db.versions(world.ada.scope(), contact, None, 99).await.unwrap().items.len(), 2);
}

async fn sixty_four_writers_on_one_contact_lose_no_update(world: World) {
    let contact = world.create(card("Base")).await;
    let mut writers = JoinSet::new();
    for writer in 0..64 {
        let world = world.clone();
        // Each adds a line to what it has read, and reads again when somebody was first.
        writers.spawn(async move {
            loop {
                let read = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap();
                let line = format!("NOTE:writer {writer}\r\n");
                let residue = [&read.bytes[..read.bytes.len() - 11], line.as_bytes(), b"END:VCARD\r\n"].concat();
                let next = Prepared { revision: Revision::of(&residue), residue, ..card("Base") };
                let effect = save(&world.ada, contact, Expect::Revision(read.revision), next);
                match world.one(Act::Edit, effect).await {
                    Ok(_) => return,
                    Err(Error::Conflict { .. }) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        });
    }
    writers.join_all().await;
    let card = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap();
    let text = String::from_utf8(card.bytes).unwrap();
    for writer in 0..64 {
        assert!(text.contains(&format!("NOTE:writer {writer}\r\n")), "what {writer} wrote is lost");
    }
    assert_eq!(world.db.versions(world.ada.scope(), contact, None, 99).await.unwrap().items.len(), 65);
}

async fn a_refused_write_takes_no_other_along(world: World) {
    let mut writers = JoinSet::new();
    for writer in 0..64 {
        let world = world.clone();
        writers.spawn(async move {
            if writer % 2 == 0 {
                return world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card("Good"))).await.is_ok();
            }
            let write = world.write(Act::Create).and(save(&world.ada, id(), Expect::Absent, card("Half"))).and(bin(
                &world.ada,
                id(),
                Expect::Living,
            ));
            world.db.commit(write).await.is_ok()
        });
    }
    let good = writers.join_all().await.into_iter().filter(|done| *done).count();
    assert_eq!((good, world.all(&living()).await.len()), (32, 32));
}

async fn the_same_write_twice_at_once_happens_once(world: World) {
    let mut write = world.write(Act::Create).and(save(&world.ada, id(), Expect::Absent, card("Once")));
    write.once = Some(Uuid::now_v7());
    let mut writers = JoinSet::new();
    for _ in 0..8 {
        let (world, write) = (world.clone(), write.clone());
        writers.spawn(async move { world.db.commit(write).await.unwrap() });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Committed(_))).count(), 1);
    assert_eq!(world.all(&living()).await.len(), 1);
}

async fn writers_that_touch_books_in_any_order_all_come_through(world: World) {
    let other = id();
    let (owner, name) = (Some(world.ada.account()), "Other".to_owned());
    world.one(Act::Settings, Effect::CreateBook { id: other, owner, name }).await.unwrap();
    let ada = world.again(&world.ada).await;
    let (here, there) = (ada.may(), ada.caller.may_edit(other).unwrap());
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let world = world.clone();
        let account = ada.account();
        writers.spawn(async move {
            let contact = world.create(card("Traveller")).await;
            let (mut from, mut into) = (here, there);
            for _ in 0..3 {
                let starred = Some(writer % 2 == 0);
                let mark = Effect::Mark { account, book: from.book(), contact, starred, hidden: None };
                let moved = Effect::MoveContact { from, into, id: contact, expect: Expect::Living };
                world.commit(world.write(Act::Move).and(mark).and(moved)).await;
                (from, into) = (into, from);
            }
        });
    }
    writers.join_all().await;
    let books = world.db.books(ada.scope()).await.unwrap();
    assert_eq!(
        books.iter().map(|book| (book.id == other, book.contacts)).collect::<HashSet<_>>(),
        HashSet::from([(true, 16), (false, 0),])
    );
}
