//! Those who send what costs them little and a server much: each goes on until its connection is closed.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    time::timeout,
};

use crate::{
    h2::{
        ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, SETTINGS, again, field, frame, get, head,
        hello, kept, next, open, reset, setting, window,
    },
    wire::{PATIENCE, closed, connect},
};

/// Says hello, then sends what `more` gives, many frames at a time, until the gateway closes.
async fn pour(address: SocketAddr, first: Vec<u8>, mut more: impl FnMut(u32) -> Vec<u8>) {
    let (mut reading, mut writing) = open(address).await.into_split();
    let write = async {
        let mut number = 0;
        let mut octets = first;
        while writing.write_all(&octets).await.is_ok() {
            octets = (0..100)
                .flat_map(|_| {
                    number += 1;
                    more(number)
                })
                .collect();
        }
    };
    let write = async { timeout(PATIENCE, write).await.expect("it was not closed in time") };
    tokio::join!(write, closed(&mut reading));
}

/// Streams, each reset in the same breath: "rapid reset".
pub(crate) async fn opened_and_reset(address: SocketAddr) {
    pour(address, Vec::new(), |number| [get(2 * number - 1, "/v1/hold"), reset(2 * number - 1)].concat()).await;
}

/// Streams, each reset once its request runs.
pub(crate) async fn begun_and_reset(address: SocketAddr) {
    let mut stream = open(address).await;
    // A PING is answered after what was sent before it: by then the request runs.
    let mut number = 1;
    loop {
        let begin = [get(number, "/v1/hold"), frame(PING, 0, 0, &[7; 8])].concat();
        if stream.write_all(&begin).await.is_err() {
            return;
        }
        loop {
            match next(&mut stream).await {
                Some(frame) if frame.kind == PING => break,
                Some(_) => {}
                None => return,
            }
        }
        if stream.write_all(&reset(number)).await.is_err() {
            return;
        }
        number += 2;
    }
}

/// Streams with a window of no width: the server is to reset them itself, "MadeYouReset".
pub(crate) async fn made_to_reset_by_windows(address: SocketAddr) {
    pour(address, Vec::new(), |number| [get(2 * number - 1, "/v1/hold"), window(2 * number - 1, 0)].concat()).await;
}

/// Streams with a body beyond its length: the same.
pub(crate) async fn made_to_reset_by_lengths(address: SocketAddr) {
    let begin = |number| {
        let head = [head("POST", "/v1/hold"), field(b"content-length", b"0")].concat();
        frame(HEADERS, END_HEADERS, 2 * number - 1, &head)
    };
    pour(address, Vec::new(), move |number| [begin(number), frame(DATA, 0, 2 * number - 1, b"x")].concat()).await;
}

/// A head that goes on and on.
pub(crate) async fn endless_head(address: SocketAddr) {
    let more = [field(b"x", &[b'y'; 500]), field(b"x", b"")].concat();
    pour(address, frame(HEADERS, END_STREAM, 1, &head("GET", "/v1/x")), move |_| frame(CONTINUATION, 0, 1, &more))
        .await;
}

/// A head that goes on without going on.
pub(crate) async fn endless_head_of_nothing(address: SocketAddr) {
    pour(address, frame(HEADERS, END_STREAM, 1, &head("GET", "/v1/x")), |_| frame(CONTINUATION, 0, 1, &[])).await;
}

/// A body of pieces without an octet.
pub(crate) async fn data_of_nothing(address: SocketAddr) {
    pour(address, frame(HEADERS, END_HEADERS, 1, &head("POST", "/v1/x")), |_| frame(DATA, 0, 1, &[])).await;
}

pub(crate) async fn settings(address: SocketAddr) {
    pour(address, Vec::new(), |_| frame(SETTINGS, 0, 0, &[])).await;
}

pub(crate) async fn pings(address: SocketAddr) {
    pour(address, Vec::new(), |_| frame(PING, 0, 0, &[7; 8])).await;
}

/// Answers to pings that nobody sent.
pub(crate) async fn pongs(address: SocketAddr) {
    pour(address, Vec::new(), |_| frame(PING, ACK, 0, &[7; 8])).await;
}

/// One octet more to send, again and again.
pub(crate) async fn windows(address: SocketAddr) {
    pour(address, get(1, "/v1/hold"), |_| window(1, 1)).await;
}

/// A kind of frame that nobody knows.
pub(crate) async fn frames_of_no_kind(address: SocketAddr) {
    pour(address, Vec::new(), |_| frame(0xfe, 0, 0, &[0; 100])).await;
}

/// Pings and settings, and nothing is read of what acknowledges them.
pub(crate) async fn unread_acknowledgements(address: SocketAddr) {
    let mut stream = open(address).await;
    let pings: Vec<u8> = (0..1000).flat_map(|_| [frame(PING, 0, 0, &[7; 8]), setting(1, 0)].concat()).collect();
    let write = async { while stream.write_all(&pings).await.is_ok() {} };
    timeout(PATIENCE, write).await.expect("it was not closed in time");
}

/// A small head that is much when it is unpacked (RFC 7541 §4.1): "HTTP/2 Bomb".
pub(crate) async fn bomb(address: SocketAddr) {
    let bomb = |number: u32, times: usize| {
        let block = [head("GET", "/v1/x"), kept(b"cookie", &[b'c'; 3900]), again(62).repeat(times)].concat();
        frame(HEADERS, END_STREAM | END_HEADERS, 2 * number - 1, &block)
    };
    pour(address, setting(4, 0), move |number| bomb(number, if number % 2 == 0 { 12_000 } else { 7 })).await;
}

/// Large answers, and a window that lets `first` octets of each through.
async fn untaken(address: SocketAddr, first: u32) {
    let mut stream = connect(address).await;
    let requests: Vec<u8> = (0..100).flat_map(|number| get(2 * number + 1, "/v1/large")).collect();
    stream.write_all(&[hello(), setting(4, first), requests].concat()).await.unwrap();
    closed(&mut stream).await;
}

pub(crate) async fn untaken_by_windows_of_nothing(address: SocketAddr) {
    untaken(address, 0).await;
}

pub(crate) async fn untaken_by_windows_of_an_octet(address: SocketAddr) {
    untaken(address, 1).await;
}

/// Windows as wide as they get, and nobody reads.
pub(crate) async fn untaken_by_wide_windows(address: SocketAddr) {
    let (mut reading, mut writing) = connect(address).await.into_split();
    let requests: Vec<u8> = (0..100).flat_map(|number| get(2 * number + 1, "/v1/large")).collect();
    let wide = [hello(), setting(4, i32::MAX as u32), window(0, i32::MAX as u32 - 65_535), requests].concat();
    writing.write_all(&wide).await.unwrap();
    // Closed, with so much unread, is a reset: what is written then fails.
    let ping = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(200));
        while writing.write_all(&frame(PING, 0, 0, &[7; 8])).await.is_ok() {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, ping).await.expect("it was not closed in time");
    let _ = reading.read(&mut [0; 1]).await;
}
