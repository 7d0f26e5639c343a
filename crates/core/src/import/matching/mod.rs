//! Matching: which contact of the book a row is, exactly by the rules of `contract.md` §7.
//!
//! Hashes in memory find candidates; their cards, read many at a time, decide. Nothing is written here.

mod add;
mod compare;
pub(crate) mod fingerprint;
pub(crate) mod groups;
pub(crate) mod index;
pub(crate) mod matcher;
pub(crate) mod read;
pub(crate) mod room;
pub(crate) mod update;
pub(crate) mod verdict;

pub(crate) use add::added as added_to;
pub(crate) use matcher::{Matcher, Told};
pub(crate) use read::{Read, Reading};
pub(crate) use update::planned;
pub(crate) use verdict::Why;
pub use verdict::{Decision, Verdict};
