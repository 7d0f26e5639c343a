//! Versions: told with their differences, put back.

use rolo_core::{
    Seen,
    contact::{Patch, delete::delete, save::patch},
    history::{put_back, versions},
    id::{ContactId, Modseq},
    write::Act,
};
use serde_json::json;

use crate::world::{World, refusal, world};

pub(super) async fn note(w: &World, id: ContactId, text: &str) -> rolo_core::id::BatchId {
    let card = Some(json!({"notes": {"n": {"note": text}}, "rolo:fileAs": text}));
    patch(&w.s, &w.noor, id, Seen::Any, Patch { card, ..Patch::default() }).await.unwrap().batch.unwrap()
}

#[tokio::test]
async fn who_changed_what_when_and_from_where() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    w.clock.forward(jiff::SignedDuration::from_secs(60));
    let batch = note(&w, ann, "one").await;
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    let told = versions(&w.s, &w.noor, ann, None, 2).await.unwrap();
    assert!(told.more);
    let [gone, edit] = told.items.as_slice() else { panic!("{told:?}") };
    assert_eq!((gone.act, gone.binned, gone.changes.is_empty()), (Act::Delete, true, true));
    assert_eq!((edit.act, edit.batch, edit.by.as_deref()), (Act::Edit, batch, Some("Noor Haddad")));
    assert_eq!(edit.device.as_deref(), Some("Firefox on Linux"));
    let mut fields: Vec<&str> =
        edit.changes.iter().map(|change| change.field.as_str()).filter(|field| *field != "updated").collect();
    fields.sort_unstable();
    assert_eq!(fields, ["notes", "rolo:fileAs"]);
    let rest = versions(&w.s, &w.noor, ann, Some(edit.modseq), 10).await.unwrap();
    assert_eq!((rest.items.len(), rest.more, rest.items[0].act), (1, false, Act::Create));
    assert!(rest.items[0].changes.iter().all(|change| change.before.is_none()));
    assert!(rest.items[0].at < edit.at);
    assert_eq!(refusal(versions(&w.s, &w.stranger().await, ann, None, 10).await).0, "not found");
    assert_eq!(refusal(versions(&w.s, &w.noor, ann, None, 0).await).0, "invalid");
}

#[tokio::test]
async fn an_earlier_version_is_put_back_byte_for_byte() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let first = w.bytes(ann.id).await;
    note(&w, ann.id, "one").await;
    let seen = Seen::Revision(ann.revision);
    assert_eq!(refusal(put_back(&w.s, &w.noor, ann.id, ann.modseq, seen).await).0, "conflict");
    let back = put_back(&w.s, &w.noor, ann.id, ann.modseq, Seen::Any).await.unwrap();
    assert_eq!((w.bytes(ann.id).await, back.value.stored.revision), (first.clone(), ann.revision));
    assert_eq!(put_back(&w.s, &w.noor, ann.id, ann.modseq, Seen::Any).await.unwrap().batch, None);
    // Out of the bin too.
    delete(&w.s, &w.noor, ann.id, Seen::Any).await.unwrap();
    put_back(&w.s, &w.noor, ann.id, ann.modseq, Seen::Any).await.unwrap();
    assert_eq!((w.now(ann.id).await.stored.deleted_at, w.bytes(ann.id).await), (None, first));
    assert_eq!(refusal(put_back(&w.s, &w.noor, ann.id, Modseq(9_999), Seen::Any).await).0, "not found");
    assert_eq!(refusal(put_back(&w.s, &w.stranger().await, ann.id, ann.modseq, Seen::Any).await).0, "not found");
}
