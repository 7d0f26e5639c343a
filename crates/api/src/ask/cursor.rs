//! Cursors: where the next page of one query begins.
//!
//! Opaque to clients, and bound to the account and the query they were given for: a cursor of another query, of another
//! account or of somebody's invention is refused, never guessed at. Nothing in one is trusted further than that: what a
//! page may hold is decided by the caller's scope alone.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rolo_core::{Error, id::AccountId};
use sha2::{Digest as _, Sha256};

/// The first octet: the shape of the rest.
const SHAPE: u8 = 1;
/// Longer ones were never given out.
const LENGTH_MAX: usize = 12 * 1024;

/// What cursors of one query have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bound([u8; 8]);

impl Bound {
    /// The query `operation` asked by `account` with these parameters.
    pub(crate) fn new(account: AccountId, operation: &str, parameters: &[(&str, &str)]) -> Self {
        let mut hash = Sha256::new();
        hash.update(account.0.as_bytes());
        hash.update(operation.as_bytes());
        for (name, value) in parameters {
            for part in [name, value] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part.as_bytes());
            }
        }
        let mut first = [0; 8];
        first.copy_from_slice(&hash.finalize()[..8]);
        Self(first)
    }

    /// The cursor of the place `place`.
    pub(crate) fn seal(self, place: &[u8]) -> String {
        let mut octets = vec![SHAPE];
        octets.extend_from_slice(&self.0);
        octets.extend_from_slice(place);
        // Catches a cursor that lost a letter on its way; it is no secret.
        let sum = Sha256::digest(&octets);
        octets.extend_from_slice(&sum[..4]);
        URL_SAFE_NO_PAD.encode(octets)
    }

    /// The place a cursor stands for.
    pub(crate) fn open(self, cursor: &str) -> Result<Vec<u8>, Error> {
        let unknown = || Error::invalid("cursor", "This cursor is not one of this query. Start from the first page.");
        if cursor.len() > LENGTH_MAX {
            return Err(unknown());
        }
        let octets = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| unknown())?;
        let (octets, sum) = octets.split_last_chunk::<4>().ok_or_else(unknown)?;
        if Sha256::digest(octets)[..4] != sum[..] {
            return Err(unknown());
        }
        let place = octets.strip_prefix(&[SHAPE]).and_then(|rest| rest.strip_prefix(&self.0)).ok_or_else(unknown)?;
        Ok(place.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn bound(account: u128, sort: &str) -> Bound {
        Bound::new(AccountId(Uuid::from_u128(account)), "listContacts", &[("sort", sort)])
    }

    #[test]
    fn a_cursor_goes_on_in_its_own_query_only() {
        let cursor = bound(1, "given").seal(b"anna");
        assert_eq!(bound(1, "given").open(&cursor).unwrap(), b"anna");
        assert!(bound(1, "family").open(&cursor).is_err(), "another order");
        assert!(bound(2, "given").open(&cursor).is_err(), "another account");
    }

    #[test]
    fn parameters_do_not_run_into_each_other() {
        let of = |parameters: &[(&str, &str)]| Bound::new(AccountId(Uuid::nil()), "x", parameters);
        assert_ne!(of(&[("a", "bc")]), of(&[("ab", "c")]));
        assert_ne!(of(&[("a", "b"), ("c", "d")]), of(&[("a", "bcd")]));
    }

    #[test]
    fn whatever_is_sent_as_a_cursor_is_refused_in_one_way() {
        let cursor = bound(1, "given").seal(b"anna");
        let long = "A".repeat(LENGTH_MAX + 1);
        for broken in ["", "A", "%%%", &cursor[1..], &cursor[..cursor.len() - 1], &long, "AAAAAAAAAAAAAAAAAAAA"] {
            assert!(matches!(bound(1, "given").open(broken), Err(Error::Invalid { field, .. }) if field == "cursor"));
        }
    }
}
