//! Entries as the shared tier keeps them: the numbers, the row as JSON, and a card's bytes behind it as they are.
//!
//! What cannot be read (another version's, cut short, somebody else's) is as good as not there.

use std::sync::Arc;

use jiff::Timestamp;
use rolo_core::{
    account::Right,
    contact::{Stored, StoredCard},
    contracts::database::{BookRow, LabelRow},
    id::{AccountId, BookId, ContactId, LabelId, Modseq, Revision},
};
use serde::{Deserialize, Serialize};

use super::entry::{Basis, Entry, Kind, Value};

/// Rises when entries are written another way.
pub(super) const SHAPE: u32 = 1;

#[derive(Serialize, Deserialize)]
struct ContactShape {
    place: (ContactId, BookId, Modseq, Revision),
    names: (String, String, String),
    times: (Timestamp, Timestamp, Option<Timestamp>),
    labels: Vec<LabelId>,
    marks: (bool, bool),
    model: String,
}

#[derive(Serialize, Deserialize)]
struct CardShape {
    place: (ContactId, BookId, Modseq, Revision),
    names: (String, String),
    deleted_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct LabelShape {
    place: (LabelId, BookId, Modseq, Revision),
    name: String,
    hue: Option<u16>,
    contacts: u64,
}

#[derive(Serialize, Deserialize)]
struct BookShape {
    place: (BookId, Option<AccountId>, Modseq, Revision),
    name: String,
    right: Right,
    counts: (u64, u64),
    epoch: u64,
    created_at: Timestamp,
}

/// The entry in octets.
pub(super) fn pack(entry: &Entry) -> Option<Vec<u8>> {
    let mut octets = serde_json::to_vec(&entry.basis).ok()?;
    octets.push(b'\n');
    let row = match &entry.value {
        Value::Contact(stored) => serde_json::to_vec(&contact(stored)),
        Value::Card(card) => serde_json::to_vec(&CardShape {
            place: (card.id, card.book, card.modseq, card.revision),
            names: (card.dav_name.clone(), card.uid.clone()),
            deleted_at: card.deleted_at,
        }),
        Value::Missing => Ok(b"0".to_vec()),
        Value::Labels(rows) => serde_json::to_vec(&rows.iter().map(label).collect::<Vec<_>>()),
        Value::Books(rows) => serde_json::to_vec(&rows.iter().map(book).collect::<Vec<_>>()),
    };
    octets.extend(row.ok()?);
    octets.push(b'\n');
    if let Value::Card(card) = &entry.value {
        octets.extend_from_slice(&card.bytes);
    }
    Some(octets)
}

/// The entry of this kind that the octets are, if they are one.
pub(super) fn unpack(kind: Kind, octets: &[u8]) -> Option<Entry> {
    let (basis, rest) = line(octets)?;
    let (row, rest) = line(rest)?;
    let basis: Basis = serde_json::from_slice(basis).ok()?;
    let value = match kind {
        Kind::Contact => Value::Contact(Arc::new(contact_of(serde_json::from_slice(row).ok()?))),
        Kind::Card => Value::Card(Arc::new(card_of(serde_json::from_slice(row).ok()?, rest)?)),
        Kind::Missing => (row == b"0").then_some(Value::Missing)?,
        Kind::Labels => {
            let rows: Vec<LabelShape> = serde_json::from_slice(row).ok()?;
            Value::Labels(Arc::new(rows.into_iter().map(label_of).collect()))
        }
        Kind::Books => {
            let rows: Vec<BookShape> = serde_json::from_slice(row).ok()?;
            Value::Books(Arc::new(rows.into_iter().map(book_of).collect()))
        }
    };
    Some(Entry { basis, value })
}

fn line(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = octets.iter().position(|octet| *octet == b'\n')?;
    Some((octets.get(..end)?, octets.get(end + 1..)?))
}

fn contact(stored: &Stored) -> ContactShape {
    ContactShape {
        place: (stored.id, stored.book, stored.modseq, stored.revision),
        names: (stored.kind.clone(), stored.uid.clone(), stored.dav_name.clone()),
        times: (stored.created_at, stored.updated_at, stored.deleted_at),
        labels: stored.labels.clone(),
        marks: (stored.starred, stored.hidden),
        model: stored.model.clone(),
    }
}

fn contact_of(shape: ContactShape) -> Stored {
    let ContactShape { place, names, times, labels, marks, model } = shape;
    Stored {
        id: place.0,
        book: place.1,
        modseq: place.2,
        revision: place.3,
        kind: names.0,
        uid: names.1,
        dav_name: names.2,
        created_at: times.0,
        updated_at: times.1,
        deleted_at: times.2,
        labels,
        starred: marks.0,
        hidden: marks.1,
        model,
    }
}

/// A card whose bytes are not those of its revision is none.
fn card_of(shape: CardShape, bytes: &[u8]) -> Option<StoredCard> {
    let CardShape { place, names, deleted_at } = shape;
    (Revision::of(bytes) == place.3).then(|| StoredCard {
        id: place.0,
        book: place.1,
        modseq: place.2,
        revision: place.3,
        dav_name: names.0,
        uid: names.1,
        deleted_at,
        bytes: bytes.to_vec(),
    })
}

fn label(row: &LabelRow) -> LabelShape {
    let place = (row.id, row.book, row.modseq, row.revision);
    LabelShape { place, name: row.name.clone(), hue: row.hue, contacts: row.contacts }
}

fn label_of(shape: LabelShape) -> LabelRow {
    let LabelShape { place: (id, book, modseq, revision), name, hue, contacts } = shape;
    LabelRow { id, book, name, hue, contacts, modseq, revision }
}

fn book(row: &BookRow) -> BookShape {
    BookShape {
        place: (row.id, row.owner, row.modseq, row.revision),
        name: row.name.clone(),
        right: row.right,
        counts: (row.contacts, row.binned),
        epoch: row.epoch,
        created_at: row.created_at,
    }
}

fn book_of(shape: BookShape) -> BookRow {
    let BookShape { place: (id, owner, modseq, revision), name, right, counts, epoch, created_at } = shape;
    BookRow { id, owner, name, right, contacts: counts.0, binned: counts.1, epoch, modseq, revision, created_at }
}

#[cfg(test)]
mod tests {
    use rolo_core::contracts::database::Head;
    use uuid::Uuid;

