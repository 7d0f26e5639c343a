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

fn everything() -> Value {
    json!({
        "name": {
            "components": [
                {"kind": "title", "value": "Dr."}, {"kind": "given", "value": "Ann", "phonetic": "an"},
                {"kind": "given2", "value": "Mary"}, {"kind": "surname", "value": "Lee", "phonetic": "lii"},
                {"kind": "credential", "value": "MD"}
            ],
            "phoneticScript": "Latn", "full": "Dr. Ann Mary Lee MD"
        },
        "nicknames": {"n1": {"name": "Annie"}, "n2": {"name": "The Boss"}},
        "organizations": {
            "o1": {"name": "Halden Oke", "units": [{"name": "Sales"}, {"name": "North"}], "rolo:phonetic": "harudenoke"},
            "o2": {"name": "Kuusi Oy"}
        },
        "titles": {
            "t1": {"name": "Head of sales", "organizationId": "o1"},
            "t2": {"name": "Carpenter", "kind": "role", "organizationId": "o1"},
            "t3": {"name": "Adviser", "organizationId": "o2"}
        },
        "emails": {
            "e1": {"address": "ann@example.org", "contexts": {"private": true}, "pref": 1},
            "e2": {"address": "ann@work.example", "contexts": {"work": true}},
            "e3": {"address": "boat@example.org", "label": "Boat house"},
            "e4": {"address": "not an address"}
        },
        "phones": {
            "p1": {"number": "+43 1 5880100", "features": {"mobile": true}, "pref": 1},
            "p2": {"number": "(01) 588-0100", "contexts": {"work": true}},
            "p3": {"number": "+43 1 5880101", "features": {"fax": true}, "contexts": {"private": true}},
            "p4": {"number": "+43 1 5880102 ext. 7", "label": "Boat"},
            "p5": {"number": "0800 AMBER", "features": {"main-number": true}}
        },
        "addresses": {
            "a1": {
                "components": [
                    {"kind": "name", "value": "Gasse 2\nStiege 3"}, {"kind": "apartment", "value": "Tür 4"},
                    {"kind": "postOfficeBox", "value": "77"}, {"kind": "locality", "value": "Wien"},
                    {"kind": "region", "value": "W"}, {"kind": "postcode", "value": "1020"},
                    {"kind": "country", "value": "Austria"}
                ],
                "contexts": {"private": true}
            },
            "a2": {"components": [{"kind": "locality", "value": "Graz"}], "rolo:label": "Summer house"}
        },
        "links": {
            "l1": {"uri": "https://ann.example/", "label": "home page"},
            "l2": {"uri": "https://blog.example/ann", "label": "blog"},
            "l3": {"uri": "https://work.example/ann", "contexts": {"work": true}}
        },
        "onlineServices": {
            "s1": {"service": "Skype", "uri": "skype:ann.lee", "vCardName": "impp"},
            "s9": {"service": "QQ", "user": "ann9", "vCardName": "impp"},
            "s2": {"service": "Mastodon", "uri": "https://social.example/@ann", "vCardName": "socialprofile"}
        },
        "anniversaries": {
            "b": {"kind": "birth", "date": {"month": 8, "day": 20}},
            "w": {"kind": "wedding", "date": {"year": 2009, "month": 6, "day": 2}},
            "x": {"kind": "rolo:other", "rolo:label": "Name day", "date": {"month": 7, "day": 26}}
        },
        "relatedTo": {
            "Bo Lee": {"relation": {"spouse": true}, "vCardParams": {"value": "text"}},
            "Ida Lee": {"relation": {"parent": true}, "rolo:label": "mother", "vCardParams": {"value": "text"}},
            "Kim Roe": {"relation": {}, "rolo:label": "Dentist", "vCardParams": {"value": "text"}}
        },
        "notes": {"n": {"note": "First line, with \"quotes\"\n\nThird line; a ::: b\n'quoted"}},
        "personalInfo": {
            "h": {"kind": "hobby", "value": "Chess", "level": "high"},
            "i": {"kind": "interest", "value": "Birds"}
        },
        "speakToAs": {"grammaticalGender": "feminine", "pronouns": {"p": {"pronouns": "she/her"}}},
        "preferredLanguages": {"g": {"language": "de"}},
        "rolo:gender": {"sex": "F", "text": "woman"},
        "rolo:fileAs": "Lee, Ann",
        "rolo:customFields": {"c1": {"label": "Shoe size", "value": "44"}, "c2": {"label": "Locker", "value": "B-7"}},
        "keywords": {"Family": true, "Friends, old": true, "家族": true}
    })
}

fn scripts() -> Value {
    json!({
        "name": {
            "components": [
                {"kind": "surname", "value": "山田", "phonetic": "やまだ"},
                {"kind": "given", "value": "花子", "phonetic": "はなこ"}
            ],
            "phoneticScript": "Hira", "full": "山田 花子"
        },
        "organizations": {"o": {"name": "株式会社ハルデン"}},
        "notes": {"n": {"note": "مرحبا بالعالم\nשלום\nสวัสดี 👋🏽\nΓειά σου, Κόσμε"}},
        "phones": {"p": {"number": "+81 3-1234-5678", "label": "実家"}},
        "addresses": {"a": {"components": [{"kind": "name", "value": "1-2-3 神宮前"}, {"kind": "country", "value": "日本"}]}},
        "keywords": {"Семья": true}
    })
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
