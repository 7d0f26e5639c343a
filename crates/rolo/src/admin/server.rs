//! The server's end: takes tasks from commands of the same user on the same machine.

use std::{convert::Infallible, io, os::unix::fs::PermissionsExt, path::Path, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    body::{Frame, Incoming},
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use rolo_gateway::Stop;
use tokio::{net::UnixListener, sync::mpsc};
use tracing::warn;

use super::{PATH, Said};
use crate::{
    commands::{Input, Task, Voice, perform},
    wire::Machine,
};

/// The line that names the task: no task is longer.
const TASK_BYTES_MAX: usize = 64 * 1024;

type Answer = Response<BoxBody<Bytes, Infallible>>;

/// Opens the socket. From here on a command finds the server, so this comes before anybody is told that it is ready.
pub(crate) fn open(path: &Path) -> io::Result<UnixListener> {
    // What an earlier process left behind; the data folder's lock says that nobody else is alive here.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let socket = UnixListener::bind(path)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    Ok(socket)
}

/// Answers tasks until `stop`, then takes the socket away.
pub(crate) async fn serve(socket: UnixListener, path: &Path, machine: Arc<Machine>, stop: Stop) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = socket.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else { continue };
        let machine = Arc::clone(&machine);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let machine = Arc::clone(&machine);
                async move { Ok::<_, Infallible>(answer(request, machine).await) }
            });
            if let Err(error) =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
            {
                warn!(error = %error, "a command's connection ended early");
            }
        });
    }
    let _ = std::fs::remove_file(path);
}

async fn answer(request: Request<Incoming>, machine: Arc<Machine>) -> Answer {
    if request.method() != Method::POST || request.uri().path() != PATH {
        return status(StatusCode::NOT_FOUND);
    }
    let Ok((task, rest)) = task(request.into_body()).await else {
        return status(StatusCode::BAD_REQUEST);
    };
    let (voice, said) = mpsc::channel(64);
    tokio::spawn(async move { perform(&machine, task, drained(rest), &Voice::new(voice)).await });
    let lines =
        stream::unfold(said, |mut said| async move { said.recv().await.map(|one| (one, said)) }).map(|said: Said| {
            let mut line = serde_json::to_vec(&said).unwrap_or_default();
            line.push(b'\n');
            Ok::<_, Infallible>(Frame::data(Bytes::from(line)))
        });
    let mut response = Response::new(BodyExt::boxed(StreamBody::new(lines)));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/x-ndjson"));
    response
}

/// The same file, read to its end even where the task does not want it: a socket that is closed with octets unread
/// takes the answer with it.
fn drained(mut file: Input) -> Input {
    let (feed, fed) = mpsc::channel(4);
    tokio::spawn(async move {
        while let Some(piece) = file.next().await {
            let ended = piece.is_err();
            // A task that has ended takes no more; the rest is still read.
            let _ = feed.send(piece).await;
            if ended {
                break;
            }
        }
    });
    Box::pin(stream::unfold(fed, |mut fed| async move { fed.recv().await.map(|piece| (piece, fed)) }))
}

/// The first line as a task, and everything behind it as its file.
async fn task(body: Incoming) -> Result<(Task, Input), ()> {
    let mut body = body.into_data_stream();
    let mut head: Vec<u8> = Vec::new();
    let end = loop {
        if let Some(end) = head.iter().position(|octet| *octet == b'\n') {
            break end;
        }
        if head.len() > TASK_BYTES_MAX {
            return Err(());
        }
        match body.next().await {
            Some(Ok(chunk)) => head.extend_from_slice(&chunk),
            _ => return Err(()),
        }
    };
    let task = serde_json::from_slice(&head[..end]).map_err(|_| ())?;
    let first = head.split_off(end + 1);
    let rest = body
        .map_ok(|chunk| chunk.to_vec())
        .map_err(|error| rolo_core::Error::internal(format!("the command's file ended early: {error}")));
    Ok((task, stream::once(async { Ok(first) }).chain(rest).boxed()))
}

fn status(status: StatusCode) -> Answer {
    let mut response = Response::new(Full::new(Bytes::new()).boxed());
    *response.status_mut() = status;
    response
}
