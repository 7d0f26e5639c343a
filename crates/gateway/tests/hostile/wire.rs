//! Octets to a server and back.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Nothing in these tests may hold a connection longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let stream = timeout(PATIENCE, TcpStream::connect(address)).await.expect("no connection in time").unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Sends octets and returns all that comes back until the server closes.
pub(crate) async fn exchange(address: SocketAddr, octets: &[u8]) -> Vec<u8> {
    let (mut reading, mut writing) = connect(address).await.into_split();
    // It may be closed before all is written, and what was answered until then counts.
    let write = async {
        let _ = writing.write_all(octets).await;
    };
    let mut answers = Vec::new();
    let read = async {
        let _ = timeout(PATIENCE, reading.read_to_end(&mut answers)).await.expect("it was not closed in time");
    };
    tokio::join!(write, read);
    answers
}

/// Reads until the server closes, and throws away what comes.
pub(crate) async fn closed(stream: &mut (impl tokio::io::AsyncRead + Unpin)) {
    let mut octets = vec![0; 64 * 1024];
    let end = async { while stream.read(&mut octets).await.is_ok_and(|read| read > 0) {} };
    timeout(PATIENCE, end).await.expect("it was not closed in time");
}

/// The status codes of HTTP/1 answers.
pub(crate) fn statuses(answers: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(answers);
    let lines = text.split("HTTP/1.").skip(1);
    lines.filter_map(|line| line.get(2..5)?.parse().ok()).filter(|status| *status != 100).collect()
}
