//! Random cards, random edits: every byte outside of what was touched stays, and what was wanted is what is read back.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::lexer::Kind;
use super::super::normal::{Blobs, normal};
use super::*;

/// Lines in the manner of many exporters. `%` stands for a random text.
const LINES: &[&str] = &[
    "TEL;type=CELL;type=VOICE;type=pref:%",
    "item1.TEL:%\nitem1.X-ABLabel:Boat",
    "TEL;TYPE=WORK,FAX:%",
    "TEL;TYPE=Summer house:%",
    "item7.X-ABLABEL:_$!<Home>!$_\nITEM7.TEL;TYPE=WORK:%",
    "EMAIL;TYPE=INTERNET;TYPE=HOME:%",
    "item2.EMAIL;type=INTERNET:%\nitem2.X-ABLabel:_$!<School>!$_",
    "EMAIL;PREF=3:%",
    "item3.ADR;type=HOME:;;%;Wien;;1020;Austria\nitem3.X-ABADR:at",
    "ADR;TYPE=WORK:;Top 4;%;Linz;;4020;\nLABEL;TYPE=WORK:Linz",
    "item4.ORG:%;Lab\nitem4.TITLE:Head",
    "TITLE:%",
    "ROLE:%",
    "NICKNAME:Bo,%",
    "URL:https://example.org/%",
    "item5.URL:https://example.org\nitem5.X-ABLabel:_$!<HomePage>!$_",
    "IMPP;X-SERVICE-TYPE=Skype;type=HOME:skype:ann",
    "X-AIM:ann9",
    "X-SOCIALPROFILE;type=twitter;x-user=ann:https://twitter.example/ann",
    "BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-20",
    "item6.X-ABDATE:1970-06-02\nitem6.X-ABLabel:_$!<Anniversary>!$_",
    "item8.X-ABDATE:1970-06-03\nitem8.X-ABLabel:Name day",
    "item9.X-ABRELATEDNAMES:%\nitem9.X-ABLabel:_$!<Mother>!$_",
    "RELATED;TYPE=friend;VALUE=text:Bo %",
    "NOTE:%",
    "CATEGORIES:Family,%",
    "X-ROLO-FIELD:Shoe size;%",
    "GENDER:F",
    "LANG;TYPE=home:de",
    "HOBBY;LEVEL=high:%",
    "GEO:48.2;16.37",
    "X-UNKNOWN;X-Q=\"a:b\";FOO:%",
    "item9.NOTE:shared with %",
    "PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ",
    "X-ABUID:5AD380FD-B2DE-4261-BA99-DE1D1DB52FBE\\:ABPerson",
    "",
    "junk without a colon",
];

/// Which properties an edit of a field may touch.
fn touches(field: &str) -> &'static [&'static str] {
    match field {
        "phones" => &["TEL", "X-ABLABEL", "FN"],
        "emails" => &["EMAIL", "X-ABLABEL", "FN"],
        "addresses" => &["ADR", "LABEL", "X-ABLABEL", "X-ABADR", "GEO", "TZ", "X-ROLO-JSPROP", "JSPROP"],
        "organizations" => &["ORG", "X-PHONETIC-ORG", "FN", "X-ABLABEL", "TITLE"],
        "titles" => &["TITLE", "ROLE", "ORG"],
        "nicknames" => &["NICKNAME", "FN"],
        "links" => &["URL", "X-ABLABEL", "FN"],
        "onlineServices" => &["IMPP", "X-AIM", "X-SOCIALPROFILE", "SOCIALPROFILE", "X-ABLABEL"],
        "anniversaries" => &["BDAY", "X-ABDATE", "ANNIVERSARY", "X-ABLABEL"],
        "relatedTo" => &["X-ABRELATEDNAMES", "RELATED", "X-ABLABEL"],
        "notes" => &["NOTE", "X-ABLABEL"],
        "keywords" => &["CATEGORIES"],
        "rolo:customFields" => &["X-ROLO-FIELD"],
        "name" => &["N", "FN"],
        "media" => &["PHOTO"],
        "personalInfo" => &["HOBBY"],
        "rolo:gender" => &["GENDER"],
        _ => &[],
    }
}

