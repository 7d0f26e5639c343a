//! What a server shows after its restart, read as any client would.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{
    ledger::{Book, Shown, Wrong},
    writer::Writer,
};
use crate::rolo::Door;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// People whose history is read in one check.
const HISTORIES_MAX: usize = 60;

/// The living contacts, and what the server says of itself that does not agree.
pub(crate) async fn book(door: &Door) -> Result<(Book, Vec<Wrong>), Failure> {
    let (mut book, mut wrongs) = (Book::new(), Vec::new());
    let (mut names, mut kept, mut carried) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::<String, u64>::new());
    let (mut total, mut read) = (0, 0);
    for line in door.text("/v1/snapshot").await?.lines() {
        let line: Value = serde_json::from_str(line)?;
        let value = &line["value"];
        match line["type"].as_str() {
            Some("label") => {
                names.insert(text(&value["id"]), text(&value["name"]));
                kept.insert(text(&value["name"]), value["contacts"].as_u64().unwrap_or_default());
            }
            Some("contact") => {
                read += 1;
                let (tag, shown) = shown(value, &names);
                for label in &shown.labels {
                    *carried.entry(label.clone()).or_default() += 1;
                }
                book.entry(tag).or_default().push(shown);
            }
            Some(_) => {}
            None => total = line["total"].as_u64().unwrap_or_default(),
        }
    }
    if total != read {
        wrongs.push(Wrong::Torn(format!("the book counts {total} contacts and has {read}")));
    }
    for (label, kept) in kept {
        let has = carried.get(&label).copied().unwrap_or_default();
        if kept != has {
            wrongs.push(Wrong::Torn(format!("label {label} counts {kept} contacts, {has} carry it")));
        }
    }
    Ok((book, wrongs))
}

fn shown(value: &Value, names: &BTreeMap<String, String>) -> (String, Shown) {
    let name = text(&value["name"]);
    let (tag, edit) = name.split_once(" edit").unwrap_or((&name, ""));
    let edit = edit.parse().unwrap_or(u64::MAX);
    let phone = text(&value["phones"][0]).chars().filter(char::is_ascii_digit).collect::<String>();
    let agrees = phone == format!("1202{}", 1_000_000_u64.saturating_add(edit));
    let labels = value["labels"].as_array().into_iter().flatten();
    let labels: BTreeSet<String> = labels.filter_map(|id| names.get(id.as_str()?).cloned()).collect();
    let modseq = value["modseq"].as_u64().unwrap_or_default();
    (tag.to_owned(), Shown { id: text(&value["id"]), edit, agrees, labels, modseq })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether history and bin agree with the ledger, for those of a writer that changed since the last check.
pub(crate) async fn histories(door: &Door, writer: &mut Writer, book: &Book) -> Result<Vec<Wrong>, Failure> {
    let mut wrongs = Vec::new();
    let touched = std::mem::take(&mut writer.ledger.touched);
    for tag in touched.iter().take(HISTORIES_MAX) {
        let Some(person) = writer.ledger.people.get(tag) else { continue };
        let Some(id) = &person.id else { continue };
        let contact = door.get(&format!("/v1/contacts/{id}")).await?;
        if contact["deleted_at"].is_null() != person.living {
            wrongs.push(Wrong::Lost(format!("{person:?} is {}", contact["deleted_at"])));
        }
        let page = door.get(&format!("/v1/contacts/{id}/versions?limit=100")).await?;
        let versions = page["items"].as_array().map_or(&[][..], Vec::as_slice);
        let newest = versions.first().map_or(0, |version| version["modseq"].as_u64().unwrap_or_default());
        if page["next"].is_null() && versions.len() as u64 != person.versions {
            wrongs.push(Wrong::Torn(format!("{person:?} has {} versions", versions.len())));
        }
        let shown = book.get(tag).and_then(|shown| shown.first()).map_or(newest, |shown| shown.modseq);
        if newest != shown || Some(newest) != contact["modseq"].as_u64() {
            wrongs.push(Wrong::Torn(format!(
                "{tag}: {shown} in the list, {} read, {newest} in its history",
                contact["modseq"]
            )));
        }
    }
    Ok(wrongs)
}
