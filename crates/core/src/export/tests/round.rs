//! Five hundred invented people leave in every format and come back the same.

use serde_json::{Value, json};

use super::whole;
use crate::{
    card::{Card, Drawing, Model, Version, jscontact::from_jscontact, split::Splitter},
    export::{
        card::{object, vcard},
        tables::{Kind, Table, table},
    },
    import::tests::{table as read_table, told},
    invent::People,
};

/// A contact as it stands in the book.
pub(super) struct Kept {
    pub(super) card: Card,
    pub(super) starred: bool,
}

impl Kept {
    pub(super) fn drawn(model: &Model, starred: bool) -> Self {
        let card = Card::drawn(model, Drawing { product: "0", uid: Some("u-1"), now: None }).unwrap();
        Self { card, starred }
    }

    /// What it says, in lines, in any order; not who made the card, and not how its members are numbered.
    pub(super) fn told(&self) -> Vec<String> {
        let mut lines = told(&self.card.model());
        lines.retain(|line| !line.starts_with("prodId") && !line.starts_with("uid") && !line.starts_with("version"));
        lines.sort_unstable();
        if self.starred {
            lines.push("starred".to_owned());
        }
        lines
    }
}

pub(super) fn people() -> Vec<Kept> {
    let people = People::seeded(17).take(500).map(|person| {
        let keywords = person.labels.iter().map(|name| ((*name).to_owned(), true)).collect();
        Kept::drawn(&Model { keywords, ..person.model }, person.starred)
    });
    people.collect()
}

pub(super) fn csv(kind: Kind, book: &[Kept]) -> Vec<u8> {
    let rows: Vec<_> = book.iter().map(|kept| (kept.card.model(), kept.starred)).collect();
    table(kind, &rows)
}

/// What a table says, read as any file is.
pub(super) fn from_csv(bytes: &[u8]) -> Vec<Kept> {
    read_table(bytes).rows.iter().map(|row| Kept::drawn(&row.model, row.starred)).collect()
}

pub(super) fn vcards(to: Version, book: &[Kept]) -> Vec<u8> {
    book.iter().flat_map(|kept| vcard(&kept.card, to, "u-1", kept.starred).unwrap()).collect()
}

/// Cards of a file, and which of them say they are starred.
pub(super) fn from_vcards(bytes: &[u8]) -> Vec<Kept> {
    let (mut found, mut splitter) = (Vec::new(), Splitter::new());
    splitter.push(bytes, |piece| found.push(piece.card.unwrap()));
    splitter.finish(|piece| found.push(piece.card.unwrap()));
    found.into_iter().map(|bytes| unstarred(&Card::parse(bytes).unwrap().model())).collect()
}

/// As the import of a file does: the label `starred` is the star.
fn unstarred(model: &Model) -> Kept {
    let mut model = model.clone();
    let starred = model.keywords.remove("starred").is_some();
    Kept::drawn(&model, starred)
}

pub(super) fn objects(book: &[Kept]) -> Vec<Value> {
    book.iter().map(|kept| object(&kept.card, "individual", "u-1", kept.starred)).collect()
}

/// No table has a column for the code of a country beside its name.
fn without_country_codes(book: Vec<Kept>) -> Vec<Kept> {
    let bare = |kept: Kept| {
        let mut model = kept.card.model();
        model.addresses.values_mut().for_each(|address| address.country_code = None);
        Kept::drawn(&model, kept.starred)
    };
    book.into_iter().map(bare).collect()
}

#[track_caller]
fn same(name: &str, before: &[Kept], after: &[Kept]) {
    assert_eq!(before.len(), after.len(), "{name}");
    for (nth, (before, after)) in before.iter().zip(after).enumerate() {
        assert_eq!(before.told(), after.told(), "{name}, contact {nth}");
    }
}

#[test]
fn invented_people_come_back_from_googles_table() {
    let book = without_country_codes(people());
    let written = csv(Kind::Google, &book);
    let after = from_csv(&written);
    same("google", &book, &after);
    assert_eq!(csv(Kind::Google, &after), written, "and leave again byte for byte");
}

#[test]
fn invented_people_come_back_from_vcards() {
    let book = people();
    assert!(book.iter().any(|kept| kept.starred), "there is a star to lose");
    for version in [Version::V30, Version::V40] {
        let bytes = vcards(version, &book);
        let mark = format!("{version:?}");
        same(&mark, &book, &from_vcards(&bytes));
        assert_eq!(String::from_utf8(bytes).unwrap().matches("BEGIN:VCARD\r\n").count(), 500, "{mark}");
    }
}

