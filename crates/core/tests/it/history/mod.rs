//! The history: told, and taken back.

mod contents;
mod moment;
mod undo;
mod versions;