/// The lines of a card apart from the properties named, and how many of those differ between two cards.
fn check(before: &Card, after: &Card, names: &[&str]) -> Result<(), String> {
    let split = |card: &Card| {
        let (mut kept, mut touched) = (Vec::new(), HashMap::<Vec<u8>, i32>::new());
        for (at, line) in card.lexed.lines.iter().enumerate() {
            let raw = card.lexed.raw(line);
            let name = if line.kind == Kind::Property {
                card.lexed.property(at).name.to_ascii_uppercase()
            } else {
                Vec::new()
            };
            if names.iter().any(|one| one.as_bytes() == name) {
                *touched.entry(raw.to_vec()).or_default() += 1;
            } else {
                kept.extend_from_slice(raw);
            }
        }
        (kept, touched)
    };
    let ((old, mut gone), (new, came)) = (split(before), split(after));
    if old != new {
        return Err(format!(
            "bytes outside of {names:?} changed:\n{}\n---\n{}",
            String::from_utf8_lossy(&old),
            String::from_utf8_lossy(&new)
        ));
    }
    for (raw, count) in came {
        *gone.entry(raw).or_default() -= count;
    }
    let changed: i32 = gone.values().map(|count| count.abs()).sum();
    // One member: its value and label, gone and come, beside LABEL, country or FN.
    if changed > 8 { Err(format!("{changed} lines of {names:?} differ")) } else { Ok(()) }
}

/// A model without what an edit may carry along: ids, and names of other members by id.
fn told(model: &Model) -> Value {
    let model = normal(model.clone(), &mut Blobs::new());
    let organizations = model.organizations.clone();
    let mut value = serde_json::to_value(model).unwrap();
    let object = value.as_object_mut().unwrap();
    for gone in ["updated", "created", "prodId", "vCardProps", "uid"] {
        object.remove(gone);
    }
    for (field, members) in object.iter_mut() {
        if touches(field).is_empty() || matches!(field.as_str(), "name" | "keywords" | "relatedTo" | "rolo:gender") {
            continue;
        }
        let mut list: Vec<Value> = members.as_object().unwrap().values().cloned().collect();
        for one in &mut list {
            if let Some(id) = one.get("organizationId").and_then(Value::as_str).map(str::to_owned) {
                one["organizationId"] = json!(organizations[id.as_str()].name);
            }
        }
        list.sort_by_key(Value::to_string);
        *members = Value::Array(list);
    }
    value
}

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9][a-zA-Z0-9 ,;:\"'^ü山=-]{0,10}[a-z0-9]"
}

/// A text as 3.0 and 4.0 write it.
fn escaped(text: &str) -> String {
    super::super::text::escaped(text, Version::V30)
}

prop_compose! {
    fn any_card()(
        version in prop_oneof![Just("3.0"), Just("4.0")],
        lines in prop::collection::vec((0..LINES.len(), text()), 0..14),
        ending in prop_oneof![Just("\r\n"), Just("\n")],
        folded in prop_oneof![Just(false), Just(false), Just(true)],
    ) -> Card {
        let mut out = format!("BEGIN:VCARD\nVERSION:{version}\nN:Lee;Ann;;;\nFN:Ann Lee\n");
        let mut seen = std::collections::HashSet::new();
        for (line, text) in lines {
            if seen.insert(line) {
                out += &LINES[line].replace('%', &escaped(&text));
                out.push('\n');
            }
        }
        out += "UID:u-1\nREV:20200101T000000Z\nEND:VCARD\n";
        if folded {
            out = out.lines().map(|line| {
                let mut at = 20.min(line.len());
                while !line.is_char_boundary(at) { at -= 1 }
                if line.len() > 30 { format!("{}\n {}\n", &line[..at], &line[at..]) } else { format!("{line}\n") }
            }).collect();
        }
        Card::parse(out.replace('\n', ending).into_bytes()).unwrap()
    }
}

/// One edit: the field, and what to do to a member of it (or a new one).
#[derive(Clone, Debug)]
struct Edit {
    field: &'static str,
    pick: usize,
    what: usize,
    text: String,
}

fn any_edit() -> impl Strategy<Value = Edit> {
    let fields = vec![
        "phones",
        "emails",
        "addresses",
        "organizations",
        "titles",
        "nicknames",
        "links",
        "onlineServices",
        "anniversaries",
        "relatedTo",
        "notes",
        "keywords",
        "rolo:customFields",
        "name",
        "personalInfo",
    ];
    (prop::sample::select(fields), 0_usize..4, 0_usize..4, text()).prop_map(|(field, pick, what, text)| Edit {
        field,
        pick,
        what,
        text,
    })
}

