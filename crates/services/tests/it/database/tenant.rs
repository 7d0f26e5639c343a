//! A row of another tenant, or of an invisible book, is never answered. Each question is also asked by who may.

use rolo_core::{
    account::{Role, Scope},
    contact::{Filter, Sort},
    contracts::Database,
    id::Modseq,
    write::{Act, Effect},
};

use super::{
    rules,
    world::{World, binned, labelled, living},
};

rules![nothing_of_an_invisible_book_is_answered, a_mark_needs_a_contact_of_that_book];

async fn nothing_of_an_invisible_book_is_answered(world: World) {
    let contact = world.create(labelled("Secret", &["Private"])).await;
    let gone = world.create(labelled("Binned", &["Private"])).await;
    world.bin(gone).await.unwrap();
    let stored = world.contact(contact).await;
    let version = world.db.versions(world.ada.scope(), contact, None, 1).await.unwrap().items.remove(0);
    let (label, batch) = (stored.labels[0], version.batch);

    // How many of the questions are answered.
    let asked = async |scope: &Scope| {
        let db = &world.db;
        let labelled = Filter { label: Some(label), ..living() };
        let mut answers = vec![
            db.contact(scope, contact).await.unwrap().is_some(),
            db.contact(scope, gone).await.unwrap().is_some(),
            db.card(scope, contact).await.unwrap().is_some(),
            db.version(scope, contact, version.modseq).await.unwrap().is_some(),
            db.label(scope, label).await.unwrap().is_some(),
            db.batch(scope, batch).await.unwrap().is_some(),
            !db.contacts(scope, &[contact]).await.unwrap().is_empty(),
            !db.cards(scope, &[contact]).await.unwrap().is_empty(),
            !db.listed(scope, &[contact]).await.unwrap().is_empty(),
            !db.versions(scope, contact, None, 9).await.unwrap().items.is_empty(),
            !db.batch_versions(scope, batch, None, 9).await.unwrap().items.is_empty(),
            db.batches(scope, None, 9).await.unwrap().items.iter().any(|row| row.note.id == batch),
            !db.labels(scope).await.unwrap().is_empty(),
            !db.match_keys(scope, world.ada.book, None, 9).await.unwrap().is_empty(),
            db.changes(scope, world.ada.book, Modseq(0), 9).await.is_ok(),
            db.heads(scope).await.unwrap().books.iter().any(|head| head.book == world.ada.book),
            db.books(scope).await.unwrap().iter().any(|book| book.id == world.ada.book),
        ];
        for filter in [living(), binned(), labelled, Filter { sort: Sort::Id, ..living() }] {
            answers.push(!db.list(scope, &filter).await.unwrap().items.is_empty());
            answers.push(db.count(scope, &filter).await.unwrap() > 0);
        }
        answers
    };
    let (eve, bob) = (world.stranger().await, world.member("bob@example.org", Role::Admin).await);
    assert!(asked(eve.scope()).await.iter().all(|answered| !answered), "{:?}", asked(eve.scope()).await);
    assert!(asked(bob.scope()).await.iter().all(|answered| !answered), "{:?}", asked(bob.scope()).await);
    assert!(asked(world.ada.scope()).await.iter().all(|answered| *answered), "{:?}", asked(world.ada.scope()).await);
}

async fn a_mark_needs_a_contact_of_that_book(world: World) {
    let contact = world.create(labelled("Secret", &[])).await;
    let eve = world.stranger().await;
    for book in [eve.book, world.ada.book] {
        let effect = Effect::Mark { account: eve.account(), book, contact, starred: Some(true), hidden: None };
        let write = world.write_by(&eve, Act::Settings).and(effect);
        assert!(world.db.commit(write).await.is_err());
    }
    let (account, book) = (world.ada.account(), world.ada.book);
    let effect = Effect::Mark { account, book, contact, starred: Some(true), hidden: None };
    world.one(Act::Settings, effect).await.unwrap();
}
