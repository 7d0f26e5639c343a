//! A row that was read, and the numbers from before it was read.

use std::sync::Arc;

use rolo_core::{
    contact::{Stored, StoredCard},
    contracts::database::{BookRow, Head, Heads, LabelRow},
    id::{AccountId, Modseq},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Kinds of keys, each with its figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Contact,
    Card,
    /// A contact, or its card, that is not there.
    Missing,
    Labels,
    Books,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Contact, Self::Card, Self::Missing, Self::Labels, Self::Books];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Card => "card",
            Self::Missing => "missing",
            Self::Labels => "labels",
            Self::Books => "books",
        }
    }
}

/// What an entry is kept under. A card is the same for everybody, so it has no account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) account: AccountId,
    pub(super) id: Uuid,
}

/// The newest numbers before a row was read: it was so at these, or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Basis {
    /// Of the book it was in, and of the account.
    Book { head: Marked, account: Modseq },
    /// Of everything in the scope.
    All { account: Modseq, access_epoch: u64, books: Vec<Marked> },
}

/// A [`Head`] that can be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Marked {
    book: Uuid,
    epoch: u64,
    modseq: Modseq,
}

impl From<Head> for Marked {
    fn from(head: Head) -> Self {
        Self { book: head.book.0, epoch: head.epoch, modseq: head.modseq }
    }
}

impl From<Marked> for Head {
    fn from(marked: Marked) -> Self {
        Self { book: marked.book.into(), epoch: marked.epoch, modseq: marked.modseq }
    }
}

impl Basis {
    pub(super) fn all(heads: &Heads) -> Self {
        let books = heads.books.iter().copied().map(Marked::from).collect();
        Self::All { account: heads.account, access_epoch: heads.access_epoch, books }
    }

    pub(super) fn book(head: Head, account: Modseq) -> Self {
        Self::Book { head: head.into(), account }
    }

    /// Rises with each of the numbers; of two readings of the same things, the newer has the higher.
    pub(super) fn number(&self) -> (u64, u64) {
        match self {
            Self::Book { head, account } => (head.epoch, head.modseq.0 + account.0),
            Self::All { account, access_epoch, books } => {
                let epochs = books.iter().map(|book| book.epoch).sum();
                let modseqs: u64 = books.iter().map(|book| book.modseq.0).sum();
                (epochs, modseqs + account.0 + access_epoch)
            }
        }
    }

    /// Whether it speaks of the same things as another.
    fn like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Book { head, .. }, Self::Book { head: other, .. }) => head.book == other.book,
            (Self::All { books, .. }, Self::All { books: others, .. }) => {
                books.len() == others.len() && books.iter().zip(others).all(|(a, b)| a.book == b.book)
            }
            _ => false,
        }
    }

    /// Whether what was read at `self` must not replace what was read at `other`.
    pub(super) fn is_older_than(&self, other: &Self) -> bool {
        self.like(other) && self.number() < other.number()
    }
}

/// Something read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Contact(Arc<Stored>),
    Card(Arc<StoredCard>),
    Missing,
    Labels(Arc<Vec<LabelRow>>),
    Books(Arc<Vec<BookRow>>),
}

impl Value {
    /// About how many octets it takes.
    pub(super) fn weight(&self) -> usize {
        match self {
            Self::Contact(stored) => {
                size_of::<Stored>() + stored.model.len() + stored.uid.len() + stored.dav_name.len()
            }
            Self::Card(card) => size_of::<StoredCard>() + card.bytes.len() + card.uid.len() + card.dav_name.len(),
            Self::Missing => 0,
            Self::Labels(rows) => rows.iter().map(|row| size_of::<LabelRow>() + row.name.len()).sum(),
            Self::Books(rows) => rows.iter().map(|row| size_of::<BookRow>() + row.name.len()).sum(),
        }
    }
}

/// A row and what it was made from.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) basis: Basis,
    pub(super) value: Value,
}

impl Entry {
    /// What was read at these numbers, if anything can be said about when it will have changed.
    pub(super) fn read(heads: &Heads, value: Value) -> Option<Self> {
        let of = |book| heads.books.iter().find(|head| head.book == book).copied();
        let basis = match &value {
            Value::Contact(stored) => Basis::book(of(stored.book)?, heads.account),
            Value::Card(card) => Basis::book(of(card.book)?, Modseq(0)),
            Value::Missing | Value::Labels(_) | Value::Books(_) => Basis::all(heads),
        };
        Some(Self { basis, value })
    }
}
