//! Labels: made, renamed, merged, removed.

use rolo_core::{
    Seed, Seen,
    account::{Caller, Right, person},
    contact::{Change as ContactChange, NewContact, Patch, save},
    history::{Undo, Undoing, undo},
    id::{BatchId, ContactId, LabelId},
    label::{self, Change, NewLabel, create, get, list, merge::merge, remove::remove},
};
use uuid::Uuid;

use crate::world::{World, ann, model, refusal, world};

async fn make(w: &World, name: &str) -> LabelId {
    let new = NewLabel { id: None, book: w.book, name: name.into(), hue: Some(25) };
    create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id
}

async fn with(w: &World, labels: Vec<LabelId>) -> ContactId {
    w.make_new(NewContact { labels, card: model(ann()), ..NewContact::default() }).await.value.stored.id
}

async fn categories(w: &World, id: ContactId) -> Vec<String> {
    rolo_core::card::Card::parse(w.bytes(id).await).unwrap().categories()
}

async fn undone(w: &World, batch: BatchId) -> Option<BatchId> {
    undone_by(w, &w.noor, batch).await
}

async fn undone_by(w: &World, caller: &Caller, batch: BatchId) -> Option<BatchId> {
    match undo(&w.s, caller, Undo { batch, contact: None }, &Seed::default()).await.unwrap() {
        Undoing::Done(done) => {
            assert_eq!(done.left, []);
            done.batch
        }
        Undoing::Later(job) => panic!("{job}"),
    }
}

fn named(name: &str) -> Change {
    Change { name: Some(name.into()), hue: None }
}

#[tokio::test]
async fn labels_are_made_once_with_a_name_and_a_colour() {
    let w = world().await;
    let id = LabelId(Uuid::now_v7());
    let new = |id, name: &str, hue| NewLabel { id, book: w.book, name: name.into(), hue };
    let first =
        create::create(&w.s, &w.noor, new(Some(id), " Zu\u{308}rich ", Some(145)), &Seed::default()).await.unwrap();
    assert_eq!((first.value.name.as_str(), first.value.hue, first.value.contacts), ("Zürich", Some(145), 0));
    let again = create::create(&w.s, &w.noor, new(Some(id), "Zürich", None), &Seed::default()).await.unwrap();
    assert!(again.existed && again.batch.is_none());
    let seed = Seed(Some(Uuid::now_v7()));
    let one = create::create(&w.s, &w.noor, new(None, "Bern", None), &seed).await.unwrap();
    assert_eq!(create::create(&w.s, &w.noor, new(None, "Bern", None), &seed).await.unwrap().value.id, one.value.id);
    let cases =
        [("Zürich", None, "conflict"), (" ", None, "invalid"), ("a\nb", None, "invalid"), ("x", Some(7), "invalid")];
    for (name, hue, kind) in cases {
        assert_eq!(refusal(create::create(&w.s, &w.noor, new(None, name, hue), &Seed::default()).await).0, kind);
    }
    create::create(&w.s, &w.noor, new(None, "zürich", None), &Seed::default()).await.expect("case counts");
    assert_eq!(refusal(get(&w.s, &w.stranger().await, id).await).0, "not found");
}

