//! What a book is matched by, in memory: hashes of its contacts' UIDs, names, e-mails and phones, and the rows earlier
//! imports kept. About a hundred octets a contact, so that half a million fit.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::fingerprint::Fingerprint;
use crate::{
    Result,
    account::Scope,
    contracts::Database,
    id::{BookId, ContactId},
    keys,
    write::KeptRow,
};

/// Rows asked for at once.
const PAGE: usize = 2_000;
/// A number that more contacts than this share decides nothing: a switchboard's, a school's.
pub(crate) const SHARED_MAX: usize = 5;

/// The book as rows are matched against it.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Ascending.
    contacts: Vec<ContactId>,
    /// Hash and contact, ascending.
    keys: Vec<(u64, u32)>,
    uids: Vec<(u64, u32)>,
    /// Kept rows by fingerprint.
    kept: Vec<(Fingerprint, ContactId)>,
    /// Kept rows by contact: where they stand in `kept`.
    by_contact: Vec<(ContactId, u32)>,
    /// Kept rows by what their file called them.
    sources: Vec<(u64, ContactId)>,
}

fn short(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = bytes.len().min(8);
    first[..length].copy_from_slice(&bytes[..length]);
    u64::from_be_bytes(first)
}

fn hashed(bytes: &[u8]) -> u64 {
    short(&Sha256::digest(bytes))
}

/// All of `list` under a key.
fn under<K: Ord + Copy, V>(list: &[(K, V)], key: K) -> &[(K, V)] {
    let from = list.partition_point(|(one, _)| *one < key);
    let upto = from + list[from..].partition_point(|(one, _)| *one == key);
    &list[from..upto]
}

impl Index {
    /// Reads a book.
    pub(crate) async fn load(database: &dyn Database, scope: &Scope, book: BookId) -> Result<Self> {
        let mut index = Self::default();
        let mut after = None;
        loop {
            let page = database.match_keys(scope, book, after, PAGE).await?;
            let count = page.len();
            for row in page {
                after = Some(row.id);
                index.contact(row.id, &row.uid_key, &row.match_keys);
            }
            if count < PAGE {
                break;
            }
        }
        let mut after = None;
        loop {
            let page = database.kept_rows(scope, book, after, PAGE).await?;
            let count = page.len();
            for row in page {
                after = Some(row.fingerprint);
                index.keep(&row);
            }
            if count < PAGE {
                break;
            }
        }
        index.sort();
        Ok(index)
    }

    fn contact(&mut self, id: ContactId, uid_key: &[u8], packed: &[u8]) {
        let at = u32::try_from(self.contacts.len()).unwrap_or(u32::MAX);
        self.contacts.push(id);
        self.uids.push((hashed(uid_key), at));
        self.keys.extend(packed.chunks_exact(keys::MATCH_KEY_BYTES).map(|key| (short(key), at)));
    }

    fn keep(&mut self, row: &KeptRow) {
        let at = u32::try_from(self.kept.len()).unwrap_or(u32::MAX);
        self.kept.push((row.fingerprint, row.contact));
        self.by_contact.push((row.contact, at));
        if let Some(source) = &row.source_key {
            self.sources.push((hashed(source), row.contact));
        }
    }

    fn sort(&mut self) {
        self.keys.sort_unstable();
        self.uids.sort_unstable();
        self.by_contact.sort_unstable();
        self.sources.sort_unstable();
    }

    /// Whether there is nothing to match against.
    pub(crate) fn is_empty(&self) -> bool {
        self.contacts.is_empty() && self.kept.is_empty()
    }

    /// Whether a contact lives in this book.
    pub(crate) fn lives(&self, id: ContactId) -> bool {
        self.contacts.binary_search(&id).is_ok()
    }

    /// Contacts with this hash, at most `limit`.
    pub(crate) fn with_key(&self, key: &[u8], limit: usize) -> impl Iterator<Item = ContactId> + '_ {
        under(&self.keys, short(key)).iter().take(limit).map(|(_, at)| self.contacts[*at as usize])
    }

    /// How many contacts have this hash.
    pub(crate) fn sharing(&self, key: &[u8]) -> usize {
        under(&self.keys, short(key)).len()
    }

    /// Contacts with this UID; more than one only where hashes collide.
    pub(crate) fn with_uid(&self, uid: &str) -> impl Iterator<Item = ContactId> + '_ {
        under(&self.uids, hashed(keys::uid_key(uid).as_bytes())).iter().map(|(_, at)| self.contacts[*at as usize])
    }

    /// What an earlier import made of this very row, as often as it was there.
    pub(crate) fn kept(&self, fingerprint: Fingerprint) -> &[(Fingerprint, ContactId)] {
        under(&self.kept, fingerprint)
    }

    /// What an earlier import made of what its file called so.
    pub(crate) fn with_source(&self, source: &[u8]) -> Option<ContactId> {
        under(&self.sources, hashed(source)).last().map(|(_, contact)| *contact)
    }

    /// The fingerprints of the rows a contact came from.
    pub(crate) fn rows_of(&self, contact: ContactId) -> impl Iterator<Item = Fingerprint> + '_ {
        under(&self.by_contact, contact).iter().map(|(_, at)| self.kept[*at as usize].0)
    }
}

/// Rows of this import that have a contact already.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// How many rows of a fingerprint were seen.
    rows: HashMap<Fingerprint, u32>,
    contacts: HashMap<ContactId, Fingerprint>,
    uids: HashMap<u64, Fingerprint>,
}

impl Claims {
    /// A row says a UID: the row before it that said the same one, if there was any.
    pub(crate) fn uid(&mut self, uid: &str, fingerprint: Fingerprint) -> Option<Fingerprint> {
        match self.uids.entry(hashed(keys::uid_key(uid).as_bytes())) {
            std::collections::hash_map::Entry::Occupied(first) => Some(*first.get()),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(fingerprint);
                None
            }
        }
    }

    /// Which of the rows of this fingerprint the next one is, from 0.
    pub(crate) fn next(&mut self, fingerprint: Fingerprint) -> usize {
        let count = self.rows.entry(fingerprint).or_default();
        *count += 1;
        *count as usize - 1
    }

    /// The row that has taken a contact.
    pub(crate) fn holder(&self, contact: ContactId) -> Option<Fingerprint> {
        self.contacts.get(&contact).copied()
    }

    /// A row takes a contact.
    pub(crate) fn take(&mut self, contact: ContactId, fingerprint: Fingerprint) {
        self.contacts.insert(contact, fingerprint);
    }
}
