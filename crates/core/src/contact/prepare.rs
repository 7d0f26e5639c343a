//! Everything derived from a card: what a row, a list and a match need, ready to be stored.
//!
//! Pure: the same bytes and UID give the same answer at any time, so that every derived column can be made again.

use sha2::{Digest, Sha256};

use super::{
    row::{LargeValue, Prepared},
    summary::Summary,
};
use crate::{
    card::{Card, Model, large},
    keys,
};

/// What a contact is when its card does not say.
pub const INDIVIDUAL: &str = "individual";
/// Octets of a kind; a longer word is no kind anybody knows.
const KIND_BYTES_MAX: usize = 64;
/// Octets of a UID that are told apart; a longer one is kept in the card and known by its hash.
const UID_BYTES_MAX: usize = 255;

/// Derives everything from a card. `uid_if_missing` stands in where the card has no UID.
pub fn prepare(card: &Card, uid_if_missing: &str) -> Prepared {
    let model = card.model_light();
    let kind = kind_of(&model);
    let uid = bounded(model.uid.clone().unwrap_or_else(|| uid_if_missing.to_owned()));
    let sort = keys::sort_keys(&model, &kind);
    let summary = Summary::of(card, &model, &kind, &uid, &sort);
    let (residue, parts) = large::lift(card);
    Prepared {
        residue,
        large: parts.into_iter().map(large_value).collect(),
        revision: card.revision(),
        uid_key: keys::uid_key(&uid).as_bytes().to_vec(),
        match_keys: keys::match_keys(&model, &kind),
        kind,
        uid,
        dav_name: None,
        model: envelope_free(model),
        summary: json(&summary),
        sort,
        key_version: keys::KEY_VERSION,
        categories: card.categories(),
    }
}

/// The kind the envelope says: lower-case, `individual` when the card says none.
pub fn kind_of(model: &Model) -> String {
    let written = model.kind.as_deref().map(str::trim).unwrap_or_default();
    if written.is_empty() || written.len() > KIND_BYTES_MAX {
        return INDIVIDUAL.to_owned();
    }
    written.to_ascii_lowercase()
}

/// The model as JSON without what the envelope says once.
fn envelope_free(mut model: Model) -> String {
    model.uid = None;
    model.kind = None;
    model.keywords.clear();
    model.created = None;
    model.updated = None;
    model.other.entry("@type").or_insert_with(|| "Card".into());
    model.other.entry("version").or_insert_with(|| "1.0".into());
    json(&model)
}

/// None of these types can fail to be written: their keys are strings.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".to_owned())
}

fn large_value(part: large::Large) -> LargeValue {
    LargeValue {
        // A card is far shorter than 4 GiB.
        offset: u32::try_from(part.offset).unwrap_or(u32::MAX),
        hash: Sha256::digest(&part.bytes).into(),
        bytes: part.bytes,
    }
}