#[tokio::test]
async fn renaming_goes_through_every_card_and_back() {
    let w = world().await;
    let (old, other) = (make(&w, "Family").await, make(&w, "Other").await);
    let (one, two, none) = (with(&w, vec![other, old]).await, with(&w, vec![old]).await, with(&w, vec![]).await);
    let (before, untouched) = (w.bytes(one).await, w.bytes(none).await);
    let seen = get(&w.s, &w.noor, old).await.unwrap().revision;
    let done = label::save::save(&w.s, &w.noor, old, Seen::Revision(seen), named("Kin")).await.unwrap();
    assert_eq!((done.value.name.as_str(), done.value.contacts, done.value.id), ("Kin", 2, old));
    assert_eq!(
        (categories(&w, one).await, categories(&w, two).await),
        (vec!["Other".into(), "Kin".into()], vec!["Kin".into()])
    );
    assert_eq!(w.bytes(none).await, untouched);
    assert_eq!(refusal(label::save::save(&w.s, &w.noor, old, Seen::Revision(seen), named("Late")).await).0, "conflict");
    assert_eq!(refusal(label::save::save(&w.s, &w.noor, old, Seen::Any, named("Other")).await).0, "conflict");
    let first = undone(&w, done.batch.unwrap()).await.unwrap();
    assert_eq!((get(&w.s, &w.noor, old).await.unwrap().name.as_str(), w.bytes(one).await), ("Family", before));
    undone(&w, first).await;
    assert_eq!(
        (get(&w.s, &w.noor, old).await.unwrap().name.as_str(), categories(&w, two).await),
        ("Kin", vec!["Kin".to_owned()])
    );
}

