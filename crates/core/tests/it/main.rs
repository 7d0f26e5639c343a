//! The verbs, on the real embedded database.

mod account;
mod book;
mod contact;
mod history;
mod import;
mod label;
mod merge;
mod organisation;
mod world;
