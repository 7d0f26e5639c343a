//! Whoever answers behind the gateway, and what passes between.

use std::{future::Future, net::SocketAddr, pin::Pin};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Empty, Full, combinators::UnsyncBoxBody};

/// Whatever broke while a body was streaming.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body on its way, in or out.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// Who is at the other end: the visitor, as believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The visitor's address.
    pub address: SocketAddr,
    /// Whether the visitor's connection is encrypted.
    pub tls: bool,
}

/// Something that answers requests: the API in this process, or another server.
pub trait Upstream: Send + Sync + 'static {
    /// Answers one request. An upstream has no error of its own: a failure is a response.
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>>;
}

/// An answer with nothing but its status' own words.
pub(crate) fn plain(status: StatusCode, extra: Option<(HeaderName, &'static str)>) -> Response<Body> {
    let mut response = said(status, status.canonical_reason().unwrap_or(""));
    if let Some((name, value)) = extra {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// An answer with a sentence for whoever reads it.
pub(crate) fn said(status: StatusCode, sentence: &'static str) -> Response<Body> {
    let mut response = Response::new(full(Bytes::from_static(sentence.as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A body that is whole already.
pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

/// No body.
pub(crate) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}
