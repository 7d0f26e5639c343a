//! Files of an import that was forgotten go from storage, even if whoever forgot it died before it could delete them.

use async_trait::async_trait;
use rolo_core::{Error, Result, Services, contracts::database::OutboxRow, import::Removed};

use super::Handler;

/// Deletes the files an event names.
pub(super) struct DeleteFiles(pub(super) Services);

#[async_trait]
impl Handler for DeleteFiles {
    async fn handle(&self, row: &OutboxRow) -> Result<()> {
        let removed: Removed = serde_json::from_str(&row.payload).map_err(Error::internal)?;
        removed.delete_files(&self.0).await
    }
}
