//! Google CSV → Rolo → Google CSV keeps every value; what Outlook's table can hold comes back too.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Table, fixture, table, told};
use crate::{
    card::{Card, Drawing, Model},
    export::tables::{Kind, table as written},
    import::Row,
};

/// A row as it stands in the book: drawn as a card and read again.
fn kept(row: &Row) -> (Model, bool) {
    let card = Card::drawn(&row.model, Drawing { product: "0", uid: Some("u"), now: None }).unwrap();
    (card.model(), row.starred)
}

fn export(kind: Kind, rows: &[(Model, bool)]) -> Vec<u8> {
    written(kind, rows)
}

fn again(kind: Kind, table: &Table) -> Table {
    let book: Vec<(Model, bool)> = table.rows.iter().map(kept).collect();
    super::table(&export(kind, &book))
}

/// Every cell that holds something, with what its label says, whatever group it stands in.
fn values(bytes: &[u8]) -> BTreeMap<String, usize> {
    let text = encoding_rs::UTF_8.decode(bytes).0;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers: Vec<String> = reader.headers().unwrap().iter().map(|name| name.trim().to_owned()).collect();
    let mut found = BTreeMap::new();
    for (nth, record) in reader.records().enumerate() {
        let record = record.unwrap();
        for (name, cell) in headers.iter().zip(record.iter()) {
            let kind: String = name.chars().filter(|c| !c.is_ascii_digit()).collect();
            for value in
                crate::import::cell::meant(cell).split(" ::: ").map(str::trim).filter(|value| !value.is_empty())
            {
                let value = value.replace("\r\n", "\n");
                *found.entry(format!("{nth} {kind}: {value}")).or_default() += 1;
            }
        }
    }
    found
}

#[test]
fn a_google_table_goes_through_the_book_and_keeps_every_value() {
    for name in ["google.csv", "google-template.csv"] {
        let bytes = fixture(name);
        let before = values(&bytes);
        let table = table(&bytes);
        let book: Vec<(Model, bool)> = table.rows.iter().map(kept).collect();
        let after = values(&export(Kind::Google, &book));
        for (value, count) in &before {
            // A label stands beside each value that was joined with others in one cell.
            let has = after.get(value).copied().unwrap_or(0);
            assert!(has >= *count, "{name}: {value} is missing in {after:#?}");
        }
    }
}

#[test]
fn what_is_exported_for_google_is_the_same_contact_when_it_comes_back() {
    for name in
        ["google.csv", "google-old-utf16.csv", "outlook.csv", "yahoo.csv", "linkedin.csv", "any-japanese-shift-jis.csv"]
    {
        let first = table(&fixture(name));
        let second = again(Kind::Google, &first);
        let third = again(Kind::Google, &second);
        for ((one, two), three) in first.rows.iter().zip(&second.rows).zip(&third.rows) {
            assert_eq!(sorted(&kept(one).0), sorted(&kept(two).0), "{name}");
            assert_eq!((one.starred, &two.model), (two.starred, &three.model), "{name}");
        }
    }
}

#[test]
fn what_outlook_can_hold_comes_back() {
    let first = table(&fixture("outlook.csv"));
    let second = again(Kind::Outlook, &first);
    assert_eq!(sorted(&kept(&first.rows[0]).0), sorted(&kept(&second.rows[0]).0));
}

#[test]
fn a_company_of_two_lines_stays_a_company() {
    let first = table(b"First Name,Last Name,Organization Name,E-mail 1 - Value\n,,\"Oak\n and Sons\",\n");
    let second = again(Kind::Google, &first);
    assert_eq!(sorted(&kept(&first.rows[0]).0), sorted(&kept(&second.rows[0]).0));
    assert_eq!(kept(&second.rows[0]).0.kind.as_deref(), Some("org"));
}

fn sorted(model: &Model) -> Vec<String> {
    let mut lines = told(model);
    lines.retain(|line| !line.starts_with("prodId") && !line.starts_with("uid"));
    lines.sort_unstable();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_in_any_column_survives(cells in prop::collection::vec("[a-zé日本مر=+@',;\"\n -]{0,12}", 12)) {
        let header = "First Name,Last Name,Nickname,Organization Name,Notes,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Value,Address 1 - Street,Website 1 - Value,Custom Field 1 - Label,Custom Field 1 - Value\n";
        let mut writer = csv::Writer::from_writer(header.as_bytes().to_vec());
        writer.write_record(&cells).unwrap();
        let first = table(&writer.into_inner().unwrap());
        prop_assume!(first.head.format == crate::import::Format::GoogleCsv && first.rows.len() == 1);
        let second = again(Kind::Google, &first);
        prop_assert_eq!(second.rows.len(), 1);
        prop_assert_eq!(sorted(&kept(&first.rows[0]).0), sorted(&kept(&second.rows[0]).0));
    }
}
