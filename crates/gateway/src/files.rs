//! The web app's files, held in memory: right type, right cache time, the smallest encoding the browser takes.
//!
//! A chunk's name carries its hash, so it may be kept for ever; a missing chunk is a 404 and never the page. Every other
//! unknown path without a file's ending is a page of the app and gets `index.html`.

use std::{borrow::Cow, collections::HashMap};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};

use crate::route::{Body, full, plain};

/// What a page of the app may load and do: its own files and API, nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// One file as it was built.
#[derive(Clone, Debug)]
pub struct File {
    /// Its bytes.
    pub bytes: Bytes,
    /// A strong validator, without quotes.
    pub etag: String,
}

/// The files by path (`assets/index-3f2a.js`); `.br` and `.gz` twins are found beside them.
#[derive(Clone, Debug, Default)]
pub struct Files {
    by_path: HashMap<Cow<'static, str>, File>,
}

impl FromIterator<(Cow<'static, str>, File)> for Files {
    fn from_iter<I: IntoIterator<Item = (Cow<'static, str>, File)>>(files: I) -> Self {
        Self { by_path: files.into_iter().collect() }
    }
}

impl Files {
    /// Whether there is a web app at all.
    pub fn is_empty(&self) -> bool {
        !self.by_path.contains_key("index.html")
    }

    /// Answers a GET or HEAD.
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Response<Body> {
        let path = request.uri().path().trim_start_matches('/');
        let Some((path, file)) = self.resolve(path) else {
            return plain(StatusCode::NOT_FOUND, None);
        };
        let (file, encoding) = self.smallest(path, request.headers()).unwrap_or((file, None));
        let mut response = Response::new(full(Bytes::new()));
        let headers = response.headers_mut();
        dress(headers, path, encoding);
        if let Ok(etag) = HeaderValue::try_from(format!("\"{}{}\"", file.etag, encoding.unwrap_or(""))) {
            let seen = request.headers().get(header::IF_NONE_MATCH).is_some_and(|seen| names(seen, &etag));
            headers.insert(header::ETAG, etag);
            if seen {
                *response.status_mut() = StatusCode::NOT_MODIFIED;
                return response;
            }
        }
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(file.bytes.len()));
        if request.method() == Method::GET {
            *response.body_mut() = full(file.bytes.clone());
        }
        response
    }

    /// The file a path means: itself, or the app's page when it names no file.
    fn resolve<'a>(&self, path: &'a str) -> Option<(&'a str, &File)> {
        if path.ends_with(".br") || path.ends_with(".gz") {
            return None;
        }
        let names_a_file =
            path.starts_with("assets/") || path.rsplit('/').next().is_some_and(|last| last.contains('.'));
        let path = if names_a_file { path } else { "index.html" };
        Some((path, self.by_path.get(path)?))
    }

    /// The smallest twin the browser takes, if there is one.
    fn smallest(&self, path: &str, headers: &HeaderMap) -> Option<(&File, Option<&'static str>)> {
        let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
        for (coding, ending) in [("br", ".br"), ("gzip", ".gz")] {
            if takes(accepted, coding)
                && let Some(file) = self.by_path.get(&*format!("{path}{ending}"))
            {
                return Some((file, Some(coding)));
            }
        }
        None
    }
}

/// The headers of a file that do not depend on its bytes.
fn dress(headers: &mut HeaderMap, path: &str, encoding: Option<&'static str>) {
    let page = path == "index.html";
    let cache = if path.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(path)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if page {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    }
    if let Some(coding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
}

/// Whether an Accept-Encoding names this coding without refusing it (RFC 9110 §12.5.3).
fn takes(accepted: &str, coding: &str) -> bool {
    accepted.split(',').any(|part| {
        let mut words = part.split(';').map(str::trim);
        words.next().is_some_and(|name| name.eq_ignore_ascii_case(coding))
            && !words.any(|word| matches!(word, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

/// Whether an If-None-Match names this validator (weak comparison, RFC 9110 §13.1.2).
fn names(seen: &HeaderValue, etag: &HeaderValue) -> bool {
    let (Ok(seen), Ok(etag)) = (seen.to_str(), etag.to_str()) else { return false };
    seen == "*" || seen.split(',').any(|one| one.trim().trim_start_matches("W/") == etag)
}

/// The media type by ending; only what a web build holds.
fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    fn files() -> Files {
        ["index.html", "favicon.svg", "assets/app-1.js", "assets/app-1.js.br"]
            .into_iter()
            .map(|path| {
                let bytes = Bytes::from(path.to_owned());
                (Cow::Borrowed(path), File { bytes, etag: format!("e{}", path.len()) })
            })
            .collect()
    }

    fn get(path: &str, headers: &[(header::HeaderName, &str)]) -> Response<Body> {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(name, *value);
        }
        files().answer(&request.body(()).unwrap())
    }

    async fn text(response: Response<Body>) -> String {
        String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_page_of_the_app_is_the_index_and_has_a_policy() {
        for path in ["/", "/contacts", "/contacts/0198", "/search?q=a.b"] {
            let response = get(path, &[]);
            assert_eq!(response.status(), 200, "{path}");
            assert!(
                response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self'")
            );
            assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
            assert_eq!(text(response).await, "index.html");
        }
    }

    #[test]
    fn a_missing_chunk_is_never_the_page() {
        for path in
            ["/assets/app-0.js", "/assets/", "/robots.txt", "/../Cargo.toml", "/%2e%2e/x.toml", "/assets/app-1.js.br"]
        {
            assert_eq!(get(path, &[]).status(), 404, "{path}");
        }
    }

    #[tokio::test]
    async fn a_chunk_comes_in_the_smallest_encoding_that_is_taken() {
        let response = get("/assets/app-1.js", &[(header::ACCEPT_ENCODING, "gzip, br;q=0.5")]);
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        assert_eq!(text(response).await, "assets/app-1.js.br");
        let refused = get("/assets/app-1.js", &[(header::ACCEPT_ENCODING, "br;q=0")]);
        assert!(!refused.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        let etag = get("/favicon.svg", &[]).headers()[header::ETAG].to_str().unwrap().to_owned();
        assert_eq!(get("/favicon.svg", &[(header::IF_NONE_MATCH, &etag)]).status(), 304);
        assert_eq!(get("/favicon.svg", &[(header::IF_NONE_MATCH, "\"other\"")]).status(), 200);
    }
}
