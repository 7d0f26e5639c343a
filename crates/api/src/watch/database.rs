//! A database that says how long it was waited for: connection 5 of `Server-Timing`.

use std::sync::Arc;

use rolo_core::{
    Result,
    contracts::{Database, Through},
};

use super::timing::in_database;

/// The same database, waited for by the clock of the request.
pub(crate) struct Timed(pub(crate) Arc<dyn Database>);

impl Through for Timed {
    fn behind(&self) -> &dyn Database {
        &*self.0
    }

    async fn pass<T: Send>(&self, answer: impl Future<Output = Result<T>> + Send) -> Result<T> {
        in_database(answer).await
    }
}
