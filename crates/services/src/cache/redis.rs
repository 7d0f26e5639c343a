//! Redis: the tier that processes share, and the channel on which they tell each other that there is news.
//!
//! It is used only while it is proven: one task holds the line, and whoever waits for it longer than a moment, or finds it
//! broken, says so and goes to the database; the line is used again when it has answered quickly for a while. Nothing
//! waits for a write to it, and what does not fit into the queue is left out. What it refuses it is not asked for again at
//! once: one that is full refuses each row, and each of them was packed and sent in vain.

use std::{
    hash::RandomState,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use futures_util::{Stream, StreamExt as _};
use redis::{AsyncConnectionConfig, Client, ErrorKind, Msg, RedisError, RedisResult, aio::MultiplexedConnection};
use rolo_core::{Error, Result};
use tokio::{
    sync::{Notify, mpsc},
    task::AbortHandle,
    time::{sleep, timeout},
};

use super::{
    entry::{Entry, Key},
    memory::jittered,
    shape::{SHAPE, pack, unpack},
};
use crate::database::tick::Tick;

/// Whoever reads waits so long; then the database is quicker.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long to wait for a connection, and for a write.
const CONNECT: Duration = Duration::from_secs(1);
/// Quick answers in a row that prove a line.
const PROOFS: usize = 3;
/// How soon to try again, at least.
const AGAIN: Duration = Duration::from_millis(400);
/// The channel must bring back what is said on it within this.
const BEAT: Duration = Duration::from_millis(500);
/// How long a check of its readiness waits for a proof.
const READY: Duration = Duration::from_secs(2);
/// How long it is let be with what it has refused.
const REST: Duration = Duration::from_secs(1);
/// How long a row is kept, about.
const KEPT: Duration = Duration::from_secs(3_600);
/// Rows that wait to be written.
const ORDERS_MAX: usize = 1_024;
/// Larger rows are quicker read from the database than written here.
const ENTRY_OCTETS_MAX: usize = 64 * 1024;

/// Digits of each of the two numbers an entry begins with.
const DIGITS: usize = 20;
/// Keeps an entry, unless what is there was made from newer numbers. Both begin with theirs, in digits of one width.
const KEEP: &str = "local there = redis.call('GETRANGE', KEYS[1], 0, 39) \
                    if #there == 40 and there > string.sub(ARGV[1], 1, 40) then return 0 end \
                    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1";

/// A Redis that may be there.
pub(super) struct Redis {
    line: Arc<Line>,
    orders: mpsc::Sender<Order>,
    dice: RandomState,
    keeper: AbortHandle,
}

struct Line {
    /// While it is proven.
    now: RwLock<Option<MultiplexedConnection>>,
    /// Why it is not, for whoever asks.
    why: Mutex<String>,
    lost: Notify,
    proven: Notify,
    /// After it refused to tell what it keeps.
    untold: Rest,
    /// After it refused to keep something.
    unkept: Rest,
    news: Tick,
    /// Before each key: another Rolo, or another shape of entries, may be in the same Redis.
    prefix: String,
    /// This process on the channel.
    node: String,
}

/// What is written without anybody waiting for it.
enum Order {
    Keep { name: String, entry: Arc<Entry>, millis: u64 },
    Tell,
}

/// A time in which nothing is asked.
struct Rest {
    origin: Instant,
    /// In milliseconds behind the origin.
    until: AtomicU64,
}

impl Rest {
    fn none() -> Self {
        Self { origin: Instant::now(), until: AtomicU64::new(0) }
    }

    fn begin(&self, now: Instant) {
        self.until.store(self.millis(now + REST), Relaxed);
    }

    fn end(&self) {
        self.until.store(0, Relaxed);
    }

    fn is_on(&self, now: Instant) -> bool {
        let until = self.until.load(Relaxed);
        until > 0 && self.millis(now) < until
    }

    fn millis(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.origin).as_millis()).unwrap_or(u64::MAX)
    }
}

impl Redis {
    /// A Redis at this URL, to be connected to in its own time. `place` tells this Rolo's entries from another's.
    pub(super) fn at(url: &str, place: &str) -> Result<Self> {
        let client = Client::open(url)
            .map_err(|error| Error::invalid("services.cache", format!("This is no URL of a Redis: {error}.")))?;
        let line = Arc::new(Line::to(place));
        let (orders, taken) = mpsc::channel(ORDERS_MAX);
        let keeper = tokio::spawn(hold(client, Arc::clone(&line), taken)).abort_handle();
        Ok(Self { line, orders, dice: RandomState::new(), keeper })
    }

    /// Rises when another process has written, and when something may have been missed.
    pub(super) fn news(&self) -> &Tick {
        &self.line.news
    }

