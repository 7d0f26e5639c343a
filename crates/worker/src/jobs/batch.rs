//! A batch that takes longer than a request: the next chunk of it.

use rolo_core::{Result, Services, contracts::database::WorkRow, history::job};

pub(super) async fn advance(services: &Services, row: &WorkRow) -> Result<bool> {
    let ended = job::advance(services, row).await?;
    tracing::debug!(job.id = %row.id, job.kind = row.kind, job.ended = ended, "a chunk is done");
    Ok(true)
}
