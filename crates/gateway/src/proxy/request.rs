//! A request as it leaves for an upstream: written anew, with nothing in it that two servers could read in two ways.

use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version, header, request::Parts};
use hyper::upgrade::OnUpgrade;

use super::{HostTold, ProxyPlan, hop, sending::Sending};
use crate::{
    forwarded::{self, RequestId, Through, X_REQUEST_ID},
    trouble::Trouble,
    upstream::{Body, Peer},
};

/// A request that may be sent, and what its answer will need.
pub(super) struct Outgoing {
    pub(super) request: Request<Sending>,
    /// Whether it may be sent again when nothing is known of how it went (RFC 9110 §9.2.2).
    pub(super) repeatable: bool,
    /// What the connection is to become, if the visitor asks for that.
    pub(super) upgrade: Option<Upgrade>,
}

/// A visitor's wish to speak another protocol on this connection.
pub(super) struct Upgrade {
    /// What the visitor offers to speak.
    pub(super) protocols: HeaderValue,
    /// The visitor's end, once both have agreed.
    pub(super) visitor: OnUpgrade,
}

/// Passed by here more often than this, a request goes round in circles.
const PASSED_MAX: usize = 3;

/// The number of a request: its own if it came through a trusted proxy, else a new one.
pub(super) fn number<B>(request: &Request<B>) -> RequestId {
    let extensions = request.extensions();
    let given = || extensions.get::<Through>().and_then(|_| RequestId::given(request.headers()));
    extensions.get::<RequestId>().cloned().or_else(given).unwrap_or_default()
}

/// Makes a request ready to be sent. What is refused gives its body back, so that it can be read to its end.
pub(super) fn prepare(
    request: Request<Body>,
    visitor: Peer,
    number: &RequestId,
    plan: &ProxyPlan,
    via: &Via,
) -> Result<Outgoing, (Trouble, Body)> {
    let (mut parts, body) = request.into_parts();
    match checked(&parts, via) {
        Ok(()) => {}
        Err(trouble) => return Err((trouble, body)),
    }
    let host = match host(&parts) {
        Ok(host) => host,
        Err(trouble) => return Err((trouble, body)),
    };
    let upgrade = upgrade(&mut parts);
    let through = parts.extensions.get::<Through>().copied();
    let trailers = hop::takes_trailers(&parts.headers);
    let announced = hop::announced_trailers(&parts.headers);
    let version = parts.version;

    let headers = &mut parts.headers;
    hop::strip_request(headers, through.is_some());
    join_cookies(headers);
    let length = length(headers);
    let sending = Sending::new(body, length, plan.body_octets_max)?;
    if let Err(trouble) = frame(headers, length, &sending, &parts.method, announced) {
        return Err((trouble, sending.into_body()));
    }
    // What comes behind a body could be the rest of it, or the new protocol's first words.
    let upgrade = upgrade.filter(|_| sending.is_none());
    if trailers && upgrade.is_none() {
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        headers.insert(header::CONNECTION, HeaderValue::from_static("te"));
    }
    if let Some(upgrade) = &upgrade {
        headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(header::UPGRADE, upgrade.protocols.clone());
    }
    forwarded::hand_on(headers, visitor, through, host.as_ref());
    headers.insert(X_REQUEST_ID, number.0.clone());
    headers.append(header::VIA, via.said(version));
    match (plan.host, host) {
        (HostTold::Kept, Some(host)) => drop(headers.insert(header::HOST, host)),
        // The upstream's own is put in when it is known which.
        _ => drop(headers.remove(header::HOST)),
    }

    let repeatable = upgrade.is_none() && sending.is_none() && parts.method.is_idempotent();
    let mut request = Request::new(sending);
    *request.uri_mut() = path_only(parts.uri);
    *request.method_mut() = parts.method;
    *request.headers_mut() = parts.headers;
    Ok(Outgoing { request, repeatable, upgrade })
}

/// The same request once more; only of one without a body.
pub(super) fn again(request: &Request<Sending>) -> Request<Sending> {
    let mut again = Request::new(Sending::none());
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    again
}

/// What is not handed on at all.
fn checked(parts: &Parts, via: &Via) -> Result<(), Trouble> {
    // A tunnel is for proxies of another kind; TRACE would show a visitor what only servers know.
    if matches!(parts.method, Method::CONNECT | Method::TRACE) {
        return Err(Trouble::Method);
    }
    // hyper takes the chunks apart, and nothing here would say that there is another coding inside (RFC 9112 §6.1).
    if !hop::only_chunked(&parts.headers) {
        return Err(Trouble::Unsound("The request is packed for the way in a manner nobody here unpacks."));
    }
    if let Some(expectation) = parts.headers.get(header::EXPECT)
        && !expectation.as_bytes().eq_ignore_ascii_case(b"100-continue")
    {
        return Err(Trouble::Expectation);
    }
    if parts.headers.contains_key(header::VIA) && via.passed(&parts.headers) > PASSED_MAX {
        return Err(Trouble::Loop);
    }
    Ok(())
}

