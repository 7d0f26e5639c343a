//! Members inside members that no property has: they are carried, found again, and follow their member.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;

const DRAWING: Drawing<'static> = Drawing { product: "1", uid: Some("u-1"), now: None };

/// A contact with something of its own in every kind of member.
fn whole() -> Value {
    json!({
        "name": {
            "components": [
                {"kind": "given", "value": "Ann"}, {"kind": "separator", "value": "-"},
                {"kind": "surname", "value": "Lee", "example.com:tone": 2}, {"kind": "credential", "value": "MD", "phonetic": "em-di"},
            ],
            "isOrdered": true, "defaultSeparator": " ", "full": "Ann-Lee MD", "sortAs": {"given": "Ann", "credential": "x"},
            "example.com:a": [1],
        },
        "nicknames": {"n": {"name": "Annie", "example.com:a": 1, "contexts": {"example.com:club": true}}},
        "organizations": {"o": {"name": "Acme", "units": [{"name": "Lab", "sortAs": "Laboratory"}, {"name": "Top"}], "example.com:a": 1}},
        "titles": {"t": {"name": "Head", "example.com:a": {"b": null}}},
        "speakToAs": {"example.com:a": 1, "grammaticalGender": "feminine", "pronouns": {"p": {"pronouns": "she", "example.com:a": 1}}},
        "emails": {
            "e": {"address": "a@b.example", "example.com:a": "with \"quotes\"; and, more\nlines", "contexts": {"work": true, "example.com:club": true}},
            "f": {"address": "a@b.example", "example.com:a": "twin"},
        },
        "phones": {"p": {"number": "+1", "features": {"mobile": true, "example.com:telepathy": true}, "example.com:a/b~c": 1}},
        "onlineServices": {"s": {"service": "Skype", "uri": "skype:a", "vCardName": "impp", "example.com:a": 1}},
        "preferredLanguages": {"l": {"language": "de", "example.com:a": 1}},
        "addresses": {"a": {
            "components": [{"kind": "number", "value": "2"}, {"kind": "separator", "value": " "}, {"kind": "name", "value": "Gasse", "phonetic": "gase"}],
            "isOrdered": true, "phoneticScript": "Latn", "example.com:a": 1,
        }},
        "anniversaries": {"b": {
            "kind": "birth", "date": {"year": 5741, "month": 1, "day": 2, "calendarScale": "hebrew", "example.com:a": 1},
            "place": {"full": "Linz", "coordinates": "geo:48.3,14.3", "countryCode": "AT"},
        }},
        "personalInfo": {"i": {"kind": "hobby", "value": "Chess", "example.com:a": 1}},
        "notes": {"n": {"note": "Hello", "author": {"name": "Bo", "example.com:a": 1}, "example.com:a": 1}},
        "relatedTo": {"Bo/Lee": {"relation": {"friend": true, "example.com:rival": true}, "vCardParams": {"value": "text"}, "example.com:a": 1}},
        "links": {"l": {"uri": "https://example.org", "example.com:a": 1}},
        "media": {"m": {"kind": "photo", "uri": "data:image/png;base64,iVBORw0KGgo=", "mediaType": "image/png", "label": "Passport", "example.com:a": 1}},
        "cryptoKeys": {"k": {"uri": "https://example.org/key", "example.com:a": 1}},
        "directories": {"d": {"kind": "entry", "uri": "https://example.org/d", "example.com:a": 1}},
        "calendars": {"c": {"kind": "calendar", "uri": "https://example.org/c", "example.com:a": 1}},
        "schedulingAddresses": {"s": {"uri": "mailto:a@b.example", "example.com:a": 1}},
        "rolo:gender": {"sex": "F", "example.com:a": 1},
        "rolo:customFields": {"c": {"label": "Shoe", "value": "44", "example.com:a": 1}},
        "example.com:mood": {"a": 1},
    })
}

fn model(value: Value) -> Model {
    serde_json::from_value(value).unwrap()
}

