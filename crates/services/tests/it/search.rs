//! What every search index must do. The embedded one always runs.

mod damage;
mod find;
mod follow;

use std::sync::Arc;

use rolo_core::{
    contracts::search::{Cursor, Hits, SearchIndex},
    id::{BookId, BookKey, ContactId, LabelId, Modseq, OrganisationId},
    search::{Document, Plan, Query},
};
use rolo_services::search;
use serde_json::{Value, json};
use uuid::Uuid;

/// An empty index, and what it must outlive.
struct Shelf {
    index: Arc<dyn SearchIndex>,
    path: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

/// The book most tests use.
const BOOK: BookKey = book(1, 1);

const fn book(organisation: u128, book: u128) -> BookKey {
    BookKey { organisation: OrganisationId(Uuid::from_u128(organisation)), book: BookId(Uuid::from_u128(book)) }
}

fn id(n: u128) -> ContactId {
    ContactId(Uuid::from_u128(n))
}

fn label(n: u128) -> LabelId {
    LabelId(Uuid::from_u128(n))
}

fn at(upto: u64) -> Cursor {
    Cursor { epoch: 7, upto: Modseq(upto) }
}

/// The document of a card, as an Austrian account has it.
fn doc(n: u128, card: Value) -> Document {
    labelled(n, card, &[])
}

fn labelled(n: u128, card: Value, labels: &[u128]) -> Document {
    Document::of(id(n), &serde_json::from_value(card).unwrap(), labels.iter().map(|n| label(*n)).collect(), Some("AT"))
}

fn named(n: u128, name: &str) -> Document {
    doc(n, json!({"name": {"full": name}}))
}

/// A query over one book named Home with the labels Family (1) and Work (2).
fn plan(text: &str, books: &[BookKey]) -> Plan {
    let books: Vec<_> = books.iter().zip(["Home", "Club", "Office"]).map(|(book, name)| (*book, name)).collect();
    Plan::new(&Query::parse(text, Some("AT")).unwrap(), &books, &[(label(1), "Family"), (label(2), "Work")])
}

impl Shelf {
    fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("search.db");
        Self { index: search::open(&format!("fts:{}", path.display())).unwrap(), path, _folder: folder }
    }

    async fn with(docs: Vec<Document>) -> Self {
        let shelf = Self::empty();
        shelf.apply(BOOK, at(1), docs, Vec::new()).await;
        shelf
    }

    /// Applies behind whatever the book has come to.
    async fn apply(&self, book: BookKey, upto: Cursor, docs: Vec<Document>, gone: Vec<ContactId>) {
        let since = cursor(&*self.index, book).await;
        assert!(self.index.apply(book, since, upto, docs, gone).await.unwrap());
    }

    async fn hits(&self, text: &str) -> Hits {
        self.index.find(&plan(text, &[BOOK]), None, 50).await.unwrap()
    }

    /// The numbers of who is found, in order of rank.
    async fn found(&self, text: &str) -> Vec<u128> {
        numbers(&self.hits(text).await)
    }

    /// Each query finds exactly this one.
    async fn only(&self, n: u128, queries: &[&str]) {
        for query in queries {
            assert_eq!(self.found(query).await, [n], "{query}");
        }
    }

    async fn nobody(&self, queries: &[&str]) {
        for query in queries {
            assert_eq!(self.found(query).await, [0_u128; 0], "{query}");
        }
    }
}

async fn cursor(index: &dyn SearchIndex, book: BookKey) -> Option<Cursor> {
    index.cursors().await.unwrap().into_iter().find(|(known, _)| *known == book).map(|(_, cursor)| cursor)
}

fn numbers(hits: &Hits) -> Vec<u128> {
    hits.items.iter().map(|hit| hit.id.0.as_u128()).collect()
}
