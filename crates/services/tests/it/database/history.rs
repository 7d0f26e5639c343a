//! Versions and batches.

use rolo_core::{
    account::Door,
    contracts::Database,
    id::{BatchId, BookId, ContactId},
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{Person, World, bin, card, id, save},
};

rules![
    each_commit_leaves_a_version,
    one_commit_leaves_one_version_of_a_contact,
    a_batch_counts_the_versions_of_all_its_writes,
    a_batch_is_told_once_and_newest_first,
    undoing_is_noted_and_undoing_the_undo_takes_the_note_back,
    versions_of_a_batch_page_by_contact,
    versions_that_are_seen_come_behind_any_number_that_are_not,
    what_changed_behind_a_time_says_what_it_was_and_is,
];

async fn each_commit_leaves_a_version(world: World) {
    let first = card("First");
    let contact = world.create(first.clone()).await;
    let second = card("Second");
    let write = world.write(Act::Edit).and(save(&world.ada, contact, Expect::Living, second.clone()));
    let (batch, at) = (write.batch.id, write.by.at);
    world.commit(write).await;
    world.bin(contact).await.unwrap();
    let scope = world.ada.scope();
    let versions = world.db.versions(scope, contact, None, 10).await.unwrap().items;
    let told: Vec<_> = versions.iter().map(|version| (version.act, version.binned, version.bytes.clone())).collect();
    assert_eq!(
        told,
        [
            (Act::Delete, true, second.residue.clone()),
            (Act::Edit, false, second.residue),
            (Act::Create, false, first.residue),
        ]
    );
    let edit = &versions[1];
    assert_eq!((edit.contact, edit.book, edit.batch, edit.at), (contact, world.ada.book, batch, at));
    assert_eq!(
        (edit.account, edit.door, edit.device.as_deref()),
        (Some(world.ada.account()), Door::Web, Some("Firefox on Linux"))
    );
    assert_eq!(edit.revision, second.revision);
    assert_eq!(world.db.version(scope, contact, edit.modseq).await.unwrap().as_ref(), Some(edit));
    assert!(world.db.version(scope, contact, rolo_core::id::Modseq(u64::MAX)).await.unwrap().is_none());
    let page = world.db.versions(scope, contact, Some(edit.modseq), 10).await.unwrap();
    assert_eq!((page.items.len(), page.more), (1, false));
    let page = world.db.versions(scope, contact, None, 2).await.unwrap();
    assert_eq!((page.items.len(), page.more), (2, true));
}

async fn one_commit_leaves_one_version_of_a_contact(world: World) {
    let contact: ContactId = id();
    let write = world.write(Act::Create).and(save(&world.ada, contact, Expect::Absent, card("One"))).and(save(
        &world.ada,
        contact,
        Expect::Living,
        card("Two"),
    ));
    let batch = write.batch.id;
    world.commit(write).await;
    let versions = world.db.versions(world.ada.scope(), contact, None, 10).await.unwrap().items;
    assert_eq!(versions.len(), 1);
    assert_eq!(versions[0].revision, world.contact(contact).await.revision);
    assert_eq!(world.db.batch(world.ada.scope(), batch).await.unwrap().unwrap().contacts, 1);
}

async fn a_batch_counts_the_versions_of_all_its_writes(world: World) {
    let batch: BatchId = id();
    let mut first_at = None;
    for chunk in 0..3 {
        let mut write = world.write(Act::Import);
        write.batch.id = batch;
        write.batch.summary = Some("contacts.csv".into());
        first_at.get_or_insert(write.by.at);
        for _ in 0..=chunk {
            write = write.and(save(&world.ada, id(), Expect::Absent, card("Imported")));
        }
        world.commit(write).await;
    }
    let row = world.db.batch(world.ada.scope(), batch).await.unwrap().unwrap();
    assert_eq!((row.contacts, row.note.act, row.note.summary.as_deref()), (6, Act::Import, Some("contacts.csv")));
    assert_eq!((Some(row.at), row.account, row.undone_by), (first_at, Some(world.ada.account()), None));
}

