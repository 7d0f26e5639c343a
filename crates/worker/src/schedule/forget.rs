//! What is past its time goes: sessions, counted tries, old versions, change rows.

use jiff::SignedDuration;
use rolo_core::{Result, Services, contracts::database::Swept};

/// How often.
pub const EVERY: SignedDuration = SignedDuration::from_hours(24);

/// Forgets it.
pub async fn run(services: &Services) -> Result<Swept> {
    let swept = services.database.forget_expired(services.clock.now()).await?;
    tracing::info!(versions = swept.versions, changes = swept.changes, small = swept.small, "the past is thinned");
    Ok(swept)
}
