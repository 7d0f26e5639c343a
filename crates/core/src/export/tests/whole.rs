//! Contacts with every field that has a place in a table, in several scripts, with everything that could break one.

use serde_json::{Value, json};

use crate::card::Model;

/// The contacts.
pub(super) fn contacts() -> Vec<Model> {
    [everything(), scripts(), traps(), company(), only_mail(), Value::Object(Default::default())]
        .into_iter()
        .map(|card| serde_json::from_value(card).unwrap())
        .collect()
}

/// One with every field, which the REST door holds to as well.
fn everything() -> Value {
    with_labels(shared("everything"), json!({"Family": true, "Friends, old": true, "家族": true}))
}

fn scripts() -> Value {
    with_labels(shared("scripts"), json!({"Семья": true}))
}

fn shared(name: &str) -> Value {
    let contacts = include_str!("../../../../../fixtures/contacts.json");
    serde_json::from_str::<Value>(contacts).unwrap()[name].clone()
}

fn with_labels(mut card: Value, labels: Value) -> Value {
    card["keywords"] = labels;
    card
}

/// What a spreadsheet would run, and what looks like quoting, joining or labels of Google's.
fn traps() -> Value {
    json!({
        "name": {
            "components": [{"kind": "given", "value": "=1+1"}, {"kind": "surname", "value": "'quoted"}],
            "full": "=1+1 'quoted"
        },
        "organizations": {"o": {"name": "@ACME", "units": [{"name": "-1"}]}},
        "titles": {"t": {"name": "+HYPERLINK(\"https://x.example\")"}},
        "emails": {"e": {"address": "=cmd|' /C calc'!A0", "label": "'=x"}},
        "phones": {
            "p1": {"number": "+43 1 5880100"}, "p2": {"number": "+43 1 5880100 x. 5"}, "p3": {"number": "-1"}
        },
        "notes": {"n": {"note": "=1+1\n+1\n\"\"\n,;\t\r\nend"}},
        "rolo:customFields": {"c": {"label": "=label", "value": "''=value"}},
        "keywords": {"=SUM(A1)": true, "'tis": true}
    })
}

fn company() -> Value {
    json!({"kind": "org", "name": {"full": "Only Company"}, "organizations": {"o": {"name": "Only Company"}}})
}

fn only_mail() -> Value {
    json!({"emails": {"e": {"address": "only@example.org"}}})
}

