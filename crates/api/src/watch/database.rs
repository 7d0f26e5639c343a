//! Databases that say how long they were waited for: connections 4 and 5 of `Server-Timing`.

use std::sync::Arc;

use rolo_core::{
    Result,
    account::Scope,
    contact::{Stored, StoredCard},
    contracts::{
        Database, Through,
        database::{BookRow, Heads, LabelRow},
    },
    id::ContactId,
};

use super::timing::{for_numbers, in_database, in_rows};

/// The database itself: connection 5.
pub struct Timed {
    behind: Arc<dyn Database>,
    networked: bool,
}

impl Timed {
    /// `networked`: whether even the newest numbers have to be asked for over a connection.
    pub fn new(behind: Arc<dyn Database>, networked: bool) -> Self {
        Self { behind, networked }
    }
}

impl Through for Timed {
    fn behind(&self) -> &dyn Database {
        &*self.behind
    }

    async fn pass<T: Send>(&self, answer: impl Future<Output = Result<T>> + Send) -> Result<T> {
        in_database(answer).await
    }

    async fn heads(&self, scope: &Scope) -> Result<Heads> {
        match self.networked {
            true => for_numbers(self.behind.heads(scope)).await,
            // In memory: nothing is connected to.
            false => self.behind.heads(scope).await,
        }
    }
}

/// A row cache in front of a [`Timed`] database: connection 4, where it can be asked at all.
pub(crate) struct Kept(pub(crate) Arc<dyn Database>);

impl Through for Kept {
    fn behind(&self) -> &dyn Database {
        &*self.0
    }

    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Option<Stored>> {
        asked(scope, self.0.contact(scope, id)).await
    }

    async fn card(&self, scope: &Scope, id: ContactId) -> Result<Option<StoredCard>> {
        asked(scope, self.0.card(scope, id)).await
    }

    async fn labels(&self, scope: &Scope) -> Result<Vec<LabelRow>> {
        asked(scope, self.0.labels(scope)).await
    }

    async fn books(&self, scope: &Scope) -> Result<Vec<BookRow>> {
        asked(scope, self.0.books(scope)).await
    }
}

/// Only who is content with the numbers his scope names is answered from a cache.
async fn asked<F: Future>(scope: &Scope, work: F) -> F::Output {
    if scope.as_of().is_some() { in_rows(work).await } else { work.await }
}
