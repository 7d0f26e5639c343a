//! Merge: several contacts become one, and nothing either of them says is lost.

pub mod run;
pub mod unite;

pub use run::{merge, preview};
pub use unite::united;
