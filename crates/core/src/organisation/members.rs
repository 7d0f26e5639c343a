//! Who belongs to an organisation. Its members see each other; for everyone else it is not there.

use super::get;
use crate::{
    Error, Result, Services,
    account::Caller,
    contact::Page,
    contracts::database::AccountRow,
    id::{AccountId, OrganisationId},
};

/// Members of one page.
pub const LIMIT_MAX: usize = 100;

/// Where a page begins: behind this name and id.
pub type After = (String, AccountId);

/// The accounts that can sign in, by name, behind `after`; and how many there are in all.
pub async fn members(
    services: &Services,
    caller: &Caller,
    id: OrganisationId,
    after: Option<After>,
    limit: usize,
) -> Result<(Page<AccountRow>, u64)> {
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Error::invalid("limit", format!("A page has 1 to {LIMIT_MAX} members.")));
    }
    get(services, caller, id).await?;
    let mut items = services.database.accounts(Some(id)).await?;
    items.retain(|account| account.enabled);
    let total = items.len() as u64;
    if let Some((name, id)) = after {
        items.retain(|account| (account.name.as_str(), account.id) > (name.as_str(), id));
    }
    let more = items.len() > limit;
    items.truncate(limit);
    Ok((Page { items, more }, total))
}
