//! The same file again, a changed file, an edit in between: `contract.md` §7.

use rolo_core::{
    contact,
    history::{Undo, undo},
    import::{self, Policy, State, Verdict},
    verb::Seed,
};

use super::{checked, contacts, counts, edit, fixture, google, imported, model_of, names, one, rows, run};
use crate::world::world;

const ANN: &str = "Ann,Lee,Family,Home,ann@lee.example,Mobile,+1 202 555 0143,Old note";

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let w = world().await;
    imported(&w, "contacts.csv", &fixture("google.csv")).await;
    let before = contacts(&w).await;
    let again = imported(&w, "contacts.csv", &fixture("google.csv")).await;
    assert_eq!(counts(&again), [0, 0, 6, 0, 0]);
    assert_eq!(contacts(&w).await, before);
}

#[tokio::test]
async fn a_changed_file_updates_and_never_doubles() {
    let w = world().await;
    imported(&w, "one.csv", &google(&[ANN, "Bob,Ray,,,bob@ray.example,,,"])).await;
    let id = one(&w, "Ann Lee").await.id;
    edit(&w, id, |model| {
        model
            .nicknames
            .insert("x".into(), rolo_core::card::model::Nickname { name: "Annie".into(), ..Default::default() });
    })
    .await;
    let changed =
        google(&["Ann,Lee,Club,Home,ann@new.example,Mobile,+1 202 555 0143,Old note", "Bob,Ray,,,bob@ray.example,,,"]);
    let import = checked(&w, "two.csv", &changed).await;
    assert_eq!(counts(&import), [0, 1, 1, 0, 0]);
    let told = rows(&w, import.id, Some(Verdict::Update)).await.remove(0);
    let paths: Vec<&str> = told.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((paths, told.contact), (vec!["keywords", "keywords", "emails"], Some(id)));
    let done = run(&w, import.id, Policy::Skip).await;
    assert_eq!(counts(&done), [0, 1, 1, 0, 0]);
    assert_eq!(names(&w).await, ["Ann Lee", "Bob Ray"]);
    let ann = model_of(&one(&w, "Ann Lee").await);
    assert_eq!(ann.emails.values().map(|one| one.address.as_str()).collect::<Vec<_>>(), ["ann@new.example"]);
    assert_eq!((ann.nicknames.len(), ann.phones.len()), (1, 1), "an edit made in Rolo stays");
    // And the changed file again is the same; so is the first one's other row.
    assert_eq!(counts(&imported(&w, "two.csv", &changed).await), [0, 0, 2, 0, 0]);
}

#[tokio::test]
async fn an_edit_made_in_rolo_is_never_overwritten_unasked() {
    let w = world().await;
    imported(&w, "one.csv", &google(&[ANN])).await;
    let id = one(&w, "Ann Lee").await.id;
    edit(&w, id, |model| model.notes.values_mut().for_each(|note| note.note = "Mine".into())).await;
    // The row did not change: nothing happens.
    assert_eq!(counts(&imported(&w, "one.csv", &google(&[ANN])).await), [0, 0, 1, 0, 0]);
    // The row changed where Rolo did too: somebody has to decide.
    let changed = google(&["Ann,Lee,Family,Home,ann@lee.example,Mobile,+1 202 555 0143,New note"]);
    let import = checked(&w, "two.csv", &changed).await;
    assert_eq!(counts(&import), [0, 0, 0, 1, 0]);
    let told = rows(&w, import.id, None).await.remove(0);
    assert!(told.why.contains("Ann Lee was edited in Rolo since the last import"), "{}", told.why);
    run(&w, import.id, Policy::Skip).await;
    let note = |model: rolo_core::card::Model| model.notes.into_values().map(|note| note.note).collect::<Vec<_>>();
    assert_eq!(note(model_of(&one(&w, "Ann Lee").await)), ["Mine"]);
    // Asked for, it is added beside the edit.
    let import = checked(&w, "two.csv", &changed).await;
    let done = run(&w, import.id, Policy::Update).await;
    assert_eq!(counts(&done), [0, 1, 0, 0, 0]);
    assert_eq!(note(model_of(&one(&w, "Ann Lee").await)), ["Mine", "New note"]);
}

#[tokio::test]
async fn an_edit_between_check_and_run_is_seen() {
    let w = world().await;
    imported(&w, "one.csv", &google(&[ANN])).await;
    let id = one(&w, "Ann Lee").await.id;
    let import =
        checked(&w, "two.csv", &google(&["Ann,Lee,Family,Home,ann@lee.example,Mobile,+1 202 555 0143,New note"])).await;
    assert_eq!(counts(&import), [0, 1, 0, 0, 0]);
    edit(&w, id, |model| model.notes.values_mut().for_each(|note| note.note = "Mine".into())).await;
    let done = run(&w, import.id, Policy::Skip).await;
    assert_eq!(counts(&done), [0, 0, 0, 1, 0]);
    assert_eq!(
        model_of(&one(&w, "Ann Lee").await).notes.into_values().map(|note| note.note).collect::<Vec<_>>(),
        ["Mine"]
    );
}