/// What else the label tables and the card have a place for.
pub(super) fn further() -> Model {
    let phone = |number: &str, more: Value| {
        let mut one = json!({ "number": number });
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one
    };
    let mut phones = serde_json::Map::new();
    for (nth, more) in [
        json!({"features": {"mobile": true}, "label": "iPhone"}),
        json!({"label": "Google Voice"}),
        json!({"contexts": {"work": true}, "features": {"fax": true}}),
        json!({"features": {"fax": true}, "label": "other"}),
        json!({"features": {"pager": true}}),
        json!({"contexts": {"work": true}, "features": {"pager": true}}),
        json!({"contexts": {"work": true}, "features": {"mobile": true}}),
        json!({"features": {"textphone": true}}),
        json!({"label": "car"}),
        json!({"label": "isdn"}),
        json!({"label": "telex"}),
        json!({"label": "radio"}),
        json!({"label": "callback"}),
        json!({"label": "assistant"}),
        json!({"label": "company main"}),
        json!({"label": "mms"}),
        json!({"label": "other"}),
        json!({}),
    ]
    .into_iter()
    .enumerate()
    {
        phones.insert(format!("p{nth}"), phone(&format!("+43 1 588{nth:04}"), more));
    }
    let address = |more: Value| {
        let mut one =
            json!({"components": [{"kind": "name", "value": "Weg 1"}, {"kind": "locality", "value": "Graz"}]});
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        one
    };
    let named = |key: &str, more: Value| {
        let mut one = json!({"relation": {}, "vCardParams": {"value": "text"}});
        one.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        (key.to_owned(), one)
    };
    let relations: serde_json::Map<String, Value> = [
        named("A", json!({"relation": {"child": true}})),
        named("B", json!({"relation": {"parent": true}, "rolo:label": "father"})),
        named("C", json!({"relation": {"sibling": true}, "rolo:label": "sister"})),
        named("D", json!({"relation": {"co-worker": true}, "rolo:label": "manager"})),
        named("E", json!({"relation": {"co-worker": true}, "rolo:label": "assistant"})),
        named("F", json!({"relation": {"sweetheart": true}, "rolo:label": "partner"})),
        named("G", json!({"relation": {"spouse": true}, "rolo:label": "domestic partner"})),
        named("H", json!({"relation": {"kin": true}})),
        named("I", json!({"rolo:label": "referred by"})),
        named("J", json!({"relation": {"friend": true}})),
    ]
    .into_iter()
    .collect();
    let customs: serde_json::Map<String, Value> = [
        "initials",
        "maiden name",
        "short name",
        "Location",
        "Office Location",
        "Organizational ID Number",
        "Account",
        "Keywords",
        "Mileage",
        "Billing Information",
        "Directory Server",
        "Subject",
    ]
    .iter()
    .map(|label| ((*label).to_owned(), json!({"label": label, "value": "x"})))
    .collect();
    let contact = json!({
        "phones": phones,
        "emails": {
            "a": {"address": "a@b.example", "contexts": {"work": true}}, "b": {"address": "b@b.example", "label": "other"},
            "c": {"address": "c@b.example", "label": "school"}, "d": {"address": "d@b.example", "pref": 1},
        },
        "addresses": {
            "a": address(json!({"contexts": {"private": true}})), "b": address(json!({"contexts": {"work": true}})),
            "c": address(json!({"rolo:label": "other"})), "d": address(json!({"contexts": {"billing": true}})),
            "e": address(json!({"countryCode": "AT"})), "f": address(json!({"full": "Weg 1\nGraz, wo sonst"})),
            "g": {"coordinates": "geo:48.2,16.37"}, "h": {"timeZone": "Europe/Vienna"}, "i": address(json!({})),
        },
        "links": {
            "a": {"uri": "https://a.example", "label": "ftp"}, "b": {"uri": "https://b.example"},
            "c": {"uri": "https://c.example", "kind": "contact"}, "d": {"uri": "https://d.example", "label": "reservations"},
        },
        "onlineServices": {
            "a": {"service": "AIM", "user": "ann9", "vCardName": "x-aim"},
            "b": {"uri": "sip:ann@sip.example", "vCardName": "impp"},
            "c": {"service": "Jabber", "uri": "xmpp:a@b.example", "contexts": {"work": true}, "vCardName": "impp"},
        },
        "anniversaries": {
            "a": {"kind": "birth", "date": {"year": 1980, "month": 3, "day": 21}, "place": {"full": "Linz"}},
            "b": {"kind": "rolo:other", "rolo:label": "other", "date": {"year": 2001, "month": 2, "day": 3}},
            "c": {"kind": "death", "date": {"year": 2020, "month": 2, "day": 3}, "place": {"full": "Graz"}},
            "d": {"kind": "wedding", "date": {"month": 2, "day": 3}},
        },
        "rolo:birthdayText": "circa 1800",
        "relatedTo": relations,
        "notes": {"a": {"note": "One"}},
        "personalInfo": {"a": {"kind": "expertise", "value": "Maps", "level": "medium"}, "b": {"kind": "hobby", "value": "Chess"}},
        "calendars": {"a": {"kind": "calendar", "uri": "https://c.example/c"}, "b": {"kind": "freeBusy", "uri": "https://c.example/f"}},
        "schedulingAddresses": {"a": {"uri": "mailto:s@b.example"}},
        "directories": {"a": {"kind": "directory", "uri": "https://d.example/"}, "b": {"kind": "entry", "uri": "https://d.example/ann"}},
        "media": {"a": {"kind": "photo", "uri": "https://photo.example/a.jpg"}, "b": {"kind": "logo", "uri": "data:image/png;base64,iVBORw0KGgo=", "mediaType": "image/png"}},
        "cryptoKeys": {"a": {"uri": "https://key.example/a"}},
        "rolo:customFields": customs,
        "localizations": {"de": {"name/full": "Anna"}},
        "language": "de",
        "created": "2020-01-01T00:00:00Z",
        "vCardProps": [["x-odd", {}, "text", "x"]],
        "example.com:mood": "good",
    });
    serde_json::from_value(contact).unwrap()
}