/// The one host a request is for (RFC 9112 §3.2, RFC 9113 §8.3.1).
fn host(parts: &Parts) -> Result<Option<HeaderValue>, Trouble> {
    let mut said = parts.headers.get_all(header::HOST).iter();
    let header = said.next();
    if said.next().is_some() {
        return Err(Trouble::Unsound("The request names more than one host."));
    }
    let sound = |host: HeaderValue| match is_host(host.as_bytes()) {
        true => Ok(Some(host)),
        false => Err(Trouble::Unsound("The request names no host that could exist.")),
    };
    if let Some(authority) = parts.uri.authority() {
        let named = authority.as_str().as_bytes();
        let same = header.is_none_or(|header| header.as_bytes().eq_ignore_ascii_case(named));
        if parts.version == Version::HTTP_2 && !same {
            return Err(Trouble::Unsound("The request names two different hosts."));
        }
        return HeaderValue::from_bytes(named).map_or_else(|_| sound(HeaderValue::from_static("")), sound);
    }
    match header {
        Some(header) => sound(header.clone()),
        None if parts.version == Version::HTTP_10 => Ok(None),
        None => Err(Trouble::Unsound("The request names no host.")),
    }
}

/// Whether this could be a host with or without a port: nothing in it that parts a URL, a header or a log line. Names are
/// looked at more closely where sites are found by them.
fn is_host(octets: &[u8]) -> bool {
    let sound = |sign: &u8| sign.is_ascii_alphanumeric() || b"-._~:[]%".contains(sign);
    !octets.is_empty() && octets.iter().all(sound)
}

/// The upgrade a visitor asks for; only HTTP/1.1 has them.
fn upgrade(parts: &mut Parts) -> Option<Upgrade> {
    let visitor = parts.extensions.remove::<OnUpgrade>()?;
    let protocols = parts.headers.get(header::UPGRADE)?.clone();
    let asked = parts.version == Version::HTTP_11 && hop::connection_says(&parts.headers, "upgrade");
    // HTTP/2 over a connection that was upgraded would go past everything here that looks at requests.
    let plain = !protocols.as_bytes().to_ascii_lowercase().starts_with(b"h2c");
    (asked && plain).then_some(Upgrade { protocols, visitor })
}

/// HTTP/2 may part cookies into several lines, HTTP/1.1 may not (RFC 9113 §8.2.3).
fn join_cookies(headers: &mut HeaderMap) {
    let mut crumbs = headers.get_all(header::COOKIE).iter();
    if crumbs.next().is_none() || crumbs.next().is_none() {
        return;
    }
    let joined = headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b"; "[..]);
    if let Ok(joined) = HeaderValue::from_bytes(&joined) {
        headers.insert(header::COOKIE, joined);
    }
}

