//! Servers behind the proxy, written octet by octet.

use std::{
    fmt,
    future::Future,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

/// A server that does with each connection what its test says. It ends with its test.
pub(super) struct Behind {
    pub(super) address: SocketAddr,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

/// One connection of it.
pub(super) struct Caller {
    pub(super) stream: BufReader<TcpStream>,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Came {
    /// Request line and headers, names in small letters.
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Behind {
    /// A server where `talk` has each connection to itself.
    pub(super) async fn start<F, O>(talk: F) -> Self
    where
        F: Fn(Caller, usize) -> O + Send + Sync + 'static,
        O: Future<Output = ()> + Send + 'static,
    {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), talk)
    }

    pub(super) fn on<F, O>(listener: TcpListener, talk: F) -> Self
    where
        F: Fn(Caller, usize) -> O + Send + Sync + 'static,
        O: Future<Output = ()> + Send + 'static,
    {
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            let mut talks = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let caller = Caller { stream: BufReader::new(stream) };
                talks.spawn(talk(caller, count.fetch_add(1, Ordering::SeqCst)));
            }
        });
        Self { address, connections, task }
    }

    /// A server that answers each request with `answer` and keeps its connections.
    pub(super) async fn answering(answer: &'static str) -> (Self, mpsc::UnboundedReceiver<Came>) {
        let (tell, told) = mpsc::unbounded_channel();
        let server = Self::start(move |mut caller, _| {
            let tell = tell.clone();
            async move {
                while let Some(came) = caller.request().await {
                    let _ = tell.send(came);
                    caller.say(answer).await;
                }
            }
        });
        (server.await, told)
    }

    /// How many connections were made to it.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// Stops it, so that whoever comes is refused, and waits until that is so.
    pub(super) async fn stop(mut self) -> SocketAddr {
        self.task.abort();
        let _ = (&mut self.task).await;
        self.address
    }
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http://{}", self.address)
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Caller {
    /// The head of the next request; nothing when the connection ends.
    pub(super) async fn head(&mut self) -> Option<String> {
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            if line == "\r\n" {
                return Some(head);
            }
            match (head.is_empty(), line.split_once(':')) {
                (false, Some((name, value))) => head.push_str(&format!("{}:{value}", name.to_lowercase())),
                _ => head.push_str(&line),
            }
        }
    }

    /// The next request, whole.
    pub(super) async fn request(&mut self) -> Option<Came> {
        let head = self.head().await?;
        let mut body = Vec::new();
        if head.contains("transfer-encoding: chunked") {
            loop {
                let mut size = String::new();
                self.stream.read_line(&mut size).await.ok()?;
                let size = usize::from_str_radix(size.trim(), 16).unwrap();
                if size == 0 {
                    self.trailers(&mut body).await;
                    break;
                }
                let begin = body.len();
                body.resize(begin + size + 2, 0);
                self.stream.read_exact(&mut body[begin..]).await.ok()?;
                body.truncate(begin + size);
            }
        } else if let Some(length) = header(&head, "content-length") {
            body.resize(length.parse().unwrap(), 0);
            self.stream.read_exact(&mut body).await.ok()?;
        }
        Some(Came { head, body })
    }

    /// Trailers are put behind the body, as they are.
    async fn trailers(&mut self, body: &mut Vec<u8>) {
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).await.unwrap();
            if line == "\r\n" || line.is_empty() {
                return;
            }
            body.extend_from_slice(line.as_bytes());
        }
    }

    /// Whether it could be said.
    pub(super) async fn say(&mut self, octets: impl AsRef<[u8]>) -> bool {
        let stream = self.stream.get_mut();
        stream.write_all(octets.as_ref()).await.is_ok() && stream.flush().await.is_ok()
    }

    /// Ends the connection with a reset instead of an end.
    pub(super) fn reset(self) {
        let stream = self.stream.into_inner();
        let _ = socket2::SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO));
    }

    /// Until the other side ends the connection.
    pub(super) async fn until_closed(&mut self) {
        let mut rest = [0; 1024];
        while self.stream.read(&mut rest).await.is_ok_and(|octets| octets > 0) {}
    }
}

impl Came {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(str::trim))
}
