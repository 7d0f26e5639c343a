//! The peer of reading: a bare hyper server in a process of its own, which answers everything with the same octets.

use std::{
    convert::Infallible,
    path::Path,
    process::{Child, Command, Stdio},
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Response, header::HeaderName, http::HeaderValue, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Failure;
use crate::Outcome;

/// The server, running. Dropped, it is killed.
pub(crate) struct Peer {
    child: Child,
    pub(crate) url: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    /// Answers what was answered to somebody else: the same headers, the same body.
    pub(crate) fn start(folder: &Path, headers: &http::HeaderMap, body: &[u8]) -> Result<Self, Failure> {
        use std::io::BufRead;
        let headers: Vec<(&str, &str)> =
            headers.iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?))).collect();
        let file = folder.join("octets.json");
        std::fs::write(&file, json!({ "headers": headers, "body": std::str::from_utf8(body)? }).to_string())?;
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg("serve-octets").arg(&file).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().ok_or("no output")?;
        let mut peer = Self { child, url: String::new() };
        let mut line = String::new();
        std::io::BufReader::new(stdout).read_line(&mut line)?;
        peer.url = line.trim().strip_prefix("ready ").ok_or("the peer did not start")?.to_owned();
        Ok(peer)
    }
}

/// `serve-octets FILE`: what the process does.
pub(crate) fn serve(file: &str) -> Outcome {
    let said: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let body = Bytes::from(said["body"].as_str().unwrap_or_default().to_owned());
    let mut headers = Vec::new();
    for pair in said["headers"].as_array().into_iter().flatten() {
        let name: HeaderName = pair[0].as_str().unwrap_or_default().parse()?;
        // These two are the server's own.
        if !["date", "content-length"].contains(&name.as_str()) {
            headers.push((name, HeaderValue::from_str(pair[1].as_str().unwrap_or_default())?));
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(answer(headers, body))
}

async fn answer(headers: Vec<(HeaderName, HeaderValue)>, body: Bytes) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    crate::say(&format!("ready http://{}", listener.local_addr()?));
    let headers: &'static [(HeaderName, HeaderValue)] = headers.leak();
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let service = service_fn(move |_| {
            let mut response = Response::new(Full::new(body.clone()));
            response.headers_mut().extend(headers.iter().cloned());
            async { Ok::<_, Infallible>(response) }
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
