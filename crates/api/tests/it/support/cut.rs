//! A database that can be cut off: the real one, until its line is cut.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering::SeqCst},
};

use rolo_core::{
    Error, Result,
    contracts::{Database, Through},
};
use tokio::sync::Notify;

/// How the line to the database is.
#[derive(Clone, Copy)]
pub(crate) enum Line {
    Whole,
    /// Every call is refused.
    Cut,
    /// No call is ever answered.
    Silent,
    /// Calls wait until it is whole again.
    Held,
}

/// The real database at the end of a line.
pub(crate) struct Remote {
    database: Arc<dyn Database>,
    line: Arc<AtomicU8>,
    refused: Arc<Notify>,
    changed: Arc<Notify>,
}

/// What cuts the line.
#[derive(Clone)]
pub(crate) struct Shears {
    line: Arc<AtomicU8>,
    refused: Arc<Notify>,
    changed: Arc<Notify>,
}

impl Remote {
    pub(crate) fn new(database: Arc<dyn Database>) -> (Self, Shears) {
        let line = Arc::new(AtomicU8::new(Line::Whole as u8));
        let (refused, changed) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let shears = Shears { line: line.clone(), refused: refused.clone(), changed: changed.clone() };
        (Self { database, line, refused, changed }, shears)
    }

    async fn over(&self) -> Result<()> {
        let changed = self.changed.notified();
        if self.line.load(SeqCst) == Line::Held as u8 {
            changed.await;
        }
        match self.line.load(SeqCst) {
            line if line == Line::Cut as u8 => {
                self.refused.notify_one();
                Err(Error::unavailable("database", "the line is cut"))
            }
            line if line == Line::Silent as u8 => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

impl Shears {
    pub(crate) fn make(&self, line: Line) {
        self.line.store(line as u8, SeqCst);
        self.changed.notify_waiters();
    }

    /// Waits until a call has been refused that no earlier wait was about.
    pub(crate) async fn refused(&self) {
        self.refused.notified().await;
    }
}

impl Through for Remote {
    fn behind(&self) -> &dyn Database {
        &*self.database
    }

    async fn pass<T: Send>(&self, answer: impl Future<Output = Result<T>> + Send) -> Result<T> {
        self.over().await?;
        answer.await
    }
}
