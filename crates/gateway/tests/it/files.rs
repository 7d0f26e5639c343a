//! Promise 4.3: files from memory and from a folder, in parts and packed, and the app's page where nobody draws one.

use std::{fs, os::unix::fs::symlink, path::Path, sync::Arc};

use http::StatusCode;
use rolo_gateway::{Files, Plan, Route, Site};
use tokio::net::TcpStream;

use crate::harness::{Does, Running, Tells, fetch, get, http1, plan, raw, text, whole};

const LARGE: usize = 600 * 1024;

fn put(folder: &Path, path: &str, octets: impl AsRef<[u8]>) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, octets).unwrap();
}

/// A folder as a build leaves it, with what must not be found in it.
fn folder() -> tempfile::TempDir {
    let outside = tempfile::tempdir().unwrap();
    let folder = outside.path().join("site");
    put(&folder, "index.html", "<!doctype html><title>Rolo</title>");
    put(&folder, "assets/app-DiwrgTda.js", "x".repeat(2000));
    put(&folder, "assets/app-DiwrgTda.js.br", "brotli");
    put(&folder, "assets/app-DiwrgTda.js.zst", "zstandard");
    put(&folder, "assets/app-DiwrgTda.js.gz", "gzip gzip gzip");
    put(&folder, "Über uns.txt", "we");
    put(&folder, "film.mp4", (0..LARGE).map(|at| (at % 251) as u8).collect::<Vec<_>>());
    put(&folder, ".env", "secret");
    put(&folder, ".git/config", "secret");
    put(&folder, ".well-known/security.txt", "Contact: x");
    put(outside.path(), "passwd", "secret");
    symlink(outside.path().join("passwd"), folder.join("passwd.txt")).unwrap();
    symlink(outside.path(), folder.join("up")).unwrap();
    symlink(folder.join("film.mp4"), folder.join("cinema.mp4")).unwrap();
    outside
}

fn served(folder: &Path) -> Plan {
    let files = Files::folder(&folder.join("site"), Some(rolo_gateway::APP_POLICY)).unwrap();
    let sites = vec![Site { routes: vec![Route::new("/v1", Arc::new(Tells))], files: Some(files), ..Site::default() }];
    Plan { sites, ..plan(&["127.0.0.1:0"]) }
}

