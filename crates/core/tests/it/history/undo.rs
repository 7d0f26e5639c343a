//! Undo of each kind of change, and of an undo.

use rolo_core::{
    Seed, Seen,
    account::{Caller, Right, person},
    contact::{
        Batch, BatchItem, NewContact, Patch, batch::run, delete::delete, mark::star, purge::purge, restore::restore,
        save::patch,
    },
    history::{Undo, Undoing, Undone, batches, job, undo},
    id::{BatchId, ContactId},
};
use serde_json::json;
use uuid::Uuid;

use super::versions::note;
use crate::world::{World, ann, card, model, refusal, world};

async fn undone(w: &World, batch: BatchId) -> Undone {
    undone_by(w, &w.noor, batch, None).await
}

async fn undone_by(w: &World, caller: &Caller, batch: BatchId, contact: Option<ContactId>) -> Undone {
    match undo(&w.s, caller, Undo { batch, contact }, &Seed::default()).await.unwrap() {
        Undoing::Done(undone) => undone,
        Undoing::Later(job) => panic!("{job} is later"),
    }
}

#[tokio::test]
async fn a_created_contact_goes_to_the_bin_and_undo_of_undo_brings_it_back() {
    let w = world().await;
    let made = w.make_new(NewContact { card: model(ann()), ..NewContact::default() }).await;
    let (id, bytes) = (made.value.stored.id, w.bytes(made.value.stored.id).await);
    let first = undone(&w, made.batch.unwrap()).await;
    assert_eq!((first.undone, first.left.len()), (1, 0));
    assert!(w.now(id).await.stored.deleted_at.is_some());
    let undone_by = async || batches::get(&w.s, &w.noor, made.batch.unwrap()).await.unwrap().undone_by;
    assert_eq!(undone_by().await, first.batch);
    let second = undone(&w, first.batch.unwrap()).await;
    assert_eq!((second.undone, w.now(id).await.stored.deleted_at, w.bytes(id).await), (1, None, bytes));
    assert_eq!(undone_by().await, None, "it stands again, and may be undone again");
}

#[tokio::test]
async fn a_deleted_contact_comes_back_and_a_restored_one_goes() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let bytes = w.bytes(ann).await;
    let gone = delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    assert_eq!(undone(&w, gone.batch.unwrap()).await.undone, 1);
    assert_eq!((w.now(ann).await.stored.deleted_at, w.bytes(ann).await), (None, bytes));
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    let back = restore(&w.s, &w.noor, ann).await.unwrap();
    assert_eq!(undone(&w, back.batch.unwrap()).await.undone, 1);
    assert!(w.now(ann).await.stored.deleted_at.is_some());
}

#[tokio::test]
async fn an_edit_goes_back_byte_for_byte_and_forth_again() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let before = w.bytes(ann).await;
    let batch = note(&w, ann, "one").await;
    let after = w.bytes(ann).await;
    let first = undone(&w, batch).await;
    assert_eq!(w.bytes(ann).await, before);
    undone(&w, first.batch.unwrap()).await;
    assert_eq!(w.bytes(ann).await, after);
}

#[tokio::test]
async fn later_changes_to_other_things_stay() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let batch = note(&w, ann, "one").await;
    let other = json!({"emails": {"b": {"address": "lee@example.org"}}});
    patch(&w.s, &w.noor, ann, Seen::Any, Patch { card: Some(other), ..Patch::default() }).await.unwrap();
    let done = undone(&w, batch).await;
    assert_eq!((done.undone, done.left.len()), (1, 0), "{done:?}");
    let now = card(&w.now(ann).await);
    assert_eq!((now.notes.len(), now.file_as, now.emails.len()), (0, None, 2));
}

#[tokio::test]
async fn what_was_changed_again_is_left_and_listed() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let batch = note(&w, ann, "one").await;
    let again = json!({"rolo:fileAs": "two"});
    patch(&w.s, &w.noor, ann, Seen::Any, Patch { card: Some(again), ..Patch::default() }).await.unwrap();
    let done = undone(&w, batch).await;
    let left: Vec<_> = done.left.iter().map(|left| (left.contact, left.field.as_str())).collect();
    assert_eq!((done.undone, left), (1, vec![(Some(ann), "rolo:fileAs")]), "{done:?}");
    let now = card(&w.now(ann).await);
    assert_eq!((now.notes.len(), now.file_as.as_deref()), (0, Some("two")));
}

#[tokio::test]
async fn a_photo_that_was_replaced_comes_back_whole() {
    let w = world().await;
    let photo = |byte: u8| {
        let image = [&[0xff, 0xd8, 0xff, 0xe0][..], &[byte; 9000]].concat();
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, image);
        json!({"media": {"m": {"kind": "photo", "uri": format!("data:image/jpeg;base64,{text}")}}})
    };
    let mut said = ann();
    said["media"] = photo(1)["media"].clone();
    let ann = w.make(said).await.stored.id;
    let before = w.bytes(ann).await;
    let id = card(&w.now(ann).await).media.keys().next().unwrap().clone();
    let mut other = photo(2);
    other["media"][&id] = json!(null);
    let edit = patch(&w.s, &w.noor, ann, Seen::Any, Patch { card: Some(other), ..Patch::default() }).await.unwrap();
    assert_ne!(w.bytes(ann).await, before);
    // Something else changed since, so the inverse patch carries the photo.
    note(&w, ann, "later").await;
    let done = undone(&w, edit.batch.unwrap()).await;
    assert_eq!(done.left, []);
    let photo = rolo_core::contact::read::photo(&w.s, &w.noor, ann).await.unwrap();
    assert_eq!(photo.bytes[10], 1);
}

