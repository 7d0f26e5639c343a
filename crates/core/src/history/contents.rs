//! What a batch did, contact by contact: what each was before it and what it is after.

use super::{
    batches,
    chunk::{Item, versions_of},
    reversal::{Earlier, earlier},
};
use crate::{
    Error, Result, Services,
    account::Caller,
    card::{Card, Change, Model, diff},
    contact::{Page, VersionRow},
    id::{BatchId, BookId, ContactId},
    keys::display_name,
    label::step::{self, LabelStep},
    write::Act,
};

/// Contacts of one page.
pub const LIMIT_MAX: usize = 100;

/// A contact a batch changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Affected {
    /// Which.
    pub contact: ContactId,
    /// What it was called behind the batch.
    pub name: String,
    /// Where it was then; where it is now when that is none of the caller's books.
    pub book: BookId,
    /// What became of it in the batch as a whole: `Create`, `Edit`, `Delete`, `Restore` or `Move`.
    pub act: Act,
    /// What differs from before; from nothing for a new one. Large values by reference.
    pub changes: Vec<Change>,
    /// What it was before is no longer kept, so `changes` are not known.
    pub forgotten: bool,
}

/// The contacts a batch changed, by id, behind `after`. What has been removed for good since is not among them.
pub async fn contents(
    services: &Services,
    caller: &Caller,
    batch: BatchId,
    after: Option<ContactId>,
    limit: usize,
) -> Result<Page<Affected>> {
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Error::invalid("limit", format!("A page has 1 to {LIMIT_MAX} contacts.")));
    }
    batches::get(services, caller, batch).await?;
    let (groups, more) = versions_of(services, caller, batch, after, limit).await?;
    let mut items = Vec::with_capacity(groups.len());
    for group in &groups {
        let Item::Versions(versions) = group else { continue };
        if let (Some(first), Some(last)) = (versions.first(), versions.last()) {
            items.push(affected(services, caller, first, last).await?);
        }
    }
    Ok(Page { items, more })
}

/// What a batch did to labels themselves.
pub async fn labels(services: &Services, caller: &Caller, batch: BatchId) -> Result<Vec<LabelStep>> {
    batches::get(services, caller, batch).await?;
    let mut steps = step::of_batch(services, caller, batch).await?;
    steps.retain(|step| caller.scope().sees(step.book));
    Ok(steps)
}

async fn affected(services: &Services, caller: &Caller, first: &VersionRow, last: &VersionRow) -> Result<Affected> {
    let before = earlier(services, caller, first).await?;
    let now = model(last);
    let forgotten = matches!(before, Earlier::Forgotten);
    let changes = match &before {
        Earlier::Version(before) => diff::diff(&model(before), &now),
        Earlier::Nothing => diff::diff(&Model::default(), &now),
        Earlier::Forgotten => Vec::new(),
    };
    let book = if caller.scope().sees(last.book) {
        last.book
    } else {
        let stored = services.database.contact(caller.scope(), last.contact).await?;
        stored.map_or(last.book, |stored| stored.book)
    };
    let act = act(&before, last);
    Ok(Affected { contact: last.contact, name: display_name(&now), book, act, changes, forgotten })
}

/// What happened between two versions, whichever way it came about.
fn act(before: &Earlier, after: &VersionRow) -> Act {
    match before {
        _ if after.binned => Act::Delete,
        Earlier::Nothing => Act::Create,
        Earlier::Version(before) if before.binned => Act::Restore,
        Earlier::Version(before) if before.book != after.book => Act::Move,
        Earlier::Version(_) | Earlier::Forgotten => Act::Edit,
    }
}

/// A version's model without large values; empty when its card does not read.
pub(crate) fn model(row: &VersionRow) -> Model {
    Card::parse(row.bytes.clone()).map(|card| card.model_light()).unwrap_or_default()
}
