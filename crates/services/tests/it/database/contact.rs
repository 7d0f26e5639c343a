//! Contacts: saved, binned, restored, purged, moved.

use rolo_core::{
    Error,
    contact::Prepared,
    contracts::Database,
    id::ContactId,
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, binned, card, id, labelled, living, save},
};

rules![
    what_was_saved_is_read,
    an_edit_replaces_what_is_derived_and_keeps_the_name_of_the_resource,
    what_is_in_the_bin_may_be_put_again,
    what_comes_back_is_listed_again,
    a_purged_contact_leaves_only_a_tombstone,
    a_moved_contact_takes_its_history_and_marks_along,
    many_are_read_in_the_order_asked_for,
    a_group_card_is_no_contact_of_a_list,
];

async fn what_was_saved_is_read(world: World) {
    let saved = Prepared { dav_name: Some("ann.vcf".into()), ..labelled("Ann", &["Family"]) };
    let contact = world.create(saved.clone()).await;
    let stored = world.contact(contact).await;
    assert_eq!((stored.id, stored.book), (contact, world.ada.book));
    assert_eq!((stored.kind, stored.uid, stored.dav_name), (saved.kind, saved.uid.clone(), "ann.vcf".into()));
    assert_eq!((stored.revision, stored.model), (saved.revision, saved.model));
    assert_eq!(stored.created_at, stored.updated_at);
    assert_eq!((stored.deleted_at, stored.starred, stored.hidden), (None, false, false));
    assert_eq!(world.label_names(&stored.labels).await, ["Family"]);
    let bytes = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap();
    assert_eq!((bytes.bytes, bytes.uid, bytes.revision), (saved.residue, saved.uid, saved.revision));
    assert!(world.db.card(world.ada.scope(), id()).await.unwrap().is_none());
    let matched = world.db.match_keys(world.ada.scope(), world.ada.book, None, 10).await.unwrap();
    assert_eq!((matched[0].id, &matched[0].uid_key, &matched[0].match_keys), (contact, &saved.uid_key, &vec![1, 2, 3]));
}

async fn an_edit_replaces_what_is_derived_and_keeps_the_name_of_the_resource(world: World) {
    let contact = world.create(Prepared { dav_name: Some("a.vcf".into()), ..card("Before") }).await;
    let before = world.contact(contact).await;
    let edited = card("After");
    world.edit(contact, edited.clone()).await.unwrap();
    let after = world.contact(contact).await;
    assert_eq!((after.dav_name.as_str(), after.model), ("a.vcf", edited.model));
    assert_eq!((after.created_at, after.revision), (before.created_at, edited.revision));
    assert!(after.updated_at > before.updated_at && after.modseq > before.modseq);
    let line = &world.db.listed(world.ada.scope(), &[contact]).await.unwrap()[0];
    assert_eq!(line.summary, edited.summary);
    let unnamed = world.create(card("Unnamed")).await;
    assert_eq!(world.contact(unnamed).await.dav_name, format!("{unnamed}.vcf"));
}

async fn what_is_in_the_bin_may_be_put_again(world: World) {
    let first = Prepared { dav_name: Some("same.vcf".into()), ..card("First") };
    let again = Prepared { uid: first.uid.clone(), uid_key: first.uid_key.clone(), ..card("Again") };
    let put = Prepared { dav_name: Some("same.vcf".into()), ..again.clone() };
    let old = world.create(first.clone()).await;
    let twice = world.one(Act::Create, save(&world.ada, id(), Expect::Absent, again.clone())).await.unwrap_err();
    assert!(matches!(&twice, Error::Conflict { why } if why.contains("UID")), "{twice}");
    let named = Prepared { dav_name: Some("same.vcf".into()), ..card("Other") };
    assert!(world.one(Act::Create, save(&world.ada, id(), Expect::Absent, named)).await.is_err());
    world.bin(old).await.unwrap();
    let new = world.create(put).await;
    // Coming back would make two living ones of one UID.
    assert!(world.one(Act::Restore, save(&world.ada, old, Expect::Binned, first.clone())).await.is_err());
    world.bin(new).await.unwrap();
    world.one(Act::Restore, save(&world.ada, old, Expect::Binned, first)).await.unwrap();
    assert_eq!(world.all(&living()).await, [old]);
    // The same UID in another book is another contact.
    let eve = world.stranger().await;
    let write = world.write_by(&eve, Act::Create).and(save(&eve, id(), Expect::Absent, again));
    world.commit(write).await;
}

