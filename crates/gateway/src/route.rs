//! Which request goes where: a path prefix to an upstream, everything else to the files.

use std::{future::Future, net::SocketAddr, pin::Pin, sync::Arc};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, combinators::UnsyncBoxBody};
use hyper::body::Incoming;

use crate::files::Files;

/// Whatever broke while a body was streaming.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body on its way out.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address the connection came from.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// Something that answers requests: the API in this process, later another server.
pub trait Upstream: Send + Sync + 'static {
    /// Answers one request. An upstream has no error of its own: a failure is a response.
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>>;
}

/// One site: path prefixes with their upstreams, and the files behind them.
pub struct Site {
    routes: Vec<(&'static str, Arc<dyn Upstream>)>,
    files: Files,
}

impl Site {
    /// A site that serves these files.
    pub fn new(files: Files) -> Self {
        Self { routes: Vec::new(), files }
    }

    /// Hands every path that is `prefix` or lies beneath it to `upstream`. Earlier routes win.
    #[must_use]
    pub fn route(mut self, prefix: &'static str, upstream: Arc<dyn Upstream>) -> Self {
        self.routes.push((prefix, upstream));
        self
    }

    /// Answers one request.
    pub async fn answer(&self, request: Request<Incoming>, peer: Peer) -> Response<Body> {
        let path = request.uri().path();
        for (prefix, upstream) in &self.routes {
            if beneath(path, prefix) {
                return upstream.answer(request, peer).await;
            }
        }
        match *request.method() {
            Method::GET | Method::HEAD => self.files.answer(&request),
            _ => plain(StatusCode::METHOD_NOT_ALLOWED, Some((header::ALLOW, "GET, HEAD"))),
        }
    }
}

/// Whether `path` is `prefix` or lies beneath it: `/v1` holds `/v1/contacts` and not `/v10`.
fn beneath(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// An answer with nothing but its status' own words.
pub(crate) fn plain(status: StatusCode, extra: Option<(header::HeaderName, &'static str)>) -> Response<Body> {
    let mut response = Response::new(full(Bytes::from_static(status.canonical_reason().unwrap_or("").as_bytes())));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain; charset=utf-8"));
    if let Some((name, value)) = extra {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

/// A body that is whole already.
pub(crate) fn full(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

#[cfg(test)]
mod tests {
    use super::beneath;

    #[test]
    fn a_prefix_holds_itself_and_what_lies_beneath() {
        assert!(beneath("/v1", "/v1"));
        assert!(beneath("/v1/contacts", "/v1"));
        assert!(!beneath("/v10", "/v1"));
        assert!(!beneath("/", "/v1"));
    }
}
