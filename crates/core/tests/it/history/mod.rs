//! The history: told, and taken back.

mod undo;
mod versions;
