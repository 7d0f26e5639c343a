//! What each client does to a card, and what becomes of it: the merge rules of `card-map.md` §5 one by one.

use serde_json::json;

use super::*;
use crate::card::tests::{card, members};

fn put(stored: &Card, to: Version, client: Client, edit: impl Fn(String) -> String) -> Card {
    put_onto(stored, stored, to, client, edit).card
}

fn put_onto(stored: &Card, base: &Card, to: Version, client: Client, edit: impl Fn(String) -> String) -> Merged {
    let sent = base.converted_for_wire(to, &Wire::default());
    let text = edit(String::from_utf8(sent.bytes().to_vec()).unwrap().replace("\r\n ", ""));
    merged(stored, Some(base), &Card::parse(text.into_bytes()).unwrap(), client, None).unwrap()
}

fn without(text: String, start: &str) -> String {
    text.split_inclusive("\r\n").filter(|line| !line.starts_with(start)).collect()
}

fn text(card: &Card) -> String {
    String::from_utf8_lossy(card.bytes()).replace("\r\n ", "")
}

#[test]
fn clients_are_told_by_their_names() {
    let by = |agent: Option<&str>, maker: &str| Client::of(agent, &card("3.0", &[&format!("PRODID:{maker}")]));
    assert_eq!(by(Some("DAVx5/4.5.19-ose (at.bitfire.davdroid)"), "x"), Client::Davx5);
    assert_eq!(by(Some("iOS/26.6.1 (23G93) dataaccessd/1.0"), "x"), Client::Apple);
    assert_eq!(by(Some("macOS/26.2 (25C56) AddressBookCore/2732.300.11.1.1"), "x"), Client::Apple);
    assert_eq!(by(Some("Mac OS X/10.14 (18A391) AddressBook/2452"), "x"), Client::Apple);
    assert_eq!(by(None, "-//Apple Inc.//iPhone OS 18.1//EN"), Client::Apple);
    assert_eq!(by(None, "+//IDN bitfire.at//DAVx5/4.4"), Client::Davx5);
    assert_eq!(by(Some("Mozilla/5.0 Thunderbird/140"), "-//Rolo//Rolo 1//EN"), Client::Other);
    assert!(Client::Apple.loses() && !Client::Other.loses());
}

#[test]
fn an_odd_birthday_survives_apple_and_a_real_one_can_go() {
    for odd in ["BDAY:1985", "BDAY:1985-04", "BDAY;VALUE=text:circa 1800", "BDAY:---21"] {
        let stored = card("4.0", &["N:Lee;Ann;;;", "FN:Ann Lee", odd]);
        assert_eq!(put(&stored, Version::V30, Client::Apple, |text| without(text, "BDAY")), stored, "{odd}");
        let real = put(&stored, Version::V30, Client::Apple, |text| {
            without(text, "BDAY").replace("END:", "BDAY:1990-05-06\r\nEND:")
        });
        let birth: Vec<_> = members(&real, "anniversaries").into_iter().filter(|one| one["kind"] == "birth").collect();
        assert_eq!(birth[0]["date"], json!({"year": 1990, "month": 5, "day": 6}), "{odd}\n{}", text(&real));
    }
    for form in ["BDAY:19840820", "BDAY:--0820"] {
        let stored = card("4.0", &["N:Lee;Ann;;;", "FN:Ann Lee", form]);
        assert_eq!(
            text(&put(&stored, Version::V30, Client::Apple, |text| without(text, "BDAY"))),
            text(&stored).replace(&format!("{form}\r\n"), "")
        );
    }
    let yearless = card("4.0", &["N:Lee;Ann;;;", "FN:Ann Lee", "BDAY:--1127"]);
    let ios = |text: String| text.replace("BDAY;X-APPLE-OMIT-YEAR=1604:1604", "BDAY;value=date:0002");
    assert_eq!(put(&yearless, Version::V30, Client::Apple, ios), yearless);
}