#[test]
fn invented_people_come_back_from_jscontact() {
    let book = people();
    let after: Vec<Kept> =
        objects(&book).into_iter().map(|object| unstarred(&from_jscontact(object).unwrap())).collect();
    same("jscontact", &book, &after);
}

#[test]
fn a_contact_with_every_field_comes_back_from_each_format() {
    let book: Vec<Kept> = whole::contacts().iter().map(|model| Kept::drawn(model, true)).collect();
    same("google", &book, &from_csv(&csv(Kind::Google, &book)));
    same("vcard 3.0", &book, &from_vcards(&vcards(Version::V30, &book)));
    same("vcard 4.0", &book, &from_vcards(&vcards(Version::V40, &book)));
    let after: Vec<Kept> =
        objects(&book).into_iter().map(|object| unstarred(&from_jscontact(object).unwrap())).collect();
    same("jscontact", &book, &after);
}

/// Each thing a contact can hold, alone beside a name: what of all it has in Outlook's table.
fn one_by_one() -> Vec<(String, Model)> {
    let mut out = Vec::new();
    for (nth, model) in whole::contacts().iter().chain([&whole::further()]).enumerate() {
        let Ok(Value::Object(fields)) = serde_json::to_value(model) else { panic!() };
        let is_name = |field: &str| matches!(field, "name" | "kind");
        let alone = |field: &str, value: Value| {
            let mut one = serde_json::Map::new();
            one.insert("name".to_owned(), json!({"components": [{"kind": "given", "value": "Ann"}], "full": "Ann"}));
            one.insert(field.to_owned(), value);
            if let Some(jobs) = fields.get("organizations").filter(|_| field == "titles") {
                one.insert("organizations".to_owned(), jobs.clone());
            }
            serde_json::from_value(Value::Object(one)).unwrap()
        };
        for (field, value) in &fields {
            match value {
                Value::Object(members)
                    if !is_name(field) && members.values().all(Value::is_object) && field != "titles" =>
                {
                    for (id, member) in members {
                        out.push((format!("{nth} {field}/{id}"), alone(field, json!({ id: member }))));
                    }
                }
                value if field != "kind" => out.push((format!("{nth} {field}"), alone(field, value.clone()))),
                _ => {}
            }
        }
    }
    out
}

/// What comes back from Outlook's table another way, though nothing is left out.
const OTHERWISE: &[&str] = &[
    // A flat is one more line of the street, of which there are three.
    "0 addresses/a1",
    // A phone or address without a label stands in the columns of others.
    "1 addresses/a",
    "2 phones/p1",
    "2 phones/p2",
    "2 phones/p3",
    "6 phones/p17",
    "6 addresses/f",
    "6 addresses/i",
    // A lone code of a country is its name.
    "6 addresses/e",
    // A name that stands whole is a first name, as Google has it.
    "3 name",
    // A user at a messenger stays one, in the property all messengers share.
    "6 onlineServices/a",
    // When a contact was made is the table's own affair.
    "6 created",
];

#[test]
fn each_thing_a_contact_holds_comes_back_from_outlooks_table_or_is_told() {
    let (mut otherwise, mut told) = (Vec::new(), Vec::new());
    for (name, model) in one_by_one() {
        let kept = Kept::drawn(&model, false);
        let mut table = Table::new(Kind::Outlook);
        table.row(&kept.card.model(), false).unwrap();
        let lost: Vec<String> = table.lost.keys().cloned().collect();
        let after = from_csv(&table.take());
        let same = after.len() == 1 && kept.told() == after[0].told();
        assert!(!same || lost.is_empty(), "{name} comes back, and {lost:?} is told");
        match same {
            true => {}
            false if lost.is_empty() => otherwise.push(name),
            false => told.push(format!("{name}: {}", lost.join(", "))),
        }
    }
    let sorted = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(otherwise.into_iter().collect::<std::collections::BTreeSet<_>>(), sorted(OTHERWISE));
    let of = |what: &str| told.iter().filter(|one| one.ends_with(&format!(": {what}"))).count();
    let ones = ["photo", "logo", "key", "source", "translations", "language of the card", "X-ODD", "example.com:mood"];
    assert!(ones.iter().all(|what| of(what) == 1), "{told:#?}");
    // E-mails, websites and some phones lose what they are labelled or that they are preferred.
    let labels = told.iter().filter(|one| one.contains("label") || one.contains("preferred")).count();
    assert_eq!((labels, told.len()), (labels, labels + ones.len()), "{told:#?}");
    assert!(labels >= 15, "{told:#?}");
}
