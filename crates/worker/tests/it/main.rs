//! The worker's passes, on the real embedded database and the real search index.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod full;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod pieces;
#[cfg(test)]
mod schedule;
#[cfg(test)]
mod search;
#[cfg(test)]
mod stop;
#[cfg(test)]
#[expect(dead_code, reason = "the verbs' tests use more of it")]
#[path = "../../../core/tests/it/world.rs"]
mod world;
