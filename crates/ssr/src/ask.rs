//! How a page's data is asked for: from the API, in the visitor's name.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};

/// Who asks for a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The address as the gateway believes it.
    pub address: SocketAddr,
    /// Whether the visitor's connection is encrypted.
    pub tls: bool,
}

/// The API, reached by a function call or by a connection.
#[async_trait::async_trait]
pub trait Ask: Send + Sync + 'static {
    /// Answers one call. It carries the visitor's own cookie. A call that cannot be made is a 502 or 503.
    async fn ask(&self, request: Request<Bytes>, visitor: Visitor) -> Response<Bytes>;
}
