//! The labels a caller sees.

use crate::{Error, Result, Services, account::Caller, contracts::database::LabelRow, id::LabelId};

/// The labels of every visible book, by name.
pub async fn list(services: &Services, caller: &Caller) -> Result<Vec<LabelRow>> {
    services.database.labels(caller.scope()).await
}

/// One of them.
pub async fn get(services: &Services, caller: &Caller, id: LabelId) -> Result<LabelRow> {
    services.database.label(caller.scope(), id).await?.ok_or(Error::NotFound)
}
