//! The real database, and how often it was asked.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use rolo_core::{
    Result,
    contracts::{Database, Through},
};

/// Counts each question and each commit.
pub(crate) struct Counted {
    pub(crate) real: Arc<dyn Database>,
    pub(crate) asked: AtomicU64,
}

impl Counted {
    pub(crate) fn new(real: Arc<dyn Database>) -> Arc<Self> {
        Arc::new(Self { real, asked: AtomicU64::new(0) })
    }

    /// How often since the last time.
    pub(crate) fn taken(&self) -> u64 {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

impl Through for Counted {
    fn behind(&self) -> &dyn Database {
        &*self.real
    }

    async fn pass<T: Send>(&self, answer: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        answer.await
    }
}
