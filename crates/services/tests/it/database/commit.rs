//! One write: all or nothing, numbered, once.

use rolo_core::{
    Error,
    contact::Sort,
    contracts::Database,
    id::{ContactId, Modseq, Revision},
    write::{Act, Admin, Effect, Expect, Outcome},
};
use uuid::Uuid;

use super::{
    rules,
    world::{World, bin, card, id, labelled, living, save},
};

rules![
    an_effect_that_fails_at_the_end_leaves_nothing,
    numbers_rise_by_one_without_gaps_and_each_book_has_its_own,
    a_write_with_a_once_key_happens_once,
    every_precondition_is_kept,
    many_rows_of_one_write_are_each_there_and_the_last_effect_tells,
    a_contact_that_is_taken_in_the_middle_of_many_refuses_them_all,
    a_conflict_about_something_invisible_says_nothing,
    a_write_into_another_organisation_is_refused,
];

async fn an_effect_that_fails_at_the_end_leaves_nothing(world: World) {
    let kept = world.create(labelled("Kept", &["Old"])).await;
    let before = (world.head().await, world.db.books(world.ada.scope()).await.unwrap());
    let lost: ContactId = id();
    let write = world
        .write(Act::Edit)
        .and(save(&world.ada, lost, Expect::Absent, labelled("Lost", &["New"])))
        .and(bin(&world.ada, kept, Expect::Living))
        .and(Effect::Tell { event: "contact.saved", payload: "{}".into() })
        .and(save(&world.ada, kept, Expect::Revision(Revision([9; 16])), card("Kept")));
    let batch = write.batch.id;
    assert!(matches!(world.db.commit(write).await, Err(Error::Conflict { .. })));
    let scope = world.ada.scope();
    assert_eq!((world.head().await, world.db.books(scope).await.unwrap()), before);
    assert_eq!(world.all(&living()).await, [kept]);
    assert!(world.db.contact(scope, lost).await.unwrap().is_none());
    assert!(world.db.batch(scope, batch).await.unwrap().is_none());
    assert_eq!(world.db.labels(scope).await.unwrap().len(), 1);
    assert_eq!(world.db.versions(scope, kept, None, 10).await.unwrap().items.len(), 1);
    assert!(world.db.lease_outbox(world.now(), 60, 10).await.unwrap().is_empty());
}

async fn numbers_rise_by_one_without_gaps_and_each_book_has_its_own(world: World) {
    let other = world.stranger().await;
    let first = world.head().await;
    for step in 1..=5 {
        let committed = world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card("A"))).await.unwrap();
        assert_eq!(committed.books, [(world.ada.book, Modseq(first.0 + step))]);
    }
    // A refused write takes no number.
    assert!(world.bin(id()).await.is_err());
    let two = world.write(Act::Create).and(save(&world.ada, id(), Expect::Absent, card("B"))).and(save(
        &world.ada,
        id(),
        Expect::Absent,
        card("C"),
    ));
    assert_eq!(world.commit(two).await.books, [(world.ada.book, Modseq(first.0 + 6))]);
    let theirs = world.write_by(&other, Act::Create).and(save(&other, id(), Expect::Absent, card("D")));
    assert_eq!(world.commit(theirs).await.books, [(other.book, Modseq(first.0 + 1))]);
}

/// More than go into one statement, some of them twice, with a change in between that needs to see them.
async fn many_rows_of_one_write_are_each_there_and_the_last_effect_tells(world: World) {
    let ids: Vec<ContactId> = (0..150).map(|_| id()).collect();
    let again = labelled("Again", &["Even"]);
    let revision = again.revision;
    let mut write = world.write(Act::Create);
    for (number, contact) in ids.iter().enumerate() {
        let labels: &[&str] = if number % 2 == 0 { &["Even", "All"] } else { &["All"] };
        write = write.and(save(&world.ada, *contact, Expect::Absent, labelled(&format!("P{number:03}"), labels)));
        if number == 70 {
            write = write.and(save(&world.ada, ids[70], Expect::Living, again.clone()));
            write = write.and(bin(&world.ada, ids[3], Expect::Living));
        }
        write = write.and(Effect::Tell { event: "contact.saved", payload: number.to_string() });
    }
    let modseq = world.commit(write).await.books[0].1;
    let scope = world.ada.scope();
    let listed: std::collections::HashSet<_> = world.all(&living()).await.into_iter().collect();
    assert_eq!(listed, ids.iter().copied().filter(|contact| *contact != ids[3]).collect());
    let counts: Vec<_> =
        world.db.labels(scope).await.unwrap().into_iter().map(|label| (label.name, label.contacts)).collect();
    assert!(counts.contains(&("All".into(), 148)) && counts.contains(&("Even".into(), 75)), "{counts:?}");
    for contact in &ids {
        let versions = world.db.versions(scope, *contact, None, 9).await.unwrap().items;
        assert_eq!(versions.iter().map(|version| version.modseq).collect::<Vec<_>>(), [modseq]);
    }
    assert_eq!(world.contact(ids[70]).await.revision, revision);
    let changes = world.db.changes(scope, world.ada.book, Modseq(modseq.0 - 1), 500).await.unwrap().items;
    let of_contacts = changes.iter().filter(|change| ids.iter().any(|contact| contact.0 == change.id));
    assert_eq!(of_contacts.count(), 150);
    let told = world.db.lease_outbox(world.now(), 60, 500).await.unwrap();
    assert_eq!(
        told.iter().map(|row| row.payload.clone()).collect::<Vec<_>>(),
        (0..150).map(|n: u32| n.to_string()).collect::<Vec<_>>()
    );
}

