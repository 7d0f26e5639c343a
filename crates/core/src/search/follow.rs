//! Following the change table: how an index comes to hold what the database holds.
//!
//! The worker calls [`catch_up`] after commits and, for an index lost while nothing was written, now and then. Each step
//! says what it goes on from, so steps may be repeated, interrupted, or run by two processes at once.

use std::collections::HashMap;

use super::Document;
use crate::{
    Error, Result,
    account::Scope,
    card::Model,
    contact::{Filter, Sort, Stored},
    contracts::{
        Database,
        database::{ChangeKind, ChangeRow, Head},
        search::{Cursor, SearchIndex},
    },
    id::{BookKey, ContactId, Modseq},
};

/// Contacts of one step. An edit is a step of its own; behind an import, fewer and larger steps cost the index less, and an
/// edit waits for all that came before it anyway.
const STEP: usize = 2_000;
/// Contacts a database answers at once.
const READ_MAX: usize = 1_000;

/// Brings the index up to what the database holds now, book by book; answers how many contacts it had to look at.
///
/// # Errors
/// `Unavailable` when either does not answer. What was done until then stays; the next call goes on from there.
pub async fn catch_up(database: &dyn Database, index: &dyn SearchIndex) -> Result<usize> {
    let mut looked_at = 0;
    let mut known: HashMap<BookKey, Cursor> = index.cursors().await?.into_iter().collect();
    for (scope, head) in database.all_books().await? {
        let key = BookKey { organisation: scope.organisation(), book: head.book };
        looked_at += follow(database, index, &scope, head, known.remove(&key)).await?;
    }
    // Books that are no more.
    for key in known.into_keys() {
        index.forget(key).await?;
    }
    Ok(looked_at)
}

/// Follows one book from where the index is to its head.
async fn follow(
    database: &dyn Database,
    index: &dyn SearchIndex,
    scope: &Scope,
    head: Head,
    since: Option<Cursor>,
) -> Result<usize> {
    let whole = Cursor { epoch: head.epoch, upto: head.modseq };
    if since == Some(whole) || (since.is_none() && head.modseq == Modseq(0)) {
        return Ok(0);
    }
    // Phone numbers without a country are read as their owner reads them.
    let region = database.rights(scope.account()).await?.and_then(|rights| rights.region);
    let from = Follower { database, index, scope, head, region };
    match since {
        Some(cursor) if cursor.epoch == head.epoch && is_begun(cursor) => from.go_on(cursor).await,
        _ => from.fill(since).await,
    }
}

/// A book that is being filled from the beginning stands at zero until it is whole.
fn is_begun(cursor: Cursor) -> bool {
    cursor.upto > Modseq(0)
}

/// What one book is followed with.
struct Follower<'a> {
    database: &'a dyn Database,
    index: &'a dyn SearchIndex,
    scope: &'a Scope,
    head: Head,
    region: Option<String>,
}

