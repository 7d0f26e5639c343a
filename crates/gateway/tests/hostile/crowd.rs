//! Ten thousand connections that ask for nothing: what they cost, and that somebody else is answered.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    floods::Bystander,
    front::{Play, apart, part, ready},
    wire::{PATIENCE, connect, exchange, statuses},
};

const CROWD: usize = 10_000;
const MEMORY_MIB: u64 = 150;

/// One of the crowd: every other one has asked for something once.
async fn idler(address: SocketAddr, asks: bool) -> TcpStream {
    let mut stream = connect(address).await;
    if asks {
        stream.write_all(b"GET /v1/idle HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").await.unwrap();
        assert!(stream.read(&mut [0; 4096]).await.unwrap() > 0);
    }
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_cost_little() {
    if let Some(part) = part() {
        let address: SocketAddr = part.parse().unwrap();
        let mut crowd = Vec::with_capacity(CROWD);
        for number in 0..CROWD {
            crowd.push(idler(address, number % 2 == 0).await);
        }
        return tokio::task::spawn_blocking(move || ready(&crowd.len().to_string())).await.unwrap();
    }
    let (play, address, _) = tokio::task::spawn_blocking(|| apart("patient")).await.unwrap();
    let before = play.resident_mib();
    let open_before = play.connections();
    let somebody = Bystander::start(address);
    let crowd = tokio::task::spawn_blocking(move || {
        Play::start("crowd::ten_thousand_idle_connections_cost_little", &address.to_string())
    });
    let crowd = tokio::time::timeout(PATIENCE, crowd).await.expect("they came in time").unwrap();
    assert_eq!(crowd.said, CROWD.to_string());
    assert!(play.connections() >= open_before + CROWD, "all of them are there at once");
    let peak = play.peak_mib();
    // And they do not keep anybody out.
    let request = b"GET /v1/bystander HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    assert_eq!(statuses(&exchange(address, request).await), [200]);
    somebody.answers();
    assert!(peak <= before + MEMORY_MIB, "{before} MiB before, {peak} MiB with {CROWD} idle connections");
    println!("{before} MiB before, {peak} MiB with {CROWD} idle connections");
}