#[test]
fn notes_come_back_as_many_as_they_were() {
    let stored = card("4.0", &["FN:A", "NOTE;LANGUAGE=de:eins", "NOTE:zwei", "NOTE;PREF=1:drei"]);
    assert_eq!(put(&stored, Version::V30, Client::Apple, |text| text), stored);
    let edited = put(&stored, Version::V30, Client::Apple, |text| text.replace("zwei", "ZWEI"));
    assert_eq!(text(&edited), text(&stored).replace("zwei", "ZWEI"));
    let three = card("3.0", &["N:A;;;;", "FN:A", "NOTE:eins", "NOTE:zwei", "UID:x"]);
    assert_eq!(put(&three, Version::V30, Client::Apple, |text| text.replace("NOTE:eins\r\n", "")), three);
    assert_eq!(
        text(&put(&three, Version::V30, Client::Apple, |text| text
            .replace("NOTE:eins\r\n", "")
            .replace("zwei", "drei"))),
        text(&three).replace("zwei", "drei")
    );
    let joined = |text: String| text.replace("NOTE:eins\r\nNOTE:zwei", "NOTE:eins\\n\\nzwei");
    assert_eq!(put(&three, Version::V30, Client::Davx5, joined), three);
    assert_eq!(
        text(&put(&three, Version::V30, Client::Other, |text| text.replace("NOTE:eins\r\n", ""))),
        text(&three).replace("NOTE:eins\r\n", "")
    );
}

#[test]
fn what_davx5_holds_once_is_not_deleted_elsewhere() {
    let stored = card(
        "4.0",
        &[
            "KIND:org",
            "FN:A",
            "ORG:One",
            "ORG:Two",
            "TITLE:Eins",
            "TITLE:Zwei",
            "SORT-STRING:a",
            "SOURCE:https://d.example",
            "UID:x",
        ],
    );
    let lossy = |text: String| {
        ["KIND", "ORG:One", "TITLE:Eins", "SORT-STRING", "SOURCE"].iter().fold(text, |text, start| without(text, start))
    };
    assert_eq!(put(&stored, Version::V40, Client::Davx5, lossy), stored);
    let edited = put(&stored, Version::V40, Client::Davx5, |text| lossy(text).replace("ORG:Two", "ORG:Three"));
    assert_eq!(text(&edited), text(&stored).replace("ORG:Two", "ORG:Three"));
    // The control: anyone else who leaves them out has deleted them.
    let other = text(&put(&stored, Version::V40, Client::Other, lossy));
    for gone in ["KIND", "ORG:One", "TITLE:Eins", "SORT-STRING", "SOURCE"] {
        assert!(!other.contains(gone), "{gone}\n{other}");
    }
}

#[test]
fn a_changed_part_leaves_the_finer_ones_where_they_say_the_same() {
    let adr = "ADR;CC=AT:;Top 4;Gasse 2;Wien;;1020;Austria;7;;;2;Gasse;;;;Leopoldstadt;;";
    let stored = card("4.0", &["FN:A", adr, "N:García,López;Ana;;;;López;"]);
    let city = put(&stored, Version::V30, Client::Apple, |text| text.replace("Wien", "Linz"));
    assert_eq!(text(&city), text(&stored).replace("Wien", "Linz"));
    let street = put(&stored, Version::V30, Client::Apple, |text| text.replace("Gasse 2", "Weg 9"));
    let member = &members(&street, "addresses")[0];
    let kinds: Vec<&str> =
        member["components"].as_array().unwrap().iter().map(|part| part["kind"].as_str().unwrap()).collect();
    assert!(
        kinds.contains(&"name") && !kinds.contains(&"number") && text(&street).contains("Weg 9"),
        "{}",
        text(&street)
    );
    let given = put(&stored, Version::V30, Client::Apple, |text| text.replace(";Ana;", ";Eva;"));
    assert_eq!(text(&given), text(&stored).replace(";Ana;", ";Eva;"));
    let surname = put(&stored, Version::V30, Client::Apple, |text| text.replace("García López", "Ruiz"));
    assert!(text(&surname).contains("N:Ruiz;Ana;;;"), "{}", text(&surname));
}

#[test]
fn older_names_stay_where_the_person_is_the_same() {
    let stored = card(
        "3.0",
        &["N:Lee;Ann;;;", "FN:Ann Lee", "X-AIM;type=WORK:ann 9", "X-SIP:ann@s.example", "TEL;type=HOME:1", "UID:x"],
    );
    assert_eq!(put(&stored, Version::V40, Client::Other, |text| text), stored);
    let edited = put(&stored, Version::V40, Client::Other, |text| {
        text.replace("aim:ann%209", "aim:bo").replace("sip:ann@", "sip:bo@")
    });
    assert_eq!(text(&edited), text(&stored).replace("ann 9", "bo").replace("X-SIP:ann@", "X-SIP:sip:bo@"));
}

