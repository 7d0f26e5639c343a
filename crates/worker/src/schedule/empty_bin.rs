//! The bin forgets what has been in it for 30 days.

use jiff::SignedDuration;
use rolo_core::{Result, Services, contact::sweep::sweep};

/// How often.
pub const EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Removes all of it, chunk by chunk.
pub async fn run(services: &Services) -> Result<u64> {
    let mut gone = 0;
    loop {
        let chunk = sweep(services).await?;
        gone += chunk;
        if chunk == 0 {
            break;
        }
    }
    if gone > 0 {
        tracing::info!(contacts = gone, "the bin has forgotten");
    }
    Ok(gone)
}
