//! Books: made, renamed, removed when empty, and shared with other accounts of the organisation.

pub mod access;
pub mod create;
pub mod list;
pub mod remove;
pub mod rename;

pub use create::NewBook;