/// Everything a model says, without the ids of its members and who made it.
fn told(model: &Model) -> Value {
    let mut value = serde_json::to_value(model).unwrap();
    let object = value.as_object_mut().unwrap();
    object.retain(|key, _| !matches!(key.as_str(), "prodId" | "uid" | "kind"));
    let flat = |members: &mut Value| {
        let mut list: Vec<Value> = members.as_object().unwrap().values().cloned().collect();
        list.sort_by_key(Value::to_string);
        *members = Value::Array(list);
    };
    for (field, members) in object.iter_mut() {
        match field.as_str() {
            "name" | "relatedTo" | "rolo:gender" | "example.com:mood" | "vCardProps" => {}
            "speakToAs" => flat(&mut members["pronouns"]),
            _ => flat(members),
        }
    }
    value
}

#[test]
fn what_no_property_has_is_carried_and_found_again() {
    let wanted = model(whole());
    let card = Card::drawn(&wanted, DRAWING).unwrap();
    assert_eq!(told(&card.model()), told(&wanted), "{}", String::from_utf8_lossy(card.bytes()));
    assert_eq!(card.edited(&card.model(), None).unwrap().card, card);
    assert_eq!(card.edited(&wanted, None).unwrap().card, card, "whatever ids its members are wanted by");
    for version in ["2.1", "3.0", "4.0"] {
        let bare = Card::parse(
            format!("BEGIN:VCARD\r\nVERSION:{version}\r\nN:;;;;\r\nFN:\r\nUID:u-1\r\nEND:VCARD\r\n").into_bytes(),
        )
        .unwrap();
        let edited = bare.edited(&wanted, None).unwrap().card;
        assert_eq!(told(&edited.model()), told(&wanted), "{version}\n{}", String::from_utf8_lossy(edited.bytes()));
    }
    let back = jscontact::from_jscontact(jscontact::to_jscontact(&card, None)).unwrap();
    assert_eq!(told(&back), told(&wanted));
}

/// The control: without the lines that carry it, it is found to be missing.
#[test]
fn control_a_card_without_its_pointers_is_caught() {
    let wanted = model(whole());
    let card = Card::drawn(&wanted, DRAWING).unwrap();
    let text = String::from_utf8_lossy(card.bytes()).replace("\r\n ", "");
    let pointers = text.lines().filter(|line| line.starts_with("X-ROLO-JSPROP:")).count();
    for at in 0..pointers {
        let mut nth = 0;
        let less = text.lines().filter(|line| {
            let is = line.starts_with("X-ROLO-JSPROP:");
            nth += usize::from(is);
            !is || nth != at + 1
        });
        let less = Card::parse((less.collect::<Vec<_>>().join("\r\n") + "\r\n").into_bytes()).unwrap();
        assert_ne!(told(&less.model()), told(&wanted), "pointer {at}");
    }
    assert!(pointers > 35, "{pointers}\n{text}");
}

#[test]
fn it_follows_its_member_and_goes_with_it() {
    let card = card(
        "4.0",
        &[
            "FN:A",
            "EMAIL;PROP-ID=e1:a@b.example",
            "TEL:1",
            "REV:20200101T000000Z",
            "JSPROP;JSPTR=\"emails/e1/example.com:a\":{\"x\":1}",
        ],
    );
    assert_eq!(members(&card, "emails"), [json!({"address": "a@b.example", "example.com:a": {"x": 1}})]);
    let text = |card: &Card| String::from_utf8_lossy(card.bytes()).into_owned();
    let now = "2026-11-21T09:30:00Z".parse().ok();

    let mut wanted = card.model();
    wanted.phones[0].other.insert("example.com:b".to_owned(), json!([1, 2]));
    let id = wanted.phones.keys().next().unwrap().clone();
    let more = card.edited(&wanted, now).unwrap().card;
    let line = format!("JSPROP;JSPTR=phones/{id}/example.com:b:[1\\,2]\r\n")
        .replace(&format!("phones/{id}/example.com:b"), &format!("\"phones/{id}/example.com:b\""));
    assert_eq!(
        text(&more),
        text(&card)
            .replace("{\"x\":1}\r\n", &format!("{{\"x\":1}}\r\n{line}"))
            .replace("20200101T000000Z", "20261121T093000Z")
    );

    // The number gets another id, and the pointer with it.
    let mut wanted = more.model();
    wanted.phones[0].number = "2".to_owned();
    let moved = more.edited(&wanted, None).unwrap().card;
    assert_eq!(members(&moved, "phones"), [json!({"number": "2", "example.com:b": [1, 2]})]);
    assert!(!text(&moved).contains(&id));

    let mut wanted = moved.model();
    wanted.phones.clear();
    wanted.emails[0].other.clear();
    let bare = moved.edited(&wanted, None).unwrap().card;
    assert!(!text(&bare).contains("JSPROP"), "{}", text(&bare));
}

