//! Contacts: the rows they are kept as, and the verbs on them.

pub mod row;

pub use row::{Filter, Listed, Page, Prepared, Sort, Stored, StoredCard, VersionRow};
