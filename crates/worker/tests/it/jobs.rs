//! Long work goes on after a stop.

use rolo_core::{
    Seed, Seen,
    card::{Card, Drawing},
    contact::{Emptied, Filter, delete::delete, list, prepare, purge},
    history::{Undo, Undoing, job, undo},
    id::{BatchId, ContactId, JobId, LabelId},
    label::{self, Change, NewLabel},
    write::{Act, Effect, Expect, Write},
};
use rolo_worker::jobs::{Failures, pass};
use serde_json::json;
use uuid::Uuid;

use crate::world::{World, model, world};

const MANY: usize = 1_050;

/// So many contacts with this label, as an import makes them.
async fn crowd(w: &World, label: &str, binned: bool) -> (BatchId, Vec<ContactId>) {
    let (into, batch) = (w.noor.may_edit(w.book).unwrap(), BatchId(Uuid::now_v7()));
    let ids: Vec<ContactId> = (0..MANY).map(|_| ContactId(Uuid::now_v7())).collect();
    for chunk in ids.chunks(350) {
        let mut write = Write::by(&w.noor, w.s.clock.now(), batch, Act::Import);
        for id in chunk {
            let said = model(json!({"name": {"full": "Ann"}, "keywords": {label: true}}));
            let uid = id.to_string();
            let card = Card::drawn(&said, Drawing { product: "test", uid: Some(&uid), now: None }).unwrap();
            let mut card = Box::new(prepare(&card, &uid));
            card.dav_name = Some(format!("{id}.vcf"));
            write.effects.push(Effect::SaveContact { into, id: *id, expect: Expect::Absent, act: Act::Import, card });
        }
        w.s.database.commit(write).await.unwrap();
        if binned {
            let mut write = Write::by(&w.noor, w.s.clock.now(), BatchId(Uuid::now_v7()), Act::Delete);
            let bin =
                |id: &ContactId| Effect::BinContact { from: into, id: *id, expect: Expect::Living, act: Act::Delete };
            write.effects = chunk.iter().map(bin).collect();
            w.s.database.commit(write).await.unwrap();
        }
    }
    (batch, ids)
}

async fn family(w: &World) -> LabelId {
    let new = NewLabel { id: None, book: w.book, name: "Family".into(), hue: None };
    label::create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id
}

/// Passes until nothing is left; how many there were.
async fn all(w: &World) -> usize {
    let (mut failures, mut passes) = (Failures::default(), 0);
    while pass(&w.s, &mut failures).await.unwrap() > 0 {
        passes += 1;
    }
    assert!(w.s.database.unfinished().await.unwrap().is_empty());
    passes
}

async fn categories(w: &World, id: ContactId) -> Vec<String> {
    Card::parse(w.bytes(id).await).unwrap().categories()
}

#[tokio::test]
async fn a_label_of_many_is_renamed_at_once_and_its_members_follow() {
    let w = world().await;
    let label = family(&w).await;
    let (_, ids) = crowd(&w, "Family", false).await;
    let done = label::save::save(&w.s, &w.noor, label, Seen::Any, Change { name: Some("Kin".into()), hue: None })
        .await
        .unwrap();
    assert_eq!((done.value.name.as_str(), done.value.contacts), ("Kin", MANY as u64));
    assert_eq!(categories(&w, ids[0]).await, ["Family"], "later");
    assert!(all(&w).await >= 5);
    for id in [ids[0], ids[MANY - 1]] {
        assert_eq!(categories(&w, id).await, ["Kin"]);
    }
    assert_eq!(label::list(&w.s, &w.noor).await.unwrap().len(), 1);
    let batch = done.batch.unwrap();
    let (told, _) = job::get(&w.s, &w.noor, JobId(batch.0)).await.unwrap();
    assert_eq!((told.state, told.changed), (job::State::Done, MANY as u64));
    // And back: a job again.
    let asked = undo(&w.s, &w.noor, Undo { batch, contact: None }, &Seed::default()).await.unwrap();
    assert!(matches!(asked, Undoing::Later(_)));
    all(&w).await;
    assert_eq!(label::get(&w.s, &w.noor, label).await.unwrap().name, "Family");
    assert_eq!(categories(&w, ids[MANY - 1]).await, ["Family"]);
}

