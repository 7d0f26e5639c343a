//! What an upstream is told about a request, and what a visitor about an answer.

use std::sync::Arc;

use http::{Request, header};
use http_body_util::BodyExt as _;
use rolo_gateway::{Peer, Proxy, ProxyPlan, Trusted, Upstream, forwarded, proxy::HostTold};

use super::{behind::Behind, front, to};
use crate::harness::{self, fetch, http2, raw};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

#[tokio::test]
async fn hop_by_hop_headers_go_no_farther_either_way() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: X-Hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nProxy-Authenticate: Basic\r\n\
                  Upgrade: h2c\r\nServer-Timing: c4;desc=hit\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok";
    let (behind, mut came) = Behind::answering(answer).await;
    let front = front(to(&behind)).await;
    let asked = "GET /a?b=c HTTP/1.1\r\nHost: rolo.example\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nTE: gzip\r\nKeep-Alive: 5\r\n\
                 Proxy-Authorization: Basic eA==\r\nProxy: evil\r\nUpgrade: h2c\r\nX_Forwarded_For: 8.8.8.8\r\nCookie: a=b\r\n\r\n";
    let back = raw(front.at(0).await, asked).await.to_lowercase();
    let came = came.recv().await.unwrap();
    assert!(came.head.starts_with("GET /a?b=c HTTP/1.1\r\n"), "{}", came.head);
    for gone in
        ["connection", "x-mine", "te", "keep-alive", "proxy-authorization", "proxy", "upgrade", "x_forwarded_for"]
    {
        assert_eq!(came.header(gone), None, "{}", came.head);
    }
    assert_eq!(came.header("cookie"), Some("a=b"));
    assert_eq!(came.header("host"), Some("rolo.example"));
    for gone in ["x-hop", "keep-alive", "proxy-authenticate", "upgrade"] {
        assert!(!back.contains(&format!("\r\n{gone}:")), "{back}");
    }
    for kept in ["c4;desc=hit", "set-cookie: a=1", "set-cookie: b=2"] {
        assert!(back.contains(kept), "{back}");
    }
}

