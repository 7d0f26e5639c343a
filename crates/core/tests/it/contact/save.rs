//! Edits: patched, replaced, in conflict.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use rolo_core::{
    Result, Seed, Seen, Services,
    account::{Caller, Right, person},
    contact::{
        Change, Patch,
        save::{patch, replace},
    },
    contracts::{Database, Through},
    id::{ContactId, LabelId, Revision},
    label,
    write::{Outcome, Write},
};
use serde_json::{Value, json};

use crate::world::{World, card, model, refusal, world};

fn patched(card: Value) -> Patch {
    Patch { card: Some(card), ..Patch::default() }
}

pub(crate) async fn label(w: &World, name: &str) -> LabelId {
    let new = label::NewLabel { id: None, book: w.book, name: name.into(), hue: None };
    label::create::create(&w.s, &w.noor, new, &Seed::default()).await.unwrap().value.id
}

#[tokio::test]
async fn an_edit_changes_its_lines_and_no_others() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let before = String::from_utf8(w.bytes(ann.id).await).unwrap();
    let done = patch(
        &w.s,
        &w.noor,
        ann.id,
        Seen::Revision(ann.revision),
        patched(json!({"nicknames": {"n": {"name": "Annie"}}})),
    )
    .await
    .unwrap();
    let after = String::from_utf8(w.bytes(ann.id).await).unwrap();
    let fixed = |text: &str| {
        text.lines()
            .filter(|line| !line.starts_with("REV") && !line.starts_with("NICKNAME"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(fixed(&before), fixed(&after));
    assert!(after.contains("NICKNAME:Annie\r\n"), "{after}");
    let now = done.value.stored;
    assert!(now.revision != ann.revision && now.modseq > ann.modseq && now.created_at == ann.created_at);
}

#[tokio::test]
async fn of_two_who_saw_the_same_version_one_is_told() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let note = |text: &str| patched(json!({"notes": {"n": {"note": text}}}));
    patch(&w.s, &w.noor, ann.id, Seen::Revision(ann.revision), note("first")).await.unwrap();
    let late = patch(&w.s, &w.noor, ann.id, Seen::Revision(ann.revision), note("second")).await;
    assert_eq!(refusal(late).0, "conflict");
    patch(&w.s, &w.noor, ann.id, Seen::Any, patched(json!({"rolo:fileAs": "x"}))).await.unwrap();
    let now = card(&w.now(ann.id).await);
    assert_eq!((now.notes.values().next().unwrap().note.as_str(), now.file_as.as_deref()), ("first", Some("x")));
}

#[tokio::test]
async fn many_at_once_without_a_version_all_hold() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let edits = (0..6).map(|n| {
        let (s, noor, id) = (w.s.clone(), w.noor.clone(), ann.id);
        let field = json!({"rolo:customFields": {format!("f{n}"): {"label": format!("field {n}"), "value": "x"}}});
        tokio::spawn(async move { patch(&s, &noor, id, Seen::Any, patched(field)).await })
    });
    let edits: Vec<_> = edits.collect();
    for edit in edits {
        edit.await.unwrap().unwrap();
    }
    assert_eq!(card(&w.now(ann.id).await).custom_fields.len(), 6);
}

/// The real database, where somebody else is faster with this contact, so many times.
struct Overtaken {
    real: Services,
    by: Caller,
    contact: ContactId,
    times: AtomicU64,
}

impl Through for Overtaken {
    fn behind(&self) -> &dyn Database {
        &*self.real.database
    }

    async fn commit(&self, write: Write) -> Result<Outcome> {
        let left = self.times.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        if let Ok(left) = left {
            let other = patched(json!({"rolo:fileAs": format!("{} more times", left - 1)}));
            patch(&self.real, &self.by, self.contact, Seen::Any, other).await?;
        }
        self.real.database.commit(write).await
    }
}

#[tokio::test]
async fn who_insists_on_no_version_is_not_refused_for_being_slow() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let overtaken = |times| {
        let (real, by) = (w.s.clone(), w.noor.clone());
        let database = Overtaken { real, by, contact: ann.id, times: AtomicU64::new(times) };
        Services { database: Arc::new(database), ..w.s.clone() }
    };
    let note = |text: &str| patched(json!({"notes": {"n": {"note": text}}}));
    patch(&overtaken(40), &w.noor, ann.id, Seen::Any, note("slow")).await.unwrap();
    let now = w.now(ann.id).await;
    let said = card(&now);
    assert_eq!(
        (said.notes.values().next().unwrap().note.as_str(), said.file_as.as_deref()),
        ("slow", Some("0 more times"))
    );
    // Whoever insists is told at once, and nobody is tried for ever.
    let insists = patch(&overtaken(2), &w.noor, ann.id, Seen::Revision(now.stored.revision), note("seen")).await;
    assert_eq!(refusal(insists).0, "conflict");
    assert_eq!(refusal(patch(&overtaken(1_000), &w.noor, ann.id, Seen::Any, note("never")).await).0, "conflict");
}