    /// What is kept under this key, if that can be said at once.
    pub(super) async fn get(&self, key: Key) -> Option<Entry> {
        if self.line.untold.is_on(Instant::now()) {
            return None;
        }
        let mut connection = self.line.now()?;
        let mut question = redis::cmd("GET");
        question.arg(self.name(&key));
        let octets: Option<Vec<u8>> = match timeout(PATIENCE, question.query_async(&mut connection)).await {
            Ok(Ok(octets)) => octets,
            Ok(Err(error)) => {
                self.line.failed(&error, Some(&self.line.untold));
                return None;
            }
            Err(_) => {
                self.line.lose("it is slow");
                return None;
            }
        };
        unpack(key.kind, octets?.get(2 * DIGITS..)?)
    }

    /// Keeps an entry where nothing newer is, in its own time.
    pub(super) fn keep(&self, key: Key, entry: Arc<Entry>) {
        if entry.value.weight() > ENTRY_OCTETS_MAX || self.line.unkept.is_on(Instant::now()) || !self.line.is_there() {
            return;
        }
        let millis = u64::try_from(jittered(KEPT, &self.dice, &key).as_millis()).unwrap_or(u64::MAX);
        // Whoever read it is not kept waiting while it is packed, either.
        let _left_out = self.orders.try_send(Order::Keep { name: self.name(&key), entry, millis });
    }

    /// Tells the other processes that there is news.
    pub(super) fn tell(&self) {
        let _left_out = self.orders.try_send(Order::Tell);
    }

    /// Whether it can be used, now or in a moment.
    pub(super) async fn ready(&self) -> Result<()> {
        let proven = self.line.proven.notified();
        if self.line.now().is_some() || timeout(READY, proven).await.is_ok() {
            return Ok(());
        }
        Err(Error::unavailable("cache", self.line.why()))
    }

    /// The version of the server, once it is reached.
    pub(super) async fn version(&self) -> Result<String> {
        self.ready().await?;
        let mut connection = self.line.now().ok_or_else(|| Error::unavailable("cache", self.line.why()))?;
        let mut question = redis::cmd("INFO");
        question.arg("server");
        let said: String = match timeout(READY, question.query_async(&mut connection)).await {
            Ok(Ok(said)) => said,
            Ok(Err(error)) => return Err(Error::unavailable("cache", error.to_string())),
            Err(_) => return Err(Error::unavailable("cache", "it is slow")),
        };
        let version = said.lines().find_map(|line| line.strip_prefix("redis_version:"));
        Ok(version.unwrap_or_default().trim().to_owned())
    }