#[tokio::test]
async fn a_batch_of_all_kinds_goes_back_at_once() {
    let w = world().await;
    let (edited, deleted) = (w.ann().await.stored.id, w.ann().await.stored.id);
    let (before, gone) = (w.bytes(edited).await, w.bytes(deleted).await);
    let file_as = Patch { card: Some(json!({"rolo:fileAs": "x"})), ..Patch::default() };
    let items = vec![
        BatchItem::Create(Box::new(NewContact { card: model(ann()), ..NewContact::default() })),
        BatchItem::Patch { id: edited, seen: Seen::Any, patch: Box::new(file_as) },
        BatchItem::Delete { id: deleted, seen: Seen::Any },
    ];
    let done = run(&w.s, &w.noor, Batch { atomic: true, summary: None, items }, &Seed::default()).await.unwrap();
    let made = done.items[0].as_ref().unwrap().id;
    // One of them alone first.
    let one = undone_by(&w, &w.noor, done.batch, Some(edited)).await;
    assert_eq!((one.undone, w.bytes(edited).await), (1, before.clone()));
    let all = undone(&w, done.batch).await;
    assert_eq!((all.undone, all.left.len()), (2, 0), "the edited one is as it was: {all:?}");
    assert!(w.now(made).await.stored.deleted_at.is_some());
    assert_eq!((w.bytes(edited).await, w.bytes(deleted).await), (before, gone));
    assert_eq!(w.now(deleted).await.stored.deleted_at, None);
    let again = undo(&w.s, &w.noor, Undo { batch: done.batch, contact: None }, &Seed::default()).await;
    assert_eq!(refusal(again).0, "conflict", "undone already");
}

#[tokio::test]
async fn what_has_taken_its_place_is_left_and_the_rest_goes_back() {
    let w = world().await;
    let new = NewContact { uid: Some("one".into()), card: model(ann()), ..NewContact::default() };
    let (first, second) = (w.make_new(new.clone()).await.value.stored.id, w.ann().await.stored.id);
    let items = [first, second].map(|id| BatchItem::Delete { id, seen: Seen::Any }).into();
    let done = run(&w.s, &w.noor, Batch { atomic: true, summary: None, items }, &Seed::default()).await.unwrap();
    w.make_new(new).await;
    let undone = undone(&w, done.batch).await;
    assert_eq!((undone.undone, undone.left.len(), undone.left[0].contact), (1, 1, Some(first)), "{undone:?}");
    assert_eq!(w.now(second).await.stored.deleted_at, None);
    assert!(w.now(first).await.stored.deleted_at.is_some());
}

#[tokio::test]
async fn a_repeated_undo_is_one_undo() {
    let w = world().await;
    let made = w.make_new(NewContact { card: model(ann()), ..NewContact::default() }).await;
    let seed = Seed(Some(Uuid::now_v7()));
    let wanted = Undo { batch: made.batch.unwrap(), contact: None };
    let first = undo(&w.s, &w.noor, wanted, &seed).await.unwrap();
    assert_eq!(undo(&w.s, &w.noor, wanted, &seed).await.unwrap(), first);
}

#[tokio::test]
async fn a_repeated_undo_tells_again_what_was_left() {
    let w = world().await;
    let (edited, deleted) = (w.ann().await.stored.id, w.ann().await.stored.id);
    let file_as = Patch { card: Some(json!({"rolo:fileAs": "one"})), ..Patch::default() };
    let items = vec![
        BatchItem::Patch { id: edited, seen: Seen::Any, patch: Box::new(file_as) },
        BatchItem::Delete { id: deleted, seen: Seen::Any },
    ];
    let done = run(&w.s, &w.noor, Batch { atomic: true, summary: None, items }, &Seed::default()).await.unwrap();
    note(&w, edited, "two").await;
    let seed = Seed(Some(Uuid::now_v7()));
    let wanted = Undo { batch: done.batch, contact: None };
    let first = undo(&w.s, &w.noor, wanted, &seed).await.unwrap();
    let Undoing::Done(told) = &first else { panic!("it is small") };
    assert_eq!((told.undone, told.left.len()), (1, 1), "{told:?}");
    // What happens later does not change what was answered.
    note(&w, edited, "three").await;
    assert_eq!(undo(&w.s, &w.noor, wanted, &seed).await.unwrap(), first);
    let id = rolo_core::id::JobId(told.batch.unwrap().0);
    assert_eq!(refusal(job::get(&w.s, &w.noor, id).await).0, "not found", "it is no job");
}

