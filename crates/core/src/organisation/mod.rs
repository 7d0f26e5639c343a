//! Organisations: the family, church or company a book belongs to.

pub mod get;
pub mod save;

pub use get::get;
pub use save::{Details, save};