    use super::*;

    fn card(bytes: &[u8]) -> Entry {
        let id = Uuid::from_u128(7);
        let head = Head { book: BookId(id), epoch: 1, modseq: Modseq(9) };
        let card = StoredCard {
            id: ContactId(id),
            book: BookId(id),
            dav_name: "a\nb".to_owned(),
            uid: "u".to_owned(),
            revision: Revision::of(bytes),
            modseq: Modseq(9),
            deleted_at: None,
            bytes: bytes.to_vec(),
        };
        Entry { basis: Basis::book(head, Modseq(0)), value: Value::Card(Arc::new(card)) }
    }

    #[test]
    fn any_bytes_come_back_and_damaged_ones_do_not() {
        for bytes in [&b""[..], b"BEGIN:VCARD\r\n\0\xff\nEND:VCARD\n"] {
            let entry = card(bytes);
            let octets = pack(&entry).unwrap();
            let back = unpack(Kind::Card, &octets).unwrap();
            assert_eq!((back.basis, back.value), (entry.basis, entry.value));
            assert!(unpack(Kind::Contact, &octets).is_none(), "another kind");
            for cut in 0..octets.len() {
                assert!(unpack(Kind::Card, &octets[..cut]).is_none() || bytes.is_empty());
            }
            let mut longer = octets.clone();
            longer.push(b'x');
            assert!(unpack(Kind::Card, &longer).is_none());
        }
        assert!(unpack(Kind::Missing, b"rubbish").is_none());
    }
}