async fn a_contact_that_is_taken_in_the_middle_of_many_refuses_them_all(world: World) {
    let taken = world.create(card("Taken")).await;
    let before = world.head().await;
    let mut write = world.write(Act::Create);
    for number in 0..100 {
        let contact = if number == 50 { taken } else { id() };
        write = write.and(save(&world.ada, contact, Expect::Absent, card("Somebody")));
    }
    assert!(matches!(world.db.commit(write).await, Err(Error::Conflict { .. })));
    assert_eq!((world.all(&living()).await, world.head().await), (vec![taken], before));
}

async fn a_write_with_a_once_key_happens_once(world: World) {
    let contact: ContactId = id();
    let mut write = world.write(Act::Create).and(save(&world.ada, contact, Expect::Absent, card("Once")));
    write.once = Some(Uuid::now_v7());
    let again = write.clone();
    let elsewhere = again.once;
    assert!(matches!(world.db.commit(write).await.unwrap(), Outcome::Committed(_)));
    let head = world.head().await;
    assert_eq!(world.db.commit(again).await.unwrap(), Outcome::Repeated);
    assert_eq!(world.head().await, head);
    assert_eq!(world.all(&living()).await, [contact]);
    // The same key in another tenant is another key.
    let eve = world.stranger().await;
    let mut write = world.write_by(&eve, Act::Create).and(save(&eve, id(), Expect::Absent, card("Once")));
    write.once = elsewhere;
    assert!(matches!(world.db.commit(write).await.unwrap(), Outcome::Committed(_)));
}

async fn every_precondition_is_kept(world: World) {
    let contact = world.create(card("First")).await;
    let revision = world.contact(contact).await.revision;
    let with = |expect, card| world.one(Act::Edit, save(&world.ada, contact, expect, card));
    assert!(with(Expect::Absent, card("Taken")).await.is_err());
    assert!(with(Expect::Binned, card("Not binned")).await.is_err());
    assert!(with(Expect::Revision(Revision([0; 16])), card("Stale")).await.is_err());
    assert_eq!(world.contact(contact).await.revision, revision);
    with(Expect::Revision(revision), card("Second")).await.unwrap();
    with(Expect::Living, card("Third")).await.unwrap();
    let missing = world.one(Act::Edit, save(&world.ada, id(), Expect::Living, card("Nobody"))).await;
    assert!(matches!(missing, Err(Error::Conflict { .. })));

    let purge = || Effect::PurgeContact { from: world.ada.may(), id: contact };
    assert!(world.one(Act::Purge, purge()).await.is_err(), "only what is in the bin is purged");
    assert!(world.one(Act::Delete, bin(&world.ada, contact, Expect::Revision(revision))).await.is_err());
    world.bin(contact).await.unwrap();
    assert!(world.bin(contact).await.is_err());
    assert!(with(Expect::Living, card("In the bin")).await.is_err());
    let revision = world.contact(contact).await.revision;
    assert!(with(Expect::Revision(revision), card("In the bin")).await.is_err());
    with(Expect::Binned, card("Back")).await.unwrap();
    world.bin(contact).await.unwrap();
    world.one(Act::Purge, purge()).await.unwrap();
    for expect in [Expect::Absent, Expect::Living, Expect::Binned] {
        assert!(with(expect, card("A purged id is never used again")).await.is_err());
    }
    assert!(world.one(Act::Purge, purge()).await.is_err());
}

async fn a_conflict_about_something_invisible_says_nothing(world: World) {
    let eve = world.stranger().await;
    let bob = world.member("bob@example.org", rolo_core::account::Role::Member).await;
    let hidden: ContactId = id();
    let write = world.write_by(&bob, Act::Create).and(save(&bob, hidden, Expect::Absent, card("Bob's")));
    world.commit(write).await;
    let taken = world.one(Act::Create, save(&world.ada, hidden, Expect::Absent, card("Mine"))).await.unwrap_err();
    let moved = world.one(Act::Edit, save(&world.ada, hidden, Expect::Living, card("Mine"))).await.unwrap_err();
    let nowhere = world.one(Act::Edit, save(&world.ada, id(), Expect::Living, card("Mine"))).await.unwrap_err();
    assert_eq!(taken.to_string(), nowhere.to_string());
    assert_eq!(moved.to_string(), nowhere.to_string());
    // Another tenant may use the very same id: it is another contact.
    let write = world.write_by(&eve, Act::Create).and(save(&eve, hidden, Expect::Absent, card("Eve's")));
    world.commit(write).await;
    assert_eq!(world.db.contact(eve.scope(), hidden).await.unwrap().unwrap().book, eve.book);
    assert_eq!(world.db.contact(bob.scope(), hidden).await.unwrap().unwrap().book, bob.book);
}

async fn a_write_into_another_organisation_is_refused(world: World) {
    let eve = world.stranger().await;
    let write = world.write(Act::Create).and(save(&eve, id(), Expect::Absent, card("Smuggled")));
    assert!(world.db.commit(write).await.is_err());
    let settings = Admin::SaveAccount {
        id: eve.account(),
        expect: None,
        name: Some("Owned".into()),
        password_hash: None,
        settings: None,
        role: None,
        keep: None,
    };
    assert!(world.one(Act::Settings, settings).await.is_err());
    let page = world.db.list(eve.scope(), &rolo_core::contact::Filter { sort: Sort::Id, ..living() }).await.unwrap();
    assert!(page.items.is_empty());
    assert_eq!(world.db.account(eve.account()).await.unwrap().unwrap().name, "eve");
}
