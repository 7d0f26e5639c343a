//! Finding contacts: how text is folded, what a document of the index holds, what a query asks.
//!
//! The rules live here; an index (`contracts::search`) only stores tokens and compares them.

mod document;
mod find;
pub mod fold;
mod follow;
mod letters;
mod plan;
mod query;
mod typo;

pub use document::{Document, Feature};
pub use find::{Found, find};
pub use follow::catch_up;
pub use plan::{Needle, Plan, Term};
pub use query::{Filter, QUERY_CHARS_MAX, QUERY_TERMS_MAX, Query};
pub use typo::{deletions, one_edit_apart};

pub(crate) use letters::{digit, is_cjk};
