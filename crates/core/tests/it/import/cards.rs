//! vCards and JSContact.

use rolo_core::{
    export::{self, Selection},
    import::{Format, Policy, Verdict},
};

use super::{checked, contacts, counts, fixture, imported, model_of, names, one, rows, run, text};
use crate::world::world;

#[tokio::test]
async fn cards_are_kept_as_they_came() {
    let w = world().await;
    let bytes = fixture("cards.vcf");
    let import = imported(&w, "cards.vcf", &bytes).await;
    assert_eq!((import.format, counts(&import)), (Some(Format::Vcard), [3, 0, 0, 0, 0]));
    let text = String::from_utf8(bytes.clone()).unwrap();
    let stored = |name: &'static str| {
        let w = &w;
        async move { String::from_utf8(w.bytes(one(w, name).await.id).await).unwrap() }
    };
    assert!(text.contains(&stored("Bob Ray").await) && text.contains(&stored("Jörg Müller").await));
    let ann = stored("Ann Lee").await;
    assert!(
        ann.contains("CATEGORIES:Family\r\n") && ann.contains("item1.TEL:+1 202-555-0110\r\nitem1.X-ABLabel:Boat\r\n"),
        "{ann}"
    );
    assert!(one(&w, "Ann Lee").await.starred);
    assert_eq!(counts(&imported(&w, "cards.vcf", &bytes).await), [0, 0, 3, 0, 0]);
    assert_eq!(contacts(&w).await.len(), 3);
}

#[tokio::test]
async fn a_card_is_found_by_its_uid_whatever_else_it_says() {
    let w = world().await;
    imported(&w, "cards.vcf", &fixture("cards.vcf")).await;
    let changed = "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:4FBE8971-0BC3-424C-9C26-36C3E1EFF6B1\r\nFN:Robert Ray\r\nTEL;VALUE=uri;TYPE=cell:tel:+1-202-555-0111\r\nEMAIL:bob@ray.example\r\nEND:VCARD\r\n";
    let import = imported(&w, "bob.vcf", changed.as_bytes()).await;
    assert_eq!(counts(&import), [0, 1, 0, 0, 0]);
    assert_eq!(names(&w).await, ["Ann Lee", "Jörg Müller", "Robert Ray"]);
    let bytes = String::from_utf8(w.bytes(one(&w, "Robert Ray").await.id).await).unwrap();
    assert!(bytes.contains("UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\r\n"), "{bytes}");
}

#[tokio::test]
async fn two_cards_of_one_uid_are_told_apart_by_somebody() {
    let w = world().await;
    let card = |name: &str| format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:twin\r\nFN:{name}\r\nEND:VCARD\r\n");
    let file = [card("One"), card("One"), card("Two")].concat();
    let import = checked(&w, "twins.vcf", file.as_bytes()).await;
    assert_eq!(counts(&import), [1, 0, 1, 1, 0]);
    run(&w, import.id, Policy::New).await;
    assert_eq!(names(&w).await, ["One", "Two"]);
    let uids: std::collections::BTreeSet<String> = contacts(&w).await.into_iter().map(|contact| contact.uid).collect();
    assert_eq!(uids.len(), 2);
}

#[tokio::test]
async fn jscontact_comes_as_array_as_lines_and_alone() {
    let w = world().await;
    let import = imported(&w, "cards.json", &fixture("cards.json")).await;
    assert_eq!((import.format, counts(&import)), (Some(Format::Jscontact), [2, 0, 0, 0, 0]));
    let zoe = model_of(&one(&w, "Zoë Ångström").await);
    assert_eq!(zoe.addresses.values().next().unwrap().label.as_deref(), Some("Cabin"));
    assert_eq!(one(&w, "Zoë Ångström").await.labels.len(), 1);
    let import = checked(&w, "cards.ndjson", &fixture("cards.ndjson")).await;
    assert_eq!(counts(&import), [2, 0, 0, 0, 1]);
    assert_eq!(rows(&w, import.id, Some(Verdict::Refused)).await[0].why, "This is not a JSContact card.");
    let import = checked(&w, "one.json", br#"{"@type":"Card","name":{"full":"Alone"}}"#).await;
    assert_eq!(counts(&import), [1, 0, 0, 0, 0]);
}

#[tokio::test]
async fn what_leaves_in_any_format_is_the_same_contact_when_it_comes_back() {
    let w = world().await;
    imported(&w, "cards.vcf", &fixture("cards.vcf")).await;
    imported(&w, "contacts.csv", &fixture("google.csv")).await;
    let before = names(&w).await;
    for format in [export::Format::Vcard3, export::Format::Vcard4, export::Format::JsContact] {
        let file = text(export::write(&w.s, &w.noor, format, Selection::All).await.unwrap()).await;
        // Into the same book: nothing changes, and nothing doubles.
        let again = imported(&w, "again", file.as_bytes()).await;
        assert_eq!(counts(&again), [0, 0, 9, 0, 0], "{format:?}");
        // Into an empty one: the same contacts.
        let other = world().await;
        let import = imported(&other, "file", file.as_bytes()).await;
        assert_eq!((counts(&import), names(&other).await), ([9, 0, 0, 0, 0], before.clone()), "{format:?}");
        for (mine, theirs) in contacts(&w).await.iter().zip(&contacts(&other).await) {
            assert_eq!(
                (mine.starred, mine.labels.len(), &mine.uid),
                (theirs.starred, theirs.labels.len(), &theirs.uid),
                "{format:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_group_card_is_a_label_of_its_members() {
    let w = world().await;
    let file = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:a-1\r\nFN:Ann\r\nCATEGORIES:Family\r\nEND:VCARD\r\nBEGIN:VCARD\r\nVERSION:3.0\r\nUID:b-1\r\nFN:Bob\r\nEND:VCARD\r\n\
BEGIN:VCARD\r\nVERSION:3.0\r\nUID:g-1\r\nN:Choir\r\nFN:Choir\r\nX-ADDRESSBOOKSERVER-KIND:group\r\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:a-1\r\nEND:VCARD\r\n";
    let import = imported(&w, "apple.vcf", file.as_bytes()).await;
    assert_eq!((counts(&import), names(&w).await), ([2, 0, 1, 0, 0], vec!["Ann".to_owned(), "Bob".to_owned()]));
    assert_eq!((one(&w, "Ann").await.labels.len(), one(&w, "Bob").await.labels.len()), (2, 0));
    assert_eq!(counts(&imported(&w, "apple.vcf", file.as_bytes()).await), [0, 0, 3, 0, 0]);
}
