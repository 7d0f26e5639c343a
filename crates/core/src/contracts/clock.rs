//! What time it is. A contract, so that a test can set it.

use jiff::Timestamp;

/// The wall clock.
pub trait Clock: Send + Sync {
    /// Now, in whole milliseconds.
    fn now(&self) -> Timestamp;
}
