//! Promise 4.1: any listeners, both versions of HTTP, IPv4, IPv6 and Unix sockets.

use std::sync::Arc;

use http::StatusCode;
use rolo_gateway::{
    AccessLog, Gateway, Listen, Peer, Plan, Route, Site,
    access::{LogFormat, LogTo},
};
use tokio::net::{TcpStream, UnixStream};

use crate::harness::{
    Does, Running, client, fetch, fetch_tls, get, http1, http2, plan, raw, self_signed, text, tls, whole,
};

#[tokio::test]
async fn both_versions_of_http_are_spoken_with_tls_and_without() {
    let (certificates, _folder) = self_signed(&["localhost"]);
    let mut plan = plan(&["http://127.0.0.1:0", "https://127.0.0.1:0"]);
    plan.certificates = certificates;
    let running = Running::start(plan).await;
    let (open, secret) = (running.at(0).await, running.at(1).await);

    assert_eq!(fetch(open, "/v1/a?b", "127.0.0.1", &[]).await.text, "GET HTTP/1.1 /v1/a?b tls=false host=127.0.0.1 ");
    let (mut ask, _connection) = http2(TcpStream::connect(open).await.unwrap()).await;
    let answer = whole(ask.send_request(get(&format!("http://{open}/v1"), "", &[])).await.unwrap()).await;
    assert!(answer.text.starts_with("GET HTTP/2.0 /v1 tls=false"), "{}", answer.text);

    let first = fetch_tls(secret, "localhost", "/v1", "localhost").await;
    assert!(first.text.starts_with("GET HTTP/1.1 /v1 tls=true"), "{}", first.text);
    let stream = tls(secret, "localhost", &client(&["h2", "http/1.1"])).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut ask, _connection) = http2(stream).await;
    let answer = whole(ask.send_request(get("https://localhost/v1", "", &[])).await.unwrap()).await;
    assert!(answer.text.starts_with("GET HTTP/2.0 /v1 tls=true host=localhost"), "{}", answer.text);
}

#[tokio::test]
async fn it_listens_at_every_kind_of_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rolo.sock");
    let unix = format!("unix:{}", path.display());
    let running = Running::start(plan(&["127.0.0.1:0", "http://[::1]:0", &unix])).await;
    assert_eq!(fetch(running.at(0).await, "/v1", "localhost", &[]).await.status, 200);
    assert_eq!(fetch(running.at(1).await, "/v1", "[::1]", &[]).await.status, 200);
    let (mut ask, _connection) = http1(UnixStream::connect(&path).await.unwrap()).await;
    let answer = whole(ask.send_request(get("/v1", "localhost", &[])).await.unwrap()).await;
    assert_eq!(answer.status, 200);
    assert_eq!(running.gateway.addresses().await[2], Listen::Unix { path: path.clone() });

    running.stop.cancel();
    running.ended.await.unwrap();
    assert!(!path.exists(), "a socket's file goes away with it");
}

#[tokio::test]
async fn everybody_comes_in_at_one_address_of_ipv6_unless_ipv4_has_its_own() {
    let tells = Does(|_, peer: Peer| async move { text(StatusCode::OK, peer.address.ip().to_string()) });
    let sites = vec![Site { routes: vec![Route::new("/v1", Arc::new(tells))], ..Site::default() }];
    let both = Running::start(Plan { sites: sites.clone(), ..plan(&["http://[::]:0"]) }).await;
    let port = both.at(0).await.port();
    for (host, comes_as) in [("127.0.0.1", "127.0.0.1"), ("[::1]", "::1")] {
        assert_eq!(fetch(format!("{host}:{port}").parse().unwrap(), "/v1", host, &[]).await.text, comes_as);
    }
    drop(both);

    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let listens = [format!("http://[::]:{free}"), format!("http://127.0.0.1:{free}")];
    let each = Running::start(Plan { sites, ..plan(&[&listens[0], &listens[1]]) }).await;
    for (nth, host) in [(0, "[::1]"), (1, "127.0.0.1")] {
        let at = each.at(nth).await;
        assert_eq!(fetch(format!("{host}:{free}").parse().unwrap(), "/v1", host, &[]).await.status, 200, "{at}");
    }
}

#[tokio::test]
async fn a_socket_left_behind_is_no_obstacle_and_one_in_use_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rolo.sock");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let unix = format!("unix:{}", path.display());
    let _running = Running::start(plan(&[&unix])).await;
    let taken = Gateway::start(plan(&[&unix])).await.err().unwrap();
    assert!(taken.to_string().contains("rolo.sock"), "{taken}");
    assert!(UnixStream::connect(&path).await.is_ok(), "who was there first stays");
}

#[tokio::test]
async fn several_sockets_share_a_port() {
    let mut plan = plan(&["127.0.0.1:0"]);
    plan.sockets = 2;
    let running = Running::start(plan).await;
    for _ in 0..16 {
        assert_eq!(fetch(running.at(0).await, "/v1", "localhost", &[]).await.status, 200);
    }
}

#[tokio::test]
async fn a_body_goes_through_and_what_cannot_be_answered_is_refused() {
    let running = Running::start(plan(&["127.0.0.1:0"])).await;
    let at = running.at(0).await;
    let post = "POST /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody";
    assert!(raw(at, post).await.ends_with("host=localhost body"));
    for (request, status) in [
        ("POST /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "405"),
        ("GET /%2e%2e/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400"),
        ("GET /v1/../x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "400"),
        ("CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\nConnection: close\r\n\r\n", "405"),
        ("TRACE /v1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "405"),
        ("GET /page HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "404"),
    ] {
        let back = raw(at, request).await;
        assert!(back.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {back}");
    }
}

#[tokio::test]
async fn every_request_has_its_line_also_one_that_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.log");
    let log = AccessLog::open(LogFormat::Common, LogTo::File(path.clone())).unwrap();
    let running = Running::start(Plan { log, ..plan(&["127.0.0.1:0"]) }).await;
    let at = running.at(0).await;
    for (path, host) in [("/v1/a", "localhost"), ("/page", "localhost"), ("/v1", "evil.example")] {
        fetch(at, path, host, &[]).await;
    }
    running.stop.cancel();
    running.ended.await.unwrap();
    let lines = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = lines.lines().collect();
    for (line, says) in
        lines.iter().zip(["\"GET /v1/a HTTP/1.1\" 200", "\"GET /page HTTP/1.1\" 404", "\"GET /v1 HTTP/1.1\" 421"])
    {
        assert!(line.starts_with("127.0.0.1 ") && line.contains(says), "{line}");
    }
    assert_eq!(lines.len(), 3);
}
