//! What Rolo tells about itself while it works: times per request, counters for `/metrics`.

pub(crate) mod counters;
mod database;
pub(crate) mod rows;
pub(crate) mod timing;

pub(crate) use database::Timed;
