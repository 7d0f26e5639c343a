//! Imports: read, checked and written a few hundred rows at a time.

use rolo_core::{Error, Result, Services, contracts::database::WorkRow, import};

/// One step. A command's step in between is no failure: its commit wakes the next pass, which sees where it went.
pub(super) async fn advance(services: &Services, row: &WorkRow) -> Result<bool> {
    match import::advance(services, row).await {
        Err(Error::Conflict { .. }) => Ok(false),
        moved => moved,
    }
}
