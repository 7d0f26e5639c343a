//! Paths, hosts and heads that say two things at once, or far too much.

use std::net::SocketAddr;

use crate::{
    front::{self, SHORT},
    ledger::Ledger,
    wire::{exchange, statuses},
};

/// The answer to a request with this target, whose host is `host`.
async fn asked(address: SocketAddr, target: &str, host: &str) -> (u16, String) {
    let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    let answers = exchange(address, request.as_bytes()).await;
    (statuses(&answers).first().copied().unwrap_or(400), String::from_utf8_lossy(&answers).into_owned())
}

#[tokio::test]
async fn a_path_that_can_be_read_in_two_ways_reaches_nobody() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    for path in [
        "/v1/%2e%2e/setup",
        "/v1/..",
        "/v1/../v1/x",
        "/v1/./x",
        "/v1/..%2fx",
        "/v1/%2e%2e%2fx",
        "/v1/..%5cx",
        "/v1\\..\\x",
        "/v1/..;/x",
        "/v1/x%00.html",
        "/v1/x%0d%0aSet-Cookie:%20a=b",
        "/v1/x%0aGET%20/v1/hidden",
        "/v1/%",
        "/v1/%4",
        "/v1/%zz",
        "/v1/%252e%252e/x",
        "/v1/x\u{7f}",
        "v1/x",
        "*",
        "ftp://127.0.0.1/v1/x",
        "http://anna@127.0.0.1/v1/x",
        "http://127.0.0.2/v1/x",
        "http:///v1/x",
        "127.0.0.1:80",
    ] {
        let (status, _) = asked(front.address, path, "127.0.0.1").await;
        assert!((400..500).contains(&status), "{path:?} had {status}");
    }
    // These name a place beside the backend's, whoever reads them.
    for path in ["//v1/x", "/v1%2fx", "/%76%31/x", "/V1/x", "/v10/x", "/.v1/x", "///127.0.0.1/v1/x"] {
        let (status, _) = asked(front.address, path, "127.0.0.1").await;
        assert_eq!(status, 404, "{path:?}");
    }
    assert_eq!(ledger.seen(""), [""; 0]);
}

#[tokio::test]
async fn an_odd_path_that_means_one_place_arrives_as_it_is() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    for path in ["/v1/a%2Fb", "/v1//x", "/v1/a..b", "/v1/...", "/v1/caf%C3%A9", "/v1/a;b=c"] {
        let (status, text) = asked(front.address, path, "127.0.0.1").await;
        assert!(status == 200 && text.contains(&format!("saw: GET {path} 0\n")), "{path:?}: {text}");
    }
    let (status, text) = asked(front.address, "http://127.0.0.1/v1/absolute?q", "127.0.0.1").await;
    assert!(status == 200 && text.contains("saw: GET /v1/absolute 0\n"), "{text}");
}

#[tokio::test]
async fn a_doubtful_host_reaches_nobody() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    for host in [
        "",
        "evil.example",
        "127.0.0.1@evil.example",
        "evil.example@127.0.0.1",
        "127.0.0.1:80:80",
        "127.0.0.1:99999",
        "127.0.0.1:+80",
        "127.0.0.1/x",
        "127.0.0.1?x",
        "127.0.0.1#x",
        "127.0.0.1, evil.example",
        "127.0.0.1 evil.example",
        "[::1",
        "::1",
        "[::1]evil.example",
        "localhost.evil.example",
    ] {
        let (status, _) = asked(front.address, "/v1/x", host).await;
        assert!([400, 421].contains(&status), "{host:?} had {status}");
    }
    for head in ["", "Host: 127.0.0.1\r\nHost: 127.0.0.1\r\n", "Host: 127.0.0.1\r\nHost: evil.example\r\n"] {
        let answers = exchange(front.address, format!("GET /v1/x HTTP/1.1\r\n{head}\r\n").as_bytes()).await;
        assert_eq!(statuses(&answers), [400], "{head:?}");
    }
    assert_eq!(ledger.seen(""), [""; 0]);
    for host in ["127.0.0.1", "127.0.0.1:8080", "127.0.0.1:", "LOCALHOST", "localhost.", "[::1]", "[::1]:443"] {
        assert_eq!(asked(front.address, "/v1/x", host).await.0, 200, "{host:?}");
    }
}

#[tokio::test]
async fn a_bomb_of_headers_reaches_nobody() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    let line = "GET /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    let bombs = [
        format!("{line}{}\r\n", "X: y\r\n".repeat(100)),
        format!("{line}{}\r\n", "Cookie: a=b\r\n".repeat(2_000)),
        format!("{line}{}\r\n", "X: y\r\n".repeat(100_000)),
        format!("{line}X: {}\r\n\r\n", "y".repeat(64 * 1024)),
        format!("{line}{}: y\r\n\r\n", "X".repeat(70_000)),
        format!("{line}X: {}\r\n\r\n", "y".repeat(4 << 20)),
        format!("GET /v1/{} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "x".repeat(64 * 1024)),
        "x".repeat(4 << 20),
    ];
    for bomb in bombs {
        let answers = exchange(front.address, bomb.as_bytes()).await;
        assert!(statuses(&answers).iter().all(|status| [400, 414, 431].contains(status)), "{:?}", statuses(&answers));
    }
    assert_eq!(ledger.seen(""), [""; 0]);
    let much = format!("{line}{}Connection: close\r\n\r\n", format!("X: {}\r\n", "y".repeat(200)).repeat(90));
    assert_eq!(statuses(&exchange(front.address, much.as_bytes()).await), [200]);
}
