//! The backing services: one folder per contract of `core`, one file per technology.

pub mod backup;
pub mod cache;
pub mod clock;
pub mod database;
pub mod random;
pub mod search;
pub mod secrets;
pub mod storage;