#[tokio::test]
async fn what_a_visitor_says_about_their_way_is_thrown_away() {
    let (behind, mut came) = Behind::answering(OK).await;
    let front = front(to(&behind)).await;
    let forged = [
        ("x-forwarded-for", "8.8.8.8"),
        ("forwarded", "for=8.8.8.8;proto=https"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-prefix", "/evil"),
        ("x-real-ip", "8.8.8.8"),
        ("x-request-id", "forged"),
    ];
    let answer = fetch(front.at(0).await, "/", "rolo.example:81", &forged).await;
    assert_eq!(answer.status, 200);
    let came = came.recv().await.unwrap();
    assert_eq!(came.header("x-forwarded-for"), Some("127.0.0.1"));
    assert_eq!(came.header("x-forwarded-proto"), Some("http"));
    assert_eq!(came.header("x-forwarded-host"), Some("rolo.example:81"));
    assert_eq!(came.header("forwarded"), Some("for=127.0.0.1;host=\"rolo.example:81\";proto=http"));
    assert!(came.header("x-forwarded-prefix").is_none() && came.header("x-real-ip").is_none());
    let number = came.header("x-request-id").unwrap();
    assert!(number.len() == 16 && number != "forged", "{number}");
    assert_eq!(answer.header("x-request-id"), number);
}

/// The proxy alone, for a request that came from `connection`.
async fn through(proxy: &Proxy, connection: &str, trusted: &Trusted, headers: &[(&str, &str)]) {
    let mut request =
        harness::get("/", "rolo.example", headers).map(|body| body.map_err(|never| match never {}).boxed_unsync());
    let connection = Peer { address: connection.parse().unwrap(), tls: false };
    let visitor = forwarded::settle(&mut request, connection, trusted);
    assert_eq!(proxy.answer(request, visitor).await.status(), 200);
}

#[tokio::test]
async fn a_trusted_proxy_is_believed_and_becomes_one_more_hop() {
    let (behind, mut came) = Behind::answering(OK).await;
    let proxy = Proxy::new(to(&behind));
    let trusted = Trusted::parse(&["10.0.0.0/8"]).unwrap();
    let said = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-proto", "https"), ("x-request-id", "7f3k-92qd")];
    through(&proxy, "10.1.1.1:99", &trusted, &said).await;
    let believed = came.recv().await.unwrap();
    assert_eq!(believed.header("x-forwarded-for"), Some("203.0.113.9, 10.1.1.1"));
    assert_eq!(believed.header("x-forwarded-proto"), Some("https"));
    assert_eq!(believed.header("forwarded"), Some("for=203.0.113.9;host=\"rolo.example\";proto=https, for=10.1.1.1"));
    assert_eq!(believed.header("x-request-id"), Some("7f3k-92qd"));

    through(&proxy, "192.0.2.7:99", &trusted, &said).await;
    let forged = came.recv().await.unwrap();
    assert_eq!(forged.header("x-forwarded-for"), Some("192.0.2.7"));
    assert_eq!(forged.header("x-forwarded-proto"), Some("http"));
    assert_ne!(forged.header("x-request-id"), Some("7f3k-92qd"));
}

#[tokio::test]
async fn the_host_is_the_visitors_or_the_upstreams_own() {
    let (behind, mut came) = Behind::answering(OK).await;
    for (host, told) in [(HostTold::Kept, "rolo.example".to_owned()), (HostTold::Upstream, behind.address.to_string())]
    {
        let front = front(ProxyPlan { host, ..to(&behind) }).await;
        fetch(front.at(0).await, "/", "rolo.example", &[]).await;
        let came = came.recv().await.unwrap();
        assert_eq!(came.header("host"), Some(told.as_str()));
        assert_eq!(came.header("x-forwarded-host"), Some("rolo.example"));
    }
}

#[tokio::test]
async fn a_request_of_http2_is_written_anew() {
    let (behind, mut came) = Behind::answering(OK).await;
    let front = front(to(&behind)).await;
    let (mut ask, _connection) = http2(tokio::net::TcpStream::connect(front.at(0).await).await.unwrap()).await;
    let crumbs = [("cookie", "a=b"), ("cookie", "c=d"), ("te", "trailers")];
    let request = harness::get("http://rolo.example/x?y", "", &crumbs);
    assert_eq!(ask.send_request(request).await.unwrap().status(), 200);
    let came = came.recv().await.unwrap();
    assert!(came.head.starts_with("GET /x?y HTTP/1.1\r\n"), "{}", came.head);
    assert_eq!(came.header("host"), Some("rolo.example"));
    assert_eq!(came.header("cookie"), Some("a=b; c=d"));
    assert_eq!((came.header("te"), came.header("connection")), (Some("trailers"), Some("te")));
    assert!(came.header("via").unwrap().starts_with("2 rolo-"));

    let contradicting = Request::builder().uri("http://rolo.example/").header(header::HOST, "evil.example");
    let refused = ask.send_request(contradicting.body(http_body_util::Empty::new()).unwrap()).await;
    assert!(refused.is_err() || refused.is_ok_and(|answer| answer.status() == 400));
}

#[tokio::test]
async fn a_request_that_goes_round_in_circles_is_stopped() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let proxy = Arc::new(Proxy::new(to(format!("http://{port}"))));
    let plan = rolo_gateway::Plan {
        hosts: rolo_gateway::Hosts::Any,
        sites: vec![rolo_gateway::Site { routes: vec![rolo_gateway::Route::new("/", proxy)], ..Default::default() }],
        ..harness::plan(&[&port.to_string()])
    };
    let front = harness::Running::start(plan).await;
    assert_eq!(fetch(front.at(0).await, "/", "rolo.example", &[]).await.status, 508);
}
