//! The binary: reads the command line, picks the technologies, runs what was asked for.

mod admin;
mod commands;
mod config;
mod setup;
mod upstream;
mod web;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