/// The value of a member of this field.
fn valued(field: &str, text: &str, pick: usize) -> Value {
    match field {
        "phones" => json!({"number": text}),
        "emails" => json!({"address": text}),
        "addresses" => json!({"components": [{"kind": "name", "value": text}, {"kind": "locality", "value": "Graz"}]}),
        "organizations" | "titles" | "nicknames" => json!({"name": text}),
        "links" => json!({"uri": format!("https://example.org/{}", text.len())}),
        "onlineServices" => {
            json!({"uri": format!("xmpp:a{pick}@example.org"), "service": "Jabber", "vCardName": "impp"})
        }
        "anniversaries" => json!({"kind": "rolo:other", "date": {"year": 1990, "month": 1 + pick, "day": 9}}),
        "notes" => json!({"note": format!("{text}\nmore")}),
        "rolo:customFields" => json!({"label": "Size", "value": text}),
        "personalInfo" => json!({"kind": "hobby", "value": text}),
        _ => json!({}),
    }
}

fn edited(model: &Model, edit: &Edit) -> Model {
    let mut value = serde_json::to_value(model).unwrap();
    let (field, text) = (edit.field, edit.text.as_str());
    if field == "name" {
        value["name"]["components"] = json!([{"kind": "given", "value": text}, {"kind": "surname", "value": "Lee"}]);
        return serde_json::from_value(value).unwrap();
    }
    let object = value.as_object_mut().unwrap();
    let members = object.entry(field).or_insert_with(|| json!({})).as_object_mut().unwrap();
    if field == "keywords" {
        if edit.what == 0
            && let Some(name) = members.keys().nth(edit.pick).cloned()
        {
            members.shift_remove(&name);
        } else {
            members.insert(text.trim().to_owned(), json!(true));
        }
        return serde_json::from_value(value).unwrap();
    }
    let picked = members.keys().nth(edit.pick).cloned();
    match (edit.what, picked) {
        (0, Some(id)) => {
            members.shift_remove(&id);
        }
        (1, Some(id)) if field != "relatedTo" && members[&id].get("components").is_none() => {
            let new = valued(field, text, edit.pick);
            let key =
                ["number", "address", "name", "uri", "note", "value"].into_iter().find(|key| new.get(key).is_some());
            match key {
                Some(key) => members[&id][key] = new[key].clone(),
                None => members[&id]["date"] = new["date"].clone(),
            }
        }
        (2, Some(id)) if matches!(field, "phones" | "emails" | "links" | "addresses") => {
            let key = if field == "addresses" { "rolo:label" } else { "label" };
            members[&id][key] = json!(text);
        }
        (3, Some(id)) if matches!(field, "phones" | "emails" | "links" | "addresses" | "onlineServices") => {
            members[&id]["contexts"] = json!({"work": true});
            for key in ["label", "rolo:label", "features"] {
                members[&id].as_object_mut().unwrap().remove(key);
            }
        }
        (_, Some(id)) if field == "relatedTo" => {
            members[&id]["relation"] = json!({"kin": true});
            members[&id].as_object_mut().unwrap().remove("rolo:label");
        }
        _ if field == "relatedTo" => {
            members.insert(
                text.trim().to_owned(),
                json!({"relation": {"friend": true}, "vCardParams": {"value": "text"}}),
            );
        }
        _ => {
            members.insert("new".to_owned(), valued(field, text, edit.pick));
        }
    }
    serde_json::from_value(value).unwrap()
}

