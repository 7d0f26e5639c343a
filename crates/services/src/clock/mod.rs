//! What time it is.

use jiff::Timestamp;
use rolo_core::contracts::Clock;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        // Whole milliseconds: what every database keeps.
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}
