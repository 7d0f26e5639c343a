//! What Rolo is: cards, contacts, labels, books, accounts and the verbs on them.
//!
//! Doors (`api`, later `dav`) translate into these verbs and back; `services` implements `contracts`. Nothing in here
//! opens a socket, writes SQL, reads a clock or rolls dice of its own: those arrive in [`contracts`].

pub mod account;
pub mod book;
pub mod card;
pub mod contact;
pub mod contracts;
pub mod error;
pub mod export;
pub mod history;
pub mod id;
pub mod import;
pub mod invent;
pub mod keys;
pub mod label;
pub mod merge;
pub mod organisation;
pub mod search;
pub mod verb;
pub mod write;

pub use contracts::Services;
pub use error::{Error, Result};
pub use verb::{Seed, Seen, Written};
