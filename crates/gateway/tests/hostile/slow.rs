//! Clients that hold on: to a connection without asking, to a request without finishing it, to an answer without taking it.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::{interval, timeout},
};

use crate::{
    floods::Bystander,
    front::{self, SHORT},
    h2::{DATA, END_HEADERS, END_STREAM, HEADERS, converse, field, frame, head, hello},
    ledger::{LARGE, Ledger},
    wire::{PATIENCE, closed, connect, statuses},
};

/// Sends the beginning at once and the rest octet by octet, until the gateway closes; all that it said.
pub(crate) async fn trickle(address: SocketAddr, begin: &[u8], rest: &[u8]) -> Vec<u8> {
    let (mut reading, mut writing) = connect(address).await.into_split();
    let write = async {
        let _ = writing.write_all(begin).await;
        let mut ticks = interval(Duration::from_millis(100));
        for octet in rest.iter().cycle() {
            ticks.tick().await;
            if rest.is_empty() || writing.write_all(&[*octet]).await.is_err() {
                break;
            }
        }
    };
    let mut said = Vec::new();
    let read = async {
        let _ = timeout(PATIENCE, reading.read_to_end(&mut said)).await.expect("it was not closed in time");
    };
    tokio::select! {
        () = read => {}
        () = async { write.await; std::future::pending().await } => {}
    }
    said
}

/// Lets a slow client be closed while somebody else is answered.
async fn outlasted<F: Future<Output = ()>>(slow: impl FnOnce(front::Addresses) -> F) {
    let front = front::start(Ledger::default(), SHORT).await;
    let somebody = Bystander::start(front.addresses.plain);
    slow(front.addresses).await;
    tokio::task::spawn_blocking(|| somebody.answers()).await.unwrap();
}

#[tokio::test]
async fn who_asks_for_nothing_is_closed() {
    outlasted(|at| async move {
        let head = b"GET /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ";
        let half = frame(HEADERS, END_STREAM, 1, &head_of_h2());
        let served = b"GET /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        let (hello_half, hello) = ([hello(), half].concat(), hello());
        tokio::join!(
            trickle(at.plain, b"", b""),
            trickle(at.plain, b"G", b""),
            trickle(at.plain, b"PRI * HT", b""),
            trickle(at.plain, head, b"x"),
            trickle(at.plain, b"\r\n", b"\r\n"),
            trickle(at.plain, served, b""),
            trickle(at.plain, &hello, b""),
            trickle(at.plain, &hello_half, b""),
            // A handshake that never comes, one that is half there, and one that trickles.
            trickle(at.tls, b"", b""),
            trickle(at.tls, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b""),
            trickle(at.tls, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"x"),
        );
    })
    .await;
}

fn head_of_h2() -> Vec<u8> {
    head("GET", "/v1/x")
}

#[tokio::test]
async fn a_body_that_hardly_comes_is_not_waited_for() {
    outlasted(|at| async move {
        let sized = b"POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n";
        let chunked = b"POST /v1/x HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        let (sized, silent, chunked) = tokio::join!(
            trickle(at.plain, sized, b"x"),
            trickle(at.plain, sized, b""),
            trickle(at.plain, chunked, b"1\r\nx\r\n")
        );
        for said in [sized, silent, chunked] {
            assert_eq!(statuses(&said), [408], "{}", String::from_utf8_lossy(&said));
        }
        let begun =
            frame(HEADERS, END_HEADERS, 1, &[head("POST", "/v1/x"), field(b"content-length", b"1000000")].concat());
        let said = converse(at.plain, &[hello(), begun, frame(DATA, 0, 1, b"x")].concat()).await;
        assert_eq!(String::from_utf8_lossy(&said), "The body of the request comes too slowly.");
    })
    .await;
}

/// Slow, but as fast as is asked for: it takes longer than any of the times, and is served.
#[tokio::test]
async fn a_body_that_comes_as_fast_as_it_must_is_waited_for() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    let mut stream = connect(front.addresses.plain).await;
    let piece = [b'x'; 512];
    let pieces = 12 * usize::try_from(SHORT.body.as_secs()).unwrap();
    let length = pieces * piece.len();
    let head =
        format!("POST /v1/steady HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut ticks = interval(Duration::from_millis(200));
    for _ in 0..pieces {
        ticks.tick().await;
        stream.write_all(&piece).await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert_eq!(ledger.seen("/v1/steady"), [format!("POST /v1/steady {length}")], "{answer}");
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    let mut stream = connect(front.addresses.plain).await;
    stream.write_all(b"GET /v1/large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
    let mut first = [0; 1];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(ledger.leaving(), 1);
    let given_up = async {
        let mut ticks = interval(Duration::from_millis(50));
        while ledger.leaving() > 0 {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, given_up).await.expect("it was not given up in time");
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.len() < LARGE, "it was sent whole");
}

/// The control: an answer that is taken in small sips, but steadily, comes whole.
#[tokio::test]
async fn an_answer_that_is_taken_slowly_comes_whole() {
    let ledger = Ledger::default();
    let front = front::start(ledger.clone(), SHORT).await;
    let mut stream = connect(front.addresses.plain).await;
    stream.write_all(b"GET /v1/large HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").await.unwrap();
    let (mut sip, mut taken) = (vec![0; 1 << 20], 0);
    let mut ticks = interval(Duration::from_millis(100));
    loop {
        ticks.tick().await;
        match timeout(PATIENCE, stream.read(&mut sip)).await.unwrap().unwrap() {
            0 => break,
            octets => taken += octets,
        }
    }
    assert!(taken > LARGE, "{taken} octets came");
    closed(&mut stream).await;
}
