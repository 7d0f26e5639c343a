//! Reads imports.

use super::state::{Held, Import};
use crate::{Result, Services, account::Caller, id::ImportId};

/// One of the caller's imports.
pub async fn get(services: &Services, caller: &Caller, id: ImportId) -> Result<Import> {
    Held::of(services, caller, id).await?.told(services, caller).await
}

/// The caller's imports, newest first.
pub async fn list(services: &Services, caller: &Caller, limit: usize) -> Result<Vec<Import>> {
    let mut imports = Vec::new();
    for row in services.database.imports(caller.scope(), limit.min(1_000)).await? {
        imports.push(Held::from_row(&row)?.told(services, caller).await?);
    }
    Ok(imports)
}
