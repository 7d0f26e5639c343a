//! Which contacts leave. Checked before the first byte: what is not visible is not found.

use std::collections::HashSet;

use super::page::{PAGE, Pages, these};
use crate::{
    Error, Result, Services,
    account::Scope,
    contact::{Filter, Sort},
    id::{ContactId, LabelId},
};

/// How many contacts can be chosen one by one: a whole book of the size that promises are made for.
pub const CONTACTS_MAX: usize = 100_000;

/// Which contacts leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every living contact of every visible book, hidden ones too.
    All,
    /// Those with this label.
    Label(LabelId),
    /// These, in this order; at most [`CONTACTS_MAX`].
    Contacts(Vec<ContactId>),
}

impl Selection {
    /// The selection, ready to be read.
    pub(super) async fn opened(self, services: &Services, scope: &Scope) -> Result<Pages> {
        let label = match self {
            Self::Contacts(ids) => return chosen(services, scope, ids).await,
            Self::Label(id) => Some(services.database.label(scope, id).await?.ok_or(Error::NotFound)?.id),
            Self::All => None,
        };
        Ok(Pages::of(Filter { label, sort: Sort::Id, ..Filter::default() }))
    }
}

/// These, each once. All of them are looked for before the first byte, a page at a time: lines are read again when their
/// turn comes, for those of a whole book would be held as long as the slowest reader reads.
async fn chosen(services: &Services, scope: &Scope, mut ids: Vec<ContactId>) -> Result<Pages> {
    if ids.is_empty() {
        return Err(Error::invalid("/contacts", "Choose the contacts to export, at least one."));
    }
    if ids.len() > CONTACTS_MAX {
        let why = format!("Up to {CONTACTS_MAX} contacts can be chosen one by one. Give them a label and export that.");
        return Err(Error::invalid("/contacts", why));
    }
    let mut seen = HashSet::with_capacity(ids.len());
    ids.retain(|id| seen.insert(*id));
    for page in ids.chunks(PAGE) {
        if these(services, scope, page).await?.len() < page.len() {
            return Err(Error::NotFound);
        }
    }
    Ok(Pages::these(ids))
}