#[test]
fn a_pointer_says_nothing_that_a_property_says() {
    let lines = [
        "FN:A",
        "N:Lee;Ann;;;",
        "EMAIL;PROP-ID=e1;TYPE=work:a@b.example",
        "JSPROP;JSPTR=\"emails/e1/address\":\"evil@b.example\"",
        "JSPROP;JSPTR=\"emails/e1/label\":\"Boat\"",
        "JSPROP;JSPTR=\"emails/e1/contexts/private\":true",
        "JSPROP;JSPTR=\"emails/e1/contexts\":5",
        "JSPROP;JSPTR=\"emails/nobody/example.com:a\":1",
        "JSPROP;JSPTR=\"emails/e1\":{}",
        "JSPROP;JSPTR=emails:5",
        "JSPROP;JSPTR=vCardProps:[1]",
        "JSPROP;JSPTR=\"name/components\":[{\"kind\": \"given\", \"value\": \"Eve\"}]",
        "JSPROP;JSPTR=\"name/isOrdered\":true",
        "JSPROP;JSPTR=\"example.com:a/b\":1",
    ];
    let card = card("4.0", &lines);
    let json = json(&card);
    assert_eq!(members(&card, "emails"), [json!({"address": "a@b.example", "contexts": {"work": true}})]);
    assert_eq!(json["name"]["components"].as_array().unwrap().len(), 2);
    assert_eq!(json["name"].get("isOrdered"), None);
    assert_eq!(json["vCardProps"].as_array().unwrap().len(), lines.len() - 3, "each stays a property");
    assert_eq!(card.edited(&card.model(), None).unwrap().card, card);
}

#[test]
fn it_goes_through_every_version() {
    let wanted = model(whole());
    let three = Card::drawn(&wanted, DRAWING).unwrap();
    let four = three.converted(Version::V40);
    let back = four.converted(Version::V30);
    assert_eq!(count(&four.model()), count(&wanted), "{}", String::from_utf8_lossy(four.bytes()));
    assert_eq!(count(&back.model()), count(&wanted), "{}", String::from_utf8_lossy(back.bytes()));
}

/// How often something of somebody's own stands in a model.
fn count(model: &Model) -> usize {
    fn inside(value: &Value) -> usize {
        match value {
            Value::Object(object) => {
                object.iter().map(|(key, value)| usize::from(key.starts_with("example.com:")) + inside(value)).sum()
            }
            Value::Array(list) => list.iter().map(inside).sum(),
            _ => 0,
        }
    }
    inside(&serde_json::to_value(model).unwrap())
}