#[tokio::test]
async fn a_stale_phone_does_not_bring_the_old_name_back() {
    let w = world().await;
    let family = make(&w, "Family").await;
    let ann = with(&w, vec![family]).await;
    label::save::save(&w.s, &w.noor, family, Seen::Any, named("Kin")).await.unwrap();
    // The phone still says Family, in a card of its own.
    let stale = rolo_core::card::Card::parse(
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{ann}\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nCATEGORIES:Family\r\nEND:VCARD\r\n").into_bytes(),
    )
    .unwrap();
    let now = w.now(ann).await.stored;
    let write =
        rolo_core::write::Write::by(&w.noor, w.s.clock.now(), BatchId(Uuid::now_v7()), rolo_core::write::Act::Edit)
            .and(rolo_core::write::Effect::SaveContact {
                into: w.noor.may_edit(w.book).unwrap(),
                id: ann,
                expect: rolo_core::write::Expect::Revision(now.revision),
                act: rolo_core::write::Act::Edit,
                card: Box::new(rolo_core::contact::prepare(&stale, &ann.to_string())),
            });
    w.s.database.commit(write).await.unwrap();
    assert_eq!(list(&w.s, &w.noor).await.unwrap().len(), 1);
    assert_eq!(w.now(ann).await.stored.labels, [family]);
    // Taking the label away takes it away by whichever name the card has.
    remove(&w.s, &w.noor, family, Seen::Any, false).await.unwrap();
    assert_eq!(categories(&w, ann).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_colour_changes_no_card() {
    let w = world().await;
    let family = make(&w, "Family").await;
    let ann = with(&w, vec![family]).await;
    let before = w.now(ann).await.stored;
    let done =
        label::save::save(&w.s, &w.noor, family, Seen::Any, Change { name: None, hue: Some(None) }).await.unwrap();
    assert_eq!((done.value.hue, w.now(ann).await.stored), (None, before));
    assert_eq!(label::save::save(&w.s, &w.noor, family, Seen::Any, named("Family")).await.unwrap().batch, None);
    undone(&w, done.batch.unwrap()).await;
    assert_eq!(get(&w.s, &w.noor, family).await.unwrap().hue, Some(25));
}

#[tokio::test]
async fn two_labels_become_one_and_two_again() {
    let w = world().await;
    let (from, into) = (make(&w, "Kin").await, make(&w, "Family").await);
    let (one, both) = (with(&w, vec![from]).await, with(&w, vec![from, into]).await);
    let (before, before_both) = (w.bytes(one).await, w.bytes(both).await);
    let done = merge(&w.s, &w.noor, from, into).await.unwrap();
    assert_eq!((done.value.contacts, categories(&w, both).await), (2, vec!["Family".to_owned()]));
    assert_eq!(refusal(get(&w.s, &w.noor, from).await).0, "not found");
    undone(&w, done.batch.unwrap()).await;
    let back = get(&w.s, &w.noor, from).await.unwrap();
    assert_eq!((back.name.as_str(), back.hue, back.contacts), ("Kin", Some(25), 2));
    assert_eq!((w.bytes(one).await, w.bytes(both).await), (before, before_both));
    assert_eq!(refusal(merge(&w.s, &w.noor, from, from).await), ("invalid", "/into".to_owned()));
    assert_eq!(refusal(merge(&w.s, &w.noor, LabelId(Uuid::now_v7()), into).await).0, "not found");
}

#[tokio::test]
async fn removed_without_its_contacts_or_with_them() {
    let w = world().await;
    for with_contacts in [false, true] {
        let family = make(&w, "Family").await;
        let ann = with(&w, vec![family]).await;
        let before = w.bytes(ann).await;
        let done = remove(&w.s, &w.noor, family, Seen::Any, with_contacts).await.unwrap();
        assert_eq!(refusal(get(&w.s, &w.noor, family).await).0, "not found");
        assert_eq!(w.now(ann).await.stored.deleted_at.is_some(), with_contacts);
        undone(&w, done.batch.unwrap()).await;
        let now = w.now(ann).await.stored;
        assert_eq!((now.deleted_at, now.labels, w.bytes(ann).await), (None, vec![family], before));
        remove(&w.s, &w.noor, family, Seen::Any, true).await.unwrap();
    }
}

/// Somebody else who may change Noor's book.
async fn editor(w: &World) -> Caller {
    let other = w.member("Bo").await;
    person::set_access(&w.s, w.book, other.account(), Some(Right::Edit)).await.unwrap();
    w.again(&other).await
}

#[tokio::test]
async fn another_account_of_the_book_takes_a_label_verb_back_whole() {
    let w = world().await;
    let bo = editor(&w).await;
    let family = make(&w, "Family").await;
    let ann = with(&w, vec![family]).await;
    let face = async || get(&w.s, &w.noor, family).await.map(|label| (label.name, label.hue)).ok();
    let (before, was) = (w.bytes(ann).await, Some(("Family".to_owned(), Some(25))));

    let renamed = label::save::save(&w.s, &w.noor, family, Seen::Any, named("Kin")).await.unwrap();
    undone_by(&w, &bo, renamed.batch.unwrap()).await;
    assert_eq!((face().await, w.bytes(ann).await), (was.clone(), before.clone()));

    let coloured = Change { name: None, hue: Some(Some(145)) };
    let coloured = label::save::save(&w.s, &w.noor, family, Seen::Any, coloured).await.unwrap();
    undone_by(&w, &bo, coloured.batch.unwrap()).await;
    assert_eq!(face().await, was);

    let other = make(&w, "Other").await;
    let merged = merge(&w.s, &w.noor, family, other).await.unwrap();
    undone_by(&w, &bo, merged.batch.unwrap()).await;
    assert_eq!((face().await, w.bytes(ann).await), (was.clone(), before.clone()));

    let removed = remove(&w.s, &w.noor, family, Seen::Any, true).await.unwrap();
    undone_by(&w, &bo, removed.batch.unwrap()).await;
    assert_eq!((face().await, w.bytes(ann).await), (was, before));
    let stranger = w.stranger().await;
    let asked = Undo { batch: removed.batch.unwrap(), contact: None };
    assert_eq!(refusal(undo(&w.s, &stranger, asked, &Seed::default()).await).0, "not found");
}

#[tokio::test]
async fn who_may_only_see_a_label_takes_nothing_of_it_back() {
    let w = world().await;
    let family = make(&w, "Family").await;
    let renamed = label::save::save(&w.s, &w.noor, family, Seen::Any, named("Kin")).await.unwrap();
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let asked = Undo { batch: renamed.batch.unwrap(), contact: None };
    let see = w.again(&see).await;
    assert_eq!(refusal(undo(&w.s, &see, asked, &Seed::default()).await).0, "conflict");
    assert_eq!(get(&w.s, &w.noor, family).await.unwrap().name, "Kin");
}

#[tokio::test]
async fn a_removal_that_was_taken_back_can_be_had_again() {
    let w = world().await;
    for with_contacts in [false, true] {
        let family = make(&w, "Family").await;
        let ann = with(&w, vec![family]).await;
        let removed = remove(&w.s, &w.noor, family, Seen::Any, with_contacts).await.unwrap();
        let gone = w.bytes(ann).await;
        let back = undone(&w, removed.batch.unwrap()).await.unwrap();
        assert_eq!(get(&w.s, &w.noor, family).await.unwrap().contacts, 1);
        let again = undone(&w, back).await.unwrap();
        assert_eq!(refusal(get(&w.s, &w.noor, family).await).0, "not found");
        assert_eq!((w.now(ann).await.stored.deleted_at.is_some(), w.bytes(ann).await), (with_contacts, gone));
        undone(&w, again).await;
        assert_eq!(get(&w.s, &w.noor, family).await.unwrap().contacts, 1, "and back once more");
        remove(&w.s, &w.noor, family, Seen::Any, true).await.unwrap();
    }
}

#[tokio::test]
async fn a_label_somebody_joined_meanwhile_stays_and_is_told() {
    let w = world().await;
    let family = make(&w, "Family").await;
    let ann = with(&w, vec![family]).await;
    let removed = remove(&w.s, &w.noor, family, Seen::Any, false).await.unwrap();
    let back = undone(&w, removed.batch.unwrap()).await.unwrap();
    let joined = with(&w, vec![family]).await;
    let asked = Undo { batch: back, contact: None };
    let seed = Seed(Some(Uuid::now_v7()));
    let Undoing::Done(first) = undo(&w.s, &w.noor, asked, &seed).await.unwrap() else { panic!("it is small") };
    let left: Vec<&str> = first.left.iter().map(|left| left.field.as_str()).collect();
    assert_eq!((first.undone, left), (1, vec!["labels/Family"]));
    assert_eq!((w.now(joined).await.stored.labels, w.now(ann).await.stored.labels), (vec![family], vec![]));
    let again = undo(&w.s, &w.noor, asked, &seed).await.unwrap();
    assert_eq!(again, Undoing::Done(first), "asked again with the same key");
}

#[tokio::test]
async fn a_made_label_is_unmade_while_nobody_carries_it() {
    let w = world().await;
    let new = NewLabel { id: None, book: w.book, name: "Family".into(), hue: None };
    let made = create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap();
    let ann = with(&w, vec![made.value.id]).await;
    let asked = Undo { batch: made.batch.unwrap(), contact: None };
    assert_eq!(refusal(undo(&w.s, &w.noor, asked, &Seed::default()).await).0, "conflict", "somebody carries it");
    let none = ContactChange { labels: Some(vec![]), ..ContactChange::default() };
    save::patch(&w.s, &w.noor, ann, Seen::Any, Patch { card: None, change: none }).await.unwrap();
    undone(&w, made.batch.unwrap()).await;
    assert!(list(&w.s, &w.noor).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_may_only_see_changes_no_label() {
    let w = world().await;
    let family = make(&w, "Family").await;
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let (see, stranger) = (w.again(&see).await, w.stranger().await);
    assert_eq!(list(&w.s, &see).await.unwrap().len(), 1);
    for (caller, kind) in [(&see, "denied"), (&stranger, "not found")] {
        let new = NewLabel { id: None, book: w.book, name: "x".into(), hue: None };
        assert_eq!(refusal(create::create(&w.s, caller, new, &Seed::default()).await).0, kind);
        assert_eq!(refusal(label::save::save(&w.s, caller, family, Seen::Any, named("x")).await).0, kind);
        assert_eq!(refusal(merge(&w.s, caller, family, family).await).0, kind);
        assert_eq!(refusal(remove(&w.s, caller, family, Seen::Any, true).await).0, kind);
    }
}
