//! The program itself, run as a person or a script runs it: each command without a server and beside one.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod arrangement;
mod backup;
mod book;
mod certify;
mod collector;
mod config;
mod doctor;
mod exit;
mod export;
mod front;
mod import;
mod init;
mod migrate;
mod r#move;
mod pages;
mod place;
mod private;
mod seed;
mod serve;
mod setup;
mod site;
mod token;
mod trace;
mod two;
mod user;
