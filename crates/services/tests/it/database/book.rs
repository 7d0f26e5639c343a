//! Books and who may do what in them.

use rolo_core::{
    account::{Right, Role},
    contracts::{Database, database::ChangeKind},
    id::{BookId, Modseq},
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, card, id, labelled, save},
};

rules![
    a_members_rights_are_those_of_its_role,
    access_overrides_the_role,
    a_book_is_renamed_only_as_it_was_seen,
    a_book_with_contacts_cannot_be_removed,
    a_removed_book_is_gone_for_those_who_saw_it,
];

async fn a_members_rights_are_those_of_its_role(world: World) {
    let (member, admin) =
        (world.member("m@example.org", Role::Member).await, world.member("a@example.org", Role::Admin).await);
    let team: BookId = id();
    world.one(Act::Settings, Effect::CreateBook { id: team, owner: None, name: "Team".into() }).await.unwrap();
    let right = async |account| {
        let rights = world.db.rights(account).await.unwrap().unwrap();
        rights.books.into_iter().collect::<std::collections::HashMap<_, _>>()
    };
    let of_member = right(member.account()).await;
    assert_eq!((of_member.get(&team), of_member.get(&member.book)), (Some(&Right::Edit), Some(&Right::Manage)));
    assert_eq!(of_member.get(&world.ada.book), None);
    assert_eq!(right(admin.account()).await.get(&team), Some(&Right::Manage));
    let eve = world.stranger().await;
    assert_eq!(right(eve.account()).await.get(&team), None);
    let told = world.db.account_changes(member.scope(), Modseq(1), 10).await.unwrap().items;
    assert!(told.iter().any(|change| change.kind == ChangeKind::Book && change.id == team.0 && !change.gone));
}

async fn access_overrides_the_role(world: World) {
    let bob = world.member("bob@example.org", Role::Member).await;
    let give = |right| Effect::SetAccess { book: world.ada.manages(), account: bob.account(), right };
    let right = async || {
        let rights = world.db.rights(bob.account()).await.unwrap().unwrap();
        rights.books.into_iter().find(|(book, _)| *book == world.ada.book).map(|(_, right)| right)
    };
    assert_eq!(right().await, None);
    for wanted in [Some(Right::See), Some(Right::Manage), Some(Right::Edit), None] {
        world.one(Act::Settings, give(wanted)).await.unwrap();
        assert_eq!(right().await, wanted);
        let told = world.db.account_changes(bob.scope(), Modseq(0), 100).await.unwrap().items;
        let last = told.iter().find(|change| change.id == world.ada.book.0).unwrap();
        assert_eq!(last.gone, wanted.is_none());
    }
    let eve = world.stranger().await;
    let effect = Effect::SetAccess { book: world.ada.manages(), account: eve.account(), right: Some(Right::See) };
    assert!(world.one(Act::Settings, effect).await.is_err(), "an account of another organisation");
}

async fn a_book_is_renamed_only_as_it_was_seen(world: World) {
    let seen = world.db.books(world.ada.scope()).await.unwrap().remove(0);
    let rename = |expect, name: &str| Effect::RenameBook { book: world.ada.manages(), expect, name: name.into() };
    world.one(Act::Settings, rename(Some(seen.revision), "Family")).await.unwrap();
    assert!(world.one(Act::Settings, rename(Some(seen.revision), "Friends")).await.is_err());
    world.one(Act::Settings, rename(None, "Friends")).await.unwrap();
    let now = world.db.books(world.ada.scope()).await.unwrap().remove(0);
    assert_eq!((now.name.as_str(), now.modseq.0), ("Friends", seen.modseq.0 + 2));
    let told = world.db.changes(world.ada.scope(), world.ada.book, seen.modseq, 10).await.unwrap().items;
    assert_eq!((told[0].kind, told[0].id), (ChangeKind::Book, world.ada.book.0));
}

async fn a_book_with_contacts_cannot_be_removed(world: World) {
    let contact = world.create(card("Living")).await;
    let remove = || Effect::RemoveBook { book: world.ada.manages() };
    assert!(world.one(Act::Settings, remove()).await.is_err());
    world.bin(contact).await.unwrap();
    world.one(Act::Settings, remove()).await.unwrap();
    assert!(world.db.contact(world.ada.scope(), contact).await.unwrap().is_none());
}

async fn a_removed_book_is_gone_for_those_who_saw_it(world: World) {
    let team: BookId = id();
    world.one(Act::Settings, Effect::CreateBook { id: team, owner: None, name: "Team".into() }).await.unwrap();
    let bob = world.member("bob@example.org", Role::Member).await;
    let ada = world.again(&world.ada).await;
    let contact = id();
    let into = ada.caller.may_edit(team).unwrap();
    let (expect, act, card) = (Expect::Absent, Act::Create, Box::new(labelled("Ann", &["Family"])));
    world.one(act, Effect::SaveContact { into, id: contact, expect, act, card }).await.unwrap();
    let (expect, act) = (Expect::Living, Act::Delete);
    world.one(act, Effect::BinContact { from: into, id: contact, expect, act }).await.unwrap();
    let before = world.db.heads(bob.scope()).await.unwrap();
    world.one(Act::Settings, Effect::RemoveBook { book: ada.caller.may_manage(team).unwrap() }).await.unwrap();
    let after = world.db.heads(bob.scope()).await.unwrap();
    assert!(after.access_epoch > before.access_epoch && after.account > before.account);
    assert!(after.books.iter().all(|head| head.book != team));
    assert!(world.db.all_books().await.unwrap().iter().all(|(_, head)| head.book != team));
    let told = world.db.account_changes(bob.scope(), before.account, 10).await.unwrap().items;
    assert!(told.iter().any(|change| change.id == team.0 && change.gone));
    assert!(world.db.labels(ada.scope()).await.unwrap().is_empty());
    assert!(world.db.rights(bob.account()).await.unwrap().unwrap().books.iter().all(|(book, _)| *book != team));
    // Its contacts' ids are never used again, and writes into it are refused.
    let again = save(&world.ada, contact, Expect::Absent, labelled("Ann", &[]));
    assert!(world.one(Act::Create, again).await.is_err());
    let (expect, act, card) = (Expect::Absent, Act::Create, Box::new(labelled("Bea", &[])));
    assert!(world.one(act, Effect::SaveContact { into, id: id(), expect, act, card }).await.is_err());
}
