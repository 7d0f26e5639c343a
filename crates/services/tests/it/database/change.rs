//! What followers see: changes by number, heads, and being woken.

use std::{pin::pin, sync::Arc};

use futures_util::FutureExt as _;
use rolo_core::{
    Error,
    contracts::{
        Database,
        database::{ChangeKind, ChangeRow},
    },
    id::Modseq,
    write::{Act, Effect, Expect},
};

use super::{
    rules,
    world::{World, card, id, labelled, save},
};

rules![
    each_thing_is_told_once_with_its_newest_number,
    pages_end_between_numbers,
    an_invisible_book_has_no_changes,
    marks_and_settings_change_the_account_only,
    heads_are_those_of_the_scope,
    a_follower_is_woken_after_the_answer,
    a_follower_hears_of_what_another_process_wrote,
];

async fn each_thing_is_told_once_with_its_newest_number(world: World) {
    let a = world.create(labelled("A", &["Family"])).await;
    let b = world.create(card("B")).await;
    world.edit(a, labelled("A2", &["Family"])).await.unwrap();
    world.bin(b).await.unwrap();
    let changes = world.db.changes(world.ada.scope(), world.ada.book, Modseq(0), 100).await.unwrap();
    let told: Vec<_> = changes.items.iter().map(|change| (change.kind, change.id, change.gone)).collect();
    let label = world.contact(a).await.labels[0];
    assert_eq!(
        told,
        [(ChangeKind::Label, label.0, false), (ChangeKind::Contact, a.0, false), (ChangeKind::Contact, b.0, true),]
    );
    assert!(changes.items.is_sorted_by(|x, y| x.modseq < y.modseq) && !changes.more);
    assert_eq!(changes.items[1].modseq, world.contact(a).await.modseq);
    let since = changes.items[1].modseq;
    assert_eq!(world.db.changes(world.ada.scope(), world.ada.book, since, 9).await.unwrap().items.len(), 1);
    let none = world.db.changes(world.ada.scope(), world.ada.book, world.head().await, 9).await.unwrap();
    assert!(none.items.is_empty() && !none.more);
}

async fn pages_end_between_numbers(world: World) {
    for size in [3, 5, 1, 4] {
        let mut write = world.write(Act::Create);
        for _ in 0..size {
            write = write.and(save(&world.ada, id(), Expect::Absent, card("Many")));
        }
        world.commit(write).await;
    }
    for limit in 1..=14 {
        let (mut since, mut told) = (Modseq(0), Vec::<ChangeRow>::new());
        loop {
            let page = world.db.changes(world.ada.scope(), world.ada.book, since, limit).await.unwrap();
            if let (Some(last), Some(first)) = (told.last(), page.items.first()) {
                assert!(first.modseq > last.modseq, "a number was split by a limit of {limit}");
            }
            assert!(page.items.len() >= limit || !page.more);
            told.extend(page.items);
            since = told.last().unwrap().modseq;
            if !page.more {
                break;
            }
        }
        assert_eq!(told.len(), 13, "limit {limit}");
    }
}

async fn an_invisible_book_has_no_changes(world: World) {
    let eve = world.stranger().await;
    let asked = world.db.changes(world.ada.scope(), eve.book, Modseq(0), 10).await;
    assert!(matches!(asked, Err(Error::NotFound)));
    assert!(world.db.changes(eve.scope(), eve.book, Modseq(0), 10).await.is_ok(), "the control");
}

async fn marks_and_settings_change_the_account_only(world: World) {
    let contact = world.create(card("Starred")).await;
    let before = world.db.heads(world.ada.scope()).await.unwrap();
    let (account, book) = (world.ada.account(), world.ada.book);
    let mark = Effect::Mark { account, book, contact, starred: Some(true), hidden: None };
    let committed = world.one(Act::Settings, mark).await.unwrap();
    let after = world.db.heads(world.ada.scope()).await.unwrap();
    assert_eq!((committed.account, committed.books), (Some(after.account), vec![]));
    assert_eq!(after.account, Modseq(before.account.0 + 1));
    assert_eq!((&after.books, after.access_epoch), (&before.books, before.access_epoch));
    let changes = world.db.account_changes(world.ada.scope(), before.account, 10).await.unwrap().items;
    assert_eq!(
        changes,
        [ChangeRow { kind: ChangeKind::Contact, id: contact.0, book, modseq: after.account, gone: false }]
    );
    let eve = world.stranger().await;
    let theirs = world.db.account_changes(eve.scope(), Modseq(0), 10).await.unwrap().items;
    assert!(theirs.iter().all(|change| change.id != contact.0));
}

async fn heads_are_those_of_the_scope(world: World) {
    let eve = world.stranger().await;
    let theirs = world.db.heads(eve.scope()).await.unwrap();
    let committed = world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card("A"))).await.unwrap();
    let heads = world.db.heads(world.ada.scope()).await.unwrap();
    assert_eq!(heads.books.len(), 1);
    assert_eq!((heads.books[0].book, heads.books[0].modseq), committed.books[0]);
    assert_eq!(world.db.heads(eve.scope()).await.unwrap(), theirs);
    let all = world.db.all_books().await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all.iter().any(|(scope, head)| *head == heads.books[0] && scope.sees(world.ada.book)));
    // The numbers survive a restart.
    let (head, world) = (heads, world.reopened().await);
    assert_eq!(world.db.heads(world.ada.scope()).await.unwrap(), head);
}

async fn a_follower_is_woken_after_the_answer(world: World) {
    let (mut tick, before) = (world.db.committed_after(0).await, world.head().await);
    let waiting = tokio::spawn({
        let world = world.clone();
        async move {
            // It may be woken for nothing, but not for ever.
            loop {
                let newer = world.db.committed_after(tick).await;
                assert!(newer > tick);
                tick = newer;
                let head = world.head().await;
                if head > before {
                    return head;
                }
            }
        }
    });
    let committed = world.one(Act::Create, save(&world.ada, id(), Expect::Absent, card("A"))).await.unwrap();
    assert!(waiting.await.unwrap() >= committed.books[0].1);
}

async fn a_follower_hears_of_what_another_process_wrote(world: World) {
    // An embedded database belongs to one process, which refuses another.
    if world.place.embedded() {
        return;
    }
    let here = Arc::new(world.place.open().await);
    let mut heard = pin!(here.committed_after(0));
    // Its line to the server may stand only after the first writes: there are more until it hears of one.
    let tick = loop {
        world.create(card("A")).await;
        if let Some(tick) = heard.as_mut().now_or_never() {
            break tick;
        }
    };
    assert!(tick > 0, "nothing was ever written here");
    assert_eq!(here.heads(world.ada.scope()).await.unwrap(), world.db.heads(world.ada.scope()).await.unwrap());
}