/// What a card says after an edit, apart from what an edit takes along by rule: FN, a stale LABEL and country code.
fn expected(before: &Model, wanted: &Model, after: &Card) -> (Value, Value) {
    let (mut want, mut got) = (told(wanted), told(&after.model()));
    for value in [&mut want, &mut got] {
        if let Some(name) = value.get_mut("name").and_then(Value::as_object_mut) {
            name.remove("full");
        }
        // A service that gets a URI beside its user needs another property than X-AIM.
        for one in value.get_mut("onlineServices").and_then(Value::as_array_mut).into_iter().flatten() {
            one.as_object_mut().unwrap().remove("vCardName");
        }
        if before.addresses != wanted.addresses
            && let Some(list) = value.get_mut("addresses").and_then(Value::as_array_mut)
        {
            for one in list {
                for key in ["full", "countryCode", "coordinates", "pref"] {
                    one.as_object_mut().unwrap().remove(key);
                }
            }
        }
    }
    (want, got)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn an_edit_touches_nothing_else(card in any_card(), edit in any_edit()) {
        let before = card.model();
        let wanted = edited(&before, &edit);
        let after = card.edited(&wanted, None).unwrap().card;
        if let Err(why) = check(&card, &after, touches(edit.field)) {
            prop_assert!(false, "{why}\n{}", String::from_utf8_lossy(after.bytes()));
        }
        let (want, got) = expected(&before, &wanted, &after);
        prop_assert_eq!(got, want, "{}\n---\n{}", String::from_utf8_lossy(card.bytes()), String::from_utf8_lossy(after.bytes()));
    }

    #[test]
    fn an_edit_and_its_inverse_say_what_was_said(card in any_card(), edit in any_edit()) {
        let before = card.model();
        let wanted = edited(&before, &edit);
        let changes = diff(&before, &wanted);
        prop_assert_eq!(&told(&apply(&changes, &before).0), &told(&wanted));
        let (back, left) = apply(&inverse(&changes), &wanted);
        prop_assert!(left.is_empty(), "{:?}", left);
        prop_assert_eq!(told(&back), told(&before));
    }

    #[test]
    fn a_new_card_says_its_model(model in any_model()) {
        let drawing = Drawing { product: "1", uid: None, now: None };
        let card = Card::drawn(&model, drawing).unwrap();
        prop_assert_eq!(told(&card.model()), told(&model), "{}", String::from_utf8_lossy(card.bytes()));
        let again = Card::drawn(&card.model(), drawing).unwrap();
        prop_assert_eq!(told(&again.model()), told(&model));
    }

    #[test]
    fn no_bytes_make_it_panic(lines in prop::collection::vec(any_line(), 0..12), edit in any_edit(), version in prop_oneof![Just("2.1"), Just("3.0"), Just("4.0")]) {
        let mut bytes = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n").into_bytes();
        for line in lines {
            bytes.extend(line);
            bytes.extend(b"\r\n");
        }
        bytes.extend(b"END:VCARD\r\n");
        if let Ok(card) = Card::parse(bytes) {
            let model = card.model();
            prop_assert_eq!(&card.edited(&model, None).unwrap().card, &card);
            let _ = card.categories();
            let (residue, parts) = large::lift(&card);
            prop_assert_eq!(&large::put_back(&residue, &parts)[..], card.bytes());
            let after = card.edited(&edited(&model, &edit), None).unwrap().card;
            let _ = Card::drawn(&after.model(), Drawing { product: "1", uid: None, now: None }).unwrap();
        }
    }
}

/// Lines in the manner of phones and Outlook.
const OLD_LINES: &[&str] = &[
    "TEL;CELL;VOICE:%",
    "TEL;WORK;FAX;PREF:%",
    "EMAIL;PREF;INTERNET:%",
    "ADR;WORK;ENCODING=QUOTED-PRINTABLE:;;%=0D=0AHof;Wien;;1020;Austria",
    "ORG:%;Lab",
    "TITLE;CHARSET=Windows-1252;ENCODING=QUOTED-PRINTABLE:Gesch=E4ftsf=FChrer",
    "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:%=\nGr=C3=BC=C3=9Fe",
    "URL;WORK:https://example.org/%",
    "BDAY:19800321",
    "CATEGORIES:%;Family",
    "PHOTO;ENCODING=BASE64;JPEG:\n /9j/\n 4AAQ\n",
    "X-MS-OL-DESIGN;CHARSET=utf-8:<card xmlns=%>",
    "NICKNAME:%",
    "AGENT:\nBEGIN:VCARD\nFN:Other\nTEL:9\nEND:VCARD",
];

