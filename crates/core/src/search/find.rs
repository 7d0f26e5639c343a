//! The verb: who fits what was typed.

use super::{Plan, Query};
use crate::{
    Result,
    account::Scope,
    contact::{Filter, Listed},
    contracts::{
        Database,
        search::{Place, SearchIndex},
    },
    id::{BookKey, ContactId, LabelId},
};

/// Pages of the index looked through for one page of an answer, when stars and hiding leave little of each.
const LOOKS_MAX: usize = 5;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Best first.
    pub items: Vec<Listed>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many the words fit, counted to 1,000.
    pub total: usize,
    /// Whether there are more than `total`.
    pub more: bool,
}

/// One page of who fits `query`, of those in `scope` that `filter` lets through. The filter's own order and place are not
/// used: an answer to a query is ordered by rank and goes on at `after`.
///
/// # Errors
/// `Unavailable` when database or index does not answer.
pub async fn find(
    database: &dyn Database,
    index: &dyn SearchIndex,
    scope: &Scope,
    query: &Query,
    filter: &Filter,
    mut after: Option<Place>,
) -> Result<Found> {
    let plan = plan(database, scope, query, filter.label).await?;
    let mut found = Found::default();
    for _ in 0..LOOKS_MAX {
        let hits = index.find(&plan, after, filter.limit - found.items.len()).await?;
        let ids: Vec<ContactId> = hits.items.iter().map(|hit| hit.id).collect();
        let listed = database.listed(scope, &ids).await?;
        found.items.extend(listed.into_iter().filter(|line| fits(line, filter)));
        (found.total, found.more, found.next) = (hits.total, hits.more, hits.next);
        after = hits.next;
        if found.items.len() >= filter.limit || after.is_none() {
            break;
        }
    }
    Ok(found)
}

async fn plan(database: &dyn Database, scope: &Scope, query: &Query, label: Option<LabelId>) -> Result<Plan> {
    let (books, labels) = (database.books(scope).await?, database.labels(scope).await?);
    let organisation = scope.organisation();
    let books: Vec<(BookKey, &str)> =
        books.iter().map(|book| (BookKey { organisation, book: book.id }, book.name.as_str())).collect();
    let labels: Vec<(LabelId, &str)> = labels.iter().map(|label| (label.id, label.name.as_str())).collect();
    let mut plan = Plan::new(query, &books, &labels);
    plan.labels.extend(label.map(|label| vec![label]));
    Ok(plan)
}

/// The index may lag, and knows nothing of stars and hiding.
fn fits(line: &Listed, filter: &Filter) -> bool {
    let wanted = |want: Option<bool>, is: bool| want.is_none_or(|want| want == is);
    line.deleted_at.is_none()
        && wanted(filter.starred, line.starred)
        && wanted(filter.hidden, line.hidden)
        && filter.kind.as_ref().is_none_or(|kind| *kind == line.kind)
        && filter.label.is_none_or(|label| line.labels.contains(&label))
}
