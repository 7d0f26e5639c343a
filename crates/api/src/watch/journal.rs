//! Who writes down the way of requests, for traces. The API only tells; what becomes of it is decided outside.

use std::time::{Duration, SystemTime};

use http::{HeaderValue, Method, StatusCode};

/// Writes down the way of requests. Called at the end of each, so it must be quick.
pub trait Journal: Send + Sync + 'static {
    /// A request was answered.
    fn note(&self, journey: Journey<'_>);
}

/// The way of one request through the API: connection 3, and what was used behind it.
#[derive(Debug)]
pub struct Journey<'j> {
    /// `traceparent`, as the caller said it: whoever reaches this door is believed.
    pub given: Option<&'j HeaderValue>,
    /// Which operation; empty when there is none of this name.
    pub operation: &'static str,
    /// The method.
    pub method: &'j Method,
    /// What was answered.
    pub status: StatusCode,
    /// Whether the cache was asked, and nobody behind it had to be.
    pub hit: Option<bool>,
    /// When it came in.
    pub began: SystemTime,
    /// How long until the head of its answer.
    pub took: Duration,
    /// Each use of the connections behind.
    pub legs: Vec<Leg>,
}

/// One use of connection 4 or 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Which: 4 the cache, 5 the database.
    pub connection: u8,
    /// How long after the request came in.
    pub after: Duration,
    /// How long it took.
    pub took: Duration,
}
