//! Who a session's or token's digest belongs to.

use jiff::Timestamp;
use moka::sync::Cache;

use crate::ask::Known;

/// Secrets remembered at once.
const CALLERS_MAX: u64 = 10_000;
/// After so long the database is asked again, so that it sees sessions in use.
pub(crate) const TRUSTED_SECONDS: i64 = 60;

/// A proven caller and until when it may be believed.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) known: Known,
    /// The account's access epoch before its rights were read.
    pub(crate) access_epoch: u64,
    /// Ask again then, or earlier when the token ends earlier.
    pub(crate) until: Timestamp,
}

/// By digest.
pub(crate) struct Callers(Cache<[u8; 32], Remembered>);

impl Callers {
    pub(crate) fn new() -> Self {
        Self(Cache::new(CALLERS_MAX))
    }

    /// Who this is, if that was found out before and is recent. The access epoch is the asker's to compare.
    pub(crate) fn get(&self, digest: &[u8; 32], now: Timestamp) -> Option<Remembered> {
        self.0.get(digest).filter(|remembered| now < remembered.until)
    }

    pub(crate) fn keep(&self, digest: [u8; 32], remembered: Remembered) {
        self.0.insert(digest, remembered);
    }

    pub(crate) fn forget(&self, digest: &[u8; 32]) {
        self.0.invalidate(digest);
    }
}
