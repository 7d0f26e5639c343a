//! A contact moves to another book.

use rolo_core::{
    Seed, Seen,
    account::{Right, person},
    book::{NewBook, create},
    contact::{Change, relocate::relocate, save::replace},
    history, label,
};

use super::save::label;
use crate::world::{refusal, world};

#[tokio::test]
async fn a_contact_moves_with_its_history_and_labels() {
    let mut w = world().await;
    let family = label(&w, "Family").await;
    let ann = w.ann().await.stored.id;
    replace(
        &w.s,
        &w.noor,
        ann,
        Seen::Any,
        Change { labels: Some(vec![family]), starred: Some(true), ..Change::default() },
    )
    .await
    .unwrap();
    let new = NewBook { name: "Work".into(), shared: false };
    let other = create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id;
    w.noor = w.again(&w.noor).await;
    let before = w.bytes(ann).await;
    let moved = relocate(&w.s, &w.noor, ann, other, Seen::Any).await.unwrap();
    assert_eq!((moved.value.stored.book, moved.value.stored.starred), (other, true));
    assert_eq!(w.bytes(ann).await, before);
    let labels = label::list(&w.s, &w.noor).await.unwrap();
    let made = labels.iter().find(|label| label.book == other).unwrap();
    assert_eq!((made.name.as_str(), &moved.value.stored.labels), ("Family", &vec![made.id]));
    assert_eq!(labels.iter().find(|label| label.id == family).unwrap().contacts, 0);
    let told = history::versions(&w.s, &w.noor, ann, None, 10).await.unwrap();
    assert_eq!(told.items.len(), 3);
    assert_eq!(relocate(&w.s, &w.noor, ann, other, Seen::Any).await.unwrap().batch, None);
    // And back, by undo.
    let undo = history::Undo { batch: moved.batch.unwrap(), contact: None };
    history::undo(&w.s, &w.noor, undo, &Seed::default()).await.unwrap();
    let back = w.now(ann).await.stored;
    assert_eq!((back.book, back.labels), (w.book, vec![family]));
}

#[tokio::test]
async fn both_books_must_be_the_callers_to_change() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let bo = w.member("Bo").await;
    let bos = bo.scope().books().find(|(_, right)| *right == Right::Manage).unwrap().0;
    assert_eq!(refusal(relocate(&w.s, &w.noor, ann, bos, Seen::Any).await).0, "not found");
    person::set_access(&w.s, bos, w.noor.account(), Some(Right::See)).await.unwrap();
    let noor = w.again(&w.noor).await;
    assert_eq!(refusal(relocate(&w.s, &noor, ann, bos, Seen::Any).await).0, "denied");
    assert_eq!(refusal(relocate(&w.s, &bo, ann, bos, Seen::Any).await).0, "not found");
}
