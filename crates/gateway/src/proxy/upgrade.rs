//! A connection that becomes something else, a WebSocket for one: both ends joined, octet for octet.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use http::{HeaderValue, Response, header};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional},
    time::{Instant, sleep_until},
};
use tracing::debug;

use super::{hop, request::Upgrade, server::Place};
use crate::{
    access::AnsweredBy,
    trouble::Trouble,
    upstream::{Body, full},
};

/// Joins both ends after a 101. Nothing of the visitor's has gone to the upstream before it: until then it was a request.
pub(super) fn join(
    mut response: Response<Incoming>,
    upgrade: Option<Upgrade>,
    place: Place,
    idle: Duration,
) -> Result<Response<Body>, Trouble> {
    // An upstream may only become what the visitor asked for.
    let Some(upgrade) = upgrade else { return Err(Trouble::Broken) };
    let Some(protocol) = response.headers().get(header::UPGRADE).cloned() else { return Err(Trouble::Broken) };
    if !offered(&upgrade.protocols, &protocol) {
        return Err(Trouble::Broken);
    }
    let upstream = hyper::upgrade::on(&mut response);
    let (mut parts, _) = response.into_parts();
    hop::strip_answer(&mut parts.headers);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    parts.headers.insert(header::UPGRADE, protocol);
    parts.extensions.insert(AnsweredBy(place.server.name.clone()));
    tokio::spawn(async move {
        if let Err(error) = joined(upgrade.visitor, upstream, idle).await {
            debug!(error = %error, "an upgraded connection ended early");
        }
        drop(place);
    });
    Ok(Response::from_parts(parts, full(bytes::Bytes::new())))
}

/// Whether the visitor offered this protocol.
fn offered(offers: &HeaderValue, chosen: &HeaderValue) -> bool {
    let (Ok(offers), Ok(chosen)) = (offers.to_str(), chosen.to_str()) else { return false };
    offers.split(',').any(|offer| offer.trim().eq_ignore_ascii_case(chosen.trim()))
}

async fn joined(visitor: OnUpgrade, upstream: OnUpgrade, idle: Duration) -> io::Result<()> {
    let (visitor, upstream) = tokio::try_join!(visitor, upstream).map_err(io::Error::other)?;
    let last = Arc::new(Last { began: Instant::now(), moved: AtomicU64::new(0) });
    let mut visitor = Moving { stream: TokioIo::new(visitor), last: Arc::clone(&last) };
    let mut upstream = TokioIo::new(upstream);
    tokio::select! {
        copied = copy_bidirectional(&mut visitor, &mut upstream) => copied.map(drop),
        () = last.silent_for(idle) => Err(io::Error::new(io::ErrorKind::TimedOut, "nothing was said for too long")),
    }
}

/// When something last moved.
struct Last {
    began: Instant,
    moved: AtomicU64,
}

impl Last {
    fn now(&self) {
        self.moved.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    async fn silent_for(&self, idle: Duration) {
        loop {
            let until = self.began + Duration::from_millis(self.moved.load(Ordering::Relaxed)) + idle;
            if until <= Instant::now() {
                return;
            }
            sleep_until(until).await;
        }
    }
}

/// The visitor's end: whatever moves, moves through it.
struct Moving<S> {
    stream: S,
    last: Arc<Last>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Moving<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        self.last.now();
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Moving<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, octets))?;
        self.last.now();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
