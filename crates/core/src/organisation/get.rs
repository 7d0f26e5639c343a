//! Read an organisation. Its members see it; for everyone else it is not there.

use crate::{Error, Result, Services, account::Caller, contracts::database::OrganisationRow, id::OrganisationId};

/// The caller's organisation.
pub async fn get(services: &Services, caller: &Caller, id: OrganisationId) -> Result<OrganisationRow> {
    if id != caller.organisation() {
        return Err(Error::NotFound);
    }
    services.database.organisation(id).await?.ok_or(Error::NotFound)
}
