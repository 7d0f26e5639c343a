//! The book as it was: previewed, done, taken back.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use rolo_core::{
    Seed, Seen,
    account::Caller,
    book::create as books,
    contact::{
        Change, Filter, NewContact, Patch, Sort, create::create, delete::delete, list, purge::purge,
        relocate::relocate, restore::restore, save::patch,
    },
    history::{
        Undo, Undoing, Undone, batches, job,
        moment::{Outlook, go_back, preview},
        undo,
    },
    id::{BatchId, BookId, ContactId},
    label::{self, NewLabel},
    write::Act,
};
use serde_json::json;

use super::undo::make_many;
use crate::world::{World, ann, model, refusal, world};

/// What is said of a book: each contact's bytes, the names of its labels, and what lies in its bin.
#[derive(Clone, Debug, Default, PartialEq)]
struct Said {
    living: BTreeMap<ContactId, (Vec<u8>, Vec<String>)>,
    binned: BTreeMap<ContactId, Vec<u8>>,
    labels: Vec<String>,
}

async fn said(w: &World, caller: &Caller, book: BookId) -> Said {
    let labels = w.s.database.labels(&caller.scope().only(book).unwrap()).await.unwrap();
    let name = |id| labels.iter().find(|label| label.id == id).unwrap().name.clone();
    let mut said = Said { labels: labels.iter().map(|label| label.name.clone()).collect(), ..Said::default() };
    for binned in [false, true] {
        let filter = Filter { binned, sort: Sort::Id, limit: 1_000, ..Filter::default() };
        let (page, total) = list::page_of(&w.s, caller, Some(book), &filter).await.unwrap();
        assert_eq!(page.items.len() as u64, total);
        for line in page.items {
            let bytes = rolo_core::contact::read::card(&w.s, caller, line.id).await.unwrap().bytes;
            if binned {
                said.binned.insert(line.id, bytes);
            } else {
                said.living.insert(line.id, (bytes, line.labels.into_iter().map(name).collect()));
            }
        }
    }
    said
}

/// A second later, so that what comes is not what was.
fn later(w: &World) -> Timestamp {
    let then = w.s.clock.now();
    w.clock.forward(SignedDuration::from_secs(1));
    then
}

async fn done(w: &World, book: BookId, at: Timestamp) -> (Outlook, Undone) {
    match go_back(&w.s, &w.noor, book, at, &Seed::default()).await.unwrap() {
        (outlook, Undoing::Done(undone)) => (outlook, undone),
        (_, Undoing::Later(job)) => panic!("{job} is later"),
    }
}

async fn taken_back(w: &World, caller: &Caller, batch: BatchId) -> Undone {
    match undo(&w.s, caller, Undo { batch, contact: None }, &Seed::default()).await.unwrap() {
        Undoing::Done(undone) => undone,
        Undoing::Later(job) => panic!("{job} is later"),
    }
}

async fn labelled(w: &World, id: ContactId, labels: &[rolo_core::id::LabelId]) {
    let change = Change { labels: Some(labels.to_vec()), ..Change::default() };
    patch(&w.s, &w.noor, id, Seen::Any, Patch { card: None, change }).await.unwrap();
}

async fn new_label(w: &World, name: &str) -> rolo_core::id::LabelId {
    let new = NewLabel { id: None, book: w.book, name: name.into(), hue: None };
    label::create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id
}

