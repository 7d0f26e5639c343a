//! The chain of proxies in the headers: read from its end, written with one more hop.

use std::{
    io::Write as _,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderName, HeaderValue, header};

use super::{Trusted, X_FORWARDED_FOR, X_FORWARDED_HOST, X_FORWARDED_PROTO};
use crate::Peer;

/// More hops than any real way has; what lies before them is not read.
const HOPS_MAX: usize = 32;

/// Whom the chain names: the first address from its end that is no trusted proxy's, else the farthest one.
pub(super) fn visitor(headers: &HeaderMap, connection: Peer, trusted: &Trusted) -> Peer {
    let hops = hops(headers);
    let mut visitor = connection;
    for hop in hops.into_iter().rev() {
        // What is no address (`unknown`, `_hidden`) hides whoever stands before it: the hop behind it is all there is to believe.
        let Some(address) = hop.address else { break };
        visitor = Peer { address, tls: hop.tls.unwrap_or(connection.tls) };
        if !trusted.holds(address.ip()) {
            break;
        }
    }
    visitor
}

/// One hop as the proxy behind it saw it.
struct Hop {
    address: Option<SocketAddr>,
    tls: Option<bool>,
}

/// The hops, nearest last.
fn hops(headers: &HeaderMap) -> Vec<Hop> {
    let mut hops: Vec<Hop> = words(headers, X_FORWARDED_FOR)
        .map(|word| Hop { address: address(word.trim_matches('"')), tls: None })
        .collect();
    if hops.is_empty() {
        return last(headers.get_all(header::FORWARDED).iter().filter_map(text).flat_map(elements).map(hop).collect());
    }
    // Proxies that do not append write one word for the whole chain, about the hop they saw themselves.
    let schemes: Vec<&str> = words(headers, X_FORWARDED_PROTO).collect();
    if let Some(first) = schemes.first() {
        let missing = hops.len().saturating_sub(schemes.len());
        let extra = schemes.len().saturating_sub(hops.len());
        for (place, hop) in hops.iter_mut().enumerate() {
            let scheme = place.checked_sub(missing).and_then(|place| schemes.get(place + extra)).unwrap_or(first);
            hop.tls = tls(scheme);
        }
    }
    last(hops)
}

fn last(mut hops: Vec<Hop>) -> Vec<Hop> {
    hops.drain(..hops.len().saturating_sub(HOPS_MAX));
    hops
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

/// The comma-separated words of a header, however many lines it has.
fn words(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).iter().filter_map(text);
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|word| !word.is_empty())
}

fn tls(scheme: &str) -> Option<bool> {
    match scheme {
        _ if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("wss") => Some(true),
        _ if scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("ws") => Some(false),
        _ => None,
    }
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
fn address(word: &str) -> Option<SocketAddr> {
    if let Ok(address) = word.parse::<IpAddr>() {
        return Some(SocketAddr::new(address, 0));
    }
    if let Ok(address) = word.parse() {
        return Some(address);
    }
    let inside = word.strip_prefix('[')?.strip_suffix(']')?;
    Some(SocketAddr::new(inside.parse().ok()?, 0))
}

/// The elements of a `Forwarded` line; a comma inside quotes parts nothing (RFC 7239 §4).
fn elements(line: &str) -> impl Iterator<Item = &str> {
    split_outside_quotes(line, b',')
}

fn split_outside_quotes(line: &str, mark: u8) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let mark = char::from(mark);
    line.split(move |sign| {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ => return sign == mark && !quoted,
        }
        false
    })
}

fn hop(element: &str) -> Hop {
    let mut hop = Hop { address: None, tls: None };
    for pair in split_outside_quotes(element, b';') {
        let Some((name, value)) = pair.split_once('=') else { continue };
        let value = value.trim().trim_matches('"');
        match name.trim() {
            name if name.eq_ignore_ascii_case("for") => hop.address = address(value),
            name if name.eq_ignore_ascii_case("proto") => hop.tls = tls(value),
            _ => {}
        }
    }
    hop
}

/// The headers as of the first hop: what stood there before is gone.
pub(super) fn write(headers: &mut HeaderMap, visitor: Peer, host: Option<&HeaderValue>) {
    let mut line = Vec::with_capacity(80);
    plain(&mut line, visitor.address.ip());
    set(headers, X_FORWARDED_FOR, &line);
    headers.insert(X_FORWARDED_PROTO, scheme(visitor.tls));
    match host {
        Some(host) => drop(headers.insert(X_FORWARDED_HOST, host.clone())),
        None => drop(headers.remove(X_FORWARDED_HOST)),
    }
    line.clear();
    element(&mut line, visitor.address.ip(), Some(visitor.tls), host);
    set(headers, header::FORWARDED, &line);
}

