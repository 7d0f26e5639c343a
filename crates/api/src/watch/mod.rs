//! What Rolo tells about itself while it works: times per request, counters for `/metrics`.

pub(crate) mod counters;
mod database;
mod journal;
pub(crate) mod rows;
pub(crate) mod timing;

pub(crate) use database::Kept;
pub use database::Timed;
pub use journal::{Journal, Journey, Leg};
