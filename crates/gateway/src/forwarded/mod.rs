//! Whom a request comes from, when other servers stand in front, and what the next server is told about it.
//!
//! Only a trusted proxy is believed (RFC 7239 §8.1): from anybody else `Forwarded` and its `X-` kin are thrown away, whatever
//! they say. [`settle`] is called once for each request, where it comes in; [`hand_on`] once, where it leaves for another server.

mod chain;
mod request_id;
mod trusted;

use std::net::SocketAddr;

use http::{HeaderMap, HeaderName, HeaderValue, Request};

use crate::Peer;
pub use request_id::RequestId;
pub use trusted::Trusted;

/// The address of whoever comes over a Unix socket: they have none, and nobody comes from this one over TCP.
pub const UNIX: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), 0);

pub(crate) const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
pub(crate) const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
pub(crate) const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The trusted proxy a request came through; in the extensions of such a request, and of no other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Through(pub(crate) SocketAddr);

/// The visitor as believed: whom a trusted proxy names, else who is at the other end of the connection.
///
/// `X-Forwarded-For` wins over `Forwarded`: nearly every proxy writes it, and one that does hands a visitor's own
/// `Forwarded` on unread. It is read from its end, and the first address that is no trusted proxy is the visitor.
pub fn believed(headers: &HeaderMap, connection: Peer, trusted: &Trusted) -> Peer {
    if !trusted.holds(connection.address.ip()) {
        return connection;
    }
    chain::visitor(headers, connection, trusted)
}

/// Says who the visitor is, and leaves in the request only what may be believed about its way here.
pub fn settle<B>(request: &mut Request<B>, connection: Peer, trusted: &Trusted) -> Peer {
    if trusted.holds(connection.address.ip()) {
        let visitor = chain::visitor(request.headers(), connection, trusted);
        request.extensions_mut().insert(Through(connection.address));
        return visitor;
    }
    let forged: Vec<HeaderName> =
        request.headers().keys().filter(|name| tells_the_way(name) || tells_a_trace(name)).cloned().collect();
    for name in forged {
        request.headers_mut().remove(name);
    }
    connection
}

/// Whether a header says to which trace a request belongs: a stranger's is not ours, and would have us write down what he likes.
fn tells_a_trace(name: &HeaderName) -> bool {
    matches!(name.as_str(), "traceparent" | "tracestate")
}

/// Whether a header says something about a request's way that only a proxy may say.
pub(crate) fn tells_the_way(name: &HeaderName) -> bool {
    let name = name.as_str();
    match name.as_bytes() {
        [b'f', ..] => name == "forwarded",
        [b'x', b'-', ..] => {
            name.starts_with("x-forwarded-")
                || matches!(name, "x-real-ip" | "x-client-ip" | "x-cluster-client-ip" | "x-request-id")
        }
        [b't', ..] => name == "true-client-ip",
        // A server behind that turns `-` into `_` cannot tell `X_Forwarded_For` from the real one.
        _ => false,
    }
}

/// Writes who the visitor is for the next server: `Forwarded`, and what most servers read instead of it.
pub fn write(headers: &mut HeaderMap, visitor: Peer, host: Option<&HeaderValue>) {
    chain::write(headers, visitor, host);
}

/// The headers of a request that leaves for another server: anew, or with one more hop if it came through a trusted proxy.
pub(crate) fn hand_on(headers: &mut HeaderMap, visitor: Peer, through: Option<Through>, host: Option<&HeaderValue>) {
    match through {
        None => chain::write(headers, visitor, host),
        Some(Through(proxy)) => chain::append(headers, visitor, proxy, host),
    }
}
