//! A connection to an upstream: made, encrypted, and spoken HTTP/1.1 on.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use http::{Request, Response};
use hyper::{
    body::Incoming,
    client::conn::{
        TrySendError,
        http1::{Builder, SendRequest},
    },
};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpStream, UnixStream},
};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::{TlsConnector, client::TlsStream, rustls::ClientConfig};
use tokio_util::task::AbortOnDropHandle;
use tracing::debug;

use super::{Address, sending::Sending};

/// An answer's head may be as large as this, and no more of its body waits in memory.
const BUFFER_OCTETS_MAX: usize = 64 * 1024;
/// How many header fields an answer may have.
const HEADERS_MAX: usize = 100;

/// How an upstream is reached.
pub(super) struct Way {
    address: Address,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Way {
    /// The way to an address. A host that cannot stand in a certificate has none over TLS.
    pub(super) fn to(address: Address, tls: &Arc<ClientConfig>) -> Self {
        let tls = match &address {
            Address::Tcp { host, tls: true, .. } => {
                ServerName::try_from(host.clone()).ok().map(|name| (TlsConnector::from(Arc::clone(tls)), name))
            }
            _ => None,
        };
        Self { address, tls }
    }

    /// A new connection.
    pub(super) async fn connect(&self) -> io::Result<Line> {
        let heard = Arc::new(AtomicBool::new(false));
        let stream = Heard { stream: self.stream().await?, heard: Arc::clone(&heard) };
        let mut builder = Builder::new();
        builder.max_buf_size(BUFFER_OCTETS_MAX).max_headers(HEADERS_MAX);
        let (sender, connection) = builder.handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        let task = AbortOnDropHandle::new(tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                debug!(error = %error, "a connection to an upstream ended early");
            }
        }));
        Ok(Line { sender, heard, rests_since: Instant::now(), task })
    }

    async fn stream(&self) -> io::Result<Stream> {
        match &self.address {
            Address::Unix(path) => UnixStream::connect(path).await.map(Stream::Unix),
            Address::Tcp { host, port, tls } => {
                let stream = TcpStream::connect((host.as_str(), *port)).await?;
                let _ = stream.set_nodelay(true);
                match (&self.tls, tls) {
                    (_, false) => Ok(Stream::Plain(stream)),
                    (Some((connector, name)), true) => {
                        let stream = connector.connect(name.clone(), stream).await?;
                        Ok(Stream::Tls(Box::new(stream)))
                    }
                    (None, true) => {
                        Err(io::Error::new(io::ErrorKind::InvalidInput, "no certificate can name this host"))
                    }
                }
            }
        }
    }
}

/// A connection that one request at a time is sent on.
pub(super) struct Line {
    sender: SendRequest<Sending>,
    /// Whether anything came since the last request was sent.
    heard: Arc<AtomicBool>,
    rests_since: Instant,
    /// A connection nobody has any more is closed at once, however much of a request was still to be sent on it.
    task: AbortOnDropHandle<()>,
}

/// What kept a request from being answered.
pub(super) enum Failed {
    /// It was never written: whoever has it may send it again.
    Unsent(Box<Request<Sending>>),
    /// The connection died before anything of an answer came.
    Unheard(hyper::Error),
    /// An answer had begun, or was rubbish, or the request itself broke.
    Broken(hyper::Error),
}

impl Line {
    /// Whether a resting connection can take a request; false when the upstream has closed it.
    pub(super) async fn ready(&mut self) -> bool {
        self.sender.is_ready() || self.sender.ready().await.is_ok()
    }

    /// How long it has rested.
    pub(super) fn rested(&self) -> Duration {
        self.rests_since.elapsed()
    }

    /// The same connection, at rest from now on; nothing if it is closed.
    pub(super) fn at_rest(mut self) -> Option<Self> {
        self.rests_since = Instant::now();
        (!self.sender.is_closed()).then_some(self)
    }

    /// Leaves the connection to what it was upgraded to.
    pub(super) fn upgraded(self) {
        drop(self.task.detach());
    }

    /// Sends a request and waits for the head of its answer.
    pub(super) async fn send(&mut self, request: Request<Sending>) -> Result<Response<Incoming>, Failed> {
        self.heard.store(false, Ordering::Relaxed);
        let sent = self.sender.try_send_request(request).await;
        sent.map_err(|mut error: TrySendError<_>| match error.take_message() {
            Some(request) => Failed::Unsent(Box::new(request)),
            None => {
                let error = error.into_error();
                let silent = !self.heard.load(Ordering::Relaxed) && !error.is_user();
                if silent { Failed::Unheard(error) } else { Failed::Broken(error) }
            }
        })
    }
}

/// The bare connection.
enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    Unix(UnixStream),
}

/// A stream that tells whether anything has come from it.
struct Heard {
    stream: Stream,
    heard: Arc<AtomicBool>,
}

macro_rules! each {
    ($self:ident, $stream:ident => $call:expr) => {
        match &mut $self.stream {
            Stream::Plain($stream) => $call,
            Stream::Tls($stream) => $call,
            Stream::Unix($stream) => $call,
        }
    };
}

impl AsyncRead for Heard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(each!(self, stream => Pin::new(stream).poll_read(context, buffer)))?;
        if buffer.filled().len() > before {
            self.heard.store(true, Ordering::Relaxed);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Heard {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, octets: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, stream => Pin::new(stream).poll_write(context, octets))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self, stream => Pin::new(stream).poll_write_vectored(context, pieces))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
            Stream::Unix(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, stream => Pin::new(stream).poll_shutdown(context))
    }
}
