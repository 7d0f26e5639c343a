//! The gateway from outside: real sockets, real certificates, a real client.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod acme;
mod crowd;
mod files;
mod harness;
mod hosts;
mod listen;
mod proxy;
mod reload;
mod tls;
