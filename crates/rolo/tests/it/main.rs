//! The program itself, run as a person or a script runs it: each command without a server and beside one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod backup;
mod book;
mod config;
mod doctor;
mod exit;
mod export;
mod import;
mod init;
mod migrate;
mod r#move;
mod place;
mod seed;
mod serve;
mod token;
mod two;
mod user;
