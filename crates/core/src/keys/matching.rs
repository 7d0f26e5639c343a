//! What candidates for "the same contact" are looked up by: short hashes that equal values always share.
//!
//! They are stored beside the contact, in one column. Equal hashes only say "look closer": [`super::same_name`],
//! [`super::same_phone`] and the e-mail keys themselves decide.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use super::{NameKey, Phone, email_key};
use crate::card::model::Model;

/// Octets of one key.
pub const MATCH_KEY_BYTES: usize = 8;
/// Keys of one contact; nobody has as many addresses and numbers of their own.
const KEYS_MAX: usize = 100;

/// One key: what it was made of (`e`, `n` or `p`), then seven octets of SHA-256.
pub type MatchKey = [u8; MATCH_KEY_BYTES];

/// The key of an e-mail address, by [`email_key`].
pub fn match_key_of_email(address: &str) -> Option<MatchKey> {
    email_key(address).map(|key| hashed(b'e', &key))
}

/// The key of a phone number, by [`Phone::lookup`]: the region makes no difference to it.
pub fn match_key_of_phone(phone: &Phone) -> Option<MatchKey> {
    phone.lookup().map(|digits| hashed(b'p', digits))
}

/// The key of a name, by [`NameKey::lookup`].
pub fn match_key_of_name(name: &NameKey) -> Option<MatchKey> {
    name.lookup().map(|letters| hashed(b'n', &letters))
}

/// All keys of a contact of this `kind`, ascending, each once: a multiple of [`MATCH_KEY_BYTES`] octets.
pub fn match_keys(model: &Model, kind: &str) -> Vec<u8> {
    let name = match_key_of_name(&NameKey::of(model, kind));
    let emails = model.emails.values().filter_map(|email| match_key_of_email(&email.address));
    let phones = model.phones.values().filter_map(|phone| match_key_of_phone(&Phone::parse(&phone.number, None)?));
    let keys: BTreeSet<MatchKey> =
        name.into_iter().chain(emails.take(KEYS_MAX / 2)).chain(phones.take(KEYS_MAX / 2)).collect();
    keys.into_iter().flatten().collect()
}

fn hashed(of: u8, text: &str) -> MatchKey {
    let digest = Sha256::digest(text);
    let mut key = [of; MATCH_KEY_BYTES];
    key[1..].copy_from_slice(&digest[..MATCH_KEY_BYTES - 1]);
    key
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn keys(card: serde_json::Value) -> Vec<MatchKey> {
        let keys = match_keys(&serde_json::from_value(card).unwrap(), "individual");
        keys.as_chunks().0.to_vec()
    }

    #[test]
    fn the_same_person_written_differently_has_the_same_keys() {
        let one = keys(json!({
            "name": {"components": [{"kind": "given", "value": "Žofie"}, {"kind": "surname", "value": "Müller"}]},
            "emails": {"a": {"address": "Zofie@Example.org"}}, "phones": {"a": {"number": "+43 664 1234567"}}
        }));
        let other = keys(json!({
            "name": {"full": "Mueller, Zofie"},
            "emails": {"a": {"address": "mailto:zofie@example.org"}, "b": {"address": "ZOFIE@example.org"}},
            "phones": {"a": {"number": "0664/1234567"}}
        }));
        assert_eq!(one.iter().map(|key| key[0]).collect::<Vec<_>>(), *b"enp");
        assert_eq!(one, other);
    }

    #[test]
    fn a_key_of_one_kind_is_never_one_of_another() {
        let email = match_key_of_email("1234567@x").unwrap();
        let phone = match_key_of_phone(&Phone::parse("1234567", None).unwrap()).unwrap();
        let name = match_key_of_name(&NameKey::of_text("1234567")).unwrap();
        assert_ne!(phone, name);
        assert_ne!(phone[1..], email[1..]);
        assert_eq!(keys(json!({"phones": {"a": {"number": "112"}}})), [] as [MatchKey; 0], "112 proves nothing");
    }

    #[test]
    fn a_card_of_ten_thousand_numbers_has_a_hundred_keys() {
        let phones: serde_json::Map<_, _> =
            (0..10_000).map(|n| (n.to_string(), json!({"number": format!("0664 {}", 1_000_000 + n)}))).collect();
        assert_eq!(keys(json!({"phones": phones})).len(), KEYS_MAX / 2);
    }
}