async fn what_comes_back_is_listed_again(world: World) {
    let saved = labelled("Gone", &["Family"]);
    let contact = world.create(saved.clone()).await;
    world.bin(contact).await.unwrap();
    assert_eq!((world.all(&living()).await, world.all(&binned()).await), (vec![], vec![contact]));
    let stored = world.contact(contact).await;
    assert!(stored.deleted_at.is_some());
    assert_eq!(stored.labels.len(), 1, "the bin shows what a contact was");
    let card = world.db.card(world.ada.scope(), contact).await.unwrap().unwrap();
    assert_eq!((card.bytes, card.deleted_at), (saved.residue.clone(), stored.deleted_at));
    world.one(Act::Restore, save(&world.ada, contact, Expect::Binned, saved)).await.unwrap();
    assert_eq!((world.all(&living()).await, world.all(&binned()).await), (vec![contact], vec![]));
    assert_eq!(world.contact(contact).await.deleted_at, None);
}

async fn a_purged_contact_leaves_only_a_tombstone(world: World) {
    let contact = world.create(labelled("Secret", &["Private"])).await;
    world.bin(contact).await.unwrap();
    let since = world.head().await;
    world.one(Act::Purge, Effect::PurgeContact { from: world.ada.may(), id: contact }).await.unwrap();
    let scope = world.ada.scope();
    assert!(world.db.contact(scope, contact).await.unwrap().is_none());
    assert!(world.db.card(scope, contact).await.unwrap().is_none());
    assert!(world.db.listed(scope, &[contact]).await.unwrap().is_empty());
    assert!(world.db.versions(scope, contact, None, 10).await.unwrap().items.is_empty());
    assert!(world.db.match_keys(scope, world.ada.book, None, 10).await.unwrap().is_empty());
    assert!(world.all(&binned()).await.is_empty());
    assert_eq!(world.db.books(scope).await.unwrap()[0].binned, 0);
    let change = &world.db.changes(scope, world.ada.book, since, 10).await.unwrap().items[0];
    assert!(change.id == contact.0 && change.gone);
}