/// The headers with the trusted proxy as one more hop; what it said stays. Either kind is kept if it was there.
pub(super) fn append(headers: &mut HeaderMap, visitor: Peer, proxy: SocketAddr, host: Option<&HeaderValue>) {
    let had_plain = headers.contains_key(X_FORWARDED_FOR);
    if !had_plain && !headers.contains_key(header::FORWARDED) {
        return write(headers, visitor, host);
    }
    let mut line = Vec::with_capacity(120);
    // Only one of the two was believed: the other is made from it, for it may be a visitor's own.
    match had_plain {
        true => join(&mut line, headers, &X_FORWARDED_FOR),
        false => plain(&mut line, visitor.address.ip()),
    }
    line.extend_from_slice(b", ");
    plain(&mut line, proxy.ip());
    set(headers, X_FORWARDED_FOR, &line);
    line.clear();
    match had_plain {
        true => element(&mut line, visitor.address.ip(), Some(visitor.tls), host),
        false => join(&mut line, headers, &header::FORWARDED),
    }
    line.extend_from_slice(b", ");
    element(&mut line, proxy.ip(), None, None);
    set(headers, header::FORWARDED, &line);
    headers.insert(X_FORWARDED_PROTO, scheme(visitor.tls));
    if let (false, Some(host)) = (headers.contains_key(X_FORWARDED_HOST), host) {
        headers.insert(X_FORWARDED_HOST, host.clone());
    }
}

/// Whoever comes over a Unix socket has no address to tell (RFC 7239 §6.2).
const UNKNOWN: &[u8] = b"unknown";

/// An address as it stands in `X-Forwarded-For`.
fn plain(line: &mut Vec<u8>, address: IpAddr) {
    if address == super::UNIX.ip() {
        return line.extend_from_slice(UNKNOWN);
    }
    let _ = write!(line, "{}", address.to_canonical());
}

