//! Organisations: the family, church or company a book belongs to.

pub mod get;
pub mod members;
pub mod save;

pub use get::get;
pub use members::members;
pub use save::{Details, save};