#[tokio::test]
async fn a_label_goes_when_the_last_member_has_lost_it() {
    let w = world().await;
    let label = family(&w).await;
    let (_, ids) = crowd(&w, "Family", false).await;
    label::remove::remove(&w.s, &w.noor, label, Seen::Any, false).await.unwrap();
    let mut failures = Failures::default();
    for _ in 0..3 {
        pass(&w.s, &mut failures).await.unwrap();
    }
    assert!(label::get(&w.s, &w.noor, label).await.is_ok(), "half way");
    // Somebody gets the label behind the job's back, before where it is.
    let change = rolo_core::contact::Change { add_labels: vec![label], ..Default::default() };
    let patch = rolo_core::contact::Patch { card: None, change };
    rolo_core::contact::save::patch(&w.s, &w.noor, ids[0], Seen::Any, patch).await.unwrap();
    all(&w).await;
    assert!(label::list(&w.s, &w.noor).await.unwrap().is_empty());
    assert!(categories(&w, ids[0]).await.is_empty() && categories(&w, ids[MANY - 1]).await.is_empty());
}

#[tokio::test]
async fn a_label_of_many_goes_comes_back_and_goes_again() {
    let w = world().await;
    let label = family(&w).await;
    let (_, ids) = crowd(&w, "Family", false).await;
    let removed = label::remove::remove(&w.s, &w.noor, label, Seen::Any, false).await.unwrap();
    all(&w).await;
    let take_back = async |batch| {
        let asked = undo(&w.s, &w.noor, Undo { batch, contact: None }, &Seed::default()).await.unwrap();
        let Undoing::Later(id) = asked else { panic!("many are a job") };
        all(&w).await;
        let (told, _) = job::get(&w.s, &w.noor, id).await.unwrap();
        assert_eq!((told.state, told.changed, told.left), (job::State::Done, MANY as u64, vec![]));
        BatchId(id.0)
    };
    let back = take_back(removed.batch.unwrap()).await;
    assert_eq!(label::get(&w.s, &w.noor, label).await.unwrap().contacts, MANY as u64);
    let again = take_back(back).await;
    assert!(label::list(&w.s, &w.noor).await.unwrap().is_empty(), "the label that the undo brought back");
    assert!(categories(&w, ids[0]).await.is_empty());
    take_back(again).await;
    assert_eq!(label::get(&w.s, &w.noor, label).await.unwrap().contacts, MANY as u64);
}

#[tokio::test]
async fn a_full_bin_is_emptied_in_the_background() {
    let w = world().await;
    crowd(&w, "Family", true).await;
    let Emptied::Later(job) = purge::empty(&w.s, &w.noor).await.unwrap() else { panic!("many are a job") };
    all(&w).await;
    let bin = Filter { binned: true, limit: 1, ..Filter::default() };
    assert_eq!(list::page(&w.s, &w.noor, &bin).await.unwrap().1, 0);
    assert_eq!(job::get(&w.s, &w.noor, job).await.unwrap().0.changed, MANY as u64);
}

#[tokio::test]
async fn two_workers_do_each_chunk_once() {
    let w = world().await;
    let (batch, ids) = crowd(&w, "Family", false).await;
    let Undoing::Later(id) = undo(&w.s, &w.noor, Undo { batch, contact: None }, &Seed::default()).await.unwrap() else {
        panic!("many are a job")
    };
    tokio::join!(all(&w), all(&w));
    let (told, _) = job::get(&w.s, &w.noor, id).await.unwrap();
    assert_eq!((told.changed, told.done), (MANY as u64, MANY as u64));
    assert!(w.now(ids[7]).await.stored.deleted_at.is_some());
}

#[tokio::test]
async fn what_was_undone_by_hand_meanwhile_is_no_obstacle() {
    let w = world().await;
    let (batch, ids) = crowd(&w, "Family", false).await;
    let asked = undo(&w.s, &w.noor, Undo { batch, contact: None }, &Seed::default()).await.unwrap();
    let Undoing::Later(id) = asked else { panic!("many are a job") };
    delete(&w.s, &w.noor, ids[MANY - 1], Seen::Any).await.unwrap();
    purge::purge(&w.s, &w.noor, ids[MANY - 1]).await.unwrap();
    all(&w).await;
    let (told, _) = job::get(&w.s, &w.noor, id).await.unwrap();
    assert_eq!((told.state, told.changed), (job::State::Done, MANY as u64 - 1));
}