async fn a_moved_contact_takes_its_history_and_marks_along(world: World) {
    let other = rolo_core::id::BookId::from(uuid::Uuid::now_v7());
    world
        .one(Act::Settings, Effect::CreateBook { id: other, owner: Some(world.ada.account()), name: "B".into() })
        .await
        .unwrap();
    let ada = world.again(&world.ada).await;
    let (here, there) = (ada.may(), ada.caller.may_edit(other).unwrap());
    let scope = ada.scope();
    let contact = world.create(labelled("Traveller", &["Family"])).await;
    for name in ["2", "3", "4", "5"] {
        world.edit(contact, labelled(name, &["Family"])).await.unwrap();
    }
    let mark = Effect::Mark { account: ada.account(), book: ada.book, contact, starred: Some(true), hidden: None };
    world.one(Act::Settings, mark).await.unwrap();
    let before = world.contact(contact).await;
    let since = world.head().await;
    world
        .one(Act::Move, Effect::MoveContact { from: here, into: there, id: contact, expect: Expect::Living })
        .await
        .unwrap();

    let moved = world.db.contact(scope, contact).await.unwrap().unwrap();
    assert_eq!((moved.book, moved.starred, moved.revision), (other, true, before.revision));
    assert_eq!(world.db.label(scope, moved.labels[0]).await.unwrap().unwrap().book, other);
    assert_ne!(moved.labels, before.labels);
    let left = world.db.changes(scope, ada.book, since, 10).await.unwrap().items;
    assert_eq!(left.iter().map(|change| (change.id, change.gone)).collect::<Vec<_>>(), [(contact.0, true)]);
    let came = world.db.changes(scope, other, rolo_core::id::Modseq(0), 10).await.unwrap().items;
    assert!(came.iter().any(|change| change.id == contact.0 && !change.gone));
    // Versions are named by their number: none is hidden by another, and they page newest first.
    world
        .one(
            Act::Edit,
            Effect::SaveContact {
                into: there,
                id: contact,
                expect: Expect::Living,
                act: Act::Edit,
                card: Box::new(card("There")),
            },
        )
        .await
        .unwrap();
    let mut numbers = Vec::new();
    let mut before = None;
    loop {
        let page = world.db.versions(scope, contact, before, 2).await.unwrap();
        numbers.extend(page.items.iter().map(|version| (version.modseq, version.act)));
        before = page.items.last().map(|version| version.modseq);
        if !page.more {
            break;
        }
    }
    assert!(numbers.is_sorted_by(|a, b| a.0 > b.0), "{numbers:?}");
    let acts: Vec<Act> = numbers.iter().map(|(_, act)| *act).collect();
    assert_eq!(acts, [Act::Edit, Act::Move, Act::Edit, Act::Edit, Act::Edit, Act::Edit, Act::Create]);
    for book in world.db.books(scope).await.unwrap() {
        assert_eq!(book.contacts, u64::from(book.id == other));
    }
    let back = Effect::MoveContact { from: here, into: there, id: contact, expect: Expect::Living };
    assert!(world.one(Act::Move, back).await.is_err(), "it is no longer there");
}

async fn many_are_read_in_the_order_asked_for(world: World) {
    let mut write = world.write(Act::Create);
    let ids: Vec<ContactId> = (0..300).map(|_| id()).collect();
    for contact in &ids {
        write = write.and(save(&world.ada, *contact, Expect::Absent, card(&contact.to_string())));
    }
    world.commit(write).await;
    let mut asked = ids.clone();
    asked.reverse();
    asked.insert(7, id());
    asked.push(ids[3]);
    let wanted: Vec<ContactId> = asked.iter().copied().filter(|asked| ids.contains(asked)).collect();
    let scope = world.ada.scope();
    let stored = world.db.contacts(scope, &asked).await.unwrap();
    assert_eq!(stored.iter().map(|contact| contact.id).collect::<Vec<_>>(), wanted);
    let lines = world.db.listed(scope, &asked).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.id).collect::<Vec<_>>(), wanted);
    let cards = world.db.cards(scope, &asked).await.unwrap();
    assert_eq!(cards.iter().map(|card| card.id).collect::<Vec<_>>(), wanted);
    assert!(world.db.contacts(scope, &[]).await.unwrap().is_empty());
}

async fn a_group_card_is_no_contact_of_a_list(world: World) {
    let person = world.create(labelled("Person", &["Family"])).await;
    let group = world.create(Prepared { kind: "group".into(), ..labelled("Family", &["Family"]) }).await;
    assert_eq!(world.all(&living()).await, [person]);
    let groups = rolo_core::contact::Filter { kind: Some("group".into()), ..living() };
    assert_eq!(world.all(&groups).await, [group]);
    let scope = world.ada.scope();
    assert_eq!(world.db.count(scope, &groups).await.unwrap(), 1);
    assert_eq!(world.db.books(scope).await.unwrap()[0].contacts, 1);
    assert_eq!(world.db.labels(scope).await.unwrap()[0].contacts, 1);
    world.bin(group).await.unwrap();
    assert!(world.all(&binned()).await.is_empty());
    let row = &world.db.books(scope).await.unwrap()[0];
    assert_eq!((row.contacts, row.binned), (1, 0));
}
