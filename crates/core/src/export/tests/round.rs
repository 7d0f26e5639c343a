//! Five hundred invented people leave in every format and come back the same.

use serde_json::Value;

use super::whole;
use crate::{
    card::{Card, Drawing, Model, Version, jscontact::from_jscontact, split::Splitter},
    export::{
        card::{object, vcard},
        tables::{Kind, table},
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
    let starred = model.keywords.shift_remove("starred").is_some();
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
