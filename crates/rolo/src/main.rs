//! The binary: reads the command line, picks the technologies, runs what was asked for.

mod admin;
mod commands;
mod config;
mod front;
mod pages;
mod probe;
mod restoring;
mod setup;
mod telemetry;
mod upstream;
mod web;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    commands::run()
}
