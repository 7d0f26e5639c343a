//! Batches: all or nothing, or each for itself.

use rolo_core::{
    Error, Seed, Seen,
    contact::{
        Batch, BatchItem, Change, Filter, NewContact, Patch,
        batch::{ITEMS_MAX, run},
        list,
    },
    history::batches,
    id::ContactId,
    write::Act,
};
use serde_json::json;
use uuid::Uuid;

use super::save::label;
use crate::{
    counted::Counted,
    world::{World, ann, model, refusal, world},
};

fn new() -> BatchItem {
    BatchItem::Create(Box::new(NewContact { card: model(ann()), ..NewContact::default() }))
}

async fn count(w: &World) -> u64 {
    list::page(&w.s, &w.noor, &Filter { limit: 9, ..Filter::default() }).await.unwrap().1
}

#[tokio::test]
async fn all_or_nothing() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let missing = ContactId(Uuid::now_v7());
    let items =
        vec![new(), BatchItem::Delete { id: ann.id, seen: Seen::Any }, BatchItem::Star { id: missing, on: true }];
    let batch = Batch { atomic: true, summary: None, items };
    assert_eq!(refusal(run(&w.s, &w.noor, batch, &Seed::default()).await).0, "not found");
    assert_eq!((count(&w).await, w.now(ann.id).await.stored.deleted_at), (1, None));

    let items = vec![new(), new(), BatchItem::Star { id: ann.id, on: true }];
    let batch = Batch { atomic: true, summary: Some("three".into()), items };
    let done = run(&w.s, &w.noor, batch, &Seed::default()).await.unwrap();
    assert_eq!((done.items.len(), count(&w).await), (3, 3));
    assert!(done.items.iter().all(|item| item.as_ref().is_ok_and(|item| item.contact.is_some())));
    let row = batches::get(&w.s, &w.noor, done.batch).await.unwrap();
    assert_eq!((row.note.summary.as_deref(), row.contacts, row.note.act), (Some("three"), 2, Act::Edit));
}

#[tokio::test]
async fn each_for_itself() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let note = Patch { card: Some(json!({"rolo:fileAs": "x"})), ..Patch::default() };
    let stale = Seen::Revision(rolo_core::id::Revision::of(b"old"));
    let bad = BatchItem::Create(Box::new(NewContact {
        card: model(json!({"name": {"full": "\u{1}"}})),
        ..NewContact::default()
    }));
    let items = vec![
        new(),
        BatchItem::Patch { id: ann.id, seen: stale, patch: Box::new(note.clone()) },
        bad,
        BatchItem::Patch { id: ann.id, seen: Seen::Any, patch: Box::new(note) },
        BatchItem::Delete { id: ann.id, seen: Seen::Any },
    ];
    let done = run(&w.s, &w.noor, Batch { atomic: false, summary: None, items }, &Seed::default()).await.unwrap();
    let told: Vec<&str> = done
        .items
        .iter()
        .map(|item| match item {
            Ok(_) => "done",
            Err(Error::Conflict { .. }) => "conflict",
            Err(Error::Invalid { field, .. }) if field == "/items/2/card/name/full" => "invalid",
            Err(other) => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(told, ["done", "conflict", "invalid", "done", "done"]);
    assert!(w.now(ann.id).await.stored.deleted_at.is_some());
}

#[tokio::test]
async fn a_selection_is_labelled_at_once() {
    let w = world().await;
    let family = label(&w, "Family").await;
    let ids = [w.ann().await.stored.id, w.ann().await.stored.id];
    let add = Change { add_labels: vec![family], ..Change::default() };
    let items = ids
        .iter()
        .map(|id| BatchItem::Patch {
            id: *id,
            seen: Seen::Any,
            patch: Box::new(Patch { card: None, change: add.clone() }),
        })
        .collect();
    let done = run(&w.s, &w.noor, Batch { atomic: true, summary: None, items }, &Seed::default()).await.unwrap();
    assert!(done.items.iter().flatten().all(|item| item.contact.as_ref().unwrap().stored.labels == [family]));
}

#[tokio::test]
async fn a_repeated_batch_is_done_once() {
    let w = world().await;
    let gone = w.ann().await.stored.id;
    for atomic in [true, false] {
        let seed = Seed(Some(Uuid::now_v7()));
        let before = count(&w).await;
        let mut items = vec![new(), new()];
        if atomic {
            items.push(BatchItem::Delete { id: gone, seen: Seen::Any });
        }
        let batch = Batch { atomic, summary: None, items };
        let first = run(&w.s, &w.noor, batch.clone(), &seed).await.unwrap();
        let second = run(&w.s, &w.noor, batch, &seed).await.unwrap();
        let ids = |done: &rolo_core::contact::BatchDone| {
            done.items.iter().map(|item| item.as_ref().unwrap().id).collect::<Vec<_>>()
        };
        assert_eq!((first.batch, ids(&first)), (second.batch, ids(&second)));
        assert_eq!(count(&w).await, before + 2 - u64::from(atomic));
    }
}

#[tokio::test]
async fn the_size_is_bounded_and_an_atomic_one_names_each_contact_once() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let of = |items| Batch { atomic: true, summary: None, items };
    assert_eq!(refusal(run(&w.s, &w.noor, of(vec![]), &Seed::default()).await).1, "/items");
    assert_eq!(refusal(run(&w.s, &w.noor, of(vec![new(); ITEMS_MAX + 1]), &Seed::default()).await).1, "/items");
    let twice = vec![BatchItem::Star { id: ann, on: true }, BatchItem::Delete { id: ann, seen: Seen::Any }];
    assert_eq!(refusal(run(&w.s, &w.noor, of(twice), &Seed::default()).await).1, "/items/1");
}

