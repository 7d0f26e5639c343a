//! Contacts are merged, and un-merged to the byte.

use rolo_core::{
    Seed, Seen,
    account::{Right, person},
    contact::{NewContact, delete::delete, mark::star},
    history::{Undo, Undoing, undo},
    label::{NewLabel, create},
    merge::{merge, preview},
};
use serde_json::json;
use uuid::Uuid;

use crate::world::{World, ann, card, model, refusal, world};

fn annie() -> serde_json::Value {
    let image = [&[0xff, 0xd8, 0xff, 0xe0][..], &[7; 9000]].concat();
    let photo = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, image);
    json!({
        "name": {"full": "Annie"},
        "emails": {"a": {"address": "ANN@example.org", "contexts": {"work": true}}, "b": {"address": "annie@home.example"}},
        "notes": {"n": {"note": "met in Graz"}},
        "media": {"m": {"kind": "photo", "uri": format!("data:image/jpeg;base64,{photo}")}}
    })
}

async fn two(w: &World) -> [rolo_core::id::ContactId; 2] {
    [w.ann().await.stored.id, w.make(annie()).await.stored.id]
}

#[tokio::test]
async fn one_says_everything_and_the_other_is_in_the_bin() {
    let w = world().await;
    let label = NewLabel { id: None, book: w.book, name: "Graz".into(), hue: None };
    let graz = create::create(&w.s, &w.noor, label, &Seed::default()).await.unwrap().value.id;
    let first = w.ann().await.stored.id;
    let other = w
        .make_new(NewContact { labels: vec![graz], card: model(annie()), ..NewContact::default() })
        .await
        .value
        .stored
        .id;
    star(&w.s, &w.noor, other, true).await.unwrap();
    let shown = preview(&w.s, &w.noor, &[first, other]).await.unwrap();
    let kept = merge(&w.s, &w.noor, &[first, other], None, None, &Seed::default()).await.unwrap().value;
    let said = card(&kept);
    assert_eq!((kept.stored.id, kept.stored.starred, &kept.stored.labels), (first, true, &vec![graz]));
    assert_eq!((said.emails.len(), said.phones.len(), said.notes.len(), said.media.len()), (2, 1, 1, 1));
    assert_eq!(said.nicknames.values().map(|nickname| nickname.name.as_str()).collect::<Vec<_>>(), ["Annie"]);
    assert!(said.emails.values().any(|email| email.contexts.contains_key("work")));
    assert_eq!(shown.emails.len(), 2);
    assert_eq!(rolo_core::contact::read::photo(&w.s, &w.noor, first).await.unwrap().bytes[10], 7);
    assert!(w.now(other).await.stored.deleted_at.is_some());
}

#[tokio::test]
async fn un_merged_both_are_as_they_were_byte_for_byte() {
    let w = world().await;
    let ids = two(&w).await;
    let before = [w.bytes(ids[0]).await, w.bytes(ids[1]).await];
    let done = merge(&w.s, &w.noor, &ids, Some(ids[1]), None, &Seed::default()).await.unwrap();
    assert_eq!(done.value.stored.id, ids[1]);
    let merged = w.bytes(ids[1]).await;
    let asked = Undo { batch: done.batch.unwrap(), contact: None };
    let Undoing::Done(first) = undo(&w.s, &w.noor, asked, &Seed::default()).await.unwrap() else { panic!() };
    assert_eq!((first.undone, first.left.len()), (2, 0));
    assert_eq!([w.bytes(ids[0]).await, w.bytes(ids[1]).await], before);
    assert!(w.now(ids[0]).await.stored.deleted_at.is_none());
    undo(&w.s, &w.noor, Undo { batch: first.batch.unwrap(), contact: None }, &Seed::default()).await.unwrap();
    assert_eq!(w.bytes(ids[1]).await, merged);
    assert!(w.now(ids[0]).await.stored.deleted_at.is_some());
}

#[tokio::test]
async fn the_caller_may_say_what_is_kept() {
    let w = world().await;
    let ids = two(&w).await;
    let mut wanted = preview(&w.s, &w.noor, &ids).await.unwrap();
    wanted.notes.clear();
    wanted.nicknames.clear();
    let kept = merge(&w.s, &w.noor, &ids, None, Some(wanted), &Seed::default()).await.unwrap().value;
    let said = card(&kept);
    assert_eq!((said.notes.len(), said.nicknames.len(), said.media.len(), said.emails.len()), (0, 0, 1, 2));
}

#[tokio::test]
async fn a_repeated_merge_is_one_merge() {
    let w = world().await;
    let ids = two(&w).await;
    let seed = Seed(Some(Uuid::now_v7()));
    let first = merge(&w.s, &w.noor, &ids, None, None, &seed).await.unwrap();
    assert_eq!(merge(&w.s, &w.noor, &ids, None, None, &seed).await.unwrap(), first);
}

#[tokio::test]
async fn what_cannot_be_merged_is_refused_and_stays() {
    let w = world().await;
    let ids = two(&w).await;
    let group = NewContact {
        kind: Some("group".into()),
        card: model(json!({"name": {"full": "All"}})),
        ..NewContact::default()
    };
    let group = w.make_new(group).await.value.stored.id;
    let gone = w.make(ann()).await.stored.id;
    delete(&w.s, &w.noor, gone, Seen::Any).await.unwrap();
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let (see, stranger) = (w.again(&see).await, w.stranger().await);
    let cases = [
        (&w.noor, vec![ids[0]], None, "invalid"),
        (&w.noor, vec![ids[0], ids[0]], None, "invalid"),
        (&w.noor, ids.to_vec(), Some(group), "invalid"),
        (&w.noor, vec![ids[0], group], None, "invalid"),
        (&w.noor, vec![ids[0], gone], None, "conflict"),
        (&see, ids.to_vec(), None, "denied"),
        (&stranger, ids.to_vec(), None, "not found"),
    ];
    for (caller, contacts, into, kind) in cases {
        assert_eq!(refusal(merge(&w.s, caller, &contacts, into, None, &Seed::default()).await).0, kind);
    }
    assert!(w.now(ids[1]).await.stored.deleted_at.is_none());
}
