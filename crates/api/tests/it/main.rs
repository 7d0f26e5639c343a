//! The REST door on the real embedded database: the files mirror `src`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod account;
mod alike;
mod authorisation;
mod bad_input;
mod cache;
mod contact;
mod events;
mod export;
mod fields;
mod instance;
mod listeners;
mod openapi;
mod organisation;
mod restore;
mod session;
mod sockets;
mod support;
mod sync;
mod write;
