//! The access log: a line for each request, written beside the requests and never in their way.
//!
//! Lines wait in a bounded queue for one thread that writes them; when the disk is slower than the visitors, lines are dropped
//! and counted, and no request waits. No line holds a query, a header that proves who somebody is, or anything of a body.

mod body;
mod line;
mod writer;

use std::{
    fmt, io,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

use http::{HeaderMap, HeaderName, Method, Request, Response, header};
use tokio::sync::{mpsc, oneshot};

use crate::{
    forwarded::{RequestId, X_REQUEST_ID},
    upstream::{Body, Peer},
};
use line::Line;
use writer::Order;

/// How many lines may wait to be written; more are dropped and counted.
const LINES_WAITING_MAX: usize = 8_192;
/// How long the end of a process waits for its last lines.
const LAST_LINES_TIME: Duration = Duration::from_secs(1);
/// How much of a text from outside stands in a line.
const TEXT_OCTETS_MAX: usize = 1_024;

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// The Common Log Format of NCSA's httpd.
    Common,
    /// The same with referrer and user agent behind it.
    Combined,
    /// One JSON object for each request.
    Json,
}

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogTo {
    /// Standard output.
    Stdout,
    /// A file, appended to.
    File(PathBuf),
}

/// The upstream that answered, left in an answer's extensions for the log.
#[derive(Clone, Debug)]
pub struct AnsweredBy(pub Arc<str>);

/// The log; clones write into the same one.
#[derive(Clone, Default)]
pub struct AccessLog {
    shared: Option<Arc<Shared>>,
}

struct Shared {
    lines: mpsc::Sender<Order>,
    dropped: Arc<AtomicU64>,
    reopen: Arc<AtomicBool>,
}

impl AccessLog {
    /// No log.
    pub fn off() -> Self {
        Self::default()
    }

    /// Opens a log; the thread that writes it ends when the last clone is gone.
    pub fn open(format: LogFormat, to: LogTo) -> io::Result<Self> {
        let (lines, waiting) = mpsc::channel(LINES_WAITING_MAX);
        let dropped = Arc::new(AtomicU64::new(0));
        let reopen = Arc::new(AtomicBool::new(false));
        writer::start(writer::Task {
            target: writer::Target::open(to)?,
            format,
            waiting,
            dropped: Arc::clone(&dropped),
            reopen: Arc::clone(&reopen),
        })?;
        Ok(Self { shared: Some(Arc::new(Shared { lines, dropped, reopen })) })
    }

    /// Opens the file anew, under the same name: what `logrotate` has moved away is left alone from the next line on.
    pub fn reopen(&self) {
        if let Some(shared) = &self.shared {
            shared.reopen.store(true, Ordering::Release);
            // A full queue is read soon enough.
            let _ = shared.lines.try_send(Order::Wake);
        }
    }

    /// How many lines were dropped since the start.
    pub fn dropped(&self) -> u64 {
        self.shared.as_ref().map_or(0, |shared| shared.dropped.load(Ordering::Relaxed))
    }

    /// Waits, no longer than a second, until what was logged so far is written.
    pub async fn written(&self) {
        let Some(shared) = &self.shared else { return };
        let (tell, told) = oneshot::channel();
        let waiting = async {
            if shared.lines.send(Order::Tell(tell)).await.is_ok() {
                let _ = told.await;
            }
        };
        let _ = tokio::time::timeout(LAST_LINES_TIME, waiting).await;
    }

    /// Takes down what a line will say of a request; nothing when there is no log.
    pub fn begin<B>(&self, request: &Request<B>, visitor: Peer) -> Option<Entry> {
        let shared = Arc::clone(self.shared.as_ref()?);
        let headers = request.headers();
        let host = request.uri().authority().map(|authority| authority.as_str().as_bytes());
        let line = Line {
            at: SystemTime::now(),
            request: request
                .extensions()
                .get::<RequestId>()
                .map(|id| cut(id.0.as_bytes()))
                .or_else(|| text(headers, X_REQUEST_ID)),
            client: visitor.address.ip(),
            method: request.method().clone(),
            host: host.map(cut).or_else(|| text(headers, header::HOST)),
            path: cut(request.uri().path().as_bytes()),
            version: request.version(),
            status: 0,
            octets: 0,
            whole: false,
            took: Duration::ZERO,
            upstream: None,
            connections: String::new(),
            referrer: text(headers, header::REFERER).map(without_query),
            agent: text(headers, header::USER_AGENT),
        };
        Some(Entry { line: Some(Box::new(line)), begun: Instant::now(), shared })
    }
}

impl fmt::Debug for AccessLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.shared.is_some() { "AccessLog(on)" } else { "AccessLog(off)" })
    }
}

/// A request that is being answered. Its line is written when the answer has left, or has broken off.
pub struct Entry {
    line: Option<Box<Line>>,
    begun: Instant,
    shared: Arc<Shared>,
}

impl Entry {
    /// Takes down what a line says of the answer, and counts its octets as they leave.
    pub fn watch(mut self, response: Response<Body>) -> Response<Body> {
        if let Some(line) = &mut self.line {
            line.status = response.status().as_u16();
            let headers = response.headers();
            line.upstream = response.extensions().get::<AnsweredBy>().map(|by| Arc::clone(&by.0));
            line.connections = headers.get_all(SERVER_TIMING).iter().fold(String::new(), line::connections);
            // What the answer says is what a visitor can name to the administrator.
            if let Some(request) = text(headers, X_REQUEST_ID) {
                line.request = Some(request);
            }
            // Nobody looks at the body of an answer to HEAD.
            line.whole = line.method == Method::HEAD;
        }
        body::watched(response, self)
    }

    fn sent(&mut self, octets: u64) {
        if let Some(line) = &mut self.line {
            line.octets += octets;
        }
    }

    fn ended(&mut self) {
        if let Some(line) = &mut self.line {
            line.whole = true;
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        line.took = self.begun.elapsed();
        if self.shared.lines.try_send(Order::Write(line)).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<Box<[u8]>> {
    headers.get(name).map(|value| cut(value.as_bytes()))
}

/// A copy, so that a line never keeps a whole request's head in memory.
fn cut(octets: &[u8]) -> Box<[u8]> {
    octets[..octets.len().min(TEXT_OCTETS_MAX)].into()
}

/// A referrer without what stands behind its `?`, where tokens and searches are.
fn without_query(referrer: Box<[u8]>) -> Box<[u8]> {
    match referrer.iter().position(|sign| matches!(sign, b'?' | b'#')) {
        Some(end) => referrer[..end].into(),
        None => referrer,
    }
}
