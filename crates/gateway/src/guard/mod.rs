//! What one connection may cost: each is watched from its first octet to its last, and whoever holds a place without using it,
//! or asks for work nobody waits for, loses it.
//!
//! hyper and h2 bound what they hold (headers, windows, frames without a request); here stands what they leave open: a
//! connection that asks for nothing, a body or a reader that hardly moves, streams that are opened to be cut, frames that
//! say nothing. Nothing in here reads what a request is about.

mod body;
mod drive;
mod pace;
mod record;
mod request;
mod stream;

use std::{sync::Arc, time::Duration};

use http::{Request, Response, StatusCode, Version, header};
use http_body::Body as _;
use hyper::body::Incoming;

pub(crate) use body::{Arriving, Leaving};
pub(crate) use drive::drive;
pub(crate) use record::Record;
pub(crate) use request::HEADERS_MAX;
pub(crate) use stream::Guarded;

use crate::upstream::{Body, said};

/// The slowest body and the slowest reader, in octets a second.
const RATE_MIN: u64 = 1024;
/// What a connection may send beyond its requests and their bodies: frames that keep it alive, windows, padding.
const CHATTER_MAX: u64 = 2 * 1024 * 1024;
/// How many requests of one connection may be cut by their sender before they are answered, in [`CUT_TIME`].
const CUTS_MAX: u32 = 500;
/// How long a cut request is remembered.
const CUT_TIME: Duration = Duration::from_secs(30);

/// The amounts that bound a connection; the times are [`crate::Patience`]'s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The slowest body and the slowest reader, in octets a second.
    pub rate_min: u64,
    /// Octets a connection may send beyond its requests and their bodies.
    pub chatter_max: u64,
    /// Requests of one connection that may be cut by their sender within `cut_time`.
    pub cuts_max: u32,
    /// How long a cut request is remembered.
    pub cut_time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { rate_min: RATE_MIN, chatter_max: CHATTER_MAX, cuts_max: CUTS_MAX, cut_time: CUT_TIME }
    }
}

/// Answers one request of a connection: refuses it when its form is doubtful, and watches its body come and its answer go.
pub(crate) async fn answer<F>(
    record: &Arc<Record>,
    request: Request<Incoming>,
    answer: impl FnOnce(Request<Arriving>) -> F,
) -> Response<Leaving>
where
    F: Future<Output = Response<Body>>,
{
    let version = request.version();
    let mut running = Record::begin(record, request.method(), version);
    if record.overstays() {
        return running.leaving(parting(version, StatusCode::SERVICE_UNAVAILABLE, "This connection was told to go."));
    }
    if let Err((status, why)) = request::check(&request) {
        return running.leaving(parting(version, status, why));
    }
    let (head, body) = request.into_parts();
    let (body, late) = Arriving::new(body, record);
    let request = Request::from_parts(head, body);
    let mut response = answer(request).await;
    if late.is_some_and(|late| late.is_set()) {
        response = parting(version, StatusCode::REQUEST_TIMEOUT, "The body of the request comes too slowly.");
    }
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        record.switched();
    }
    if response.body().is_end_stream() {
        running.whole();
    }
    running.leaving(response)
}

/// The last answer of an HTTP/1 connection; on HTTP/2 the other streams go on.
fn parting(version: Version, status: StatusCode, why: &'static str) -> Response<Body> {
    let mut response = said(status, why);
    if version < Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    }
    response
}