#[tokio::test]
async fn what_cannot_be_undone_says_so() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    assert_eq!(star(&w.s, &w.noor, ann, true).await.unwrap().batch, None, "a star is taken away, not undone");
    let of = |batch| Undo { batch, contact: None };
    let edit = note(&w, ann, "one").await;
    delete(&w.s, &w.noor, ann, Seen::Any).await.unwrap();
    let left = undone(&w, edit).await;
    assert_eq!((left.undone, left.batch, left.left.len()), (0, None, 1), "an edit of what is in the bin stays");
    let purged = purge(&w.s, &w.noor, ann).await.unwrap().batch.unwrap();
    assert_eq!(refusal(undo(&w.s, &w.noor, of(purged), &Seed::default()).await).0, "conflict");
    assert_eq!(refusal(undo(&w.s, &w.noor, of(BatchId(Uuid::now_v7())), &Seed::default()).await).0, "not found");
}

#[tokio::test]
async fn who_may_only_see_undoes_nothing() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let batch = note(&w, ann, "one").await;
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let see = w.again(&see).await;
    let done = undone_by(&w, &see, batch, None).await;
    assert_eq!((done.undone, done.batch, done.left.len()), (0, None, 1));
    assert_eq!(card(&w.now(ann).await).file_as.as_deref(), Some("one"));
    let strange = undo(&w.s, &w.stranger().await, Undo { batch, contact: None }, &Seed::default()).await;
    assert_eq!(refusal(strange).0, "not found");
}

#[tokio::test]
async fn more_than_a_thousand_go_back_in_the_background_and_on_after_a_stop() {
    let w = world().await;
    let person = |n: usize| NewContact {
        card: model(json!({"name": {"full": format!("Person {n}")}})),
        ..NewContact::default()
    };
    // An import commits in chunks under one batch id.
    let seed = Uuid::now_v7();
    let ids = make_many(&w, BatchId(seed), 1_100, person).await;
    let asked = undo(&w.s, &w.noor, Undo { batch: BatchId(seed), contact: None }, &Seed::default()).await.unwrap();
    let Undoing::Later(id) = asked else { panic!("1,100 are a job") };
    assert_eq!(w.now(ids[0]).await.stored.deleted_at, None, "nothing yet");
    let mut steps = 0;
    loop {
        // Each round finds the job in the database again, as a new process would.
        let rows = w.s.database.unfinished().await.unwrap();
        let Some(row) = rows.first() else { break };
        steps += 1;
        if job::advance(&w.s, row).await.unwrap() {
            break;
        }
    }
    let (told, _) = job::get(&w.s, &w.noor, id).await.unwrap();
    assert_eq!((told.state, told.changed, told.done, told.total), (job::State::Done, 1_100, 1_100, 1_100));
    assert!(steps >= 5, "{steps}");
    assert!(w.now(ids[1_099]).await.stored.deleted_at.is_some());
    assert!(w.s.database.unfinished().await.unwrap().is_empty());
    assert_eq!(refusal(job::get(&w.s, &w.stranger().await, id).await).0, "not found");
}

pub(super) async fn make_many(
    w: &World,
    batch: BatchId,
    count: usize,
    person: impl Fn(usize) -> NewContact,
) -> Vec<ContactId> {
    use rolo_core::{
        card::{Card, Drawing},
        contact::prepare,
        write::{Act, Effect, Expect, Write},
    };
    let into = w.noor.may_edit(w.book).unwrap();
    let ids: Vec<ContactId> = (0..count).map(|_| ContactId(Uuid::now_v7())).collect();
    for (at, chunk) in ids.chunks(250).enumerate() {
        let mut write = Write::by(&w.noor, w.s.clock.now(), batch, Act::Import);
        for (n, id) in chunk.iter().enumerate() {
            let uid = id.to_string();
            let drawing = Drawing { product: "test", uid: Some(&uid), now: None };
            let card = Card::drawn(&person(at * 250 + n).card, drawing).unwrap();
            let mut card = Box::new(prepare(&card, &uid));
            card.dav_name = Some(format!("{id}.vcf"));
            write.effects.push(Effect::SaveContact { into, id: *id, expect: Expect::Absent, act: Act::Import, card });
        }
        w.s.database.commit(write).await.unwrap();
    }
    ids
}

#[tokio::test]
async fn what_came_out_of_the_bin_as_another_goes_back_as_it_lay_there() {
    let w = world().await;
    let ann = w.ann().await.stored;
    note(&w, ann.id, "one").await;
    delete(&w.s, &w.noor, ann.id, Seen::Any).await.unwrap();
    let lay = w.bytes(ann.id).await;
    let back = rolo_core::history::put_back(&w.s, &w.noor, ann.id, ann.modseq, Seen::Any).await.unwrap();
    assert_ne!(w.bytes(ann.id).await, lay);
    assert_eq!(undone(&w, back.batch.unwrap()).await.undone, 1);
    assert!(w.now(ann.id).await.stored.deleted_at.is_some());
    assert_eq!(w.bytes(ann.id).await, lay);
}
