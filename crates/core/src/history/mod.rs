//! History: what became of a contact and when, and the ways back.
//!
//! Undo is a batch like any other, so it can be undone too. What takes longer than a request becomes a [`job`].

pub mod batches;
pub(crate) mod chunk;
pub mod contents;
pub mod job;
pub mod moment;
pub mod put_back;
pub(crate) mod reversal;
pub(crate) mod then;
pub mod undo;
pub mod versions;

pub use contents::{Affected, contents};
pub use job::{Job, Task};
pub use put_back::put_back;
pub use reversal::Left;
pub use undo::{Undo, Undoing, Undone, undo};
pub use versions::{Told, versions};