#[test]
fn a_client_that_edits_its_member_keeps_it() {
    let wanted = model(
        json!({"name": {"full": "A"}, "emails": {"e": {"address": "a@b.example", "example.com:a": 1}}, "phones": {"p": {"number": "1", "example.com:b": 2}}}),
    );
    for stored in
        [Card::drawn(&wanted, DRAWING).unwrap(), Card::drawn(&wanted, DRAWING).unwrap().converted(Version::V40)]
    {
        for to in [Version::V30, Version::V40] {
            for client in [Client::Apple, Client::Davx5, Client::Other] {
                let served = stored.converted_for_wire(to, &Wire::default());
                let sent = String::from_utf8_lossy(served.bytes()).replace(":a@b.example", ":new@b.example");
                let sent = Card::parse(sent.into_bytes()).unwrap();
                let back = merged(&stored, Some(&stored), &sent, client, None).unwrap().card;
                assert_eq!(members(&back, "emails"), [json!({"address": "new@b.example", "example.com:a": 1})]);
                assert_eq!(members(&back, "phones"), [json!({"number": "1", "example.com:b": 2})]);
                // Changed elsewhere meanwhile: still there.
                let mut later = stored.model();
                later.phones[0].number = "3".to_owned();
                let newest = stored.edited(&later, None).unwrap().card;
                let back = merged(&newest, Some(&stored), &sent, client, None).unwrap().card;
                assert_eq!(members(&back, "emails"), [json!({"address": "new@b.example", "example.com:a": 1})]);
                assert_eq!(members(&back, "phones"), [json!({"number": "3", "example.com:b": 2})]);
                // What was not touched is not written.
                assert_eq!(merged(&stored, Some(&stored), &served, client, None).unwrap().card, stored);
            }
        }
    }
}

/// Contacts that say what there is no property to say it beside: an address that is only a country, an order without a name.
fn lonely() -> Vec<Value> {
    vec![
        json!({"name": {"full": "A"}, "addresses": {"a": {"countryCode": "AT"}}}),
        json!({"name": {"full": "A"}, "addresses": {
            "a": {"countryCode": "AT", "contexts": {"work": true}, "label": "Hut", "pref": 1, "example.com:a": 1},
            "b": {"countryCode": "DE"},
            "c": {"components": [{"kind": "locality", "value": "Linz"}], "countryCode": "AT"},
        }}),
        json!({"name": {"full": "A"}, "addresses": {"a": {
            "coordinates": "geo:48.3,14.3", "countryCode": "AT", "contexts": {"private": true}, "label": "Hut", "pref": 2,
        }}}),
        json!({"name": {"full": "A"}, "addresses": {"a": {"components": [{"kind": "locality", "value": "Linz"}], "countryCode": "Austria"}}}),
        json!({"name": {"full": "A", "sortAs": {"surname": "Lee", "given": "Ann"}}}),
        json!({"name": {"full": "A", "sortAs": {"given": "Ann", "surname2": "Roe", "credential": "x"}}}),
        json!({"name": {"full": "A", "sortAs": {"surname": "Lee", "surname2": "Roe"}}}),
        json!({"name": {"full": "A", "sortAs": {"surname": "Lee, Jr.", "given": "Ann, Marie"}}}),
        json!({"name": {"full": "A", "sortAs": {"surname": "L\\,e\\", "given": "Ann"}}}),
        json!({"name": {"full": "A", "sortAs": {"surname": "Lee, Jr."}}}),
    ]
}

