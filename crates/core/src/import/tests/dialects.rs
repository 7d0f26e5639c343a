//! Each program's file against its expectation beside it: format, encoding, delimiter, then every row in lines.

use std::fmt::Write as _;

use super::{fixture, table, told};

const FILES: &[&str] = &[
    "google.csv",
    "google-template.csv",
    "google-old-utf16.csv",
    "outlook.csv",
    "outlook-microsoft-cp1252.csv",
    "linkedin.csv",
    "yahoo.csv",
    "thunderbird-de-cp1252.csv",
    "thunderbird-headless.tab",
    "any-swedish-semicolon.csv",
    "any-headless.csv",
    "any-japanese-shift-jis.csv",
];

#[test]
fn every_file_says_what_is_expected_of_it() {
    for name in FILES {
        let table = table(&fixture(name));
        let format = serde_json::to_string(&table.head.format).unwrap();
        let mut text = format!("{} {} {:?}\n", format.trim_matches('"'), table.encoding, table.delimiter);
        for row in table.rows {
            writeln!(text, "\n{}", if row.starred { "a contact, starred" } else { "a contact" }).unwrap();
            row.notes.iter().for_each(|note| writeln!(text, "  ! {note}").unwrap());
            told(&row.model).iter().for_each(|line| writeln!(text, "  {line}").unwrap());
        }
        let expected = String::from_utf8(fixture(&format!("{name}.txt"))).unwrap_or_default();
        assert_eq!(text, expected, "{name}");
    }
}

#[test]
fn columns_of_an_unknown_table_explain_themselves() {
    let table = table(&fixture("any-swedish-semicolon.csv"));
    let of = |at: usize| {
        let column = &table.head.columns[at];
        serde_json::to_string(&(column.header.as_str(), column.field, column.label.as_str(), column.guessed_by))
            .unwrap()
    };
    assert_eq!(of(2), r#"["E-post","email","","header"]"#);
    assert_eq!(of(3), r#"["Mobil","phone","Mobile","header"]"#);
    assert_eq!(of(6), r#"["Monter","custom","Monter",null]"#);
    assert_eq!(of(7), r#"["Kundsida","website","","content"]"#);
    assert_eq!(table.head.columns[7].samples, ["https://shop.example/1", "https://shop.example/2"]);
}
