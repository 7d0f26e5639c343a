//! Files: uploads waiting for their import, exports made in the background, later photos.
//!
//! Keys are made by Rolo (`imports/ID`), never by a user. What was stored is durable when `store` answers.

use std::pin::Pin;

use async_trait::async_trait;

use crate::Result;

/// Bytes as they come: each item at most 64 KiB or so.
pub type Chunks<'a> = Pin<Box<dyn Stream<Item = Result<Vec<u8>>> + Send + 'a>>;

pub use futures_core::Stream;

/// A place for files.
#[async_trait]
pub trait Storage: Send + Sync {
    /// Stores everything `chunks` gives under `key`, replacing what was there, and answers how many bytes it was. On an
    /// error nothing stays. A full disk is `Error::Full`; more than `bytes_max` is `Error::TooLarge`.
    async fn store(&self, key: &str, chunks: Chunks<'_>, bytes_max: u64) -> Result<u64>;

    /// Up to `length` bytes from `offset`; fewer only at the end, `None` when there is no such file.
    async fn read(&self, key: &str, offset: u64, length: usize) -> Result<Option<Vec<u8>>>;

    /// How long the file is.
    async fn length(&self, key: &str) -> Result<Option<u64>>;

    /// The keys of all files, in no order. For backups, which take everything.
    async fn keys(&self) -> Result<Vec<String>>;

    /// Deletes it; a missing file is no error.
    async fn delete(&self, key: &str) -> Result<()>;
}