prop_compose! {
    fn old_card()(lines in prop::collection::vec((0..OLD_LINES.len(), "[a-zA-Z0-9][a-zA-Z0-9 .-]{0,9}[a-z0-9]"), 0..9)) -> Card {
        let mut out = "BEGIN:VCARD\nVERSION:2.1\nN:Lee;Ann\nFN:Ann Lee\n".to_owned();
        let mut seen = std::collections::HashSet::new();
        for (line, text) in lines {
            if seen.insert(line) {
                out += &OLD_LINES[line].replace('%', &text);
                out.push('\n');
            }
        }
        out += "REV:20200101T000000Z\nEND:VCARD\n";
        Card::parse(out.replace('\n', "\r\n").into_bytes()).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn an_old_card_stays_old_unless_it_cannot_say_it(card in old_card(), edit in any_edit()) {
        let before = card.model();
        let wanted = edited(&before, &edit);
        let after = card.edited(&wanted, None).unwrap();
        if !after.lifted && let Err(why) = check(&card, &after.card, touches(edit.field)) {
            prop_assert!(false, "{why}\n{}", String::from_utf8_lossy(after.card.bytes()));
        }
        prop_assert_eq!(after.lifted, after.card.version() != Version::V21);
        let (want, got) = expected(&before, &wanted, &after.card);
        prop_assert_eq!(got, want, "{}\n---\n{}", String::from_utf8_lossy(card.bytes()), String::from_utf8_lossy(after.card.bytes()));
    }
}

/// Lines that are almost right.
fn any_line() -> impl Strategy<Value = Vec<u8>> {
    let names = prop::sample::select(vec![
        "TEL",
        "item1.TEL",
        "ADR",
        "N",
        "FN",
        "NICKNAME",
        "PHOTO",
        "BDAY",
        "X-ABDATE",
        "item1.X-ABLabel",
        "RELATED",
        "X-ROLO-LINK",
        "X-ROLO-FIELD",
        "CATEGORIES",
        "GEO",
        "TZ",
        "ORG",
        "IMPP",
        "AGENT",
        "GENDER",
        "JSPROP",
        "X-ANDROID-CUSTOM",
        "NOTE",
        "BIRTHPLACE",
        "",
    ]);
    let params = prop::sample::select(vec![
        "",
        ";TYPE=HOME",
        ";ENCODING=QUOTED-PRINTABLE",
        ";ENCODING=b",
        ";QUOTED-PRINTABLE;CHARSET=SHIFT_JIS",
        ";VALUE=uri",
        ";X=\"",
        ";TYPE=\"a,b",
        ";ALTID=1;LANGUAGE=de",
        ";PREF",
        ";;=;",
        ";X-APPLE-OMIT-YEAR=1604",
    ]);
    let value = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..24),
        "[0-9;,:=\\\\T-]{0,16}".prop_map(String::into_bytes),
        "data:[a-z/;,]{0,9}base64,[A-Za-z+/=]{0,9}".prop_map(String::into_bytes),
    ];
    (names, params, value).prop_map(|(name, params, value)| [name.as_bytes(), params.as_bytes(), b":", &value].concat())
}

fn full_text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9,;:\\\\\"'^ü山é=\n-]{0,12}[a-z0-9]"
}

fn set(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::sample::subsequence(words, 0..=words.len().min(2)).prop_map(|words| {
        words.into_iter().map(|word| (word.to_owned(), json!(true))).collect::<serde_json::Map<_, _>>().into()
    })
}

fn label() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!("other")),
        Just(json!("iPhone")),
        "[A-Z][a-z ;,]{1,8}[a-z]".prop_map(Value::from)
    ]
}

fn members(one: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::collection::vec(one, 0..3).prop_map(|list| {
        list.into_iter()
            .enumerate()
            .map(|(at, one)| {
                let object: serde_json::Map<String, Value> = one
                    .as_object()
                    .unwrap()
                    .clone()
                    .into_iter()
                    .filter(|(_, value)| !value.is_null() && value.as_object().is_none_or(|object| !object.is_empty()))
                    .collect();
                (format!("m{at}"), object.into())
            })
            .collect::<serde_json::Map<String, Value>>()
            .into()
    })
}

