//! Listeners and connections: accepts, bounds each connection, and lets running answers finish at the end.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{net::TcpListener, sync::Semaphore};
pub use tokio_util::sync::CancellationToken as Stop;
use tracing::{debug, warn};

use crate::{
    route::{Peer, Site},
    stall::Stalling,
};

/// How many connections one process holds at a time; more wait in the kernel's queue.
const CONNECTIONS_MAX: usize = 16_384;
/// A connection whose request line and headers are not whole by then is closed.
const HEADER_TIME: Duration = Duration::from_secs(15);
/// Request line and headers together, in octets.
const HEADER_BYTES_MAX: usize = 32 * 1024;
/// How many header fields a request may have.
const HEADERS_MAX: usize = 100;
/// A connection that takes nothing of an answer for so long is closed.
const STALL_TIME: Duration = Duration::from_secs(60);
/// How long running answers may take after the order to stop.
const DRAIN_TIME: Duration = Duration::from_secs(25);

/// An open port.
pub struct Listener {
    socket: TcpListener,
}

impl Listener {
    /// Opens a port; port 0 takes a free one.
    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        Ok(Self { socket: TcpListener::bind(address).await? })
    }

    /// The address it listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }
}

/// Serves a site until `stop`, then finishes what runs.
pub async fn serve(listener: Listener, site: Arc<Site>, stop: Stop) {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEADER_BYTES_MAX);
    builder.http2().timer(TokioTimer::new()).max_header_list_size(HEADER_BYTES_MAX as u32).max_concurrent_streams(128);
    let builder = Arc::new(builder);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let open = GracefulShutdown::new();

    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.socket.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, or the peer left at once: neither may end the listener, the first must not spin.
                warn!(error = %error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let _ = stream.set_nodelay(true);
        let site = Arc::clone(&site);
        let service = service_fn(move |request: http::Request<Incoming>| {
            let site = Arc::clone(&site);
            async move { Ok::<_, std::convert::Infallible>(site.answer(request, Peer { address, tls: false }).await) }
        });
        let stream = TokioIo::new(Stalling::new(stream, STALL_TIME));
        let connection = builder.serve_connection_with_upgrades(stream, service).into_owned();
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(error = %error, peer = %address, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIME, open.shutdown()).await.is_err() {
        warn!("some answers were cut off: they took longer than the time to stop");
    }
}