#[test]
fn a_link_holds_while_its_name_does() {
    let stored = card("4.0", &["N:Lee;Ann;;;", "FN:Ann Lee", "RELATED;TYPE=friend:urn:uuid:ABC", "UID:x"]);
    let name_of = |uid: &str| (uid == "ABC").then(|| "Bo Lee".to_owned());
    let sent = stored.converted_for_wire(Version::V30, &Wire { uid: None, name_of: &name_of });
    assert_eq!(merged(&stored, Some(&stored), &sent, Client::Apple, None).unwrap().card, stored);
    let renamed =
        String::from_utf8(sent.bytes().to_vec()).unwrap().replace("X-ABRELATEDNAMES:Bo Lee", "X-ABRELATEDNAMES:Cy Lee");
    let got =
        merged(&stored, Some(&stored), &Card::parse(renamed.into_bytes()).unwrap(), Client::Apple, None).unwrap().card;
    let relations = got.model().related_to;
    assert_eq!(relations.keys().collect::<Vec<_>>(), ["Cy Lee"], "{}", text(&got));
}

#[test]
fn photos_are_the_same_by_their_octets() {
    let stored = card(
        "3.0",
        &[
            "N:A;;;;",
            "FN:A",
            "PHOTO;X-ABCROP-RECTANGLE=ABClipRect_1&0&0&9&9&x==;ENCODING=b;TYPE=JPEG:/9j/\r\n 4AAQ",
            "UID:x",
        ],
    );
    assert_eq!(put(&stored, Version::V40, Client::Davx5, |text| text), stored);
    let new = put(&stored, Version::V40, Client::Davx5, |text| text.replace("/9j/4AAQ", "/9j/4BBQ"));
    assert_eq!(new.photo().unwrap().bytes, [0xff, 0xd8, 0xff, 0xe0, 0x10, 0x50]);
    assert!(!text(&new).contains("ABCROP"));
}

#[test]
fn the_newest_keeps_what_the_client_did_not_touch() {
    let base = card("4.0", &["FN:A", "TEL;TYPE=home:1", "TEL;TYPE=work:2", "UID:x"]);
    let newest = card("4.0", &["FN:A", "TEL;TYPE=home:9", "TEL;TYPE=work:2", "EMAIL:new@a.example", "UID:x"]);
    let got = put_onto(&newest, &base, Version::V30, Client::Apple, |text| text.replace("VOICE:2", "VOICE:3"));
    assert_eq!(text(&got.card), text(&newest).replace("work:2", "work:3"));
    assert!(got.overruled.is_empty());
    let renamed = card("4.0", &["FN:B", "TEL;TYPE=home:1", "TEL;TYPE=work:2", "UID:x"]);
    let got = put_onto(&renamed, &base, Version::V40, Client::Other, |text| text.replace("FN:A", "FN:C"));
    assert_eq!((text(&got.card).contains("FN:C"), got.overruled), (true, vec!["name".to_owned()]));
}

#[test]
fn without_a_base_nothing_is_deleted() {
    let stored = card("3.0", &["N:Lee;Ann;;;", "FN:Ann Lee", "TEL;type=HOME:1", "NOTE:kept", "CATEGORIES:A", "UID:x"]);
    let sent = card("3.0", &["N:Lee;Anna;;;", "FN:Anna Lee", "TEL;type=WORK:2", "CATEGORIES:B", "X-NEW:1", "UID:x"]);
    let got = text(&merged(&stored, None, &sent, Client::Apple, None).unwrap().card);
    for line in ["N:Lee;Anna;;;", "FN:Anna Lee", "TEL;type=HOME:1", "NOTE:kept", "CATEGORIES:A,B", "X-NEW:1"] {
        assert!(got.contains(&format!("{line}\r\n")), "{line}\n{got}");
    }
    assert!(got.contains(":2\r\n"));
}

#[test]
fn unknown_properties_come_and_go() {
    let stored = card("3.0", &["N:A;;;;", "FN:A", "item1.X-FOO;X-P=1:old", "X-BAR:stays", "UID:x"]);
    assert_eq!(put(&stored, Version::V40, Client::Apple, |text| text.replace("item1.X-FOO;X-P=1", "X-FOO")), stored);
    let got = put(&stored, Version::V40, Client::Other, |text| {
        without(text, "item1.X-FOO").replace("END:", "item9.X-BAZ:new\r\nEND:")
    });
    assert_eq!(
        text(&got),
        text(&stored).replace("item1.X-FOO;X-P=1:old\r\n", "").replace("END:", "X-BAZ:new\r\nEND:"),
        "{}",
        text(&got)
    );
}