prop_compose! {
    fn any_model()(
        name in (full_text(), full_text(), full_text(), full_text()),
        phones in members((full_text(), set(&["mobile", "fax", "pager", "textphone", "text", "main-number"]), set(&["private", "work"]), label()).prop_map(|(number, features, contexts, label)| json!({"number": number, "features": features, "contexts": contexts, "label": label}))),
        emails in members((full_text(), set(&["private", "work"]), label()).prop_map(|(address, contexts, label)| json!({"address": address, "contexts": contexts, "label": label}))),
        addresses in members((full_text(), full_text(), set(&["private", "work", "billing", "delivery"]), label(), prop::option::of(full_text()), prop::bool::ANY).prop_map(|(street, city, contexts, label, full, fine)| {
            let kind = if fine { "number" } else { "name" };
            json!({"components": [{"kind": kind, "value": street}, {"kind": "locality", "value": city}], "contexts": contexts, "rolo:label": label, "full": full, "countryCode": "AT", "coordinates": "geo:48.2,16.37"})
        })),
        organizations in members((full_text(), full_text()).prop_map(|(name, unit)| json!({"name": name, "units": [{"name": unit}]}))),
        titles in members((full_text(), prop::bool::ANY, prop::bool::ANY).prop_map(|(name, role, held)| {
            json!({"name": name, "kind": if role { json!("role") } else { Value::Null }, "organizationId": if held { json!("m0") } else { Value::Null }})
        })),
        links in members((("https://example.org/[a-z,;]{0,9}"), set(&["private", "work"]), label()).prop_map(|(uri, contexts, label)| json!({"uri": uri, "contexts": contexts, "label": label}))),
        services in members((prop::option::of("[A-Z][a-z ]{2,6}"), full_text(), prop::bool::ANY).prop_map(|(service, user, by_uri)| match by_uri {
            true => json!({"service": service.map(|one| one.trim().to_owned()), "uri": "xmpp:a@example.org", "vCardName": "impp"}),
            false => json!({"service": service.map(|one| one.trim().to_owned()), "user": user, "vCardName": "socialprofile"}),
        })),
        dates in members((1_u32..13, 1_u32..29, prop::option::of(1605_u32..2100), prop::sample::select(vec!["wedding", "rolo:other"]), label()).prop_map(|(month, day, year, kind, label)| json!({"kind": kind, "date": {"month": month, "day": day, "year": year}, "rolo:label": if kind == "wedding" { Value::Null } else { label }}))),
        notes in members(full_text().prop_map(|note| json!({"note": note}))),
        custom in members((full_text(), full_text()).prop_map(|(label, value)| json!({"label": label, "value": value}))),
        related in prop::collection::vec((full_text(), set(&["friend", "kin", "parent", "colleague"]), prop::sample::select(vec![Value::Null, json!("mother"), json!("Godmother"), json!("partner")])), 0..3),
        linked in prop::option::of(full_text()),
        keywords in prop::collection::vec(full_text(), 0..4),
        nicknames in members(full_text().prop_map(|name| json!({"name": name}))),
        photo in prop::option::of(prop::collection::vec(any::<u8>(), 1..40)),
        scalars in (prop::option::of(full_text()), prop::bool::ANY, prop::option::of("[a-z]{3,6}")),
    ) -> Model {
        use base64::Engine;
        let mut relations = serde_json::Map::new();
        for (key, relation, label) in related {
            relations.insert(key.trim().to_owned(), json!({"relation": relation, "rolo:label": label, "vCardParams": {"value": "text"}}));
        }
        if let Some(name) = linked.filter(|name| !relations.contains_key(name.trim())) {
            relations.insert("urn:uuid:1".to_owned(), json!({"relation": {"child": true}, "rolo:name": name.trim()}));
        }
        for one in relations.values_mut() {
            let object = one.as_object_mut().unwrap();
            object.retain(|_, value| !value.is_null());
        }
        let mut model = json!({
            "name": {"components": [{"kind": "given", "value": name.0, "phonetic": "Latin"}, {"kind": "given2", "value": name.1}, {"kind": "surname", "value": name.2}, {"kind": "surname2", "value": "zz"}], "full": name.3.replace('\n', " ")},
            "phones": phones, "emails": emails, "addresses": addresses, "organizations": organizations, "titles": titles, "links": links,
            "onlineServices": services, "anniversaries": dates, "notes": notes, "rolo:customFields": custom, "relatedTo": relations, "nicknames": nicknames,
            "keywords": keywords.into_iter().map(|name| (name, json!(true))).collect::<serde_json::Map<_, _>>(),
        });
        if let Some(bytes) = photo {
            let uri = format!("data:image/x-odd;base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes));
            model["media"] = json!({"p": {"kind": "photo", "uri": uri, "mediaType": "image/x-odd"}});
        }
        if let Some(text) = scalars.0 { model["rolo:fileAs"] = json!(text) }
        if scalars.1 { model["kind"] = json!("org") }
        if let Some(text) = scalars.2 { model["example.com:mood"] = json!({ "a": [text, 1, null] }) }
        serde_json::from_value(model).unwrap()
    }
}

#[test]
fn control_an_editor_that_writes_the_card_anew_is_caught() {
    for (at, line) in LINES.iter().enumerate() {
        let text = format!(
            "BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nN:Lee;Ann;;;\n{}\nTEL;TYPE=CELL:1\nEND:VCARD\n",
            line.replace('%', "x")
        );
        let card = Card::parse(text.into_bytes()).unwrap();
        let edit = Edit { field: "notes", pick: 9, what: 9, text: "more".into() };
        let wanted = edited(&card.model(), &edit);
        check(&card, &card.edited(&wanted, None).unwrap().card, touches("notes")).unwrap();
        let anew = Card::drawn(&wanted, Drawing { product: "1", uid: None, now: None }).unwrap();
        assert!(check(&card, &anew, touches("notes")).is_err(), "line {at}: {line}");
    }
}
