//! Lists of contacts: by label, star, book, and the bin.

use super::{Filter, Listed, Page};
use crate::{Error, Result, Services, account::Caller, id::BookId};

/// Lines of one page.
pub const LIMIT_MAX: usize = 1_000;

/// A page of a list and how many contacts the whole list has.
pub async fn page(services: &Services, caller: &Caller, filter: &Filter) -> Result<(Page<Listed>, u64)> {
    page_of(services, caller, None, filter).await
}

/// The same of one book only.
pub async fn page_of(
    services: &Services,
    caller: &Caller,
    book: Option<BookId>,
    filter: &Filter,
) -> Result<(Page<Listed>, u64)> {
    if filter.limit == 0 || filter.limit > LIMIT_MAX {
        return Err(Error::invalid("limit", format!("A page has 1 to {LIMIT_MAX} lines.")));
    }
    let narrowed = book.map(|book| caller.scope().only(book)).transpose()?;
    let scope = narrowed.as_ref().unwrap_or_else(|| caller.scope());
    if let Some(label) = filter.label {
        services.database.label(scope, label).await?.ok_or(Error::NotFound)?;
    }
    let items = services.database.list(scope, filter).await?;
    let total = services.database.count(scope, &Filter { after: None, ..filter.clone() }).await?;
    Ok((items, total))
}
