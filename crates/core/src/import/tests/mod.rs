//! Files of every program, read as they come, against what they should say.

mod dialects;
mod round;

use serde_json::Value;

use super::{
    Row,
    file::{
        encoding::{self, Looking},
        part::{self, Head},
        records::{Next, Records},
        sniff,
    },
    layout::Layout,
};
use crate::card::Model;

/// A table read as an import reads it, without storage.
pub(crate) struct Table {
    pub(crate) head: Head,
    pub(crate) encoding: &'static str,
    pub(crate) delimiter: char,
    pub(crate) rows: Vec<Row>,
}

pub(crate) fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../fixtures/import/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn table(bytes: &[u8]) -> Table {
    let mut looking = Looking::default();
    bytes.chunks(999).for_each(|chunk| looking.at(chunk));
    let found = looking.done();
    let text = found.encoding.decode_without_bom_handling(&bytes[found.mark..]).0;
    let delimiter = sniff::delimiter(&text);
    let head = part::head(text.as_bytes(), delimiter, true);
    let layout = Layout::new(head.format, &head.columns, head.day_first);
    let mut records = Records::new(delimiter, head.begin);
    records.push(&text.as_bytes()[head.begin as usize..]);
    let mut rows = Vec::new();
    while let Next::Row(_, record) = records.next(true).unwrap() {
        rows.push(layout.row(record.cells()));
    }
    Table { head, encoding: encoding::name(found.encoding), delimiter: delimiter as char, rows }
}

/// The columns and records of a table, as fingerprints are made of them.
pub(crate) fn table_records(bytes: &[u8]) -> (Vec<super::Column>, Vec<super::file::records::Record>) {
    let head = part::head(bytes, b',', true);
    let mut records = Records::new(b',', head.begin);
    records.push(&bytes[head.begin as usize..]);
    let mut rows = Vec::new();
    while let Next::Row(_, record) = records.next(true).unwrap() {
        rows.push(record);
    }
    (head.columns, rows)
}

/// A contact in lines: each member without its id, in the order of the card.
pub(crate) fn told(model: &Model) -> Vec<String> {
    let Value::Object(object) = serde_json::to_value(model).unwrap() else { panic!() };
    let mut lines = Vec::new();
    for (field, value) in object {
        match value {
            Value::Object(members) if members.values().all(Value::is_object) => {
                for (key, member) in members {
                    let key = if field == "relatedTo" { format!(" {key}") } else { String::new() };
                    lines.push(format!("{field}{key} {member}").replace('"', ""));
                }
            }
            value => lines.push(format!("{field} {value}").replace('"', "")),
        }
    }
    lines
}
