//! The search index: a follower of the change table that finds contacts by their tokens.
//!
//! It may lag, and it may be lost: everything in it can be made again from the cards. Nothing else waits for it, and a
//! list without a query never asks it.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    id::{BookKey, ContactId, Modseq},
    search::{Document, Plan},
};

/// Counted exactly up to here; beyond, an answer says "more".
pub const COUNTED_MAX: usize = 1_000;

/// Up to where an index has followed a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The book's epoch: a restored backup starts a new one, and the index of the old one is worth nothing.
    pub epoch: u64,
    /// Everything up to this commit is in the index.
    pub upto: Modseq,
}

/// A contact that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its book.
    pub book: BookKey,
    /// The contact. The index may lag: it may be gone by now.
    pub id: ContactId,
}

/// A place in the answer to go on from. Stands still while contacts come and go; opaque to everyone but the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Which reading of the query: as typed, apart, with typos allowed.
    pub reading: u8,
    /// Which rank.
    pub stage: u8,
    /// Which of the plan's books.
    pub book: u32,
    /// Which row of the index.
    pub row: i64,
}

/// One page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    /// Best first: whole words of the name, beginnings of words of the name, everything else.
    pub items: Vec<Hit>,
    /// Where the next page begins, if there is one.
    pub next: Option<Place>,
    /// How many there are, counted to [`COUNTED_MAX`].
    pub total: usize,
    /// Whether there are more than `total`.
    pub more: bool,
    /// Up to where each of the plan's books had been followed before it was searched. One the index has never heard of is
    /// not among them.
    pub followed: Vec<(BookKey, Cursor)>,
}

/// A search index.
#[async_trait]
pub trait SearchIndex: Send + Sync {
    /// Applies these documents and removals of one book if it has come as far as `since` (`None`: unknown to the index), and
    /// remembers `upto` with them: all of it or nothing. Answers whether it did.
    ///
    /// The condition is what makes a loss harmless: changes that belong behind a lost state are refused, so an index never
    /// claims to have what it has not. A document replaces the earlier one of its contact;
    /// another epoch in `upto` replaces the whole book. When this returns,
    /// [`find`](Self::find) sees it. It may be lost in a power cut, together with the cursor.
    async fn apply(
        &self,
        book: BookKey,
        since: Option<Cursor>,
        upto: Cursor,
        docs: Vec<Document>,
        gone: Vec<ContactId>,
    ) -> Result<bool>;

    /// Up to where each book the index knows has been applied.
    async fn cursors(&self) -> Result<Vec<(BookKey, Cursor)>>;

    /// One page of at most `limit` contacts, from the beginning or from `after`. Books it has never heard of are empty.
    ///
    /// The same plan and place give the same page as long as nothing changes. Fails with `Unavailable` when the index
    /// cannot answer; never panics on a query.
    async fn find(&self, plan: &Plan, after: Option<Place>, limit: usize) -> Result<Hits>;

    /// Forgets a book and its cursor.
    async fn forget(&self, book: BookKey) -> Result<()>;

    /// Forgets everything, to be built again.
    async fn clear(&self) -> Result<()>;
}
