//! Contacts: the rows they are kept as, and the verbs on them.
//!
//! Doors call one verb a request. A verb checks, says what must hold together as a [`plan`] and commits it once; what
//! lists and keys need is derived from the card's bytes by [`prepare`] alone.

pub mod batch;
pub mod checked;
pub mod create;
pub mod delete;
pub mod list;
pub(crate) mod look;
pub mod mark;
pub(crate) mod membership;
pub(crate) mod merge_patch;
pub(crate) mod plan;
pub mod prepare;
pub mod purge;
pub mod read;
pub mod relocate;
pub mod restore;
pub mod row;
pub mod save;
pub mod summary;
pub mod sweep;

pub use batch::{Batch, BatchDone, BatchItem, ItemDone};
pub use create::NewContact;
pub use prepare::prepare;
pub use purge::Emptied;
pub use row::{Filter, Listed, Page, Prepared, Sort, Stored, StoredCard, VersionRow};
pub use save::{Change, Patch};
pub use summary::Summary;

/// A contact as verbs answer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The envelope and the model.
    pub stored: Stored,
}