#[tokio::test]
async fn put_says_the_whole_contact() {
    let w = world().await;
    let ann = w.ann().await.stored;
    let whole = model(json!({"name": {"full": "Ann Roe"}, "emails": {"x": {"address": "roe@example.org"}}}));
    let change = Change { card: Some(whole), starred: Some(true), kind: Some("org".into()), ..Change::default() };
    let now = replace(&w.s, &w.noor, ann.id, Seen::Revision(ann.revision), change).await.unwrap().value;
    assert_eq!(
        (now.stored.kind.as_str(), now.stored.starred, now.stored.uid.as_str()),
        ("org", true, ann.uid.as_str())
    );
    let said = card(&now);
    assert!(said.phones.is_empty());
    assert_eq!(said.emails.values().map(|email| email.address.as_str()).collect::<Vec<_>>(), ["roe@example.org"]);
    let back = Change { kind: Some("individual".into()), ..Change::default() };
    let now = replace(&w.s, &w.noor, ann.id, Seen::Any, back).await.unwrap().value;
    assert_eq!(now.stored.kind, "individual");
}

#[tokio::test]
async fn saving_what_is_there_changes_nothing() {
    let w = world().await;
    let ann = w.ann().await;
    let change =
        Change { card: Some(card(&ann)), labels: Some(vec![]), kind: Some("individual".into()), ..Change::default() };
    let done = replace(&w.s, &w.noor, ann.stored.id, Seen::Any, change).await.unwrap();
    assert_eq!((done.batch, &done.value), (None, &ann));
}

#[tokio::test]
async fn labels_are_set_added_and_taken() {
    let w = world().await;
    let (family, work) = (label(&w, "Family").await, label(&w, "Work").await);
    let ann = w.ann().await.stored.id;
    let set = Change { labels: Some(vec![family]), ..Change::default() };
    let now = replace(&w.s, &w.noor, ann, Seen::Any, set).await.unwrap().value;
    assert_eq!(now.stored.labels, [family]);
    let more = Change { add_labels: vec![work], remove_labels: vec![family], ..Change::default() };
    let now = patch(&w.s, &w.noor, ann, Seen::Any, Patch { card: None, change: more }).await.unwrap().value;
    assert_eq!(now.stored.labels, [work]);
    let text = String::from_utf8(w.bytes(ann).await).unwrap();
    assert!(text.contains("CATEGORIES:Work\r\n") && !text.contains("Family"), "{text}");
}

#[tokio::test]
async fn what_cannot_be_saved_is_refused_and_nothing_changes() {
    let w = world().await;
    let ann = w.ann().await;
    let id = ann.stored.id;
    let see = w.member("Bo").await;
    person::set_access(&w.s, w.book, see.account(), Some(Right::See)).await.unwrap();
    let (see, stranger) = (w.again(&see).await, w.stranger().await);
    let empty = json!({"name": null, "emails": null, "phones": null});
    let cases = [
        (&w.noor, patched(empty), ("invalid", "/card")),
        (&w.noor, patched(json!({"emails": {"a": {"address": 5}}})), ("invalid", "/card/emails/a/address")),
        (&w.noor, patched(json!({"uid": "other"})), ("invalid", "/card/uid")),
        (&w.noor, patched(json!("Ann")), ("invalid", "/card")),
        (&w.noor, patched(json!({"media": {"m": {"uri": "rolo:blob:00"}}})), ("invalid", "/card/media/m/uri")),
        (&see, patched(json!({"rolo:fileAs": "x"})), ("denied", "")),
        (&stranger, patched(json!({"rolo:fileAs": "x"})), ("not found", "")),
    ];
    for (caller, change, (kind, field)) in cases {
        assert_eq!(refusal(patch(&w.s, caller, id, Seen::Any, change).await), (kind, field.to_owned()));
    }
    let elsewhere = Change { book: Some(rolo_core::id::BookId(id.0)), ..Change::default() };
    assert_eq!(refusal(replace(&w.s, &w.noor, id, Seen::Any, elsewhere).await), ("invalid", "/book".to_owned()));
    let unseen = Seen::Revision(Revision::of(b"other"));
    assert_eq!(refusal(patch(&w.s, &w.noor, id, unseen, patched(json!({}))).await).0, "conflict");
    assert_eq!(w.now(id).await, ann);
}