fn join(line: &mut Vec<u8>, headers: &HeaderMap, name: &HeaderName) {
    for value in headers.get_all(name) {
        if !line.is_empty() {
            line.extend_from_slice(b", ");
        }
        line.extend_from_slice(value.as_bytes());
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, line: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(line) {
        headers.insert(name, value);
    }
}

fn scheme(tls: bool) -> HeaderValue {
    HeaderValue::from_static(if tls { "https" } else { "http" })
}

/// One element of `Forwarded`: an IPv6 address is quoted and in brackets (RFC 7239 §6).
fn element(line: &mut Vec<u8>, address: IpAddr, tls: Option<bool>, host: Option<&HeaderValue>) {
    line.extend_from_slice(b"for=");
    match address.to_canonical() {
        IpAddr::V6(address) => drop(write!(line, "\"[{address}]\"")),
        address => plain(line, address),
    }
    if let Some(host) = host.filter(|host| !host.as_bytes().iter().any(|sign| matches!(sign, b'"' | b'\\'))) {
        line.extend_from_slice(b";host=\"");
        line.extend_from_slice(host.as_bytes());
        line.push(b'"');
    }
    match tls {
        Some(true) => line.extend_from_slice(b";proto=https"),
        Some(false) => line.extend_from_slice(b";proto=http"),
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn seen(lines: &[(&str, &str)]) -> (String, bool) {
        let trusted = Trusted::parse(&["127.0.0.0/8", "10.0.0.0/8"]).unwrap();
        let connection = Peer { address: "127.0.0.1:9".parse().unwrap(), tls: false };
        let peer = visitor(&headers(lines), connection, &trusted);
        (peer.address.ip().to_string(), peer.tls)
    }

    /// Header lines, and the visitor's address and whether they came with TLS.
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a str, bool);

    #[test]
    fn the_visitor_is_the_last_who_is_no_proxy_of_ours() {
        let cases: [Case<'_>; 12] = [
            (&[], "127.0.0.1", false),
            (&[("x-forwarded-for", "203.0.113.9")], "203.0.113.9", false),
            (&[("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https")], "203.0.113.9", true),
            // What a visitor wrote himself stands before his own address.
            (&[("x-forwarded-for", "8.8.8.8, 203.0.113.9, 10.0.0.2")], "203.0.113.9", false),
            (&[("x-forwarded-for", "8.8.8.8"), ("x-forwarded-for", "203.0.113.9:4711")], "203.0.113.9", false),
            (&[("x-forwarded-for", "10.0.0.9, 10.0.0.2")], "10.0.0.9", false),
            (&[("x-forwarded-for", "8.8.8.8, unknown, 10.0.0.2")], "10.0.0.2", false),
            (&[("x-forwarded-for", "8.8.8.8, rubbish")], "127.0.0.1", false),
            (&[("forwarded", "for=\"[2001:db8::1]:4711\";proto=https;host=\"a,b\"")], "2001:db8::1", true),
            (&[("forwarded", "for=8.8.8.8, For=203.0.113.9;Proto=HTTPS, for=10.0.0.2")], "203.0.113.9", true),
            (&[("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "198.51.100.7")], "198.51.100.7", false),
            (
                &[("x-forwarded-for", "203.0.113.9, 10.0.0.2"), ("x-forwarded-proto", "https, http")],
                "203.0.113.9",
                true,
            ),
        ];
        for (lines, address, tls) in cases {
            assert_eq!(seen(lines), (address.to_owned(), tls), "{lines:?}");
        }
    }

    #[test]
    fn the_first_hop_says_it_anew_and_the_next_appends() {
        let mut headers = headers(&[("x-forwarded-for", "8.8.8.8"), ("forwarded", "for=8.8.8.8")]);
        let visitor = Peer { address: "[2001:db8::1]:5".parse().unwrap(), tls: true };
        let host = HeaderValue::from_static("rolo.example:8443");
        write(&mut headers, visitor, Some(&host));
        assert_eq!(headers[X_FORWARDED_FOR], "2001:db8::1");
        assert_eq!(headers[X_FORWARDED_PROTO], "https");
        assert_eq!(headers[X_FORWARDED_HOST], "rolo.example:8443");
        assert_eq!(headers[header::FORWARDED], "for=\"[2001:db8::1]\";host=\"rolo.example:8443\";proto=https");
        append(&mut headers, visitor, "10.0.0.2:77".parse().unwrap(), Some(&host));
        assert_eq!(headers[X_FORWARDED_FOR], "2001:db8::1, 10.0.0.2");
        assert_eq!(
            headers[header::FORWARDED],
            "for=\"[2001:db8::1]\";host=\"rolo.example:8443\";proto=https, for=10.0.0.2"
        );
    }

    #[test]
    fn who_comes_over_a_unix_socket_has_no_address() {
        let mut headers = HeaderMap::new();
        let visitor = Peer { address: super::super::UNIX, tls: false };
        write(&mut headers, visitor, None);
        assert_eq!(headers[X_FORWARDED_FOR], "unknown");
        assert_eq!(headers[header::FORWARDED], "for=unknown;proto=http");
    }

    #[test]
    fn no_number_of_hops_costs_more_than_the_last_ones() {
        let many = format!("203.0.113.9{}", ", 10.0.0.1".repeat(2_000));
        assert_eq!(seen(&[("x-forwarded-for", &many)]).0, "10.0.0.1");
        assert_eq!(seen(&[("forwarded", &"for=\"".repeat(3_000))]).0, "127.0.0.1");
    }

    proptest::proptest! {
        #[test]
        fn whatever_the_headers_say_somebody_is_the_visitor(
            plain in proptest::collection::vec("[ -~]{0,60}", 0..3),
            forwarded in proptest::collection::vec("((for|proto|host)=|[,;\"\\\\ ]|\\[?[0-9a-f:.]{1,9}\\]?|https?){0,12}", 0..3),
        ) {
            let mut headers = HeaderMap::new();
            for (name, values) in [(X_FORWARDED_FOR, &plain), (X_FORWARDED_PROTO, &plain), (header::FORWARDED, &forwarded)] {
                for value in values {
                    headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
                }
            }
            let trusted = Trusted::parse(&["127.0.0.0/8"]).unwrap();
            let connection = Peer { address: "127.0.0.1:9".parse().unwrap(), tls: false };
            let seen = visitor(&headers, connection, &trusted);
            let named = plain.iter().chain(&forwarded).any(|text| text.contains(&seen.address.ip().to_string()));
            // An address is written in more than one way; only one that nobody wrote would be wrong.
            proptest::prop_assert!(named || seen.address.ip().is_ipv6() || seen.address == connection.address);
            append(&mut headers, seen, connection.address, None);
            proptest::prop_assert_eq!(visitor(&headers, connection, &trusted).address.ip(), seen.address.ip());
        }
    }
}