#[test]
fn what_stands_alone_is_carried_too() {
    for wanted in lonely() {
        let wanted = model(wanted);
        let text = |card: &Card| String::from_utf8_lossy(card.bytes()).into_owned();
        let drawn = Card::drawn(&wanted, DRAWING).unwrap();
        assert_eq!(told(&drawn.model()), told(&wanted), "{}", text(&drawn));
        for version in ["2.1", "3.0", "4.0"] {
            for lines in ["", "N:;;;;\r\n", "SORT-STRING:Old\r\n", "N;SORT-AS=\"Old,Er\":;;;;\r\nSORT-STRING:Old\r\n"] {
                let bare = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n{lines}FN:A\r\nUID:u-1\r\nEND:VCARD\r\n");
                let bare = Card::parse(bare.into_bytes()).unwrap();
                let edited = bare.edited(&wanted, None).unwrap().card;
                assert_eq!(told(&edited.model()), told(&wanted), "{version} {lines}\n{}", text(&edited));
                assert_eq!(edited.edited(&edited.model(), None).unwrap().card, edited);
                // It goes with what it was said of, and leaves nothing.
                let mut less = edited.model();
                less.addresses.clear();
                less.name.as_mut().unwrap().sort_as.clear();
                let less = edited.edited(&less, None).unwrap().card;
                assert_eq!(told(&less.model()), json!({"name": {"full": "A"}}), "{}", text(&less));
                assert!(!text(&less).contains("JSPROP") && !text(&less).contains("SORT"), "{}", text(&less));
            }
        }
        // And through another version and back, as phones ask for it.
        let there = drawn.converted(Version::V40);
        assert_eq!(told(&there.model()), told(&wanted), "{}", text(&there));
        assert_eq!(told(&there.converted(Version::V30).model()), told(&wanted), "{}", text(&there));
    }
}

#[test]
fn a_country_alone_becomes_an_address_and_an_emptied_one_leaves_no_country() {
    let code = model(json!({"name": {"full": "A"}, "addresses": {"a": {"countryCode": "AT"}}}));
    let card = Card::drawn(&code, DRAWING).unwrap();
    let mut wanted = card.model();
    wanted.addresses[0].components = vec![super::super::model::AddressComponent {
        kind: "country".into(),
        value: "Austria".into(),
        ..Default::default()
    }];
    let whole = card.edited(&wanted, None).unwrap().card;
    let lines = String::from_utf8_lossy(whole.bytes()).into_owned();
    assert!(lines.contains("item1.X-ABADR:at") && !lines.contains("JSPROP"), "{lines}");
    // The country is taken out of its address: its code told the same.
    let mut wanted = whole.model();
    wanted.addresses[0].components.clear();
    let none = whole.edited(&wanted, None).unwrap().card;
    assert!(none.model().addresses.is_empty(), "{}", String::from_utf8_lossy(none.bytes()));
    // Another code is meant.
    wanted.addresses[0].country_code = Some("DE".into());
    let other = whole.edited(&wanted, None).unwrap().card;
    assert_eq!(members(&other, "addresses"), [json!({"countryCode": "DE"})]);
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<i32>().prop_map(Value::from),
        "[a-zü,;\\\\\"\n\r:^-]{0,9}".prop_map(Value::from),
        any::<bool>().prop_map(|on| json!({"on": on}))
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[a-z~/\";:]{1,5}", inner), 0..3)
                .prop_map(|list| Value::Object(list.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn any_member_of_a_member_comes_back(
        fields in prop::collection::vec(("[a-z~/\";:^]{1,6}", any_json()), 1..4),
        on in prop::sample::subsequence(vec!["nicknames", "organizations", "titles", "emails", "phones", "addresses", "anniversaries", "notes", "relatedTo", "links", "media"], 1..11),
        text in "[a-z][a-z ]{0,6}[a-z]",
    ) {
        let mut value = whole();
        for field in &on {
            let member = value[*field].as_object_mut().unwrap().values_mut().next().unwrap().as_object_mut().unwrap();
            for (key, extra) in &fields {
                member.insert(format!("example.com:{key}"), extra.clone());
            }
        }
        let wanted = model(value);
        let card = Card::drawn(&wanted, DRAWING).unwrap();
        prop_assert_eq!(told(&card.model()), told(&wanted), "{}", String::from_utf8_lossy(card.bytes()));
        // An edit of a value leaves what is in it, and all the others.
        let mut edited = card.model();
        edited.phones[0].number.clone_from(&text);
        edited.emails[0].address.clone_from(&text);
        edited.notes[0].note.clone_from(&text);
        let after = card.edited(&edited, None).unwrap().card;
        prop_assert_eq!(told(&after.model()), told(&edited), "{}", String::from_utf8_lossy(after.bytes()));
    }
}
