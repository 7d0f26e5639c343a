//! Import: a file from anywhere becomes contacts of a book, with a dry run before and one undo after.
//!
//! A file is read row by row, never whole. Each row is matched against the book (`matching`) and gets a verdict; a job
//! (`job`) writes what was decided, a few hundred rows a commit. Nothing in here knows HTTP or SQL.

pub(crate) mod carried;
pub(crate) mod cell;
pub(crate) mod date;
pub mod dialect;
pub mod field;
pub(crate) mod file;
pub(crate) mod full_name;
mod guess;
pub mod job;
mod layout;
pub mod limit;
mod look;
pub(crate) mod matching;
pub(crate) mod member;
mod month;
mod row;

pub use dialect::Format;
pub use field::{Column, FIELDS, Field, GuessedBy};
pub(crate) use job::of_account;
pub use job::{
    Counts, Import, NewImport, Policy, Removed, State, Upload, Verdicted, advance, begin, begin_unread, cancel, check,
    decide, get, list, map, remove, report, rows, run,
};
pub use look::look;
pub use matching::{Decision, Verdict};
pub use row::Row;

#[cfg(test)]
pub(crate) mod tests;
