//! Requests that two servers could read in two ways: what reaches an upstream is what was answered, no more and no less.

use std::sync::{Arc, Mutex};

use rolo_gateway::ProxyPlan;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use super::{
    behind::{Behind, Caller},
    front, to,
};
use crate::harness::{fetch, raw};

/// An upstream that writes down every request, and answers each.
async fn recording() -> (Behind, Arc<Mutex<Vec<String>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&seen);
    let behind = Behind::start(move |mut caller: Caller, _| {
        let record = Arc::clone(&record);
        async move {
            while let Some(came) = caller.request().await {
                let line = came.head.lines().next().unwrap_or("").to_owned();
                record.lock().unwrap().push(format!("{line} {}", String::from_utf8_lossy(&came.body)));
                caller.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            }
        }
    });
    (behind.await, seen)
}

/// What a smuggler would like an upstream to see.
const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/// Ends the connection, if the octets before it have not.
const LAST: &str = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn no_upstream_sees_a_request_that_was_not_answered() {
    let length = HIDDEN.len();
    let cases = [
        format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nContent-Length: 0\r\n\r\n{HIDDEN}"),
        format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0, {length}\r\n\r\n{HIDDEN}"),
        format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: +{length}\r\n\r\n{HIDDEN}"),
        format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length : {length}\r\n\r\n{HIDDEN}"),
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}",
            length + 5
        ),
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{length:x}\r\n{HIDDEN}\r\n0\r\n\r\n"
        ),
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nContent-Length: {length}\r\n\r\n{HIDDEN}"
        ),
        format!("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\nContent-Length: {length}\r\n\r\n{HIDDEN}"
        ),
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0bchunked\r\nContent-Length: {length}\r\n\r\n{HIDDEN}"
        ),
        format!("POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        format!(
            "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{length:x};ext=\n\r\n{HIDDEN}\r\n0\r\n\r\n"
        ),
        format!("GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{HIDDEN}"),
        format!("GET /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{length:x}\r\n{HIDDEN}\r\n0\r\n\r\n"),
        format!("GET /a HTTP/1.1\r\nHost: a\r\nConnection: Content-Length\r\nContent-Length: {length}\r\n\r\n{HIDDEN}"),
        format!("GET /a\u{20}HTTP/1.1\r\n{HIDDEN} HTTP/1.1\r\nHost: a\r\n\r\n"),
        format!("GET /a HTTP/1.1\r\nHost: a\r\nX: 1\n\r\n{HIDDEN}"),
        format!("GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n{HIDDEN}"),
        format!("CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n{HIDDEN}"),
    ];
    let (behind, seen) = recording().await;
    let front = front(to(&behind)).await;
    let mut unsound = 0;
    for case in cases {
        let back = raw(front.at(0).await, &format!("{case}{LAST}")).await;
        let reached = std::mem::take(&mut *seen.lock().unwrap());
        assert_eq!(
            reached.len(),
            back.matches("\r\n\r\nok").count(),
            "{case:?}\nreached {reached:?}\nanswered {back:?}"
        );
        unsound += usize::from(reached.is_empty());
    }
    assert!(unsound >= 10, "only {unsound} were refused whole");

    let sound = format!("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi{HIDDEN}");
    assert_eq!(raw(front.at(0).await, &format!("{sound}{LAST}")).await.matches("\r\n\r\nok").count(), 3);
    assert_eq!(*seen.lock().unwrap(), ["POST /a HTTP/1.1 hi", "GET /hidden HTTP/1.1 ", "GET /last HTTP/1.1 "]);
}

/// All that comes back to these octets, and to nothing more: the visitor's side is closed behind them.
async fn answers(address: std::net::SocketAddr, octets: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(octets.as_bytes()).await.unwrap();
    let _ = stream.shutdown().await;
    let mut back = Vec::new();
    let _ = stream.read_to_end(&mut back).await;
    String::from_utf8_lossy(&back).into_owned()
}

#[tokio::test]
async fn an_answer_before_the_body_was_read_leaves_no_rest_for_the_next_request() {
    // Answers first and reads the body then, as a server does that knows from the head what to say.
    let early = Behind::start(|mut caller: Caller, _| async move {
        while let Some(head) = caller.head().await {
            let name = head.split(' ').nth(1).unwrap_or("").to_owned();
            caller.say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len())).await;
            let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            if caller.stream.read_exact(&mut body).await.is_err() {
                return;
            }
        }
    })
    .await;
    let too_large = front(ProxyPlan { body_octets_max: 10, ..to(&early) }).await;
    let early_answer = front(to(&early)).await;
    for (front, status, times) in [(&too_large, "413", 60), (&early_answer, "200", 60), (&early_answer, "200", 60_000)]
    {
        let body = HIDDEN.repeat(times);
        let (reads, mut writes) = TcpStream::connect(front.at(0).await).await.unwrap().into_split();
        let mut visitor = BufReader::new(reads);
        let head = format!("POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
        let sent = tokio::spawn(async move {
            // A gateway that has heard enough may close: what was said before is read all the same.
            let next = b"GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            for octets in [head.as_bytes(), body.as_bytes(), next] {
                let _ = writes.write_all(octets).await;
            }
            writes
        });
        let mut first = String::new();
        visitor.read_line(&mut first).await.unwrap();
        assert!(first.starts_with(&format!("HTTP/1.1 {status} ")), "{first}");
        let mut rest = Vec::new();
        let _ = visitor.read_to_end(&mut rest).await;
        let rest = String::from_utf8_lossy(&rest);
        drop(sent.await);
        assert!(!rest.contains("/hidden"), "a body was taken for a request: {rest}");
        // Either the connection was closed, or the next request was answered as what it is.
        assert!(!rest.contains("HTTP/1.1 ") || rest.ends_with("/second"), "{rest}");
    }
}

#[tokio::test]
async fn an_announced_body_that_breaks_off_never_becomes_a_whole_request() {
    let (behind, seen) = recording().await;
    let front = front(to(&behind)).await;
    for cut in [
        "Content-Length: 10\r\n\r\nhalf",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
    ] {
        let back = answers(front.at(0).await, &format!("POST /a HTTP/1.1\r\nHost: a\r\n{cut}")).await;
        assert!(!back.contains("200 OK"), "{back}");
    }
    assert!(raw(front.at(0).await, "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.ends_with("ok"));
    assert_eq!(*seen.lock().unwrap(), ["GET /b HTTP/1.1 "]);
}

#[tokio::test]
async fn an_upstream_that_says_more_than_it_announced_says_it_to_nobody() {
    let behind = Behind::start(|mut caller: Caller, nth| async move {
        while caller.request().await.is_some() {
            let rest = if nth == 0 { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong" } else { "" };
            caller.say(format!("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nright{rest}")).await;
        }
    })
    .await;
    let front = front(to(&behind)).await;
    for _ in 0..5 {
        assert_eq!(fetch(front.at(0).await, "/", "a", &[]).await.text, "right");
    }
    assert_eq!(behind.connections(), 2);
}
