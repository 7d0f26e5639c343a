//! Headers that belong to one connection, or to one hop, and go no farther (RFC 9110 §7.6.1).

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::forwarded::tells_the_way;

/// What the two ends of one connection have to say to each other.
fn of_the_connection(name: &HeaderName) -> bool {
    matches!(*name, header::CONNECTION | header::TE | header::TRANSFER_ENCODING | header::UPGRADE | header::TRAILER)
        || matches!(name.as_str(), "keep-alive" | "http2-settings")
        // `Proxy-Authorization`, `Proxy-Connection` and their like, and `Proxy`, which CGI turns into a setting.
        || name.as_str().starts_with("proxy")
}

/// Whether a header of a request stays here.
fn stays_with_the_request(name: &HeaderName, through_trusted: bool) -> bool {
    of_the_connection(name)
        // Answered here: the visitor is told to go on when the upstream begins to read.
        || *name == header::EXPECT
        || (!through_trusted && tells_the_way(name))
        // A server behind that turns `-` into `_` could not tell `X_Forwarded_For` from the real one.
        || name.as_str().contains('_')
}

/// Takes from a request what goes no farther.
pub(super) fn strip_request(headers: &mut HeaderMap, through_trusted: bool) {
    strip(headers, |name| stays_with_the_request(name, through_trusted));
}

/// Takes from an answer what goes no farther.
pub(super) fn strip_answer(headers: &mut HeaderMap) {
    strip(headers, of_the_connection);
}

/// Takes from trailers what would mean something else there than it says.
pub(super) fn strip_trailers(trailers: &mut HeaderMap) {
    strip(trailers, |name| {
        of_the_connection(name)
            || tells_the_way(name)
            || matches!(
                *name,
                header::HOST | header::CONTENT_LENGTH | header::AUTHORIZATION | header::COOKIE | header::SET_COOKIE
            )
            || name.as_str().contains('_')
    });
}

fn strip(headers: &mut HeaderMap, stays: impl Fn(&HeaderName) -> bool) {
    let mut gone: Vec<HeaderName> = headers.keys().filter(|name| stays(name)).cloned().collect();
    if gone.contains(&header::CONNECTION) {
        gone.extend(
            named(headers).filter_map(|word| HeaderName::from_bytes(word.as_bytes()).ok()).filter(may_be_named),
        );
    }
    for name in gone {
        headers.remove(name);
    }
}

/// What `Connection` names goes no farther; but nobody may make us forget these that way.
fn may_be_named(name: &HeaderName) -> bool {
    !matches!(*name, header::HOST | header::CONTENT_LENGTH | header::COOKIE | header::AUTHORIZATION | header::FORWARDED)
        && !tells_the_way(name)
}

/// The words of `Connection`.
fn named(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// Whether `Connection` says this word.
pub(super) fn connection_says(headers: &HeaderMap, word: &str) -> bool {
    named(headers).any(|named| named.eq_ignore_ascii_case(word))
}

/// Whether a body is coded for the way in no manner but chunks.
pub(super) fn only_chunked(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let first = codings.next();
    first.is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"chunked")) && codings.next().is_none()
}

/// Whether somebody takes trailers.
pub(super) fn takes_trailers(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(header::TE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split([',', ';'])).any(|word| word.trim().eq_ignore_ascii_case("trailers"))
}

/// The announced trailers, which have to be announced again for them to be sent on.
pub(super) fn announced_trailers(headers: &HeaderMap) -> Option<HeaderValue> {
    headers.get(header::TRAILER).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        headers
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    const SENT: [(&str, &str); 17] = [
        ("accept", "*/*"),
        ("connection", "keep-alive, X-Mine"),
        ("connection", "cookie, content-length"),
        ("content-length", "5"),
        ("cookie", "a=b"),
        ("expect", "100-continue"),
        ("forwarded", "for=8.8.8.8"),
        ("keep-alive", "timeout=5"),
        ("proxy", "http://evil"),
        ("proxy-authorization", "Basic eA=="),
        ("proxy-connection", "close"),
        ("te", "trailers"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "h2c"),
        ("x-forwarded-for", "8.8.8.8"),
        ("x-mine", "1"),
        ("x_forwarded_for", "8.8.8.8"),
    ];

    #[test]
    fn what_belongs_to_the_connection_goes_no_farther() {
        let mut request = headers(&SENT);
        strip_request(&mut request, false);
        assert_eq!(names(&request), ["accept", "content-length", "cookie"]);
        let mut trusted = headers(&SENT);
        strip_request(&mut trusted, true);
        assert_eq!(names(&trusted), ["accept", "content-length", "cookie", "forwarded", "x-forwarded-for"]);
    }

    #[test]
    fn an_answer_keeps_what_is_for_the_visitor() {
        let mut answer = headers(&[
            ("connection", "close, x-hop"),
            ("content-type", "text/html"),
            ("keep-alive", "timeout=5"),
            ("proxy-authenticate", "Basic"),
            ("server-timing", "c4;desc=hit"),
            ("x-hop", "1"),
            ("x-request-id", "7"),
        ]);
        strip_answer(&mut answer);
        assert_eq!(names(&answer), ["content-type", "server-timing", "x-request-id"]);
    }
}
