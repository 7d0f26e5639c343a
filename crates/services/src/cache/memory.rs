//! The first tier: what this process has read of late.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::{Duration, Instant},
};

use moka::{Expiry, ops::compute::Op, sync::Cache};

use super::entry::{Entry, Key};

/// Octets of rows kept at once.
const OCTETS_MAX: u64 = 32 * 1024 * 1024;
/// Larger rows are not worth their room.
const ENTRY_OCTETS_MAX: usize = 256 * 1024;
/// How long a row is kept, about.
const KEPT: Duration = Duration::from_secs(600);
/// What an entry takes beside its value.
const OVERHEAD: usize = 160;

/// A time that differs from key to key by up to a tenth, so that what was read together does not end together.
pub(super) fn jittered(time: Duration, dice: &RandomState, key: &Key) -> Duration {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let width = (millis / 5).max(1);
    Duration::from_millis(millis - millis / 10 + dice.hash_one(key) % width)
}

#[derive(Default)]
struct Jitter(RandomState);

impl Expiry<Key, Arc<Entry>> for Jitter {
    fn expire_after_create(&self, key: &Key, _: &Arc<Entry>, _: Instant) -> Option<Duration> {
        Some(jittered(KEPT, &self.0, key))
    }

    fn expire_after_update(&self, key: &Key, _: &Arc<Entry>, _: Instant, _: Option<Duration>) -> Option<Duration> {
        Some(jittered(KEPT, &self.0, key))
    }
}

pub(super) struct Memory(Cache<Key, Arc<Entry>>);

/// What became of a fill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    Kept,
    /// Something newer was there already.
    Late,
    TooLarge,
}

impl Memory {
    pub(super) fn new() -> Self {
        let weigh = |_: &Key, entry: &Arc<Entry>| u32::try_from(entry.value.weight() + OVERHEAD).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(OCTETS_MAX).weigher(weigh).expire_after(Jitter::default()).build())
    }

    pub(super) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.0.get(key)
    }

    /// Keeps an entry, unless a newer one is there.
    pub(super) fn fill(&self, key: Key, entry: Arc<Entry>) -> Filled {
        if entry.value.weight() > ENTRY_OCTETS_MAX {
            return Filled::TooLarge;
        }
        let mut late = false;
        let _ = self.0.entry(key).and_compute_with(|kept| {
            late = kept.is_some_and(|kept| entry.basis.is_older_than(&kept.value().basis));
            if late { Op::Nop } else { Op::Put(entry) }
        });
        if late { Filled::Late } else { Filled::Kept }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rolo_core::id::AccountId;
    use uuid::Uuid;

    use super::{super::entry::Kind, *};

    #[test]
    fn what_was_read_together_does_not_end_together() {
        let dice = RandomState::new();
        let key = |n| Key { kind: Kind::Card, account: AccountId(Uuid::nil()), id: Uuid::from_u128(n) };
        let ends: BTreeSet<_> = (0..100).map(|n| jittered(KEPT, &dice, &key(n))).collect();
        assert!(ends.len() > 90, "{} different ends", ends.len());
        assert!(ends.iter().all(|end| *end >= KEPT * 9 / 10 && *end <= KEPT * 11 / 10));
    }
}
