//! HTTP/2 by hand (RFC 9113): frames of any kind and in any order, also those no library would send.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::wire::{PATIENCE, connect};

pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RST_STREAM: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const ACK: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A setting, by number.
pub(crate) fn setting(number: u16, value: u32) -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[&number.to_be_bytes()[..], &value.to_be_bytes()].concat())
}

/// The preface with settings that say nothing.
pub(crate) fn hello() -> Vec<u8> {
    [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()
}

pub(crate) fn window(stream: u32, octets: u32) -> Vec<u8> {
    frame(WINDOW_UPDATE, 0, stream, &octets.to_be_bytes())
}

pub(crate) fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())
}

fn length(prefix: u8, bits: u8, mut length: usize) -> Vec<u8> {
    let most = (1 << bits) - 1;
    if length < most {
        return vec![prefix | length as u8];
    }
    let mut octets = vec![prefix | most as u8];
    length -= most;
    while length >= 128 {
        octets.push(length as u8 | 128);
        length /= 128;
    }
    octets.push(length as u8);
    octets
}

/// A field as it is, kept in nobody's table (RFC 7541 §6.2.2).
pub(crate) fn field(name: &[u8], value: &[u8]) -> Vec<u8> {
    [&[0][..], &length(0, 7, name.len()), name, &length(0, 7, value.len()), value].concat()
}

/// A field that is kept in the table, where its number is 62 (RFC 7541 §6.2.1).
pub(crate) fn kept(name: &[u8], value: &[u8]) -> Vec<u8> {
    [&[0x40][..], &length(0, 7, name.len()), name, &length(0, 7, value.len()), value].concat()
}

/// A field of the table, by number: one octet for all of it.
pub(crate) fn again(number: usize) -> Vec<u8> {
    length(0x80, 7, number)
}

/// The head of an honest request.
pub(crate) fn head(method: &str, path: &str) -> Vec<u8> {
    let fields = [(":method", method), (":scheme", "http"), (":authority", "127.0.0.1"), (":path", path)];
    fields.iter().flat_map(|(name, value)| field(name.as_bytes(), value.as_bytes())).collect()
}

/// A request without a body.
pub(crate) fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_STREAM | END_HEADERS, stream, &head("GET", path))
}

pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) payload: Vec<u8>,
}

/// The next frame of a connection; none when it is over.
pub(crate) async fn next(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Option<Frame> {
    let mut head = [0; 9];
    timeout(PATIENCE, stream.read_exact(&mut head)).await.expect("it was not closed in time").ok()?;
    let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
    timeout(PATIENCE, stream.read_exact(&mut payload)).await.expect("it was not closed in time").ok()?;
    Some(Frame { kind: head[3], payload })
}

/// Sends frames and returns the bodies of all answers, until the server closes.
pub(crate) async fn converse(address: SocketAddr, frames: &[u8]) -> Vec<u8> {
    let (mut reading, mut writing) = connect(address).await.into_split();
    let write = async {
        let _ = writing.write_all(frames).await;
    };
    let mut bodies = Vec::new();
    let read = async {
        while let Some(frame) = next(&mut reading).await {
            if frame.kind == DATA {
                bodies.extend(frame.payload);
            }
        }
    };
    tokio::join!(write, read);
    bodies
}

/// A connection that has said hello.
pub(crate) async fn open(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address).await;
    stream.write_all(&hello()).await.unwrap();
    stream
}