async fn a_batch_is_told_once_and_newest_first(world: World) {
    let other = id();
    world.one(Act::Settings, Effect::CreateBook { id: other, owner: None, name: "Team".into() }).await.unwrap();
    let ada = world.again(&world.ada).await;
    let contact = world.create(card("Traveller")).await;
    let (from, into) = (ada.may(), ada.caller.may_edit(other).unwrap());
    let moved = world.write(Act::Move).and(Effect::MoveContact { from, into, id: contact, expect: Expect::Living });
    let batch = moved.batch.id;
    world.commit(moved).await;
    let all = world.db.batches(ada.scope(), None, 10).await.unwrap().items;
    assert!(all.is_sorted_by(|a, b| a.at >= b.at));
    assert_eq!((all[0].note.id, all[0].contacts), (batch, 1));
    assert_eq!(all.iter().filter(|row| row.note.id == batch).count(), 1);
    let mut told = Vec::new();
    let mut before = None;
    loop {
        let page = world.db.batches(ada.scope(), before, 1).await.unwrap();
        told.extend(page.items.iter().map(|row| row.note.id));
        before = page.items.last().map(|row| row.at);
        if !page.more {
            break;
        }
    }
    assert_eq!(told, all.iter().map(|row| row.note.id).collect::<Vec<_>>());
    // Bob sees what happens in the organisation's book, not in Ada's own.
    let bob = world.member("bob@example.org", rolo_core::account::Role::Member).await;
    assert!(world.db.batch(bob.scope(), batch).await.unwrap().is_some());
    let seen = world.db.batches(bob.scope(), None, 10).await.unwrap().items;
    assert!(seen.iter().all(|row| row.note.act != Act::Create));
}

async fn undoing_is_noted_and_undoing_the_undo_takes_the_note_back(world: World) {
    let write = world.write(Act::Create).and(save(&world.ada, id(), Expect::Absent, card("Undone")));
    let Effect::SaveContact { id: contact, .. } = write.effects[0] else { panic!("a contact") };
    let made = write.batch.id;
    world.commit(write).await;
    let mut undo = world.write(Act::Undo).and(bin(&world.ada, contact, Expect::Living));
    undo.batch.undoes = Some(made);
    let undone = undo.batch.id;
    world.commit(undo).await;
    let batch = async |id| world.db.batch(world.ada.scope(), id).await.unwrap().unwrap();
    assert_eq!(batch(made).await.undone_by, Some(undone));
    assert_eq!(batch(undone).await.note.undoes, Some(made));
    let mut redo = world.write(Act::Undo).and(save(&world.ada, contact, Expect::Binned, card("Back")));
    redo.batch.undoes = Some(undone);
    let redone = redo.batch.id;
    world.commit(redo).await;
    assert_eq!((batch(made).await.undone_by, batch(undone).await.undone_by), (None, Some(redone)));
    // Once more: the first undo is in force again, so that the batch counts as undone by it.
    let mut undo = world.write(Act::Undo).and(bin(&world.ada, contact, Expect::Living));
    undo.batch.undoes = Some(redone);
    let last = undo.batch.id;
    world.commit(undo).await;
    let told = [made, undone, redone, last].map(async |id| batch(id).await.undone_by);
    assert_eq!(futures_util::future::join_all(told).await, [Some(undone), None, Some(last), None]);
}

async fn versions_that_are_seen_come_behind_any_number_that_are_not(world: World) {
    let team: BookId = id();
    world.one(Act::Settings, Effect::CreateBook { id: team, owner: None, name: "Team".into() }).await.unwrap();
    let bob = world.member("bob@example.org", rolo_core::account::Role::Member).await;
    let ada = world.again(&world.ada).await;
    let shared = Person { book: team, caller: ada.caller };
    let mut write = world.write(Act::Import);
    let batch = write.batch.id;
    let mut contacts: Vec<ContactId> = (0..7).map(|_| id()).collect();
    contacts.sort_unstable();
    for (n, contact) in contacts.iter().enumerate() {
        let into = if n == 3 { &shared } else { &world.ada };
        write = write.and(save(into, *contact, Expect::Absent, card("Imported")));
    }
    world.commit(write).await;
    let page = world.db.batch_versions(bob.scope(), batch, None, 1).await.unwrap();
    assert_eq!(page.items.iter().map(|version| version.contact).collect::<Vec<_>>(), [contacts[3]]);
    let page = world.db.batch_versions(bob.scope(), batch, Some(contacts[3]), 1).await.unwrap();
    assert!(page.items.is_empty() && !page.more);
}

