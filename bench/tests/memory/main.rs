//! How much memory things take, counted allocation by allocation.

#[cfg(test)]
mod hostile;
#[cfg(test)]
#[expect(dead_code, reason = "the verbs' tests use more of it")]
#[path = "../../../crates/core/tests/it/world.rs"]
mod world;