/// A thousand of Ann.
async fn thousand(w: &World) -> Vec<ContactId> {
    let items = vec![new(); ITEMS_MAX];
    let done = run(&w.s, &w.noor, Batch { atomic: true, summary: None, items }, &Seed::default()).await.unwrap();
    done.items.into_iter().map(|item| item.unwrap().id).collect()
}

#[tokio::test]
async fn a_thousand_are_read_a_hundred_at_a_time() {
    let mut w = world().await;
    let ids = thousand(&w).await;
    let (family, database) = (label(&w, "Family").await, Counted::new(w.s.database.clone()));
    w.s.database = database.clone();
    let renamed = || Patch { card: Some(json!({"rolo:fileAs": "x"})), ..Patch::default() };
    let labelled = || Patch { card: None, change: Change { add_labels: vec![family], ..Change::default() } };
    let patch = |patch: Patch| {
        move |id: &ContactId| BatchItem::Patch { id: *id, seen: Seen::Any, patch: Box::new(patch.clone()) }
    };
    let whole = Change { card: Some(model(ann())), ..Change::default() };
    let all: Vec<(&str, Vec<BatchItem>)> = vec![
        ("patched", ids.iter().map(patch(renamed())).collect()),
        ("labelled", ids.iter().map(patch(labelled())).collect()),
        (
            "replaced",
            ids.iter()
                .map(|id| BatchItem::Replace { id: *id, seen: Seen::Any, change: Box::new(whole.clone()) })
                .collect(),
        ),
        ("starred", ids.iter().map(|id| BatchItem::Star { id: *id, on: true }).collect()),
        ("deleted", ids.iter().map(|id| BatchItem::Delete { id: *id, seen: Seen::Any }).collect()),
        ("restored", ids.iter().map(|id| BatchItem::Restore { id: *id }).collect()),
        ("made", vec![new(); ITEMS_MAX]),
    ];
    for (what, items) in all {
        database.taken();
        let done = run(&w.s, &w.noor, Batch { atomic: true, summary: None, items }, &Seed::default()).await.unwrap();
        assert_eq!(done.items.len(), ITEMS_MAX, "{what}");
        let asked = database.taken();
        assert!(asked <= 25, "{what}: {asked} questions");
    }
    // The count would tell: the same one by one.
    for id in &ids[..50] {
        let seen = Seen::Any;
        rolo_core::contact::save::patch(&w.s, &w.noor, *id, seen, renamed()).await.unwrap();
    }
    assert!(database.taken() >= 100);
}

#[tokio::test]
async fn each_for_itself_is_read_together_and_sees_what_the_one_before_did() {
    let mut w = world().await;
    let ids = [w.ann().await.stored.id, w.ann().await.stored.id, w.ann().await.stored.id];
    let database = Counted::new(w.s.database.clone());
    w.s.database = database.clone();
    let each = |items| Batch { atomic: false, summary: None, items };
    let stars = ids.iter().map(|id| BatchItem::Star { id: *id, on: true }).collect();
    database.taken();
    run(&w.s, &w.noor, each(stars), &Seed::default()).await.unwrap();
    assert_eq!(database.taken(), 5, "one read ahead, three commits, one read behind");
    // One contact named again and again.
    let note = |text: &str| Patch { card: Some(json!({"rolo:fileAs": text})), ..Patch::default() };
    let patch = |text: &str| BatchItem::Patch { id: ids[0], seen: Seen::Any, patch: Box::new(note(text)) };
    let items = vec![
        BatchItem::Star { id: ids[0], on: false },
        BatchItem::Star { id: ids[0], on: true },
        patch("one"),
        BatchItem::Delete { id: ids[0], seen: Seen::Any },
        patch("two"),
        BatchItem::Restore { id: ids[0] },
        patch("three"),
    ];
    let done = run(&w.s, &w.noor, each(items), &Seed::default()).await.unwrap();
    let refused: Vec<bool> = done.items.iter().map(Result::is_err).collect();
    assert_eq!(refused, [false, false, false, false, true, false, false], "{:?}", done.items);
    let now = w.now(ids[0]).await;
    assert_eq!((crate::world::card(&now).file_as.as_deref(), now.stored.starred), (Some("three"), true));
}
