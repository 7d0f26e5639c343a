//! Finding contacts: how text is folded, what a document of the index holds, what a query asks.
//!
//! The rules live here; an index (`contracts::search`) only stores tokens and compares them.

pub mod fold;
mod letters;

pub(crate) use letters::digit;