#[tokio::test]
async fn what_went_comes_back_what_came_goes_and_what_was_edited_says_it_again() {
    let w = world().await;
    let [edited, deleted, kept, purged] = [(); 4].map(async |()| w.ann().await.stored.id);
    let (edited, deleted, kept, purged) = (edited.await, deleted.await, kept.await, purged.await);
    let choir = new_label(&w, "Choir").await;
    labelled(&w, edited, &[choir]).await;
    // In the bin at that time, and removed for good since: no loss of this way back.
    let long_binned = w.ann().await.stored.id;
    delete(&w.s, &w.noor, long_binned, Seen::Any).await.unwrap();
    let at = later(&w);
    let then = said(&w, &w.noor, w.book).await;
    super::versions::note(&w, edited, "later").await;
    labelled(&w, edited, &[]).await;
    label::remove::remove(&w.s, &w.noor, choir, Seen::Any, false).await.unwrap();
    for id in [deleted, purged] {
        delete(&w.s, &w.noor, id, Seen::Any).await.unwrap();
    }
    for id in [purged, long_binned] {
        purge(&w.s, &w.noor, id).await.unwrap();
    }
    let created = w.ann().await.stored.id;
    let now = said(&w, &w.noor, w.book).await;

    let outlook = preview(&w.s, &w.noor, w.book, at).await.unwrap();
    let counts = (outlook.restored, outlook.binned, outlook.changed, outlook.moved, outlook.purged);
    assert_eq!((counts, outlook.forgotten, outlook.elsewhere), ((1, 1, 1, 0, 1), 0, 0));
    let mut examples: Vec<_> = outlook.examples.iter().map(|one| (one.contact, one.act)).collect();
    examples.sort_unstable_by_key(|(id, _)| *id);
    assert_eq!(examples, [(edited, Act::Edit), (deleted, Act::Restore), (created, Act::Delete)]);
    let edit = outlook.examples.iter().find(|one| one.contact == edited).unwrap();
    let note = edit.changes.iter().find(|change| change.field == "notes").unwrap();
    assert!(note.before.is_some() && note.after.is_none(), "{note:?}");
    assert_eq!(said(&w, &w.noor, w.book).await, now, "a preview changes nothing");

    let (outlook, undone) = done(&w, w.book, at).await;
    assert_eq!((outlook.total(), undone.undone, undone.left.len()), (3, 3, 0));
    let batch = undone.batch.unwrap();
    let mut wanted = then.clone();
    wanted.living.remove(&purged);
    let back = said(&w, &w.noor, w.book).await;
    assert_eq!((&back.living, &back.labels), (&wanted.living, &wanted.labels));
    assert!(back.living.contains_key(&kept) && back.binned.contains_key(&created));
    let told = batches::get(&w.s, &w.noor, batch).await.unwrap();
    assert_eq!((told.note.act, told.note.summary, told.contacts), (Act::Moment, Some(at.to_string()), 3));
    assert_eq!(done(&w, w.book, at).await.1.batch, None, "it is so already");

    assert_eq!(taken_back(&w, &w.noor, batch).await.left, []);
    assert_eq!(said(&w, &w.noor, w.book).await, now, "and the label it made again is gone again");
}

#[tokio::test]
async fn what_moved_goes_to_where_it_was_and_a_card_that_took_the_place_makes_room() {
    let mut w = world().await;
    let new = books::NewBook { name: "Old choir".into(), shared: false };
    let other = books::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id;
    w.noor = w.again(&w.noor).await;
    let new = || NewContact { uid: Some("one".into()), card: model(ann()), ..NewContact::default() };
    let first = w.make_new(new()).await.value.stored.id;
    let (away, into) = (w.ann().await.stored.id, w.ann().await.stored.id);
    relocate(&w.s, &w.noor, into, other, Seen::Any).await.unwrap();
    let at = later(&w);
    let then = (said(&w, &w.noor, w.book).await, said(&w, &w.noor, other).await);
    relocate(&w.s, &w.noor, away, other, Seen::Any).await.unwrap();
    delete(&w.s, &w.noor, away, Seen::Any).await.unwrap();
    relocate(&w.s, &w.noor, into, w.book, Seen::Any).await.unwrap();
    delete(&w.s, &w.noor, first, Seen::Any).await.unwrap();
    w.make_new(new()).await;
    let now = (said(&w, &w.noor, w.book).await, said(&w, &w.noor, other).await);

    let (outlook, undone) = done(&w, w.book, at).await;
    assert_eq!((outlook.restored, outlook.binned, outlook.moved, undone.left.len()), (2, 1, 1, 0));
    assert_eq!(said(&w, &w.noor, w.book).await.living, then.0.living);
    assert_eq!(said(&w, &w.noor, other).await.living, then.1.living);
    assert_eq!(taken_back(&w, &w.noor, undone.batch.unwrap()).await.left, []);
    let again = (said(&w, &w.noor, w.book).await, said(&w, &w.noor, other).await);
    assert_eq!(again, now);
}

#[tokio::test]
async fn a_time_before_the_book_or_still_to_come_is_refused_by_name() {
    let w = world().await;
    let born = w.s.clock.now();
    later(&w);
    let ask = async |caller: &Caller, at| preview(&w.s, caller, w.book, at).await;
    assert_eq!(ask(&w.noor, born).await.unwrap(), Outlook::default());
    let past = born - SignedDuration::from_secs(1);
    let future = w.s.clock.now() + SignedDuration::from_secs(1);
    for at in [past, future] {
        assert_eq!(refusal(ask(&w.noor, at).await).1, "/at", "{at}");
        assert_eq!(refusal(go_back(&w.s, &w.noor, w.book, at, &Seed::default()).await).1, "/at", "{at}");
    }
    assert_eq!(refusal(ask(&w.stranger().await, born).await).0, "not found");
    rolo_core::account::person::set_access(
        &w.s,
        w.book,
        w.member("Bo").await.account(),
        Some(rolo_core::account::Right::See),
    )
    .await
    .unwrap();
    let bo = w.s.database.account_by_email("bo@rolo.example").await.unwrap().unwrap();
    let bo = rolo_core::account::of_account(&w.s, bo.id, rolo_core::account::Door::Web, None).await.unwrap().unwrap();
    assert_eq!(refusal(ask(&bo, born).await).0, "denied");
}

