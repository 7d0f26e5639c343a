//! The backing services: one folder per contract of `core`, one file per technology.

pub mod database;
pub mod search;
