//! What browsers are given of files, and what nobody is given.

use futures_util::FutureExt as _;
use http::{HeaderName, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;

use super::*;
use crate::upstream::{Body, plain};

const CHUNK: &str = "assets/app-DiwrgTda.js";

fn files() -> Files {
    let texts = [
        ("index.html", "the page"),
        ("favicon.svg", "<svg/>"),
        ("assets/plain.js", "no hash"),
        ("backup.tar.gz", "an archive of its own"),
        (CHUNK, "0123456789 and more of it, as a build wrote it"),
        ("assets/app-DiwrgTda.js.br", "brotli"),
        ("assets/app-DiwrgTda.js.zst", "zstandard"),
        ("assets/app-DiwrgTda.js.gz", "gzip gzip gzip"),
    ];
    let file =
        |text: &'static str| File { bytes: Bytes::from_static(text.as_bytes()), etag: format!("e{}", text.len()) };
    texts.into_iter().map(|(path, text)| (Cow::Borrowed(path), file(text))).collect()
}

async fn ask(method: Method, path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    let request = request.body(()).unwrap();
    if path::is_trick(request.uri().path()) {
        return plain(StatusCode::BAD_REQUEST, None);
    }
    let files = files();
    if let Some(file) = files.answer(&request).await {
        return file;
    }
    match path::is_page(request.uri().path()) {
        true => files.shell(&Wish::of(&request)).await.unwrap(),
        false => plain(StatusCode::NOT_FOUND, None),
    }
}

async fn get(path: &str, headers: &[(HeaderName, &str)]) -> Response<Body> {
    ask(Method::GET, path, headers).await
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn a_page_of_the_app_is_the_index_and_has_a_policy() {
    for path in ["/", "/contacts", "/contacts/0198", "/search?q=a.b", "/index.html"] {
        let response = get(path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        assert!(response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("script-src 'self'"));
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(text(response).await, "the page");
    }
}

#[tokio::test]
async fn a_missing_chunk_is_never_the_page() {
    for path in [
        "/assets/app-0.js",
        "/assets/",
        "/assets/app",
        "/robots.txt",
        "/assets/app-DiwrgTda.js.br",
        "//assets/app-DiwrgTda.js",
        "/assets//app-DiwrgTda.js",
        "//evil.example",
        "//evil",
    ] {
        assert_eq!(get(path, &[]).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn tricks_of_a_path_are_refused() {
    for path in [
        "/../Cargo.toml",
        "/..",
        "/./index.html",
        "/assets/../index.html",
        "/%2e%2e/x.toml",
        "/%2E./x",
        "/..%2fetc/passwd",
        "/..%5cetc",
        "/%252e%252e/etc/passwd",
        "/..%252f",
        "/assets%5c..%5cindex.html",
        "/index.html%00.js",
        "/%0d%0aset-cookie:x",
        "/%zz",
        "/%2",
        "/%ff%fe",
    ] {
        assert_eq!(get(path, &[]).await.status(), 400, "{path}");
    }
    assert_eq!(
        text(get("/favicon%2Esvg", &[]).await).await,
        "<svg/>",
        "other ways to write the same name stay the same"
    );
    assert_eq!(get("/assets%2Fplain.js", &[]).await.status(), 404, "a slash that is written otherwise is none");
}

#[tokio::test]
async fn a_chunk_comes_in_the_encoding_that_is_wanted_most_and_then_the_smallest() {
    for (accepted, is) in [
        ("gzip, deflate, br, zstd", Some("br")),
        ("gzip, br;q=0.5", Some("gzip")),
        ("zstd, gzip", Some("zstd")),
        ("br;q=0, *", Some("zstd")),
        ("BR", Some("br")),
        ("br;q=0", None),
        ("identity", None),
        ("identity;q=0.5, gzip;q=0.4", None),
        ("*;q=0", None),
        ("", None),
        ("brotli", None),
    ] {
        let response = get(&format!("/{CHUNK}"), &[(header::ACCEPT_ENCODING, accepted)]).await;
        let coding = response.headers().get(header::CONTENT_ENCODING).map(|coding| coding.to_str().unwrap().to_owned());
        assert_eq!(coding.as_deref(), is, "{accepted}");
        assert_eq!(response.headers()[header::VARY], "accept-encoding");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    }
    let brotli = get(&format!("/{CHUNK}"), &[(header::ACCEPT_ENCODING, "br")]).await;
    assert_eq!(text(brotli).await, "brotli");
    assert_eq!(
        get("/assets/plain.js", &[]).await.headers()[header::CACHE_CONTROL],
        "no-cache",
        "a name without a hash"
    );
    assert_eq!(text(get("/backup.tar.gz", &[]).await).await, "an archive of its own");
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let plain = get(&format!("/{CHUNK}"), &[]).await.headers()[header::ETAG].clone();
    let brotli = get(&format!("/{CHUNK}"), &[(header::ACCEPT_ENCODING, "br")]).await.headers()[header::ETAG].clone();
    assert_ne!(plain, brotli, "different octets have different validators");
    let plain = plain.to_str().unwrap();
    for seen in [plain, &format!("W/{plain}"), &format!("\"other\", {plain}"), "*"] {
        let response = get(&format!("/{CHUNK}"), &[(header::IF_NONE_MATCH, seen)]).await;
        assert_eq!(response.status(), 304, "{seen}");
        assert_eq!(response.headers()[header::ETAG], plain);
        assert!(!response.headers().contains_key(header::CONTENT_LENGTH));
        assert_eq!(text(response).await, "");
    }
    assert_eq!(get(&format!("/{CHUNK}"), &[(header::IF_NONE_MATCH, "\"other\"")]).await.status(), 200);
}

#[tokio::test]
async fn a_part_is_a_part_and_what_cannot_be_is_said() {
    let path = format!("/{CHUNK}");
    for (range, part, place) in [
        ("bytes=0-3", "0123", "bytes 0-3/46"),
        ("bytes=40-", "wrote it"[2..].as_ref(), "bytes 40-45/46"),
        ("bytes=-2", "it", "bytes 44-45/46"),
        ("bytes=44-999", "it", "bytes 44-45/46"),
        ("bytes=-999", "0123456789 and more of it, as a build wrote it", "bytes 0-45/46"),
    ] {
        let response = get(&path, &[(header::RANGE, range)]).await;
        assert_eq!(response.status(), 206, "{range}");
        assert_eq!(response.headers()[header::CONTENT_RANGE], place);
        assert_eq!(response.headers()[header::CONTENT_LENGTH], part.len().to_string());
        assert_eq!(text(response).await, part, "{range}");
    }
    for range in ["bytes=46-", "bytes=-0", "bytes=99999999999999999999-"] {
        let response = get(&path, &[(header::RANGE, range)]).await;
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(response.headers()[header::CONTENT_RANGE], "bytes */46");
    }
    for range in ["bytes=0-1,3-4", "bytes=5-1", "bytes=", "bytes=-", "bytes=a-b", "octets=0-1", "bytes=+1-2"] {
        assert_eq!(get(&path, &[(header::RANGE, range)]).await.status(), 200, "{range}");
    }
    let whole = ask(Method::HEAD, &path, &[(header::RANGE, "bytes=0-3")]).await;
    assert_eq!((whole.status(), &whole.headers()[header::CONTENT_LENGTH]), (StatusCode::OK, &HeaderValue::from(46)));
}

#[tokio::test]
async fn a_part_goes_only_with_what_the_browser_has() {
    let path = format!("/{CHUNK}");
    let etag = get(&path, &[]).await.headers()[header::ETAG].to_str().unwrap().to_owned();
    let part = async |seen: &str| get(&path, &[(header::RANGE, "bytes=0-3"), (header::IF_RANGE, seen)]).await.status();
    assert_eq!(part(&etag).await, 206);
    assert_eq!(part(&format!("W/{etag}")).await, 200);
    assert_eq!(part("\"other\"").await, 200);
    assert_eq!(part("Sun, 22 Nov 2026 00:00:00 GMT").await, 200);
}

#[tokio::test]
async fn a_head_has_the_length_and_nothing_more() {
    let response = ask(Method::HEAD, "/favicon.svg", &[]).await;
    assert_eq!(response.headers()[header::CONTENT_LENGTH], "6");
    assert_eq!(text(response).await, "");
}

#[tokio::test]
async fn a_site_of_many_pages_has_no_page_for_everything() {
    let texts = ["index.html", "help/index.html", "help/a.html"];
    let files: Files = texts
        .into_iter()
        .map(|path| (Cow::Borrowed(path), File { bytes: Bytes::from(path), etag: "e".to_owned() }))
        .collect();
    let files = files.of_many_pages();
    let ask = async |path: &str| files.answer(&Request::builder().uri(path).body(()).unwrap()).await;
    assert_eq!(text(ask("/").await.unwrap()).await, "index.html");
    assert_eq!(text(ask("/help/").await.unwrap()).await, "help/index.html");
    assert_eq!(ask("/help?a=b").await.unwrap().headers()[header::LOCATION], "/help/?a=b");
    assert!(ask("/other").await.is_none());
    assert!(files.shell(&Wish::of(&Request::new(()))).await.is_none());
}

/// Headers are made with the site. What is left: two tables of headers, the body's box.
#[test]
fn a_hit_costs_a_handful_of_allocations_however_many_headers_it_has() {
    let files = files();
    let request = Request::builder()
        .uri(format!("/{CHUNK}"))
        .header(header::ACCEPT_ENCODING, "gzip, deflate, br, zstd")
        .header(header::IF_NONE_MATCH, "\"other\"")
        .body(())
        .unwrap();
    let mut hit = None;
    let cost = allocation_counter::measure(|| hit = files.answer(&request).now_or_never().flatten());
    assert!(hit.unwrap().headers().len() >= 8);
    assert!(cost.count_total <= 4, "{}", cost.count_total);
}

#[test]
fn only_a_name_with_a_hash_is_for_ever() {
    for kept in [
        "index-DiwrgTda.js",
        "contact-form-Di-rg_da.js",
        "app.3f2a9c1b.css",
        "inter-latin-Dx4kXJAl.woff2",
        "a-0123456789abcdef.js",
    ] {
        assert!(is_for_ever(&format!("assets/{kept}")), "{kept}");
        assert!(!is_for_ever(kept), "{kept} elsewhere");
    }
    for asked in [
        "app.js",
        "jquery-ui-bundle.js",
        "some-longname.js",
        "app-1.js",
        "LICENSE.txt",
        "DiwrgTda.js",
        "é-éééé.js",
        "x",
    ] {
        assert!(!is_for_ever(&format!("assets/{asked}")), "{asked}");
    }
}