#[tokio::test]
async fn what_is_no_longer_kept_is_told_and_stays() {
    let w = world().await;
    let ann = w.ann().await.stored.id;
    let at = later(&w);
    super::versions::note(&w, ann, "one").await;
    w.clock.forward(SignedDuration::from_hours(24 * 366));
    w.s.database.forget_expired(w.s.clock.now()).await.unwrap();
    let now = said(&w, &w.noor, w.book).await;
    let outlook = preview(&w.s, &w.noor, w.book, at).await.unwrap();
    assert_eq!((outlook.forgotten, outlook.total()), (1, 0));
    assert_eq!(done(&w, w.book, at).await.1, Undone::default());
    assert_eq!(said(&w, &w.noor, w.book).await, now);
}

#[tokio::test]
async fn a_repeated_request_is_answered_alike() {
    let w = world().await;
    let at = later(&w);
    w.ann().await;
    let seed = Seed(Some(uuid::Uuid::now_v7()));
    let first = go_back(&w.s, &w.noor, w.book, at, &seed).await.unwrap().1;
    let again = go_back(&w.s, &w.noor, w.book, at, &seed).await.unwrap().1;
    assert_eq!(first, again);
    let Undoing::Done(undone) = first else { panic!("one contact") };
    assert_eq!(batches::get(&w.s, &w.noor, undone.batch.unwrap()).await.unwrap().contacts, 1);
}

#[tokio::test]
async fn more_than_a_thousand_are_a_job_that_is_one_batch() {
    let w = world().await;
    let person = |n: usize| {
        let card = json!({"name": {"full": format!("Person {n}")}});
        NewContact { card: model(card), ..NewContact::default() }
    };
    let uid = |id: &str| NewContact { uid: Some(id.into()), card: model(ann()), ..NewContact::default() };
    let first = w.make_new(uid("one")).await.value.stored.id;
    let at = later(&w);
    let then = said(&w, &w.noor, w.book).await;
    delete(&w.s, &w.noor, first, Seen::Any).await.unwrap();
    make_many(&w, BatchId(uuid::Uuid::now_v7()), 1_001, person).await;
    let taker = w.make_new(uid("one")).await.value.stored.id;
    let (outlook, Undoing::Later(id)) = go_back(&w.s, &w.noor, w.book, at, &Seed::default()).await.unwrap() else {
        panic!("1,003 are a job")
    };
    assert_eq!((outlook.binned, outlook.restored), (1_002, 1));
    while let Some(row) = w.s.database.unfinished().await.unwrap().first() {
        job::advance(&w.s, row).await.unwrap();
    }
    let (told, _) = job::get(&w.s, &w.noor, id).await.unwrap();
    assert_eq!((told.state, told.changed, told.done, told.total), (job::State::Done, 1_003, 1_003, 1_003));
    assert_eq!(told.left, [], "{taker} made room first");
    assert_eq!(said_living(&w).await, then.living.into_keys().collect::<Vec<_>>());
    assert_eq!(batches::get(&w.s, &w.noor, BatchId(id.0)).await.unwrap().contacts, 1_003);
}

async fn said_living(w: &World) -> Vec<ContactId> {
    let filter = Filter { sort: Sort::Id, limit: 1_000, ..Filter::default() };
    list::page(&w.s, &w.noor, &filter).await.unwrap().0.items.into_iter().map(|line| line.id).collect()
}

#[derive(Clone, Debug)]
enum Step {
    Create { label: u8 },
    Edit { which: usize, note: u8 },
    Label { which: usize, label: u8 },
    Unlabel { which: usize },
    Delete { which: usize },
    Restore { which: usize },
    Move { which: usize },
    MoveIn { which: usize },
}

fn steps() -> impl Strategy<Value = (Vec<Step>, usize)> {
    let which = any::<usize>;
    let step = prop_oneof![
        4 => (0..3_u8).prop_map(|label| Step::Create { label }),
        4 => (which(), any::<u8>()).prop_map(|(which, note)| Step::Edit { which, note }),
        2 => (which(), 0..3_u8).prop_map(|(which, label)| Step::Label { which, label }),
        1 => which().prop_map(|which| Step::Unlabel { which }),
        3 => which().prop_map(|which| Step::Delete { which }),
        2 => which().prop_map(|which| Step::Restore { which }),
        1 => which().prop_map(|which| Step::Move { which }),
        1 => which().prop_map(|which| Step::MoveIn { which }),
    ];
    (vec(step, 24), 0..24_usize)
}