impl Follower<'_> {
    fn key(&self) -> BookKey {
        BookKey { organisation: self.scope.organisation(), book: self.head.book }
    }

    /// The changes behind `since`, step by step.
    async fn go_on(&self, mut since: Cursor) -> Result<usize> {
        let mut looked_at = 0;
        while since.upto < self.head.modseq {
            let page = match self.database.changes(self.scope, self.head.book, since.upto, STEP).await {
                // Older than what is kept: from the beginning.
                Err(Error::Gone) => return self.fill(Some(since)).await,
                page => page?,
            };
            let last = page.items.last().map_or(self.head.modseq, |change| change.modseq);
            let upto = if page.more { last } else { last.max(self.head.modseq) };
            let (docs, gone) = self.read(&page.items).await?;
            looked_at += docs.len() + gone.len();
            let next = Cursor { epoch: since.epoch, upto };
            if !self.index.apply(self.key(), Some(since), next, docs, gone).await? {
                // Lost, or another process is at it: whoever comes next sees where it stands.
                return Ok(looked_at);
            }
            since = next;
        }
        Ok(looked_at)
    }

    /// The whole book from the beginning. It says so only when it is whole.
    async fn fill(&self, since: Option<Cursor>) -> Result<usize> {
        let mut looked_at = 0;
        if since.is_some() {
            self.index.forget(self.key()).await?;
        }
        let mut since = None;
        let mut filter = Filter { sort: Sort::Id, limit: STEP, ..Filter::default() };
        let scope = self.scope.only(self.head.book)?;
        loop {
            let page = self.database.list(&scope, &filter).await?;
            let ids: Vec<ContactId> = page.items.iter().map(|line| line.id).collect();
            let docs = self.database.contacts(&scope, &ids).await?;
            let docs: Vec<Document> = docs.iter().filter_map(|stored| self.document(stored)).collect();
            looked_at += docs.len();
            let upto = Cursor { epoch: self.head.epoch, upto: if page.more { Modseq(0) } else { self.head.modseq } };
            if !self.index.apply(self.key(), since, upto, docs, Vec::new()).await? || !page.more {
                return Ok(looked_at);
            }
            since = Some(upto);
            filter.after = page.items.last().map(|line| line.key.clone());
        }
    }

    /// What changed: documents of what is there, ids of what is not.
    async fn read(&self, changes: &[ChangeRow]) -> Result<(Vec<Document>, Vec<ContactId>)> {
        let contacts = changes.iter().filter(|change| change.kind == ChangeKind::Contact);
        let changed: Vec<ContactId> = contacts.map(|change| ContactId(change.id)).collect();
        let mut there = HashMap::with_capacity(changed.len());
        for ids in changed.chunks(READ_MAX) {
            for stored in self.database.contacts(self.scope, ids).await? {
                // One that has moved is there, but in a book that is followed for itself.
                if stored.book == self.head.book {
                    there.extend(self.document(&stored).map(|doc| (stored.id, doc)));
                }
            }
        }
        let gone = changed.iter().filter(|id| !there.contains_key(id)).copied().collect();
        let docs = changed.iter().filter_map(|id| there.remove(id)).collect();
        Ok((docs, gone))
    }

    fn document(&self, stored: &Stored) -> Option<Document> {
        document(stored, self.region.as_deref())
    }
}

/// The document of a living contact; group cards are labels, not contacts.
fn document(stored: &Stored, region: Option<&str>) -> Option<Document> {
    if stored.deleted_at.is_some() || stored.kind == "group" {
        return None;
    }
    // A model no one can read is found by nothing, and stops nobody behind it.
    let model: Model = serde_json::from_str(&stored.model).unwrap_or_default();
    Some(Document::of(stored.id, &model, stored.labels.clone(), region))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::*;
    use crate::id::{BookId, Revision};

    fn stored(kind: &str, deleted_at: Option<Timestamp>, model: &str) -> Stored {
        Stored {
            id: ContactId(Uuid::from_u128(1)),
            book: BookId(Uuid::from_u128(1)),
            kind: kind.into(),
            uid: "1".into(),
            dav_name: "1.vcf".into(),
            revision: Revision([0; 16]),
            modseq: Modseq(1),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            deleted_at,
            labels: Vec::new(),
            starred: false,
            hidden: false,
            model: model.into(),
        }
    }

    #[test]
    fn only_living_contacts_have_a_document() {
        let ann = r#"{"name": {"full": "Ann Lee"}}"#;
        assert_eq!(document(&stored("individual", None, ann), None).unwrap().name, ["ann", "lee"]);
        assert_eq!(document(&stored("individual", Some(Timestamp::UNIX_EPOCH), ann), None), None);
        assert_eq!(document(&stored("group", None, ann), None), None);
        assert!(document(&stored("individual", None, "not JSON"), None).unwrap().name.is_empty());
    }
}
