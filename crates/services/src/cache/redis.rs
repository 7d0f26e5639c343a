//! Redis: the tier that processes share, and the channel on which they tell each other that there is news.
//!
//! It is used only while it is proven: one task holds the line, and whoever waits for it longer than a moment, or finds it
//! broken, says so and goes to the database; the line is used again when it has answered quickly for a while. Nothing
//! waits for a write to it, and what does not fit into the queue is left out.

use std::{
    hash::RandomState,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
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
    news: Tick,
    /// Before each key: another Rolo, or another shape of entries, may be in the same Redis.
    prefix: String,
    /// This process on the channel.
    node: String,
}

/// What is written without anybody waiting for it.
enum Order {
    Keep { name: String, octets: Vec<u8>, millis: u64 },
    Tell,
}

impl Redis {
    /// A Redis at this URL, to be connected to in its own time. `place` tells this Rolo's entries from another's.
    pub(super) fn at(url: &str, place: &str) -> Result<Self> {
        let client = Client::open(url)
            .map_err(|error| Error::invalid("services.cache", format!("This is no URL of a Redis: {error}.")))?;
        let line = Arc::new(Line {
            now: RwLock::new(None),
            why: Mutex::new("it has not been reached yet".to_owned()),
            lost: Notify::new(),
            proven: Notify::new(),
            news: Tick::new(),
            prefix: format!("rolo:{SHAPE}:{place}:"),
            node: uuid::Uuid::now_v7().simple().to_string(),
        });
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
        let mut connection = self.line.now()?;
        let mut question = redis::cmd("GET");
        question.arg(self.name(&key));
        let octets: Option<Vec<u8>> = match timeout(PATIENCE, question.query_async(&mut connection)).await {
            Ok(Ok(octets)) => octets,
            Ok(Err(error)) => {
                self.line.failed(&error);
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
        if entry.value.weight() > ENTRY_OCTETS_MAX || self.line.now().is_none() {
            return;
        }
        let Some(packed) = pack(&entry) else { return };
        let (epoch, number) = entry.basis.number();
        let mut octets = format!("{epoch:0DIGITS$}{number:0DIGITS$}").into_bytes();
        octets.extend(packed);
        let millis = u64::try_from(jittered(KEPT, &self.dice, &key).as_millis()).unwrap_or(u64::MAX);
        let _left_out = self.orders.try_send(Order::Keep { name: self.name(&key), octets, millis });
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
    fn now(&self) -> Option<MultiplexedConnection> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn why(&self) -> String {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn prove(&self, connection: MultiplexedConnection) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Some(connection);
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

    /// A refusal in so many words (full, read only, another type under a key) is no reason to give the line up.
    fn failed(&self, error: &RedisError) {
        if matches!(error.kind(), ErrorKind::Server(_)) || error.code().is_some() {
            tracing::debug!(%error, "the cache refused");
        } else {
            self.lose(&error.to_string());
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
                Some(order) => carry(line, &mut connection, order, &own).await,
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
            line.failed(&error);
        }
    }
}

async fn carry(line: &Line, connection: &mut MultiplexedConnection, order: Order, own: &str) -> RedisResult<()> {
    match order {
        Order::Keep { name, octets, millis } => {
            redis::cmd("EVAL").arg(KEEP).arg(1).arg(name).arg(octets).arg(millis).query_async(connection).await
        }
        Order::Tell => publish(line, connection, own).await,
    }
}

async fn publish(line: &Line, connection: &mut MultiplexedConnection, what: &str) -> RedisResult<()> {
    redis::cmd("PUBLISH").arg(line.channel()).arg(what).query_async(connection).await
}
