//! A whole database, table by table, in a form that no engine owns: what `rolo move` and backups are made of.
//!
//! [`Frozen`] reads one consistent picture while serving goes on; [`Filling`] writes it into an empty database, remembering
//! how far it came. Rows travel as [`Value`]s of four kinds and as CBOR. See `docs/decisions/copying.md`.

mod compare;
mod encode;
mod filling;
mod frozen;
mod page;
pub(crate) mod seal;
mod table;
mod transfer;

pub use super::value::Value;
pub use compare::{Difference, Same, compare};
pub(crate) use encode::append;
pub use encode::{decode, digest, encode};
pub use filling::{Epochs, Filling};
pub use frozen::Frozen;
pub use seal::Seal;
pub(crate) use seal::alone;
pub(crate) use table::tables_of;
pub use table::{Column, Kind, TABLES, Table};
pub use transfer::{Progress, transfer, verify};

/// A row: its values in the order of the table's columns.
pub type Row = Vec<Value>;

/// The key of a row: its values in the order of the table's key.
pub type Key = Vec<Value>;
