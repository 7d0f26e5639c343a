//! A contact's history: who changed what, through which door.

use jiff::Timestamp;

use super::contents::model;
use crate::{
    Error, Result, Services,
    account::{Caller, Door},
    card::{Change, diff},
    contact::{Page, VersionRow},
    id::{AccountId, BatchId, BookId, ContactId, Modseq, Revision},
    write::Act,
};

/// Versions of one page.
const LIMIT_MAX: usize = 100;

/// A version as people read it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its number.
    pub modseq: Modseq,
    /// Where it lived then.
    pub book: BookId,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub act: Act,
    /// Who; `None` for Rolo itself and whoever runs it.
    pub account: Option<AccountId>,
    /// The name of who.
    pub by: Option<String>,
    /// The way in.
    pub door: Door,
    /// Which device.
    pub device: Option<String>,
    /// What undo takes back.
    pub batch: BatchId,
    /// Of the bytes after.
    pub revision: Revision,
    /// Whether it was in the bin after.
    pub binned: bool,
    /// What differs from the version before; from nothing for the first one. Large values by reference.
    pub changes: Vec<Change>,
}

/// A contact's versions, newest first, older than `before`.
pub async fn versions(
    services: &Services,
    caller: &Caller,
    id: ContactId,
    before: Option<Modseq>,
    limit: usize,
) -> Result<Page<Told>> {
    if limit == 0 || limit > LIMIT_MAX {
        return Err(Error::invalid("limit", format!("A page has 1 to {LIMIT_MAX} versions.")));
    }
    services.database.contact(caller.scope(), id).await?.ok_or(Error::NotFound)?;
    // One more than shown: the last one shown is told by what differs from it.
    let rows = services.database.versions(caller.scope(), id, before, limit + 1).await?.items;
    let more = rows.len() > limit;
    let mut names = Names::default();
    let mut items = Vec::with_capacity(rows.len().min(limit));
    for (n, row) in rows.iter().enumerate().take(limit) {
        let by = match row.account {
            Some(account) => names.name(services, account).await?,
            None => None,
        };
        items.push(told(row, rows.get(n + 1), by));
    }
    Ok(Page { items, more })
}

fn told(row: &VersionRow, before: Option<&VersionRow>, by: Option<String>) -> Told {
    let before = before.map(model).unwrap_or_default();
    Told {
        modseq: row.modseq,
        book: row.book,
        at: row.at,
        act: row.act,
        account: row.account,
        by,
        door: row.door,
        device: row.device.clone(),
        batch: row.batch,
        revision: row.revision,
        binned: row.binned,
        changes: diff::diff(&before, &model(row)),
    }
}

/// Names of accounts, each asked for once.
#[derive(Default)]
struct Names(std::collections::HashMap<AccountId, Option<String>>);

impl Names {
    async fn name(&mut self, services: &Services, id: AccountId) -> Result<Option<String>> {
        if let Some(known) = self.0.get(&id) {
            return Ok(known.clone());
        }
        let name = services.database.account(id).await?.map(|account| account.name);
        self.0.insert(id, name.clone());
        Ok(name)
    }
}
