//! One connection: its handshake, its requests, and its end.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::OwnedSemaphorePermit,
};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::Place;
use crate::{
    Patience,
    answer::answer,
    gateway::Shared,
    guard::{self, Guarded, HEADERS_MAX, Record},
};

/// Request line and headers together, in octets.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// Requests at a time over one connection of HTTP/2.
const STREAMS_MAX: u32 = 128;
/// Streams of one connection that end because of an error of the other end's making; after that it is closed.
const FAULTS_MAX: usize = 256;
/// What lies ready of one stream's answer, in octets; 400 KiB if nobody says, of each of them.
const SEND_OCTETS_MAX: usize = 16 * 1024;

/// How both versions of HTTP are spoken.
fn http(patience: Patience) -> auto::Builder<TokioExecutor> {
    let mut http = auto::Builder::new(TokioExecutor::new());
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(patience.headers)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEADER_BYTES_MAX);
    http.http2()
        .timer(TokioTimer::new())
        .max_header_list_size(HEADER_BYTES_MAX as u32)
        .max_concurrent_streams(STREAMS_MAX)
        .max_send_buf_size(SEND_OCTETS_MAX)
        .max_local_error_reset_streams(FAULTS_MAX);
    http
}

/// What a door gives its connections on their way.
pub(super) struct Way {
    pub(super) shared: Arc<Shared>,
    pub(super) tls: Arc<AtomicBool>,
    pub(super) port: Option<u16>,
    pub(super) closed: CancellationToken,
}

impl Way {
    /// Room for one more connection; none when the door is closed.
    pub(super) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        tokio::select! {
            () = self.closed() => None,
            place = Arc::clone(&self.shared.places).acquire_owned() => place.ok(),
        }
    }

    /// The place of a connection from this address, unless there are as many from there as there may be.
    fn seated(&self, address: SocketAddr, room: OwnedSemaphorePermit) -> Option<Place> {
        let plan = self.shared.plan.load();
        let seat = match plan.crowd_max.filter(|_| !plan.uncounted.holds(address.ip())) {
            Some(most) => Some(self.shared.crowd.enter(address.ip(), most)?),
            None => None,
        };
        Some(Place { _room: room, _seat: seat })
    }

    /// Until no more connections are taken.
    pub(super) async fn closed(&self) {
        tokio::select! {
            () = self.closed.cancelled() => {}
            () = self.shared.closing.cancelled() => {}
        }
    }
}

/// What is known of a connection.
pub(crate) struct Line {
    /// Where it came from.
    pub(crate) address: SocketAddr,
    /// The port it came to.
    pub(crate) port: Option<u16>,
    /// Whether it is encrypted.
    pub(crate) tls: bool,
    /// The host its handshake was for, written small.
    pub(crate) server_name: Option<Box<str>>,
}

/// Serves a connection in a task of its own, for as long as it holds its place. One of an address that has as many as it may is
/// closed unheard: an answer would be work, over TLS much of it.
pub(super) fn serve<S>(stream: S, address: SocketAddr, way: &Way, room: OwnedSemaphorePermit)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Some(place) = way.seated(address, room) else {
        debug!(peer = %address, "a connection was closed: its address has as many as it may");
        return;
    };
    let shared = Arc::clone(&way.shared);
    let tls = way.tls.load(Ordering::Acquire);
    let port = way.port;
    // A door that closes lets its connections finish; so does the whole gateway.
    let closed = way.closed.clone();
    way.shared.connections.spawn(async move {
        let line = Line { address, port, tls, server_name: None };
        let ended = tokio::select! {
            () = shared.cut.cancelled() => Ok(()),
            ended = talk(stream, line, place, &shared, &closed) => ended,
        };
        if let Err(error) = ended {
            debug!(error = %error, peer = %address, "a connection ended early");
        }
    });
}

async fn talk<S>(
    stream: S,
    line: Line,
    place: Place,
    shared: &Arc<Shared>,
    closed: &CancellationToken,
) -> Result<(), crate::BoxError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    // Each way in a box of its own: ten thousand that rest without TLS have no room for what TLS needs, and that is much.
    if line.tls {
        Box::pin(encrypted(stream, line, place, shared, closed)).await
    } else {
        Box::pin(requests(stream, line, place, shared, closed)).await
    }
}

async fn encrypted<S>(
    stream: S,
    mut line: Line,
    place: Place,
    shared: &Arc<Shared>,
    closed: &CancellationToken,
) -> Result<(), crate::BoxError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (acceptor, time) = {
        let plan = shared.plan.load();
        (plan.certificates.acceptor().ok_or("no certificate to show")?, plan.patience.handshake)
    };
    let handshake = tokio::time::timeout(time, acceptor.accept(stream));
    let stream = tokio::select! {
        () = closed.cancelled() => return Ok(()),
        () = shared.closing.cancelled() => return Ok(()),
        stream = handshake => stream.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??,
    };
    line.server_name = stream.get_ref().1.server_name().map(|name| name.to_ascii_lowercase().into());
    Box::pin(requests(stream, line, place, shared, closed)).await
}

async fn requests<S>(
    stream: S,
    line: Line,
    place: Place,
    shared: &Arc<Shared>,
    closed: &CancellationToken,
) -> Result<(), crate::BoxError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let line = Arc::new(line);
    let (patience, bounds) = {
        let plan = shared.plan.load();
        (plan.patience, plan.bounds)
    };
    let record = Arc::new(Record::new(patience, bounds));
    let stream = TokioIo::new(Guarded::new(stream, Arc::clone(&record), Some(place)));
    let service = service_fn(|request| {
        let (line, shared, record) = (Arc::clone(&line), Arc::clone(shared), Arc::clone(&record));
        let plan = shared.plan.load_full();
        // In a box that is there while it runs: a connection keeps room for it from its beginning, however long it rests.
        Box::pin(async move {
            let answer = |request| answer(&plan, request, &line, &shared);
            Ok::<_, Infallible>(guard::answer(&record, request, answer).await)
        })
    });
    let http = http(patience);
    let mut connection = pin!(http.serve_connection_with_upgrades(stream, service));
    let stop = async {
        tokio::select! {
            () = closed.cancelled() => {}
            () = shared.closing.cancelled() => {}
        }
    };
    guard::drive(connection.as_mut(), &record, stop).await
}
