//! The form of a request: what two servers in a row could read in two ways is refused before anyone sees it.
//!
//! hyper and h2 have parsed it already and refused what breaks the grammar; here stands what the grammar allows and nobody
//! honest sends. Hosts and paths are looked at where they are read.

use http::{HeaderMap, Method, Request, StatusCode, header};

/// How many header fields a request may have, by either version of the protocol.
pub(crate) const HEADERS_MAX: usize = 100;

type Refusal = (StatusCode, &'static str);

/// Refuses a request of a doubtful form, with a sentence that says why.
pub(super) fn check<B>(request: &Request<B>) -> Result<(), Refusal> {
    if *request.method() == Method::CONNECT {
        // What follows would belong to a tunnel: it must not be taken for the next request.
        return Err((StatusCode::METHOD_NOT_ALLOWED, "This is no way to anywhere else."));
    }
    let headers = request.headers();
    if headers.len() > HEADERS_MAX {
        return Err((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "The request has too many header fields."));
    }
    framing(headers)?;
    if request.uri().scheme_str().is_some_and(|scheme| scheme != "http" && scheme != "https") {
        return Err((StatusCode::BAD_REQUEST, "Only the web is answered here."));
    }
    Ok(())
}

/// A body's length is told in one way (RFC 9112 §6). hyper takes Transfer-Encoding over Content-Length and closes the
/// connection after both; a list of codings it would pass on.
fn framing(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => {}
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => {}
        _ => return Err((StatusCode::NOT_IMPLEMENTED, "The only transfer coding that is understood here is chunked.")),
    }
    let mut expected = headers.get_all(header::EXPECT).iter();
    if expected.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"100-continue")) {
        return Err((StatusCode::EXPECTATION_FAILED, "This expectation cannot be met."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(request: http::request::Builder) -> u16 {
        check(&request.body(()).unwrap()).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn a_target_is_of_the_web() {
        let target = |target: &str| status(Request::get(target));
        assert_eq!(target("https://book.example/v1"), 200);
        assert_eq!(target("ftp://book.example/v1"), 400);
        assert_eq!(status(Request::builder().method(Method::CONNECT).uri("book.example:80")), 405);
    }

    #[test]
    fn a_body_has_one_length() {
        let coded = |codings: &[&str]| {
            let request = Request::post("/v1").header(header::HOST, "a");
            status(codings.iter().fold(request, |request, coding| request.header(header::TRANSFER_ENCODING, *coding)))
        };
        assert_eq!(coded(&["chunked"]), 200);
        assert_eq!(coded(&["Chunked"]), 200);
        for doubtful in
            [&["identity", "chunked"][..], &["gzip, chunked"], &["chunked, chunked"], &["chunked", "chunked"]]
        {
            assert_eq!(coded(doubtful), 501, "{doubtful:?}");
        }
        assert_eq!(status(Request::post("/v1").header(header::HOST, "a").header(header::EXPECT, "200-ok")), 417);
    }

    #[test]
    fn a_bomb_of_headers_is_refused() {
        let request =
            (0..HEADERS_MAX).fold(Request::get("/").header(header::HOST, "a"), |r, _| r.header("cookie", "a=b"));
        assert_eq!(status(request), 431);
    }
}
