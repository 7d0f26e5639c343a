//! Words that other programs write (conventions §2), each of them: Apple's labels, DAVx5's types, messengers by their own
//! properties, lines that stand twice or say nothing.

use serde_json::{Value, json};

use super::*;

fn one(line: &str, label: &str) -> Card {
    card("3.0", &["FN:A", &format!("item1.{line}"), &format!("item1.X-ABLabel:{label}")])
}

#[test]
fn every_label_of_apples_is_its_word() {
    for (label, kind, word) in [
        ("Spouse", "spouse", Value::Null),
        ("Child", "child", Value::Null),
        ("Mother", "parent", json!("mother")),
        ("Father", "parent", json!("father")),
        ("Parent", "parent", Value::Null),
        ("Brother", "sibling", json!("brother")),
        ("Sister", "sibling", json!("sister")),
        ("Friend", "friend", Value::Null),
        ("Partner", "sweetheart", json!("partner")),
        ("Manager", "co-worker", json!("manager")),
        ("Assistant", "co-worker", json!("assistant")),
    ] {
        let relation = &members(&one("X-ABRELATEDNAMES:Bo", &format!("_$!<{label}>!$_")), "relatedTo")[0];
        assert_eq!(relation["relation"], json!({ kind: true }), "{label}");
        assert_eq!(relation["rolo:label"], word, "{label}");
        // DAVx5 says the same in a TYPE of 4.0.
        let types = label.to_lowercase();
        let davx5 = &members(&card("4.0", &[&format!("RELATED;TYPE={types};VALUE=text:Bo")]), "relatedTo")[0];
        assert_eq!(davx5, relation, "{label}");
    }
    let typed =
        |word: &str| members(&card("4.0", &[&format!("RELATED;TYPE={word};VALUE=text:Bo")]), "relatedTo")[0].clone();
    assert_eq!(typed("domestic-partner,spouse")["rolo:label"], "domestic partner");
    assert_eq!(typed("referred-by")["rolo:label"], "referred by");
    assert_eq!(members(&one("URL:https://a.example", "_$!<HomePage>!$_"), "links")[0]["label"], "home page");
    assert_eq!(members(&one("X-ABDATE:1970-06-02", "_$!<Anniversary>!$_"), "anniversaries")[0]["kind"], "wedding");
    assert_eq!(members(&one("TEL:1", "_$!<Other>!$_"), "phones")[0]["label"], "other");
    assert_eq!(members(&one("TEL:1", "iPhone"), "phones")[0]["features"], json!({"mobile": true}));
}

#[test]
fn every_type_of_davx5s_is_its_word() {
    for (word, label) in [
        ("x-assistant", "assistant"),
        ("x-callback", "callback"),
        ("x-radio", "radio"),
        ("x-mms", "mms"),
        ("x-company_main", "company main"),
    ] {
        assert_eq!(members(&card("4.0", &[&format!("TEL;TYPE={word}:1")]), "phones")[0]["label"], label);
    }
    for (word, label) in [("x-homepage", "home page"), ("x-blog", "blog"), ("x-profile", "profile"), ("x-ftp", "ftp")] {
        assert_eq!(members(&card("4.0", &[&format!("URL;TYPE={word}:https://a.example")]), "links")[0]["label"], label);
    }
}

#[test]
fn every_messenger_of_its_own_property_is_read_and_edited_there() {
    for (property, service) in [
        ("X-AIM", "AIM"),
        ("X-ICQ", "ICQ"),
        ("X-MSN", "MSN"),
        ("X-YAHOO", "Yahoo"),
        ("X-GOOGLE-TALK", "Google Talk"),
        ("X-JABBER", "Jabber"),
        ("X-QQ", "QQ"),
        ("X-SKYPE", "Skype"),
        ("X-SKYPE-USERNAME", "Skype"),
        ("X-GADUGADU", "Gadu-Gadu"),
        ("X-MATRIX", "Matrix"),
    ] {
        let card = card("3.0", &["FN:A", &format!("{property};type=HOME:ann9")]);
        let mut model = card.model();
        let told = &mut model.online_services[0];
        assert_eq!((told.service.as_deref(), told.user.as_deref()), (Some(service), Some("ann9")), "{property}");
        told.user = Some("ann10".to_owned());
        let after = card.edited(&model, None).unwrap().card;
        assert_eq!(
            String::from_utf8_lossy(after.bytes()),
            String::from_utf8_lossy(card.bytes()).replace("ann9", "ann10")
        );
    }
}

#[test]
fn lines_that_stand_twice_or_say_nothing_are_kept_and_hurt_nobody() {
    let card = card(
        "3.0",
        &[
            "VERSION:3.0",
            "PRODID:-//One//EN",
            "PRODID:-//Two//EN",
            "item2.ADR:;;;;;;",
            "item2.X-ABADR:us",
            "N;SORT-AS=\"Lee,Ann\":van der Lee;Ann;;;",
            "FN:Ann van der Lee",
            "X-PRONUNCIATION-FIRST-NAME:an",
            "X-SHARED-PHOTO-DISPLAY-PREF:Always",
            "X-IMAGETYPE:PHOTO",
            "TEL:1",
        ],
    );
    let json = json(&card);
    assert_eq!((json.get("addresses"), &json["prodId"]), (None, &json!("-//One//EN")));
    assert_eq!(json["name"]["sortAs"], json!({"surname": "Lee", "given": "Ann"}));
    let kept: Vec<_> = json["vCardProps"].as_array().unwrap().iter().map(|one| one[0].clone()).collect();
    for name in ["x-pronunciation-first-name", "x-shared-photo-display-pref", "x-imagetype"] {
        assert!(kept.contains(&Value::from(name)), "{name}: {kept:?}");
    }
    let mut model = card.model();
    model.phones[0].number = "2".to_owned();
    let after = card.edited(&model, None).unwrap().card;
    assert_eq!(String::from_utf8_lossy(after.bytes()), String::from_utf8_lossy(card.bytes()).replace("TEL:1", "TEL:2"));
}
