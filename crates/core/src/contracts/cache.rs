//! What stands between Rolo and its database, as those see it who watch over it. Verbs never meet it: it is a
//! [`Database`](super::Database) in front of the real one.
//!
//! - It holds nothing that could not be read again. Gone, slow, flushed or full it costs time, never an answer.
//! - What it answers was so at the numbers its reader named, or later; never earlier.

use async_trait::async_trait;

use crate::Result;

/// A cache of rows.
#[async_trait]
pub trait Cache: Send + Sync {
    /// Whether it works; memory always does.
    async fn works(&self) -> Result<()>;
    /// What it is made of: `memory`, `redis`.
    fn technology(&self) -> &'static str;
    /// The version of what it is made of, where that is a program of its own.
    async fn version(&self) -> Result<Option<String>>;
    /// What each kind of key came to since the start.
    fn figures(&self) -> Vec<Figure>;
}

/// What became of the questions for one kind of key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// Which.
    pub kind: &'static str,
    /// Answered from memory.
    pub hits: u64,
    /// Answered from the tier that processes share.
    pub shared: u64,
    /// Asked of the database.
    pub misses: u64,
    /// What was read and kept.
    pub fills: u64,
    /// What was read and not kept, because something newer was there already.
    pub late: u64,
}
