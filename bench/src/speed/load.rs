//! Load: connections that are kept alive, each asking again as soon as it was answered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Failure;

pub(crate) const CONNECTIONS: usize = 48;

/// What is asked: a path, and the token for it.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    /// `127.0.0.1:1234`.
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) token: String,
}

/// Answers in all, and how long each took.
pub(crate) struct Answered {
    pub(crate) per_second: f64,
    pub(crate) p99: Duration,
}

impl Asking {
    pub(crate) fn of(url: &str, path: &str, token: &str) -> Self {
        let host = url.trim_start_matches("http://").to_owned();
        Self { host, path: path.to_owned(), token: token.to_owned() }
    }

    /// Asks from all connections for that long. Every answer must be a success with a body.
    pub(crate) async fn load(&self, time: Duration) -> Result<Answered, Failure> {
        let begun = Instant::now();
        let end = begun + time;
        let asking = (0..CONNECTIONS).map(|_| tokio::spawn(self.clone().connection(end)));
        let mut times = Vec::new();
        for one in asking.collect::<Vec<_>>() {
            times.append(&mut one.await??);
        }
        let per_second = times.len() as f64 / begun.elapsed().as_secs_f64();
        times.sort_unstable();
        let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
        Ok(Answered { per_second, p99 })
    }

    async fn connection(self, end: Instant) -> Result<Vec<Duration>, Failure> {
        let stream = TcpStream::connect(&self.host).await?;
        stream.set_nodelay(true)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut times = Vec::new();
        loop {
            let at = Instant::now();
            if at >= end {
                return Ok(times);
            }
            let request = Request::get(&self.path)
                .header("host", &self.host)
                .header("authorization", format!("Bearer {}", self.token))
                .body(Empty::<Bytes>::new())?;
            let answer = sender.send_request(request).await?;
            let status = answer.status();
            let body = answer.into_body().collect().await?.to_bytes();
            if !status.is_success() || body.is_empty() {
                return Err(format!("{}: {status}", self.path).into());
            }
            times.push(at.elapsed());
        }
    }
}
