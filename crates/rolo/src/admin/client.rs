//! The command's end: hands a task to the server that holds the data folder.

use std::{io, path::Path};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use super::{PATH, Said};
use crate::commands::{Input, Task};

/// A line of an answer: base64 of at most 64 KiB, and a little around it.
const LINE_BYTES_MAX: usize = 1024 * 1024;

/// The running server's socket, if one answers.
pub(crate) async fn connect(path: &Path) -> Option<UnixStream> {
    UnixStream::connect(path).await.ok()
}

/// Hands over a task and passes on what it says; the last thing said is its end.
pub(crate) async fn ask(
    socket: UnixStream,
    task: &Task,
    input: Input,
    mut hear: impl FnMut(Said) -> io::Result<()>,
) -> Result<()> {
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    let running = tokio::spawn(connection);
    let mut head = serde_json::to_vec(task)?;
    head.push(b'\n');
    let body = stream::once(async { Ok(head) }).chain(input.map_err(io::Error::other));
    let body = StreamBody::new(body.map_ok(|chunk| Frame::data(Bytes::from(chunk))));
    let request = Request::post(PATH).header("host", "rolo").body(body)?;
    let answer = sender.send_request(request).await.context("the running Rolo did not take the command")?;
    if answer.status() != StatusCode::OK {
        bail!("the running Rolo is another version and does not know this command: restart it");
    }
    let mut chunks = answer.into_body().into_data_stream();
    let mut line: Vec<u8> = Vec::new();
    while let Some(chunk) = chunks.next().await {
        line.extend_from_slice(&chunk?);
        while let Some(end) = line.iter().position(|octet| *octet == b'\n') {
            hear(serde_json::from_slice(&line[..end])?)?;
            line.drain(..=end);
        }
        if line.len() > LINE_BYTES_MAX {
            bail!("the running Rolo answered a line without an end");
        }
    }
    drop(sender);
    running.abort();
    Ok(())
}
