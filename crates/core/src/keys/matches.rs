//! What a contact is looked up by when somebody asks "do we have this one already?".
//!
//! Each key is a kind octet and the first eight octets of a hash. Equal contacts share one; sharing one does not make two
//! contacts equal: [`super::same_name`] and [`super::same_phone`] decide.

use sha2::{Digest, Sha256};

use super::{NameKey, Phone, email_key};
use crate::card::model::Model;

/// Octets of one packed key.
pub const MATCH_KEY_BYTES: usize = 9;
/// Most keys a contact is given: beyond, it is a list rather than a person.
const MATCH_KEYS_MAX: usize = 100;

/// What kind of value a match key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum MatchKind {
    /// The name.
    Name = b'n',
    /// An e-mail address.
    Email = b'e',
    /// A phone number.
    Phone = b'p',
}

/// One key.
pub type MatchKey = [u8; MATCH_KEY_BYTES];

/// The key of one value.
pub fn match_key(kind: MatchKind, value: &[u8]) -> MatchKey {
    let mut key = [kind as u8; MATCH_KEY_BYTES];
    key[1..].copy_from_slice(&Sha256::digest(value)[..8]);
    key
}

/// The keys of a contact's name, e-mails and phones, ascending and each once, packed one behind the other.
pub fn match_keys(model: &Model, region: Option<&str>) -> Vec<u8> {
    let kind = model.kind.as_deref().unwrap_or("individual");
    let name = NameKey::of(model, kind).lookup().map(|name| match_key(MatchKind::Name, &name));
    let emails = model
        .emails
        .values()
        .filter_map(|email| email_key(&email.address))
        .map(|key| match_key(MatchKind::Email, key.as_bytes()));
    let phones = model.phones.values().filter_map(|phone| {
        let phone = Phone::parse(&phone.number, region)?;
        Some(match_key(MatchKind::Phone, phone.lookup()?.as_bytes()))
    });
    let mut keys: Vec<MatchKey> = name.into_iter().chain(emails.chain(phones).take(MATCH_KEYS_MAX)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.concat()
}

/// The packed keys one by one.
pub fn unpacked(packed: &[u8]) -> impl Iterator<Item = MatchKey> + '_ {
    packed.as_chunks::<MATCH_KEY_BYTES>().0.iter().copied()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn keys(card: Value) -> Vec<MatchKey> {
        let packed = match_keys(&serde_json::from_value(card).unwrap(), Some("AT"));
        assert_eq!(packed.len() % MATCH_KEY_BYTES, 0);
        unpacked(&packed).collect()
    }

    #[test]
    fn the_same_person_written_differently_shares_every_key() {
        let one = keys(json!({"name": {"full": "Lee, Ann"}, "emails": {"a": {"address": "Ann@Example.org"}},
            "phones": {"a": {"number": "+43 1 5880-100"}}}));
        let other = keys(json!({"name": {"components": [{"kind": "given", "value": "Ann"}, {"kind": "surname", "value": "Lee"}]},
            "emails": {"x": {"address": "mailto:ann@example.org"}}, "phones": {"x": {"number": "01 5880100"}}}));
        assert_eq!(one, other);
        assert_eq!(one.iter().map(|key| key[0]).collect::<Vec<_>>(), [b'e', b'n', b'p']);
    }

    #[test]
    fn kinds_never_meet_and_short_numbers_say_nothing() {
        assert_ne!(match_key(MatchKind::Name, b"x"), match_key(MatchKind::Email, b"x"));
        assert!(keys(json!({"phones": {"a": {"number": "112"}}})).iter().all(|key| key[0] != b'p'));
        assert!(match_keys(&Model::default(), None).is_empty());
    }
}
