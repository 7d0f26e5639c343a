//! The row cache: which technology a URL chooses, nothing else.

mod entry;
mod figures;
mod flights;
mod memory;
mod redis;
mod rows;
#[cfg(test)]
mod schedule;
mod shape;
mod trail;

use std::sync::Arc;

use rolo_core::{Error, Result, contracts::Database};

pub use rows::Rows;

/// The cache a URL names, in front of a database: `memory:`, `redis://…`, `rediss://…`. `place` tells this Rolo's rows from
/// another's in the same Redis. It need not be there yet.
pub fn open(url: &str, place: &str, database: Arc<dyn Database>) -> Result<Rows> {
    match url.split_once(':') {
        Some(("memory", "")) => Ok(Rows::new(database)),
        Some(("redis" | "rediss", _)) => Ok(Rows::over(database, Some(redis::Redis::at(url, place)?))),
        _ => Err(Error::invalid(
            "services.cache",
            "Rolo's cache is memory:, redis://… or rediss://…; this URL is none of them.",
        )),
    }
}