async fn versions_of_a_batch_page_by_contact(world: World) {
    let batch: BatchId = id();
    let contacts: Vec<ContactId> = (0..5).map(|_| id()).collect();
    for round in 0..2 {
        let mut write = world.write(Act::Import);
        write.batch.id = batch;
        for contact in &contacts {
            let expect = if round == 0 { Expect::Absent } else { Expect::Living };
            write = write.and(save(&world.ada, *contact, expect, card("Imported")));
        }
        world.commit(write).await;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = world.db.batch_versions(world.ada.scope(), batch, after, 3).await.unwrap();
        seen.extend(page.items.iter().map(|version| version.contact));
        after = page.items.last().map(|version| version.contact);
        if !page.more {
            break;
        }
    }
    let mut wanted: Vec<ContactId> = contacts.iter().flat_map(|contact| [*contact, *contact]).collect();
    wanted.sort_unstable();
    assert_eq!(seen, wanted);
    let eve = world.stranger().await;
    assert!(world.db.batch_versions(eve.scope(), batch, None, 10).await.unwrap().items.is_empty());
}

async fn what_changed_behind_a_time_says_what_it_was_and_is(world: World) {
    let other = id();
    world.one(Act::Settings, Effect::CreateBook { id: other, owner: None, name: "Team".into() }).await.unwrap();
    let ada = world.again(&world.ada).await;
    let then = card("Then");
    let edited = world.create(then.clone()).await;
    let moved = world.create(card("Moved")).await;
    let purged = world.create(card("Purged")).await;
    let long_binned = world.create(card("In the bin at that time, purged since")).await;
    world.bin(long_binned).await.unwrap();
    world.create(card("Untouched")).await;
    let early = world.write(Act::Create);
    let at = early.by.at;
    let at_that_time: ContactId = id();
    world.commit(early.and(save(&world.ada, at_that_time, Expect::Absent, card("At that time")))).await;
    let made: ContactId = id();
    world.one(Act::Create, save(&world.ada, made, Expect::Absent, card("Made"))).await.unwrap();
    let now = card("Now");
    world.edit(edited, now.clone()).await.unwrap();
    let (from, into) = (ada.may(), ada.caller.may_edit(other).unwrap());
    world.one(Act::Move, Effect::MoveContact { from, into, id: moved, expect: Expect::Living }).await.unwrap();
    world.bin(purged).await.unwrap();
    for id in [purged, long_binned] {
        world.one(Act::Purge, Effect::PurgeContact { from: ada.may(), id }).await.unwrap();
    }

    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = world.db.changed_behind(ada.scope(), ada.book, at, after, 2).await.unwrap();
        assert!(page.items.len() <= 2 && page.items.is_sorted_by_key(|row| row.contact));
        after = page.items.last().map(|row| row.contact);
        rows.extend(page.items);
        if !page.more {
            break;
        }
    }
    let of = |contact: ContactId| rows.iter().find(|row| row.contact == contact).unwrap();
    assert_eq!(rows.len(), 5, "what is as it was is not among them: {rows:?}");
    let was = of(edited).then.unwrap();
    assert_eq!((was.revision, was.binned, was.book), (then.revision, false, ada.book));
    let version = world.db.version(ada.scope(), edited, was.modseq).await.unwrap().unwrap();
    assert_eq!(version.bytes, then.residue);
    let is = of(edited).now.unwrap();
    assert_eq!((is.revision, is.binned, is.book), (now.revision, false, ada.book));
    assert_eq!((of(made).then, of(made).created_at > at), (None, true));
    assert_eq!((of(moved).then.unwrap().book, of(moved).now.unwrap().book), (ada.book, other));
    assert_eq!((of(purged).then, of(purged).now, of(purged).created_at < at), (None, None, true));
    let went = |contact| of(contact).binned_at.map(|went| went > at);
    assert_eq!((went(purged), went(long_binned), went(moved)), (Some(true), Some(false), None));
    let behind = world.db.changed_behind(ada.scope(), other, at, None, 9).await.unwrap();
    assert_eq!(behind.items.iter().map(|row| row.contact).collect::<Vec<_>>(), [moved]);
    let eve = world.stranger().await;
    assert!(world.db.changed_behind(eve.scope(), ada.book, at, None, 9).await.unwrap().items.is_empty());
}
