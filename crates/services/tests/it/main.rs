//! The conformance suites: one per contract of `core`, run on every technology.

#[cfg(test)]
mod backup;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod database;
#[cfg(test)]
mod line;
#[cfg(test)]
mod search;
#[cfg(test)]
mod server;
