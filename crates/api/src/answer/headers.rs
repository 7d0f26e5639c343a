//! The headers every answer carries, errors included.

use http::{HeaderMap, HeaderName, HeaderValue, header};

const DEFAULTS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::CACHE_CONTROL, "private, no-store"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The number of the request, for the log and for whoever asks about it.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Which of the article's connections were used, and how long the database took.
pub(crate) const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// Adds what every answer carries. What a handler set itself stays.
pub(crate) fn dress(headers: &mut HeaderMap, tls: bool, request: &HeaderValue, timing: Option<HeaderValue>) {
    for (name, value) in DEFAULTS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    headers.insert(REQUEST_ID, request.clone());
    if let Some(timing) = timing {
        headers.insert(SERVER_TIMING, timing);
    }
}
