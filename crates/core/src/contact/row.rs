//! A contact as the database keeps and answers it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    account::Door,
    id::{AccountId, BatchId, BookId, ContactId, LabelId, Modseq, Revision},
    write::Act,
};

/// A card and everything derived from it, ready to be stored. Made by `contact::prepare`, from the bytes alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The bytes with every large value lifted out.
    pub residue: Vec<u8>,
    /// What was lifted out, by content.
    pub large: Vec<LargeValue>,
    /// Of the whole bytes.
    pub revision: Revision,
    /// `individual`, `org`, `group`…
    pub kind: String,
    /// The card's UID as written, or one made for it.
    pub uid: String,
    /// `keys::uid_key` of it: unique among the living of a book.
    pub uid_key: Vec<u8>,
    /// The CardDAV resource name; kept from the stored row when `None`.
    pub dav_name: Option<String>,
    /// The model as JSON, large values by reference, without what the envelope says.
    pub model: String,
    /// The summary as JSON, without ids, labels, marks, modseq and times: `{name, name_family_first, uid, sort, emails, phones, company, title, photo}`.
    pub summary: String,
    /// ICU collation keys of the root locale, cut to 96 octets each.
    pub sort: SortKeys,
    /// The version of the rule the sort keys were made by.
    pub key_version: u16,
    /// Hashes of e-mails, phones and the name, for matching (`keys::match_keys`).
    pub match_keys: Vec<u8>,
    /// The names of its labels: NFC, trimmed, unique, in the card's order.
    pub categories: Vec<String>,
}

/// The three orders a list can have by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SortKeys {
    /// Given name first.
    pub given: Vec<u8>,
    /// Family name first.
    pub family: Vec<u8>,
    /// Company first.
    pub company: Vec<u8>,
}

/// A value kept once, by its content, out of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LargeValue {
    /// Where in the residue it belongs, in octets.
    pub offset: u32,
    /// SHA-256 of `bytes`.
    pub hash: [u8; 32],
    /// The octets as they stood in the card. Empty when the stored card already holds this hash.
    pub bytes: Vec<u8>,
}

/// A contact as REST answers it: no large values, no bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub id: ContactId,
    /// Where it lives.
    pub book: BookId,
    /// `individual`, `org`, `group`…
    pub kind: String,
    /// The card's UID.
    pub uid: String,
    /// The CardDAV resource name.
    pub dav_name: String,
    /// Of its bytes.
    pub revision: Revision,
    /// When it last changed, in its book's numbers.
    pub modseq: Modseq,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it went to the bin.
    pub deleted_at: Option<Timestamp>,
    /// Its labels, in the card's order.
    pub labels: Vec<LabelId>,
    /// The asking account's star.
    pub starred: bool,
    /// Hidden by the asking account.
    pub hidden: bool,
    /// The model as JSON.
    pub model: String,
}

/// A contact's bytes, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCard {
    /// Which.
    pub id: ContactId,
    /// Where it lives.
    pub book: BookId,
    /// The CardDAV resource name.
    pub dav_name: String,
    /// The card's UID (in the row when the card has none).
    pub uid: String,
    /// Of the bytes.
    pub revision: Revision,
    /// When it last changed, in its book's numbers.
    pub modseq: Modseq,
    /// When it went to the bin.
    pub deleted_at: Option<Timestamp>,
    /// Byte for byte.
    pub bytes: Vec<u8>,
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: ContactId,
    /// Where it lives.
    pub book: BookId,
    /// `individual`, `org`, `group`…
    pub kind: String,
    /// Of its bytes.
    pub revision: Revision,
    /// When it last changed, in its book's numbers.
    pub modseq: Modseq,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it went to the bin.
    pub deleted_at: Option<Timestamp>,
    /// Its labels, in the card's order.
    pub labels: Vec<LabelId>,
    /// The asking account's star.
    pub starred: bool,
    /// Hidden by the asking account.
    pub hidden: bool,
    /// The summary as JSON.
    pub summary: String,
    /// What `Filter::after` takes to go on behind this line.
    pub key: Vec<u8>,
}

/// Which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Given name first.
    #[default]
    Given,
    /// Family name first.
    Family,
    /// Company first.
    Company,
    /// Last change first.
    Updated,
    /// By id: for reading everything.
    Id,
    /// Last deleted first; the bin's.
    Deleted,
}

/// Which contacts of a scope, in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only with this label.
    pub label: Option<LabelId>,
    /// Only (or never) with a star.
    pub starred: Option<bool>,
    /// Only (or never) hidden.
    pub hidden: Option<bool>,
    /// Only this kind; group cards are listed only when asked for by kind.
    pub kind: Option<String>,
    /// The bin instead of the living.
    pub binned: bool,
    /// The order.
    pub sort: Sort,
    /// Go on behind this key.
    pub after: Option<Vec<u8>>,
    /// How many at most, ≤ 1,000.
    pub limit: usize,
}

/// Part of a longer answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The lines.
    pub items: Vec<T>,
    /// Whether there are more behind the last.
    pub more: bool,
}

/// A version in the history: the card after what was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionRow {
    /// Of which contact.
    pub contact: ContactId,
    /// Where it lived then.
    pub book: BookId,
    /// Its number, in that book.
    pub modseq: Modseq,
    /// When.
    pub at: Timestamp,
    /// Who; `None` for Rolo itself.
    pub account: Option<AccountId>,
    /// The way in.
    pub door: Door,
    /// Which device.
    pub device: Option<String>,
    /// In which batch.
    pub batch: BatchId,
    /// What was done.
    pub act: Act,
    /// Of the bytes after.
    pub revision: Revision,
    /// Whether it was in the bin after.
    pub binned: bool,
    /// The bytes after, whole.
    pub bytes: Vec<u8>,
}
