//! The import as a job: begun with a file, checked, decided, run a chunk at a time, told in a report.
//!
//! Its state is one JSON document, replaced in the same commit as the rows it counts, so that a crash resumes where it was
//! and never writes a row twice. What the check said of each row lies beside the upload in storage, 48 octets a row.

mod advance;
mod ahead;
mod begin;
mod check;
mod chunk;
mod decide;
mod get;
mod map;
mod mark;
mod remove;
mod report;
mod rows;
mod run;
mod state;
mod wanted;

pub use advance::advance;
pub use begin::{NewImport, Upload, begin, begin_unread};
pub use check::check;
pub use decide::decide;
pub use get::{get, list};
pub use map::map;
pub(crate) use remove::of_account;
pub use remove::{Removed, cancel, remove};
pub use report::report;
pub use rows::{Verdicted, rows};
pub use run::{Policy, run};
pub use state::{Counts, Import, State};
