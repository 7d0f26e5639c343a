//! The access log: what a line says, what it never says, and that nobody waits for it.

use std::{fs, path::Path, sync::Arc};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use rolo_gateway::{
    AccessLog, Body, Peer,
    access::{AnsweredBy, LogFormat, LogTo},
};

use crate::harness::text;

fn visitor() -> Peer {
    Peer { address: "192.0.2.7:4711".parse().unwrap(), tls: true }
}

fn asked(uri: &str) -> Request<()> {
    let headers = [
        ("host", "rolo.example"),
        ("referer", "https://rolo.example/search?q=secret"),
        ("cookie", "session=secret"),
        ("authorization", "Bearer secret"),
    ];
    headers
        .into_iter()
        .fold(Request::builder().uri(uri), |request, (name, value)| request.header(name, value))
        .body(())
        .unwrap()
}

fn answer() -> Response<Body> {
    let mut answer = text(http::StatusCode::OK, "hello");
    answer.headers_mut().insert("server-timing", "c3, c4;desc=hit".parse().unwrap());
    answer.headers_mut().insert("x-request-id", "7f3k".parse().unwrap());
    answer.extensions_mut().insert(AnsweredBy(Arc::from("http://127.0.0.1:3333")));
    answer
}

/// A request from its beginning to the last octet of its answer.
async fn pass(log: &AccessLog, uri: &str) {
    let entry = log.begin(&asked(uri), visitor());
    let answer = entry.unwrap().watch(answer());
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "hello");
}

fn open(format: LogFormat, path: &Path) -> AccessLog {
    AccessLog::open(format, LogTo::File(path.to_owned())).unwrap()
}

#[tokio::test]
async fn a_line_says_who_asked_what_and_how_it_went_and_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let log = open(LogFormat::Json, &path);
    pass(&log, "/v1/contacts/7?token=secret").await;
    log.written().await;
    let written = fs::read_to_string(&path).unwrap();
    assert!(!written.contains("secret"), "{written}");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o027, 0);
    let line: serde_json::Value = serde_json::from_str(&written).unwrap();
    for (name, value) in [
        ("client", "192.0.2.7"),
        ("method", "GET"),
        ("host", "rolo.example"),
        ("path", "/v1/contacts/7"),
        ("request.id", "7f3k"),
        ("upstream", "http://127.0.0.1:3333"),
        ("connections", "3 4"),
    ] {
        assert_eq!(line[name], value, "{written}");
    }
    assert_eq!((&line["status"], &line["octets"], &line["whole"]), (&200.into(), &5.into(), &true.into()));
    assert!(line["duration_ms"].is_f64());

    let combined = folder.path().join("combined.log");
    let log = open(LogFormat::Combined, &combined);
    pass(&log, "/a?token=secret").await;
    log.written().await;
    let written = fs::read_to_string(&combined).unwrap();
    assert!(
        written.starts_with("192.0.2.7 - - [")
            && written.ends_with("\"GET /a HTTP/1.1\" 200 5 \"https://rolo.example/search\" \"-\"\n"),
        "{written}"
    );
}

#[tokio::test]
async fn an_answer_that_broke_off_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let log = open(LogFormat::Json, &path);
    let answer = log.begin(&asked("/"), visitor()).unwrap().watch(answer());
    drop(answer);
    log.written().await;
    let line: serde_json::Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    assert_eq!((&line["octets"], &line["whole"]), (&0.into(), &false.into()));
}

#[tokio::test]
async fn a_log_that_was_moved_away_is_begun_anew_and_no_line_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (path, moved) = (folder.path().join("access.log"), folder.path().join("access.log.1"));
    let log = open(LogFormat::Common, &path);
    pass(&log, "/before").await;
    log.written().await;
    fs::rename(&path, &moved).unwrap();
    pass(&log, "/between").await;
    log.written().await;
    log.reopen();
    pass(&log, "/after").await;
    log.written().await;
    let (old, new) = (fs::read_to_string(&moved).unwrap(), fs::read_to_string(&path).unwrap());
    assert_eq!((old.lines().count(), new.lines().count()), (2, 1));
    assert!(old.contains("/before") && old.contains("/between") && new.contains("/after"));
}

#[tokio::test]
async fn nobody_waits_for_a_log_that_cannot_be_written_and_what_is_lost_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Open for reading, and never read: the kernel takes 64 KiB, and then the writer waits.
    let reader = fs::OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let log = open(LogFormat::Common, &pipe);
    for _ in 0..20_000 {
        pass(&log, "/a").await;
    }
    assert!(log.dropped() > 5_000, "{} lines were dropped", log.dropped());
    drop(reader);
}

#[tokio::test]
async fn a_log_that_is_off_costs_nothing_and_says_nothing() {
    let log = AccessLog::off();
    assert!(log.begin(&asked("/"), visitor()).is_none());
    log.reopen();
    log.written().await;
    assert_eq!(log.dropped(), 0);
}