/// What `Content-Length` announces.
fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Says how long the body is in one way only: by its length if that is known, else in chunks.
fn frame(
    headers: &mut HeaderMap,
    length: Option<u64>,
    sending: &Sending,
    method: &Method,
    trailers: Option<HeaderValue>,
) -> Result<(), Trouble> {
    headers.remove(header::CONTENT_LENGTH);
    match (length, sending.is_none()) {
        // An upstream that waits for them would take them from the next request.
        (Some(1..), true) => return Err(Trouble::Unsound("The request announces a body and has none.")),
        (None, true) if matches!(*method, Method::POST | Method::PUT | Method::PATCH) => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        (None, true) => {}
        (Some(length), _) => {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        (None, false) => {
            headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
            if let Some(trailers) = trailers {
                headers.insert(header::TRAILER, trailers);
            }
        }
    }
    Ok(())
}

/// The path and query alone; `*` stays for OPTIONS.
fn path_only(uri: Uri) -> Uri {
    if uri.scheme().is_none() && uri.authority().is_none() {
        return uri;
    }
    uri.into_parts().path_and_query.map_or_else(Uri::default, Uri::from)
}

/// What stands in `Via` (RFC 9110 §7.6.3): the version that was spoken, and a name only this process has, so that it knows
/// its own again.
pub(super) struct Via {
    name: String,
    by_version: [HeaderValue; 3],
}

impl Via {
    pub(super) fn new() -> Self {
        let name = format!("rolo-{}", &RequestId::new().0.to_str().unwrap_or("00000000")[..8]);
        let of = |version: &str| {
            HeaderValue::try_from(format!("{version} {name}")).unwrap_or_else(|_| HeaderValue::from_static("1.1 rolo"))
        };
        Self { by_version: [of("1.0"), of("1.1"), of("2")], name }
    }

    fn said(&self, version: Version) -> HeaderValue {
        self.by_version[match version {
            Version::HTTP_10 => 0,
            Version::HTTP_2 => 2,
            _ => 1,
        }]
        .clone()
    }

    /// How often a request has passed by here.
    fn passed(&self, headers: &HeaderMap) -> usize {
        let lines = headers.get_all(header::VIA).iter().filter_map(|value| value.to_str().ok());
        lines.flat_map(|line| line.split(',')).filter(|hop| hop.trim().ends_with(&self.name)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::{empty, full};

    fn prepared(request: http::request::Builder, body: Body) -> Result<Outgoing, Trouble> {
        let visitor = Peer { address: "192.0.2.1:1".parse().unwrap(), tls: false };
        let request = request.body(body).unwrap();
        let plan = ProxyPlan::to(["http://127.0.0.1:1".parse().unwrap()]);
        prepare(request, visitor, &RequestId::new(), &plan, &Via::new()).map_err(|(trouble, _)| trouble)
    }

    fn asked(method: Method) -> http::request::Builder {
        Request::builder().method(method).uri("/a").header(header::HOST, "rolo.example")
    }

    #[test]
    fn a_body_that_is_announced_and_not_there_is_refused() {
        // HTTP/2 may end a request with its headers, whatever they announce.
        let lying = asked(Method::POST).header(header::CONTENT_LENGTH, 5);
        assert!(matches!(prepared(lying, empty()), Err(Trouble::Unsound(_))));
        let honest = asked(Method::POST).header(header::CONTENT_LENGTH, 5);
        assert!(prepared(honest, full("hello".into())).is_ok());
    }

    #[test]
    fn a_length_is_said_in_one_way() {
        let headers = |request, body| prepared(request, body).unwrap().request.headers().clone();
        let chunked = headers(asked(Method::GET), full("hello".into()));
        assert_eq!(chunked[header::TRANSFER_ENCODING], "chunked");
        assert!(!chunked.contains_key(header::CONTENT_LENGTH));
        let both = asked(Method::POST).header(header::CONTENT_LENGTH, 5).header(header::TRANSFER_ENCODING, "chunked");
        let both = headers(both, full("hello".into()));
        assert_eq!(both.contains_key(header::CONTENT_LENGTH), !both.contains_key(header::TRANSFER_ENCODING));
        assert_eq!(headers(asked(Method::POST), empty())[header::CONTENT_LENGTH], "0");
        assert!(!headers(asked(Method::GET), empty()).contains_key(header::CONTENT_LENGTH));
    }

    #[test]
    fn only_what_may_be_repeated_is() {
        let repeatable = |method, body| prepared(asked(method), body).unwrap().repeatable;
        for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::DELETE, Method::PUT] {
            assert!(repeatable(method.clone(), empty()), "{method}");
            assert!(!repeatable(method, full("hello".into())));
        }
        for method in [Method::POST, Method::PATCH] {
            assert!(!repeatable(method, empty()));
        }
    }

    #[test]
    fn a_host_is_one_and_could_exist() {
        let with = |host: &'static str| Request::builder().uri("/").header(header::HOST, host);
        for host in ["rolo.example", "rolo.example:8443", "[2001:db8::1]:80", "127.0.0.1"] {
            assert!(prepared(with(host), empty()).is_ok(), "{host}");
        }
        for host in ["", "a b", "a/b", "user@a", "a,b", "a;b", "a\"b", "a?b"] {
            assert!(matches!(prepared(with(host), empty()), Err(Trouble::Unsound(_))), "{host}");
        }
        let two = with("a").header(header::HOST, "b");
        assert!(prepared(two, empty()).is_err());
        assert!(prepared(Request::builder().uri("/"), empty()).is_err());
        assert!(prepared(Request::builder().uri("/").version(Version::HTTP_10), empty()).is_ok());
        let contradicting = Request::builder().uri("http://a/").version(Version::HTTP_2).header(header::HOST, "b");
        assert!(prepared(contradicting, empty()).is_err());
        // Over HTTP/1.1 the address of the request counts (RFC 9112 §3.2.2).
        let absolute = Request::builder().uri("http://a/x?y").header(header::HOST, "b");
        let absolute = prepared(absolute, empty()).unwrap().request;
        assert_eq!(
            (&absolute.headers()[header::HOST], absolute.uri().to_string().as_str()),
            (&HeaderValue::from_static("a"), "/x?y")
        );
    }
}
