//! The database a test asks: the real one, or one behind a cache.

use std::{ops::Deref, sync::Arc};

use rolo_core::{
    Result,
    account::Scope,
    contact::{Stored, StoredCard},
    contracts::{
        Database, Through,
        database::{BookRow, LabelRow},
    },
    id::ContactId,
};
use rolo_services::{cache::Rows, database::Relational};

/// With a cache in front, every reader says that it is content with the numbers of now: that is what the cache answers.
pub(crate) struct Db {
    real: Arc<Relational>,
    front: Option<Rows>,
}

impl Db {
    pub(crate) fn new(real: Relational, cache: Option<(String, String)>) -> Self {
        let real = Arc::new(real);
        let front = cache.map(|(url, place)| rolo_services::cache::open(&url, &place, real.clone()).unwrap());
        Self { real, front }
    }

    async fn now(&self, scope: &Scope) -> Result<Scope> {
        Ok(scope.content_with(self.real.heads(scope).await?))
    }
}

/// What only the real one can be asked.
impl Deref for Db {
    type Target = Relational;

    fn deref(&self) -> &Relational {
        &self.real
    }
}

impl Through for Db {
    fn behind(&self) -> &dyn Database {
        match &self.front {
            Some(front) => front,
            None => &*self.real,
        }
    }

    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Option<Stored>> {
        self.behind().contact(&self.now(scope).await?, id).await
    }

    async fn card(&self, scope: &Scope, id: ContactId) -> Result<Option<StoredCard>> {
        self.behind().card(&self.now(scope).await?, id).await
    }

    async fn labels(&self, scope: &Scope) -> Result<Vec<LabelRow>> {
        self.behind().labels(&self.now(scope).await?).await
    }

    async fn books(&self, scope: &Scope) -> Result<Vec<BookRow>> {
        self.behind().books(&self.now(scope).await?).await
    }
}
