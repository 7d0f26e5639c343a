//! What a batch did, contact by contact.

use rolo_core::{
    Seed, Seen,
    contact::{delete::delete, purge::purge, relocate::relocate},
    history::{contents, contents::labels},
    label::{self, NewLabel},
    merge::merge,
    write::Act,
};
use serde_json::json;

use super::versions::note;
use crate::world::{ann, refusal, world};

#[tokio::test]
async fn each_contact_is_told_once_by_what_became_of_it() {
    let w = world().await;
    let (one, two) = (w.ann().await.stored.id, w.ann().await.stored.id);
    let merged = merge(&w.s, &w.noor, &[one, two], None, None, &Seed::default()).await.unwrap().batch.unwrap();
    let page = contents(&w.s, &w.noor, merged, None, 10).await.unwrap();
    let acts: Vec<_> = page.items.iter().map(|item| (item.contact, item.act, item.name.as_str())).collect();
    assert!(acts.contains(&(two, Act::Delete, "Ann Lee")) && !page.more, "{acts:?}");
    let edit = note(&w, one, "seen").await;
    let told = contents(&w.s, &w.noor, edit, None, 10).await.unwrap().items.remove(0);
    assert_eq!((told.contact, told.act, told.forgotten), (one, Act::Edit, false));
    assert!(told.changes.iter().any(|change| change.field == "notes"), "{:?}", told.changes);
    assert_eq!(refusal(contents(&w.s, &w.stranger().await, edit, None, 10).await).0, "not found");
    assert_eq!(refusal(contents(&w.s, &w.noor, edit, None, 0).await).1, "limit");
    delete(&w.s, &w.noor, one, Seen::Any).await.unwrap();
    purge(&w.s, &w.noor, one).await.unwrap();
    assert_eq!(contents(&w.s, &w.noor, edit, None, 10).await.unwrap().items, [], "nothing of it is left");
}

#[tokio::test]
async fn a_move_and_a_label_are_told_too() {
    let w = world().await;
    let one = w.make(ann()).await.stored.id;
    let new = rolo_core::book::create::NewBook { name: "Choir".into(), shared: false };
    let book = rolo_core::book::create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id;
    let noor = w.again(&w.noor).await;
    let moved = relocate(&w.s, &noor, one, book, Seen::Any).await.unwrap().batch.unwrap();
    let told = contents(&w.s, &noor, moved, None, 10).await.unwrap().items.remove(0);
    assert_eq!((told.act, told.book), (Act::Move, book));
    let new = NewLabel { id: None, book, name: "Alto".into(), hue: Some(25) };
    let made = label::create::create(&w.s, &noor, new, &Seed::default()).await.unwrap();
    let steps = labels(&w.s, &noor, made.batch.unwrap()).await.unwrap();
    assert_eq!((steps[0].id, &steps[0].before), (made.value.id, &None));
    assert_eq!(json!(steps[0].after), json!({ "name": "Alto", "hue": 25 }));
    assert_eq!(refusal(labels(&w.s, &w.member("Bo").await, made.batch.unwrap()).await).0, "not found");
}
