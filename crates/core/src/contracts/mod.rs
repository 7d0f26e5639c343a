//! What Rolo needs from the outside: one trait per backing service, one file each.
//!
//! `services` implements them, one file per technology; a conformance suite per contract says what callers may rely on.
//! Contracts answer `Option` when a row may be missing and an error when something broke, so a dead database never looks
//! like "not found".

pub mod backup;
pub mod cache;
pub mod clock;
pub mod database;
pub mod random;
pub mod restore;
pub mod search;
pub mod secrets;
pub mod storage;
pub mod through;

use std::sync::Arc;

pub use backup::Backups;
pub use cache::Cache;
pub use clock::Clock;
pub use database::Database;
pub use random::Random;
pub use restore::Restores;
pub use secrets::Secrets;
pub use storage::Storage;
pub use through::Through;

/// Every backing service a verb may use, picked once in `rolo/wire.rs`.
#[derive(Clone)]
pub struct Services {
    /// The truth.
    pub database: Arc<dyn Database>,
    /// Files: uploads, exports.
    pub storage: Arc<dyn Storage>,
    /// Password hashes and token digests.
    pub secrets: Arc<dyn Secrets>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// New ids and codes.
    pub random: Arc<dyn Random>,
}
