//! Chance. A contract, so that a test can repeat it.

use uuid::Uuid;

/// A source of randomness fit for secrets.
pub trait Random: Send + Sync {
    /// Fills `octets` with unpredictable bytes.
    fn fill(&self, octets: &mut [u8]);

    /// A new UUIDv7; ids made by one process rise.
    fn id(&self) -> Uuid;
}
