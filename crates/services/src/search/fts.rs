//! The embedded index: SQLite's FTS5 over tokens folded in `core`, in a file of its own.
//!
//! The file holds nothing that cannot be made again, so it runs `synchronous=NORMAL`, and a damaged or foreign one is
//! thrown away: its cursors go with it, and the follower of the change table fills a new one. It never blocks a start.

mod expression;
mod file;
mod find;
mod write;

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use rolo_core::{
    Error, Result,
    contracts::search::{Cursor, Hits, Place, SearchIndex},
    id::{BookKey, ContactId},
    search::{Document, Plan},
};
use rusqlite::Connection;

use file::File;

/// The embedded full-text index.
#[derive(Clone, Debug)]
pub struct Fts(Arc<File>);

impl Fts {
    /// The index in this file, made if missing. Opened when first asked, and again after damage.
    pub fn open(path: impl Into<PathBuf>) -> Self {
        Self(Arc::new(File::new(path.into())))
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = Arc::clone(&self.0);
        off_thread(move || file.write(work)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = Arc::clone(&self.0);
        off_thread(move || file.read(work)).await
    }
}

/// SQLite blocks: it has no place on a thread that answers others.
async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}

#[async_trait]
impl SearchIndex for Fts {
    async fn apply(
        &self,
        book: BookKey,
        since: Option<Cursor>,
        upto: Cursor,
        docs: Vec<Document>,
        gone: Vec<ContactId>,
    ) -> Result<bool> {
        self.write(move |connection| write::apply(connection, book, since, upto, &docs, &gone)).await
    }

    async fn cursors(&self) -> Result<Vec<(BookKey, Cursor)>> {
        self.read(find::cursors).await
    }

    async fn find(&self, plan: &Plan, after: Option<Place>, limit: usize) -> Result<Hits> {
        let plan = plan.clone();
        self.read(move |connection| find::page(connection, &plan, after, limit)).await
    }

    async fn forget(&self, book: BookKey) -> Result<()> {
        self.write(move |connection| write::forget(connection, book)).await
    }

    async fn clear(&self) -> Result<()> {
        let file = Arc::clone(&self.0);
        off_thread(move || file.start_over()).await
    }
}
