//! The history: told, and taken back.

mod contents;
mod undo;
mod versions;
