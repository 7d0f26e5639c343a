//! A crowd: connections that are kept alive, with TLS or without, each asking again as soon as it was answered.
//!
//! It speaks HTTP/1.1 by hand. On two cores the asking takes its share of the same processor: the less a client does, the
//! more of the difference between two servers can be seen. Every answer's status and length are checked, and the octets of
//! one in sixteen, so that nobody wins by errors.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use memchr::memmem;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};

use super::{Failure, process::Family};

/// How many ask at the same time.
const CONNECTIONS: usize = 64;
/// One answer in so many is compared octet by octet.
const COMPARED: usize = 16;
/// More than any answer that is asked for here.
const ANSWER_BYTES: usize = 128 * 1024;

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Where somebody answers.
#[derive(Clone)]
pub(crate) struct Place {
    address: SocketAddr,
    tls: Option<TlsConnector>,
}

impl Place {
    pub(crate) fn new(address: SocketAddr, tls: Option<TlsConnector>) -> Self {
        Self { address, tls }
    }

    /// As it stands in a URL. The certificate is for this name.
    pub(crate) fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    pub(crate) fn origin(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.host())
    }

    /// A request without a body.
    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!("GET {path} HTTP/1.1\r\nhost: {}\r\naccept: */*\r\nuser-agent: rolo-bench\r\n{more}\r\n", self.host())
            .into_bytes()
    }

    /// Signs in, and answers the cookie.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> Result<String, Failure> {
        let body = serde_json::json!({ "email": email, "password": password }).to_string();
        let request = format!(
            "POST /v1/sessions HTTP/1.1\r\nhost: {}\r\norigin: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.host(),
            self.origin(),
            body.len()
        );
        let mut line = self.connect().await?;
        let answer = line.ask(request.as_bytes()).await?;
        let head = String::from_utf8_lossy(answer.head).into_owned();
        let cookie = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or_default().trim())
        });
        Ok(cookie.ok_or_else(|| format!("nobody was signed in:\n{head}"))?.to_owned())
    }

    pub(crate) async fn connect(&self) -> Result<Line, Failure> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match &self.tls {
            None => Box::new(stream),
            Some(tls) => Box::new(tls.connect(ServerName::try_from("localhost")?, stream).await?),
        };
        Ok(Line { stream, buffer: Vec::with_capacity(ANSWER_BYTES) })
    }
}

/// One connection.
pub(crate) struct Line {
    stream: Box<dyn Stream>,
    buffer: Vec<u8>,
}

/// What came back.
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl Line {
    /// Asks and reads the whole answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        self.buffer.clear();
        let begin = loop {
            self.more().await?;
            if let Some(end) = memmem::find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let end = begin + length(&self.buffer[..begin])?;
        while self.buffer.len() < end {
            self.more().await?;
        }
        if self.buffer.len() > end {
            return Err("an answer is longer than it said".into());
        }
        let (head, body) = self.buffer.split_at(begin);
        let status = head.get(9..12).and_then(|code| std::str::from_utf8(code).ok()?.parse().ok());
        Ok(Answer { status: status.ok_or("an answer without a status")?, head, body })
    }

    async fn more(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.buffer).await? {
            0 => Err("a connection was closed in the middle".into()),
            _ => Ok(()),
        }
    }
}

/// The Content-Length of a head.
fn length(head: &[u8]) -> Result<usize, Failure> {
    const NAME: &[u8] = b"content-length:";
    for line in head.split(|&octet| octet == b'\n') {
        if line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            return Ok(std::str::from_utf8(&line[NAME.len()..])?.trim().parse()?);
        }
    }
    Err(format!("an answer without a length:\n{}", String::from_utf8_lossy(head)).into())
}

/// What is asked, and what the answer must be.
pub(crate) struct Question {
    request: Vec<u8>,
    pub(crate) body: Bytes,
}

/// Who asks whom, and what.
pub(crate) struct Crowd {
    place: Place,
    pub(crate) questions: Arc<[Question]>,
    family: Family,
}

/// Answers in all, how long each took, and the processor time the answering side had for one.
#[derive(Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) processor: Duration,
}

impl Crowd {
    /// Asks everything once, and remembers the answers. `family` are the processes that answer.
    pub(crate) async fn meet(place: Place, requests: Vec<Vec<u8>>, family: Family) -> Result<Self, Failure> {
        let mut line = place.connect().await?;
        let mut questions = Vec::with_capacity(requests.len());
        for request in requests {
            let answer = line.ask(&request).await?;
            if answer.status != 200 || answer.body.is_empty() {
                let said = String::from_utf8_lossy(answer.head);
                return Err(format!("{}: {said}", String::from_utf8_lossy(&request)).into());
            }
            let body = Bytes::copy_from_slice(answer.body);
            questions.push(Question { request, body });
        }
        Ok(Self { place, questions: questions.into(), family })
    }

    /// Octets of an answer, on average.
    pub(crate) fn octets(&self) -> usize {
        self.questions.iter().map(|question| question.body.len()).sum::<usize>() / self.questions.len().max(1)
    }

    /// Asks from all connections for that long; the time begins when all are open.
    pub(crate) async fn load(&self, time: Duration) -> Result<Answered, Failure> {
        let mut lines = Vec::with_capacity(CONNECTIONS);
        for _ in 0..CONNECTIONS {
            lines.push(self.place.connect().await?);
        }
        let (worked, begun) = (self.family.worked()?, Instant::now());
        let asking = lines.into_iter().enumerate().map(|(nth, line)| {
            // Each begins elsewhere, so that not all ask for the same at once.
            let first = nth * self.questions.len() / CONNECTIONS;
            tokio::spawn(repeat(line, Arc::clone(&self.questions), first, begun + time))
        });
        let mut times = Vec::new();
        for one in asking.collect::<Vec<_>>() {
            times.append(&mut one.await??);
        }
        let per_second = times.len() as f64 / begun.elapsed().as_secs_f64();
        let processor = (self.family.worked()? - worked).div_f64(times.len().max(1) as f64);
        times.sort_unstable();
        let share = |of: usize| times.get(times.len() * of / 100).copied().unwrap_or_default();
        Ok(Answered { per_second, p50: share(50), p99: share(99), processor })
    }
}

async fn repeat(
    mut line: Line,
    questions: Arc<[Question]>,
    first: usize,
    end: Instant,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::new();
    loop {
        let at = Instant::now();
        if at >= end {
            return Ok(times);
        }
        let nth = times.len();
        let question = &questions[(first + nth) % questions.len()];
        let answer = line.ask(&question.request).await?;
        if answer.status != 200 || answer.body.len() != question.body.len() {
            return Err(format!("another answer than before:\n{}", String::from_utf8_lossy(answer.head)).into());
        }
        if nth.is_multiple_of(COMPARED) && answer.body != question.body {
            return Err("an answer with other octets than before".into());
        }
        times.push(at.elapsed());
    }
}
