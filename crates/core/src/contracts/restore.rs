//! Bringing a backup back into an instance that nobody has an account in: uploaded, opened, written back, taken into use.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::storage::Chunks;
use crate::Result;

/// The longest archive that the first-run page takes. A longer one is restored by command.
pub const ARCHIVE_BYTES_MAX: u64 = 64 * 1024 * 1024 * 1024;

/// How far a restore is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestoreState {
    /// How many octets of the archive have come.
    pub octets: u64,
    /// Whether it is being written back, or waits to be taken into use.
    pub running: bool,
    /// What it is at: the name of a table, or `files`, or `packs`.
    pub what: String,
    /// How much of that is done.
    pub done: u64,
    /// Of how much.
    pub of: u64,
    /// Why the last try failed.
    pub failed: Option<String>,
    /// Whether the database holds a part of it: then it has accounts, and is nobody's yet.
    pub half: bool,
}

/// The restore of this instance.
#[async_trait]
pub trait Restores: Send + Sync {
    /// Keeps an archive until it is restored, in the place of one that came before.
    async fn keep(&self, archive: Chunks<'_>) -> Result<()>;

    /// Opens the archive that was kept and begins to write it back. Refuses a passphrase that does not open it and what is
    /// no archive, and has then touched nothing. What goes wrong later is told by [`Restores::state`].
    async fn begin(&self, passphrase: &str) -> Result<()>;

    /// How far it is, whichever process of the instance is at it.
    async fn state(&self) -> Result<RestoreState>;
}