#[tokio::test]
async fn identical_rows_match_as_a_multiset() {
    let w = world().await;
    let row = "Kim,Park,,,kim@park.example,,,";
    let import = imported(&w, "two.csv", &google(&[row, row])).await;
    assert_eq!((counts(&import), contacts(&w).await.len()), ([2, 0, 0, 0, 0], 2));
    assert_eq!(counts(&imported(&w, "two.csv", &google(&[row, row])).await), [0, 0, 2, 0, 0]);
    assert_eq!(counts(&imported(&w, "three.csv", &google(&[row, row, row])).await), [1, 0, 2, 0, 0]);
    assert_eq!(counts(&imported(&w, "one.csv", &google(&[row])).await), [0, 0, 1, 0, 0]);
    assert_eq!(contacts(&w).await.len(), 3);
}

#[tokio::test]
async fn one_undo_takes_an_import_back_and_it_can_come_again() {
    let w = world().await;
    let import = imported(&w, "contacts.csv", &fixture("google.csv")).await;
    let batch = import.batch.unwrap();
    undo(&w.s, &w.noor, Undo { batch, contact: None }, &Seed::default()).await.unwrap();
    assert!(contacts(&w).await.is_empty());
    assert_eq!(import::get(&w.s, &w.noor, import.id).await.unwrap().state, State::Undone);
    let again = imported(&w, "contacts.csv", &fixture("google.csv")).await;
    assert_eq!((counts(&again), contacts(&w).await.len()), ([6, 0, 0, 0, 0], 6));
}

#[tokio::test]
async fn what_was_deleted_in_rolo_does_not_come_back_unasked() {
    let w = world().await;
    imported(&w, "one.csv", &google(&[ANN, "Bob,Ray,,,bob@ray.example,,,"])).await;
    let id = one(&w, "Ann Lee").await.id;
    contact::delete::delete(&w.s, &w.noor, id, rolo_core::Seen::Any).await.unwrap();
    let import = imported(&w, "one.csv", &google(&[ANN, "Bob,Ray,,,bob@ray.example,,,"])).await;
    assert_eq!((counts(&import), names(&w).await), ([0, 0, 1, 1, 0], vec!["Bob Ray".to_owned()]));
    let told = rows(&w, import.id, Some(Verdict::Check)).await.remove(0);
    assert!(told.why.contains("was deleted or moved in Rolo"), "{}", told.why);
}

#[tokio::test]
async fn a_star_that_was_taken_away_stays_away() {
    let w = world().await;
    let bytes = google(&["Ann,Lee,* starred,,ann@lee.example,,,"]);
    imported(&w, "one.csv", &bytes).await;
    let id = one(&w, "Ann Lee").await.id;
    assert!(one(&w, "Ann Lee").await.starred);
    contact::mark::star(&w.s, &w.noor, id, false).await.unwrap();
    imported(&w, "one.csv", &bytes).await;
    imported(&w, "one.csv", &google(&["Ann,Lee,* starred,,ann@lee.example,,,A note"])).await;
    assert!(!one(&w, "Ann Lee").await.starred);
}

#[tokio::test]
async fn the_earlier_row_is_asked_before_names_and_the_uid_before_both() {
    let w = world().await;
    imported(&w, "one.csv", &google(&[ANN])).await;
    let id = one(&w, "Ann Lee").await.id;
    // Another name, another address: only the row it came from still knows it.
    edit(&w, id, |model| {
        let full = "Anna Ray".to_owned();
        model.name = Some(rolo_core::card::model::Name { full: Some(full), ..Default::default() });
        model.emails.values_mut().for_each(|email| email.address = "anna@ray.example".into());
        model.phones.clear();
    })
    .await;
    let again = imported(&w, "one.csv", &google(&[ANN])).await;
    assert_eq!((counts(&again), names(&w).await), ([0, 0, 1, 0, 0], vec!["Anna Ray".to_owned()]));
    // Somebody else now looks like the row; it is still Anna's.
    w.make(crate::world::ann()).await;
    edit(&w, contacts(&w).await.iter().find(|one| one.id != id).unwrap().id, |model| {
        model.emails.values_mut().for_each(|email| email.address = "ann@lee.example".into());
    })
    .await;
    let import = checked(&w, "one.csv", &google(&[ANN])).await;
    assert_eq!((counts(&import), rows(&w, import.id, None).await[0].contact), ([0, 0, 1, 0, 0], Some(id)));
    // A card that bears Anna's UID is hers, whoever it looks like.
    let uid = one(&w, "Anna Ray").await.uid;
    let card = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{uid}\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\nEMAIL:ann@lee.example\r\nEND:VCARD\r\n"
    );
    let import = checked(&w, "ann.vcf", card.as_bytes()).await;
    assert_eq!(rows(&w, import.id, None).await[0].contact, Some(id));
}
