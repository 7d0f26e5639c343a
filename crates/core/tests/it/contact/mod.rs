//! The verbs on one contact, and on many.

mod batch;
mod bin;
mod create;
mod mark;
mod relocate;
mod save;
