//! Upstreams that fail in every way there is: the visitor is told in time, in words a person understands, and is never given
//! a part for the whole.

use std::time::Duration;

use rolo_gateway::{
    ProxyPlan,
    proxy::{Address, PhaseTimes},
};
use tokio::net::{TcpListener, TcpStream};

use super::{
    behind::{Behind, Caller},
    front, patient, times, to,
};
use crate::harness::{self, Running, fetch, http2, raw};

const BROWSER: [(&str, &str); 1] = [("accept", "text/html,application/xhtml+xml,*/*;q=0.8")];

/// What a person and a program are told, which has to be the same thing.
async fn told(front: &Running, status: u16) {
    let page = fetch(front.at(0).await, "/contacts", "rolo.example", &BROWSER).await;
    assert_eq!((page.status, page.header("content-type")), (status, "text/html; charset=utf-8"), "{}", page.text);
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(page.text.contains("Try again") && page.text.contains(page.header("x-request-id")), "{}", page.text);
    // What a browser asks for below /v1 is read by a program.
    for (path, headers) in [("/v1/contacts", &BROWSER[..]), ("/contacts", &[("accept", "application/json")][..])] {
        let problem = fetch(front.at(0).await, path, "rolo.example", headers).await;
        assert_eq!(problem.header("content-type"), "application/problem+json");
        let document: serde_json::Value = serde_json::from_str(&problem.text).unwrap();
        assert_eq!(document["status"], problem.status);
        assert!(document["detail"].as_str().is_some_and(|detail| detail.ends_with('.')));
    }
}

/// An upstream that says this to every request, and ends the connection.
async fn saying(octets: &'static [u8]) -> Behind {
    Behind::start(move |mut caller: Caller, _| async move {
        caller.request().await;
        caller.say(octets).await;
    })
    .await
}

/// An address where nobody listens.
async fn nobody() -> std::net::SocketAddr {
    saying(b"").await.stop().await
}

#[tokio::test]
async fn refused_is_said_and_while_it_is_away_nobody_waits() {
    let address = nobody().await;
    let front = front(to(format!("http://{address}"))).await;
    let first = fetch(front.at(0).await, "/", "a", &BROWSER).await;
    assert_eq!(first.status, 502);
    told(&front, 503).await;
    let wait = fetch(front.at(0).await, "/", "a", &[]).await;
    assert!((1..=5).contains(&wait.header("retry-after").parse::<u32>().unwrap()));

    let _back = Behind::on(TcpListener::bind(address).await.unwrap(), |mut caller: Caller, _| async move {
        caller.request().await;
        caller.say("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
    });
    while fetch(front.at(0).await, "/", "a", &[]).await.status != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn however_long_it_was_away_it_is_looked_for_again_within_five_seconds() {
    let proxy = rolo_gateway::Proxy::new(to(format!("http://{}", nobody().await)));
    let front = super::front_of(proxy).await;
    let (mut refused, mut longest) = (0, 0);
    // Each 502 is a new try that failed; what is said between them is how long nobody tries.
    while refused < 4 {
        let answer = fetch(front.at(0).await, "/", "a", &[]).await;
        match answer.status {
            502 => refused += 1,
            _ => longest = longest.max(answer.header("retry-after").parse().unwrap()),
        }
    }
    assert!((2..=5).contains(&longest), "{longest}");
}

#[tokio::test]
async fn hanging_is_answered_in_time_wherever_it_hangs() {
    let mute = Behind::start(|mut caller: Caller, _| async move { caller.until_closed().await }).await;
    told(&front(to(&mute)).await, 504).await;
    let half = Behind::start(|mut caller: Caller, _| async move {
        caller.request().await;
        caller.say("HTTP/1.1 200 OK\r\nContent-Le").await;
        caller.until_closed().await;
    })
    .await;
    told(&front(to(&half)).await, 504).await;
    // A port whose queue is never read: the kernel accepts, nobody speaks TLS.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: Address = format!("https://localhost:{}", silent.local_addr().unwrap().port()).parse().unwrap();
    let times = PhaseTimes { connect: Duration::from_millis(300), ..times() };
    let front = front(ProxyPlan { times, ..ProxyPlan::to([address]) }).await;
    assert_eq!(fetch(front.at(0).await, "/", "a", &BROWSER).await.status, 504);
}

#[tokio::test]
async fn a_body_that_is_not_taken_or_not_sent_ends_in_time() {
    let takes_nothing = Behind::start(|mut caller: Caller, _| async move {
        caller.head().await;
        std::future::pending::<()>().await;
    })
    .await;
    let front_of_it = front(to(&takes_nothing)).await;
    let mut stream = TcpStream::connect(front_of_it.at(0).await).await.unwrap();
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let (mut reads, mut writes) = stream.split();
    writes.write_all(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000\r\n\r\n").await.unwrap();
    let pouring = async {
        let piece = vec![0; 65_536];
        while writes.write_all(&piece).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let mut begin = [0; 13];
    tokio::select! {
        read = reads.read_exact(&mut begin) => drop(read.unwrap()),
        () = pouring => {}
    }
    assert_eq!(&begin, b"HTTP/1.1 504 ");

    let front = front(to(&takes_nothing)).await;
    let back =
        raw(front.at(0).await, "PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 9\r\n\r\nhalf").await;
    assert!(back.starts_with("HTTP/1.1 408 "), "{back}");
}

#[tokio::test]
async fn hanging_up_a_reset_and_rubbish_are_a_bad_gateway() {
    let cases: [&'static [u8]; 10] = [
        b"",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Le",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nBad Name: 1\r\n\r\n",
        b"HTTP/2.0 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        // Nobody asked for that.
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
    ];
    for octets in cases {
        let behind = saying(octets).await;
        told(&front(to(&behind)).await, 502).await;
    }
    let resets = Behind::start(|mut caller: Caller, _| async move {
        caller.request().await;
        caller.reset();
    })
    .await;
    told(&front(to(&resets)).await, 502).await;
    let endless = Behind::start(|mut caller: Caller, _| async move {
        caller.request().await;
        caller.say("HTTP/1.1 200 OK\r\n").await;
        while caller.say("X-More: and more of it, and it never ends\r\n").await {}
    })
    .await;
    told(&front(ProxyPlan { times: patient(), ..to(&endless) }).await, 502).await;
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_broken_off_and_never_short() {
    let cases: [&'static [u8]; 3] = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nrubbish\r\n",
    ];
    for octets in cases {
        for stalls in [false, true] {
            let behind = Behind::start(move |mut caller: Caller, _| async move {
                caller.request().await;
                caller.say(octets).await;
                if stalls {
                    caller.until_closed().await;
                }
            })
            .await;
            let front = front(to(&behind)).await;
            let back = raw(front.at(0).await, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
            assert!(back.starts_with("HTTP/1.1 200 ") && back.contains("half"), "{back}");
            assert!(!back.ends_with("\r\n0\r\n\r\n"), "an end that is none: {back}");
            assert!(!back.contains("Try again"), "two answers to one request: {back}");

            let (mut ask, _connection) = http2(TcpStream::connect(front.at(0).await).await.unwrap()).await;
            let answer = ask.send_request(harness::get("http://a/", "", &[])).await.unwrap();
            use http_body_util::BodyExt as _;
            let broken = answer.collect().await.unwrap_err();
            assert!(format!("{broken:?}").contains("Reset("), "{broken:?}");
        }
    }
}
