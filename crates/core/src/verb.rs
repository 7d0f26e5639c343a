//! What every verb is asked with and answers: which version was seen, where ids come from, what was written.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    Error, Result,
    contracts::Random,
    id::{BatchId, Revision},
};

/// How often a write that did not insist on a version reads again and tries again before it gives up.
pub(crate) const TRIES: usize = 8;
/// How often it tries again because somebody else was faster each time: with several servers on one database whoever is slow
/// loses many times in a row, and is not to be told of a conflict that no version was insisted on for.
const OVERTAKEN_MAX: usize = 64;

/// The tries of one write that insists on no version: few while nothing moves, many while somebody else is faster.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    still: usize,
    overtaken: usize,
    stood_on: Option<Revision>,
}

impl Tries {
    /// Whether there is another one, after a write that stood on this version was refused.
    pub(crate) fn again(&mut self, stood_on: Option<Revision>) -> bool {
        if stood_on.is_some() && self.stood_on.is_some() && stood_on != self.stood_on {
            self.overtaken += 1;
        } else {
            self.still += 1;
        }
        self.stood_on = stood_on;
        self.still < TRIES && self.overtaken < OVERTAKEN_MAX
    }
}

/// The version a write was made against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Only if it still is this one.
    Revision(Revision),
    /// Whichever it is (`If-Match: *`).
    Any,
}

impl Seen {
    /// Refuses when the version now is another than the one seen.
    pub(crate) fn still(self, now: Revision) -> Result<()> {
        match self {
            Self::Revision(seen) if seen != now => Err(moved_on()),
            _ => Ok(()),
        }
    }

    /// The revision insisted on, if there is one.
    pub fn revision(self) -> Option<Revision> {
        match self {
            Self::Revision(revision) => Some(revision),
            Self::Any => None,
        }
    }
}

/// The conflict everyone knows: two people, one contact.
pub(crate) fn moved_on() -> Error {
    Error::conflict("It was changed in the meantime. Look at it again, then repeat your change.")
}

/// Where the ids of a request come from. With an `Idempotency-Key` they derive from the claim's seed, so that a repetition
/// makes the same ids and the commit knows it again; without one they are new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seed(pub Option<Uuid>);

impl Seed {
    /// The `n`th id of this request: a UUIDv7 either way.
    pub fn id(&self, random: &dyn Random, n: u64) -> Uuid {
        match self.0 {
            Some(seed) => derived(seed, n),
            None => random.id(),
        }
    }

    /// What `Write::once` takes.
    pub fn once(&self, n: u64) -> Option<Uuid> {
        self.0.map(|seed| derived(seed, u64::MAX - n))
    }
}

/// The time of the seed, then a hash.
fn derived(seed: Uuid, n: u64) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(seed.as_bytes());
    hash.update(n.to_be_bytes());
    let digest = hash.finalize();
    let mut octets = [0; 16];
    octets.copy_from_slice(&digest[..16]);
    octets[..6].copy_from_slice(&seed.as_bytes()[..6]);
    octets[6] = octets[6] & 0x0f | 0x70;
    octets[8] = octets[8] & 0x3f | 0x80;
    Uuid::from_bytes(octets)
}

/// What a verb made true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// What is there now.
    pub value: T,
    /// The batch that undo takes back; `None` when there is nothing it could: nothing was changed, or only the caller's
    /// own marks, which are taken away as they were given.
    pub batch: Option<BatchId>,
    /// Whether it was there before: a repeated create.
    pub existed: bool,
}

impl<T> Written<T> {
    /// Changed in this batch.
    pub fn new(value: T, batch: BatchId) -> Self {
        Self { value, batch: Some(batch), existed: false }
    }

    /// Nothing had to be changed.
    pub fn unchanged(value: T) -> Self {
        Self { value, batch: None, existed: false }
    }

    /// The same with another value.
    pub fn map<U>(self, into: impl FnOnce(T) -> U) -> Written<U> {
        Written { value: into(self.value), batch: self.batch, existed: self.existed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_overtaken_tries_more_often_than_who_is_refused() {
        let count = |version: &dyn Fn(usize) -> Option<Revision>| {
            let mut tries = Tries::default();
            (1..).find(|n| !tries.again(version(*n))).unwrap()
        };
        assert_eq!(count(&|_| None), TRIES);
        assert_eq!(count(&|_| Some(Revision::of(b"one"))), TRIES);
        assert_eq!(count(&|n| Some(Revision::of(&n.to_be_bytes()))), OVERTAKEN_MAX + 1);
    }

    #[test]
    fn a_repeated_request_makes_the_same_ids() {
        let seed = Uuid::parse_str("0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a").unwrap();
        let (first, second) = (derived(seed, 0), derived(seed, 1));
        assert_eq!(first, derived(seed, 0));
        assert_ne!(first, second);
        assert_eq!((first.get_version_num(), first.as_bytes()[..6] == seed.as_bytes()[..6]), (7, true));
        assert_ne!(Some(first), Seed(Some(seed)).once(0));
    }
}