fn pick<T>(from: &BTreeMap<ContactId, T>, which: usize) -> Option<ContactId> {
    from.keys().nth(which % from.len().max(1)).copied()
}

/// One step in the book, on what is there.
async fn step(w: &World, caller: &Caller, [book, other]: [BookId; 2], step: &Step) {
    let (now, there) = (said(w, caller, book).await, said(w, caller, other).await);
    let keywords = |label: u8| json!({"keywords": {format!("Label {label}"): true}});
    let card = async |id, card| {
        let card = serde_json::from_value(card).unwrap();
        let found = rolo_core::contact::read::card(&w.s, caller, id).await.unwrap();
        let parsed = rolo_core::card::Card::parse(found.bytes).unwrap();
        let mut wanted = parsed.model();
        let said: rolo_core::card::Model = card;
        wanted.keywords = said.keywords;
        let edited = parsed.edited(&wanted, Some(w.s.clock.now())).unwrap().card;
        let save = rolo_core::write::Effect::SaveContact {
            into: caller.may_edit(found.book).unwrap(),
            id,
            expect: rolo_core::write::Expect::Living,
            act: Act::Edit,
            card: Box::new(rolo_core::contact::prepare(&edited, &found.uid)),
        };
        let batch = BatchId(w.s.random.id());
        let write = rolo_core::write::Write::by(caller, w.s.clock.now(), batch, Act::Edit).and(save);
        w.s.database.commit(write).await.unwrap();
    };
    match step {
        Step::Create { label } => {
            let new = NewContact { book: Some(book), card: model(ann()), ..NewContact::default() };
            let id = create(&w.s, caller, new, &Seed::default()).await.unwrap().value.stored.id;
            card(id, keywords(*label)).await;
        }
        Step::Edit { which, note } => {
            let Some(id) = pick(&now.living, *which) else { return };
            let card = Some(json!({"rolo:fileAs": format!("Note {note}")}));
            patch(&w.s, caller, id, Seen::Any, Patch { card, ..Patch::default() }).await.unwrap();
        }
        Step::Label { which, label } => {
            let Some(id) = pick(&now.living, *which) else { return };
            card(id, keywords(*label)).await;
        }
        Step::Unlabel { which } => {
            let Some(id) = pick(&now.living, *which) else { return };
            card(id, json!({})).await;
        }
        Step::Delete { which } => {
            let Some(id) = pick(&now.living, *which) else { return };
            delete(&w.s, caller, id, Seen::Any).await.unwrap();
        }
        Step::Restore { which } => {
            let Some(id) = pick(&now.binned, *which) else { return };
            restore(&w.s, caller, id).await.unwrap();
        }
        Step::Move { which } => {
            let Some(id) = pick(&now.living, *which) else { return };
            relocate(&w.s, caller, id, other, Seen::Any).await.unwrap();
        }
        Step::MoveIn { which } => {
            let Some(id) = pick(&there.living, *which) else { return };
            relocate(&w.s, caller, id, book, Seen::Any).await.unwrap();
        }
    }
}

#[tokio::test]
async fn after_any_edits_the_book_is_what_it_was_and_undo_is_the_present() {
    let w = world().await;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    for round in 0..12 {
        let (steps, chosen) = steps().new_tree(&mut runner).unwrap().current();
        let mut place = [w.book; 2];
        for (n, book) in place.iter_mut().enumerate() {
            let new = books::NewBook { name: format!("Book {round} {n}"), shared: false };
            *book = books::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id;
        }
        let noor = w.again(&w.noor).await;
        let mut seen = Vec::new();
        for one in &steps {
            step(&w, &noor, place, one).await;
            seen.push((said(&w, &noor, place[0]).await, later(&w)));
        }
        let (then, at) = &seen[chosen];
        let now = [said(&w, &noor, place[0]).await, said(&w, &noor, place[1]).await];
        let (_, doing) = go_back(&w.s, &noor, place[0], *at, &Seed::default()).await.unwrap();
        let Undoing::Done(undone) = doing else { panic!("a few contacts") };
        assert_eq!(undone.left, [], "{steps:?}");
        let back = said(&w, &noor, place[0]).await;
        assert_eq!(back.living, then.living, "{chosen} of {steps:?}");
        if let Some(batch) = undone.batch {
            assert_eq!(taken_back(&w, &noor, batch).await.left, [], "{steps:?}");
        }
        let again = [said(&w, &noor, place[0]).await, said(&w, &noor, place[1]).await];
        assert_eq!(again, now, "{chosen} of {steps:?}");
    }
}