    fn name(&self, key: &Key) -> String {
        format!("{}{}:{}:{}", self.line.prefix, key.kind.name(), key.account.0.simple(), key.id.simple())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Line {
    fn to(place: &str) -> Self {
        Self {
            now: RwLock::new(None),
            why: Mutex::new("it has not been reached yet".to_owned()),
            lost: Notify::new(),
            proven: Notify::new(),
            untold: Rest::none(),
            unkept: Rest::none(),
            news: Tick::new(),
            prefix: format!("rolo:{SHAPE}:{place}:"),
            node: uuid::Uuid::now_v7().simple().to_string(),
        }
    }

    fn now(&self) -> Option<MultiplexedConnection> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn is_there(&self) -> bool {
        self.now.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn why(&self) -> String {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn prove(&self, connection: MultiplexedConnection) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Some(connection);
        self.untold.end();
        self.unkept.end();
        self.proven.notify_waiters();
        // Something may have been said while nobody listened.
        self.news.rise();
    }

    fn lose(&self, why: &str) {
        let had = self.now.write().unwrap_or_else(PoisonError::into_inner).take();
        why.clone_into(&mut self.why.lock().unwrap_or_else(PoisonError::into_inner));
        if had.is_some() {
            tracing::warn!(why, "the cache is left out until it answers again");
            self.lost.notify_one();
        }
    }

    /// A refusal in so many words (full, read only) is no reason to give the line up, but one to rest from what was refused.
    /// Something else under a key says nothing of other keys.
    fn failed(&self, error: &RedisError, refused: Option<&Rest>) {
        if !matches!(error.kind(), ErrorKind::Server(_)) && error.code().is_none() {
            return self.lose(&error.to_string());
        }
        tracing::debug!(%error, "the cache refused");
        if let Some(refused) = refused.filter(|_| !error.to_string().contains("WRONGTYPE")) {
            refused.begin(Instant::now());
        }
    }

    fn channel(&self) -> String {
        format!("{}news", self.prefix)
    }
}

/// Connects, serves, and begins again.
async fn hold(client: Client, line: Arc<Line>, mut orders: mpsc::Receiver<Order>) {
    loop {
        match timeout(CONNECT, connect(&client, &line)).await {
            Ok(Ok((connection, said))) => {
                // What was to be written meanwhile is old.
                while orders.try_recv().is_ok() {}
                line.prove(connection.clone());
                let why = serve(&line, connection, said, &mut orders).await;
                line.lose(&why);
            }
            Ok(Err(error)) => line.lose(&error.to_string()),
            Err(_) => line.lose("it is slow"),
        }
        sleep(AGAIN + Duration::from_millis(u64::from(uuid::Uuid::now_v7().as_bytes()[15]))).await;
    }
}

/// A connection that has answered quickly, and what is said on the channel.
async fn connect(
    client: &Client,
    line: &Line,
) -> RedisResult<(MultiplexedConnection, impl Stream<Item = Msg> + use<>)> {
    let config = AsyncConnectionConfig::new().set_connection_timeout(None).set_response_timeout(Some(CONNECT));
    let mut connection = client.get_multiplexed_async_connection_with_config(&config).await?;
    for _ in 0..PROOFS {
        let ping = timeout(PATIENCE, redis::cmd("PING").query_async::<String>(&mut connection)).await;
        ping.unwrap_or_else(|_| Err(RedisError::from((ErrorKind::Io, "it is slow"))))?;
    }
    let mut channel = client.get_async_pubsub().await?;
    channel.subscribe(line.channel()).await?;
    let (half, said) = channel.split();
    // The stream ends with its other half.
    Ok((
        connection,
        said.inspect(move |_| {
            let _kept = &half;
        }),
    ))
}

/// Carries orders out and listens, until the line is lost; answers why.
async fn serve(
    line: &Line,
    mut connection: MultiplexedConnection,
    said: impl Stream<Item = Msg>,
    orders: &mut mpsc::Receiver<Order>,
) -> String {
    let mut said = std::pin::pin!(said);
    let beat = format!("beat {}", line.node);
    let own = format!("news {}", line.node);
    let mut beats = tokio::time::interval(BEAT);
    let mut awaited = false;
    loop {
        let mut refused = None;
        let done = tokio::select! {
            () = line.lost.notified() => {
                // A notice of an earlier line may have been left.
                if line.now().is_none() {
                    return line.why();
                }
                continue;
            }
            heard = said.next() => {
                let Some(heard) = heard else { return "the channel was closed".to_owned() };
                let heard = heard.get_payload::<String>().unwrap_or_default();
                if heard == beat {
                    awaited = false;
                } else if heard != own && heard.starts_with("news ") {
                    line.news.rise();
                }
                continue;
            }
            order = orders.recv() => match order {
                Some(Order::Tell) => publish(line, &mut connection, &own).await,
                // It waited in the queue while another one was refused.
                Some(Order::Keep { .. }) if line.unkept.is_on(Instant::now()) => continue,
                Some(Order::Keep { name, entry, millis }) => {
                    refused = Some(&line.unkept);
                    write(&mut connection, &name, &entry, millis).await
                }
                None => return "nobody uses it".to_owned(),
            },
            _ = beats.tick() => {
                if std::mem::replace(&mut awaited, true) {
                    return "the channel is silent".to_owned();
                }
                publish(line, &mut connection, &beat).await
            }
        };
        if let Err(error) = done {
            line.failed(&error, refused);
        }
    }
}

async fn write(connection: &mut MultiplexedConnection, name: &str, entry: &Entry, millis: u64) -> RedisResult<()> {
    let Some(packed) = pack(entry) else { return Ok(()) };
    let (epoch, number) = entry.basis.number();
    let mut octets = format!("{epoch:0DIGITS$}{number:0DIGITS$}").into_bytes();
    octets.extend(packed);
    redis::cmd("EVAL").arg(KEEP).arg(1).arg(name).arg(octets).arg(millis).query_async(connection).await
}

async fn publish(line: &Line, connection: &mut MultiplexedConnection, what: &str) -> RedisResult<()> {
    redis::cmd("PUBLISH").arg(line.channel()).arg(what).query_async(connection).await
}

#[cfg(test)]
mod tests {
    use redis::parse_redis_value;

    use super::*;

    /// What Redis says, as the library tells it.
    fn refusal(said: &str) -> RedisError {
        let value = parse_redis_value(format!("-{said}\r\n").as_bytes()).unwrap();
        value.extract_error().unwrap_err()
    }

    #[test]
    fn what_was_refused_rests_for_a_while_and_nothing_else_does() {
        for said in
            ["OOM command not allowed when used memory > 'maxmemory'.", "READONLY You can't write against a replica."]
        {
            let line = Line::to("here");
            line.failed(&refusal(said), Some(&line.unkept));
            let now = Instant::now();
            assert!(line.unkept.is_on(now) && !line.untold.is_on(now), "{said}");
            assert!(!line.unkept.is_on(now + REST), "{said}");
            line.unkept.end();
            assert!(!line.unkept.is_on(now), "{said}");
        }
        let line = Line::to("here");
        line.failed(&refusal("WRONGTYPE Operation against a key holding the wrong kind of value"), Some(&line.untold));
        line.failed(&refusal("OOM command not allowed"), None);
        assert!(!line.untold.is_on(Instant::now()) && !line.unkept.is_on(Instant::now()));
    }
}
