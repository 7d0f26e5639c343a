//! The front door: listens, serves the web app's files, and hands everything else to an upstream.
//!
//! It has never heard of a contact. What answers `/v1` is an [`Upstream`]: a function call in the same process, later a URL.
//! This room never reads a file that was not handed to it and never changes what an upstream answers, but for headers
//! that belong to the connection.

pub mod files;
pub mod listen;
pub mod route;
mod stall;

pub use files::{File, Files};
pub use listen::{Listener, Stop, serve};
pub use route::{Body, BoxError, Peer, Site, Upstream};
