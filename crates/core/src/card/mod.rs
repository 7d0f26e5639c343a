//! The card: the vCard bytes of one contact as received, and the JSContact model derived from them.
//!
//! The bytes are the truth. Reading derives a [`Model`]; an edit is a wanted model, and what differs is patched into the
//! bytes while every other byte stays. Nothing in here knows books, accounts or storage.

pub mod model;

pub use model::Model;
