//! Backups: everything of an instance in a restic repository, a folder that many share or one file.
//!
//! An archive belongs to no database: tables travel as rows of CBOR (`database/copy`), files as they are, the configuration
//! without its secrets, and `manifest.json` says what there is. See `docs/decisions/archive.md`.
//!
//! The library blocks, so it runs on threads of its own; what it reads and writes comes and goes through channels with
//! bounds.

mod damage;
mod fault;
mod gather;
mod keep;
mod known;
mod manifest;
mod parts;
mod passphrase;
mod place;
mod read;
mod repository;
mod restore;
mod source;
mod standing;
mod try_out;
mod write;

use jiff::Timestamp;
use rolo_core::Result;

pub use keep::Keep;
pub use manifest::{FORMAT, FileAbout, Manifest, PartAbout, TableAbout};
pub use passphrase::Passphrase;
pub use place::Place;
pub use read::Archive;
pub use repository::Kept;
pub use restore::{restore, restore_into, schema_of};
pub use standing::{Made, Standing};
pub use try_out::try_out;
pub use write::{What, make};

use repository::{Hold, Repository};
use write::blocking;

/// How far something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is at: the name of a table, or `files`, or `packs`.
    pub what: &'static str,
    /// How much of it is done.
    pub done: u64,
    /// Of how much.
    pub of: u64,
}

/// Whoever wants to know.
pub type Hear<'a> = dyn Fn(Step) + Send + Sync + 'a;

/// The backups of a place, oldest first.
pub async fn list(place: &Place, passphrase: &Passphrase) -> Result<Vec<Kept>> {
    let (place, passphrase) = (place.clone(), passphrase.clone());
    blocking(move || repository::list(&place, &passphrase)).await
}

/// Forgets the backups of a folder that the rule does not keep, and gives their room back. Answers those that are gone and
/// those that stay.
pub async fn prune(
    place: &Place,
    passphrase: &Passphrase,
    keep: &Keep,
    at: Timestamp,
) -> Result<(Vec<Kept>, Vec<Kept>)> {
    let (place, passphrase, keep) = (place.clone(), passphrase.clone(), keep.clone());
    blocking(move || Repository::open(&place, &passphrase, Hold::Alone)?.thin(&keep, at)).await
}