/// A UID any database can hold and index.
fn bounded(uid: String) -> String {
    if uid.len() <= UID_BYTES_MAX && !uid.contains('\0') {
        return uid;
    }
    let digest: [u8; 32] = Sha256::digest(uid.as_bytes()).into();
    digest.iter().fold("sha256:".to_owned(), |text, octet| format!("{text}{octet:02x}"))
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn prepared(lines: &str) -> Prepared {
        let card = Card::parse(format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{lines}END:VCARD\r\n").into_bytes()).unwrap();
        prepare(&card, "made-for-it")
    }

    #[test]
    fn the_envelope_says_its_members_once() {
        let row = prepared(
            "UID:urn:uuid:0198F0AA-7C1E-7D20-9F3A-2B6C1D0E4F5A\r\nN:Lee;Ann;;;\r\nFN:Ann Lee\r\nREV:20260101T000000Z\r\n\
             CATEGORIES:Family, Zürich \\, old,Family\r\nX-ABShowAs:COMPANY\r\n",
        );
        assert_eq!(row.kind, "org");
        assert_eq!(row.uid, "urn:uuid:0198F0AA-7C1E-7D20-9F3A-2B6C1D0E4F5A");
        assert_eq!(row.uid_key, b"0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a");
        assert_eq!(row.categories, ["Family", "Zürich , old"]);
        let model: Value = serde_json::from_str(&row.model).unwrap();
        for member in ["uid", "kind", "keywords", "created", "updated"] {
            assert_eq!(model.get(member), None, "{member}");
        }
        assert_eq!((&model["@type"], &model["version"]), (&"Card".into(), &"1.0".into()));
    }

    #[test]
    fn a_card_without_uid_is_given_one_and_an_endless_one_is_bounded() {
        assert_eq!(prepared("FN:Ann\r\n").uid, "made-for-it");
        let long = prepared(&format!("UID:{}\r\n", "x".repeat(5000)));
        assert!(long.uid.starts_with("sha256:") && long.uid.len() == 71);
        assert_ne!(long.uid, prepared(&format!("UID:{}\r\n", "x".repeat(5001))).uid);
    }

    #[test]
    fn a_line_of_the_list_shows_two_of_each() {
        let row = prepared(
            "FN:Ann Lee\r\nEMAIL:a@example.org\r\nEMAIL:b@example.org\r\nEMAIL:c@example.org\r\nTEL:1\r\nORG:Acme;Lab\r\n\
             TITLE:Chemist\r\n",
        );
        let summary: Summary = serde_json::from_str(&row.summary).unwrap();
        assert_eq!((summary.name.as_str(), summary.name_family_first), ("Ann Lee", None));
        assert_eq!(summary.emails, ["a@example.org", "b@example.org"]);
        assert_eq!((summary.company.as_deref(), summary.title.as_deref()), (Some("Acme"), Some("Chemist")));
        assert_eq!(summary.photo, None);
        assert!(!summary.sort.given.is_empty() && summary.sort.given == summary.sort.given.to_lowercase());
    }

    #[test]
    fn a_line_says_the_uid_and_the_name_in_the_other_order() {
        let line = |lines: &str| serde_json::from_str::<Summary>(&prepared(lines).summary).unwrap();
        let ann = line("UID:urn:uuid:7\r\nFN:Ann Lee\r\nN:Lee;Ann;;;\r\n");
        assert_eq!((ann.name_family_first.as_deref(), ann.uid.as_deref()), (Some("Lee, Ann"), Some("urn:uuid:7")));
        assert_eq!(line("FN:Ann\r\n").uid.as_deref(), Some("made-for-it"), "as the contact says it");
        let company = line("FN:Ann Lee\r\nN:Lee;Ann;;;\r\nX-ABShowAs:COMPANY\r\n");
        assert_eq!(company.name_family_first, None, "a company has one name");
    }

    #[test]
    fn a_line_stored_before_it_said_so_is_read() {
        let mut stored: Value = serde_json::from_str(&prepared("N:Lee;Ann;;;\r\n").summary).unwrap();
        for member in ["uid", "name_family_first"] {
            assert!(stored.as_object_mut().unwrap().remove(member).is_some(), "{member}");
        }
        let read: Summary = serde_json::from_value(stored).unwrap();
        assert_eq!((read.name.as_str(), read.name_family_first, read.uid), ("Ann Lee", None, None));
    }

    #[test]
    fn a_photo_leaves_the_row_and_is_named_in_the_line() {
        let photo = format!("/9j/{}", "A".repeat(8000));
        let row = prepared(&format!("FN:Ann\r\nPHOTO;ENCODING=b;TYPE=JPEG:{photo}\r\n"));
        assert_eq!((row.large.len(), row.large[0].bytes.len()), (1, photo.len()));
        assert!(row.residue.len() < 200);
        let card = Card::parse(large::put_back(
            &row.residue,
            &[large::Large { offset: row.large[0].offset as usize, bytes: row.large[0].bytes.clone() }],
        ))
        .unwrap();
        assert_eq!(card.revision(), row.revision);
        let summary: Summary = serde_json::from_str(&row.summary).unwrap();
        assert_eq!(summary.photo, Some(super::super::summary::photo_version(&card.photo().unwrap().bytes)));
        assert!(!row.model.contains(&photo));
    }

    #[test]
    fn the_same_card_prepares_alike() {
        let lines = "FN:Ann\r\nTEL:+43 1 5880100\r\n";
        assert_eq!(prepared(lines), prepared(lines));
        assert_eq!(prepared(lines).match_keys.len(), 2 * keys::MATCH_KEY_BYTES);
    }
}