#[tokio::test]
async fn a_folder_is_served_and_nothing_besides_it() {
    let folder = folder();
    let running = Running::start(served(folder.path())).await;
    let at = running.at(0).await;
    let chunk =
        fetch(at, "/assets/app-DiwrgTda.js", "localhost", &[("accept-encoding", "gzip, deflate, br, zstd")]).await;
    assert_eq!((chunk.text.as_str(), chunk.header("content-encoding")), ("brotli", "br"));
    assert_eq!(chunk.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(chunk.header("content-type"), "text/javascript; charset=utf-8");
    let zstd = fetch(at, "/assets/app-DiwrgTda.js", "localhost", &[("accept-encoding", "zstd, br;q=0.9")]).await;
    assert_eq!((zstd.text.as_str(), zstd.header("content-encoding")), ("zstandard", "zstd"));
    let again = fetch(at, "/assets/app-DiwrgTda.js", "localhost", &[("if-none-match", "\"other\"")]).await;
    let seen = [("if-none-match", again.header("etag"))];
    assert_eq!(fetch(at, "/assets/app-DiwrgTda.js", "localhost", &seen).await.status, 304);

    let page = fetch(at, "/contacts", "localhost", &[]).await;
    assert!(
        page.text.contains("<title>Rolo</title>")
            && page.header("content-security-policy").contains("script-src 'self'")
    );
    assert_eq!(fetch(at, "/%C3%9Cber%20uns.txt", "localhost", &[]).await.text, "we");
    assert_eq!(fetch(at, "/.well-known/security.txt", "localhost", &[]).await.text, "Contact: x");
    for path in [
        "/.env",
        "/.git/config",
        "/passwd.txt",
        "/up/passwd",
        "/up/site/index.html",
        "/assets/app-DiwrgTda.js.zst",
        "/assets/app-00000000.js",
    ] {
        let answer = fetch(at, path, "localhost", &[]).await;
        assert!(answer.status == 404 || answer.text.contains("<title>Rolo"), "{path}: {}", answer.status);
        assert!(!answer.text.contains("secret"), "{path}");
    }
    for path in [
        "/../passwd",
        "/%2e%2e/passwd",
        "/..%2fpasswd",
        "/assets/..%5c..%5cpasswd",
        "/%252e%252e/passwd",
        "/index.html%00.txt",
    ] {
        let back = raw(at, &format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).await;
        assert!(back.starts_with("HTTP/1.1 400 "), "{path}: {back}");
    }
}

#[tokio::test]
async fn a_large_file_is_read_as_it_is_taken_whole_or_in_parts() {
    let folder = folder();
    let running = Running::start(served(folder.path())).await;
    let at = running.at(0).await;
    let bytes = async |headers: &[(&str, &str)]| {
        let (mut ask, _connection) = http1(TcpStream::connect(at).await.unwrap()).await;
        let response = ask.send_request(get("/film.mp4", "localhost", headers)).await.unwrap();
        let (head, body) = response.into_parts();
        (head, http_body_util::BodyExt::collect(body).await.unwrap().to_bytes())
    };
    let expected: Vec<u8> = (0..LARGE).map(|at| (at % 251) as u8).collect();
    let (head, whole) = bytes(&[]).await;
    assert_eq!((head.status, whole.as_ref()), (StatusCode::OK, expected.as_slice()));
    let etag = head.headers["etag"].to_str().unwrap().to_owned();
    let (head, part) = bytes(&[("range", "bytes=70000-299999"), ("if-range", &etag)]).await;
    assert_eq!((head.status, part.as_ref()), (StatusCode::PARTIAL_CONTENT, &expected[70000..300_000]));
    assert_eq!(head.headers["content-range"], format!("bytes 70000-299999/{LARGE}"));
    assert_eq!(bytes(&[("range", "bytes=999999-")]).await.0.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(bytes(&[("range", "bytes=0-1,4-5")]).await.1.len(), LARGE);
    assert_eq!(bytes(&[("if-none-match", &etag)]).await.0.status, StatusCode::NOT_MODIFIED);
    assert_eq!(fetch(at, "/cinema.mp4", "localhost", &[("range", "bytes=0-0")]).await.status, 206, "a link within");

    // Changed under its feet: another validator, and never the parts of two files in one.
    put(&folder.path().join("site"), "film.mp4", vec![7; 300 * 1024]);
    let (head, whole) = bytes(&[("range", "bytes=0-9"), ("if-range", &etag)]).await;
    assert_eq!((head.status, whole.len()), (StatusCode::OK, 300 * 1024));
    fs::remove_file(folder.path().join("site/film.mp4")).unwrap();
    assert_eq!(bytes(&[]).await.0.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_folder_is_looked_at_again_at_a_reload() {
    let folder = folder();
    let running = Running::start(served(folder.path())).await;
    let at = running.at(0).await;
    put(&folder.path().join("site"), "assets/app-NewHash1.js", "new");
    fs::remove_file(folder.path().join("site/assets/app-DiwrgTda.js")).unwrap();
    assert_eq!(fetch(at, "/assets/app-NewHash1.js", "localhost", &[]).await.status, 404);
    running.gateway.reload(served(folder.path())).await.unwrap();
    assert_eq!(fetch(at, "/assets/app-NewHash1.js", "localhost", &[]).await.text, "new");
    assert_eq!(fetch(at, "/assets/app-DiwrgTda.js", "localhost", &[]).await.status, 404);
    assert!(Files::folder(&folder.path().join("nowhere"), None).unwrap_err().to_string().contains("nowhere"));
}

#[tokio::test]
async fn who_draws_pages_is_asked_and_the_apps_page_stands_in() {
    let folder = folder();
    let draws = Does(|request: http::Request<rolo_gateway::Body>, _| async move {
        match request.uri().path() {
            "/broken" => text(StatusCode::BAD_GATEWAY, "bad gateway"),
            "/busy" => text(StatusCode::SERVICE_UNAVAILABLE, "busy"),
            "/slow" => text(StatusCode::GATEWAY_TIMEOUT, "slow"),
            "/gone" => text(StatusCode::NOT_FOUND, "a page that says so"),
            "/resting" => {
                let mut page = text(StatusCode::SERVICE_UNAVAILABLE, "a page that says the book rests");
                page.headers_mut().insert("rolo-page", http::HeaderValue::from_static("drawn"));
                page
            }
            path => text(StatusCode::OK, format!("drawn {path}")),
        }
    });
    let mut plan = served(folder.path());
    plan.sites[0].pages = Some(Arc::new(draws));
    let running = Running::start(plan).await;
    let at = running.at(0).await;
    for (path, status, says) in [
        ("/", 200, "drawn /"),
        ("/contacts/1", 200, "drawn /contacts/1"),
        ("/gone", 404, "a page that says so"),
        ("/resting", 503, "a page that says the book rests"),
        ("/v1", 200, "GET HTTP/1.1 /v1 tls=false host=localhost "),
        ("/.well-known/security.txt", 200, "Contact: x"),
        ("/assets/app-00000000.js", 404, "Not Found"),
    ] {
        let answer = fetch(at, path, "localhost", &[]).await;
        assert_eq!((answer.status, answer.text.as_str()), (status, says), "{path}");
    }
    assert_eq!(running.gateway.figures().fell_back, 0);
    for path in ["/broken", "/busy", "/slow"] {
        let answer = fetch(at, path, "localhost", &[("if-none-match", "*"), ("range", "bytes=0-1")]).await;
        assert!(answer.status == 200 && answer.text.contains("<title>Rolo</title>"), "{path}: {answer:?}");
    }
    assert_eq!(running.gateway.figures().fell_back, 3);
}

#[tokio::test]
async fn a_kept_connection_takes_file_after_file() {
    let folder = folder();
    let running = Running::start(served(folder.path())).await;
    let (mut ask, _connection) = http1(TcpStream::connect(running.at(0).await).await.unwrap()).await;
    for path in ["/", "/assets/app-DiwrgTda.js", "/film.mp4", "/nothing.txt", "/assets/app-DiwrgTda.js"] {
        ask.ready().await.unwrap();
        let answer = whole(ask.send_request(get(path, "localhost", &[])).await.unwrap()).await;
        assert_eq!(answer.status, if path == "/nothing.txt" { 404 } else { 200 }, "{path}");
    }
}
