//! Contacts read while the Redis in front of the database falls ill in mid-flight: it is cut off, hangs, takes two seconds,
//! talks rubbish, is full or forgets everything. Beside the same reads with a Redis that is well, in the same round.
//!
//! Each contact is read once by a Rolo that has just started, so that Redis is what answers while it is well; which share it
//! did answer stands in the row. One edits beside those who read. Any answer that is not a success fails the row. Redis is the one that
//! `ROLO_TEST_REDIS` names; MariaDB and PostgreSQL are behind it where `ROLO_TEST_MYSQL` and `ROLO_TEST_POSTGRES` name them.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Failure, Row, Size,
    crowd::{Line, Place},
    engines::{administer, at_the_root},
    proxy::{Mood, Proxy},
};
use crate::{
    rolo::{EMAIL, Rolo},
    say,
};

/// How many read at the same time.
const READERS: usize = 16;
/// Contacts that are read, each once.
const READ: usize = 4_000;
/// Contacts that are edited beside that, in another book: what is kept of the first stays good.
const EDITED: usize = 50;
/// A part of Redis that nobody else uses: what is flushed must not be somebody else's.
const PART: u8 = 9;
/// How many Rolos try to fill it.
const FILLED: usize = 10;
/// How long to wait for what takes a moment.
const PATIENCE: Duration = Duration::from_secs(300);

/// What happens to Redis when a third has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ill {
    Not,
    Flushed,
    With(Mood),
}

const KINDS: [(&str, Ill); 6] = [
    ("cut off", Ill::With(Mood::Cut)),
    ("slow, 2 s", Ill::With(Mood::Slow)),
    ("hanging", Ill::With(Mood::Silent)),
    ("talking rubbish", Ill::With(Mood::Rubbish)),
    ("full", Ill::With(Mood::Full)),
    // The last of a round: what it forgets is wanted by the others.
    ("flushed", Ill::Flushed),
];

pub(crate) async fn run(size: &Size) -> Result<Vec<Row>, Failure> {
    let named = |variable| std::env::var(variable).ok().filter(|server: &String| !server.is_empty());
    let Some(redis) = named("ROLO_TEST_REDIS") else {
        say("redis: not measured, for ROLO_TEST_REDIS names no server (cargo xtask servers)");
        return Ok(Vec::new());
    };
    let redis = redis.trim_end_matches('/');
    let mut rows = measure(size, "SQLite", None, redis).await?;
    for (engine, variable) in [("MariaDB", "ROLO_TEST_MYSQL"), ("PostgreSQL", "ROLO_TEST_POSTGRES")] {
        let Some(server) = named(variable) else { continue };
        let name = format!("redis_{}", std::process::id());
        administer(&server, &format!("create database {name}")).await?;
        let url = format!("{}/{name}", at_the_root(&server));
        let measured = measure(size, engine, Some(url), redis).await;
        let force = if engine == "MariaDB" { "" } else { " with (force)" };
        administer(&server, &format!("drop database {name}{force}")).await?;
        rows.append(&mut measured?);
    }
    Ok(rows)
}

async fn measure(size: &Size, engine: &str, database: Option<String>, redis: &str) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let ward = Ward::fill(folder.path(), database, redis, size.people.min(READ)).await?;
    let mut seen: Vec<Vec<(Seen, Seen)>> = KINDS.map(|_| Vec::new()).to_vec();
    for _ in 0..size.rounds {
        ward.warm().await?;
        let well = ward.read(Ill::Not).await?;
        for (seen, (_, ill)) in seen.iter_mut().zip(KINDS) {
            seen.push((ward.read(ill).await?, well));
        }
    }
    Ok(KINDS.iter().zip(seen).flat_map(|((name, _), seen)| rows(engine, name, &seen)).collect())
}

/// A row for those who read, and one for the one who edits; of each the round in the middle.
fn rows(engine: &str, ill: &str, seen: &[(Seen, Seen)]) -> [Row; 2] {
    let mut shared: Vec<f64> = seen.iter().map(|(_, well)| well.shared * 100.0).collect();
    shared.sort_by(f64::total_cmp);
    let shared = shared.get(shared.len() / 2).copied().unwrap_or_default();
    let row = |what: &str, of: fn(&Seen) -> Duration| {
        let mut times: Vec<_> = seen.iter().map(|(ill, well)| (of(ill), of(well))).collect();
        let ratio = |(ill, well): &(Duration, Duration)| ill.as_secs_f64() / well.as_secs_f64().max(f64::MIN_POSITIVE);
        times.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        let shown = |time: Duration| format!("{:.2} ms", time.as_secs_f64() * 1e3);
        Row {
            what: format!("{engine}, Redis {ill}: {what}, p95 (well: {shared:.0} % from it)"),
            rolo: shown(middle.0),
            peer: shown(middle.1),
            ratio: format!("{:.2}", ratio(&middle)),
            goal: "≤ 2",
            met: ratio(&middle) <= 2.0,
        }
    };
    [row("a contact", |seen| seen.reads), row("an edit", |seen| seen.edits)]
}

/// The time that 95 of 100 did not exceed, of what ended after a third had been read.
#[derive(Clone, Copy, Default)]
struct Seen {
    reads: Duration,
    edits: Duration,
    /// Of all contacts, the share that Redis answered.
    shared: f64,
}

/// A book, and how a Rolo is started on it.
struct Ward {
    data: PathBuf,
    database: Option<String>,
    redis: String,
    token: String,
    read: Vec<String>,
    edited: Vec<String>,
}

impl Ward {
    async fn fill(folder: &Path, database: Option<String>, redis: &str, people: usize) -> Result<Self, Failure> {
        let mut ward = Self {
            data: folder.join("data"),
            database,
            redis: redis.to_owned(),
            token: String::new(),
            read: Vec::new(),
            edited: Vec::new(),
        };
        let rolo = ward.start("memory:".to_owned())?;
        ward.token = rolo.set_up().await?;
        rolo.command(&["seed", &people.to_string(), "--email", EMAIL])?;
        let (door, mut path) = (rolo.door(&ward.token), "/v1/contacts?limit=100".to_owned());
        loop {
            let page = door.get(&path).await?;
            let items = page["items"].as_array().ok_or("a list without items")?;
            ward.read.extend(items.iter().filter_map(|item| item["id"].as_str()).map(str::to_owned));
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/v1/contacts?limit=100&cursor={next}");
        }
        let made = async |path: &str, what: Value| -> Result<String, Failure> {
            let (status, body) = door.send(Method::POST, path, &[], Some(&what)).await?;
            let id = body["id"].as_str().ok_or_else(|| format!("POST {path}: {status} {body}"))?;
            Ok(id.to_owned())
        };
        let book = made("/v1/books", json!({ "name": "Beside" })).await?;
        for nth in 0..EDITED {
            let contact = json!({ "book": book, "card": { "name": { "full": format!("Person {nth}") } } });
            ward.edited.push(made("/v1/contacts", contact).await?);
        }
        Ok(ward)
    }

    fn start(&self, cache: String) -> Result<Rolo, Failure> {
        let mut settings = vec![("ROLO_SERVICES__CACHE", cache)];
        settings.extend(self.database.clone().map(|url| ("ROLO_SERVICES__DATABASE", url)));
        Rolo::start_with(&self.data, "127.0.0.1:0", &settings)
    }

    /// Reads everything once while Redis falls ill.
    async fn read(&self, ill: Ill) -> Result<Seen, Failure> {
        let wire = Proxy::to(&self.redis).await;
        // Who is well needs no wire to fall ill on, which would take time.
        let cache = if ill == Ill::Not { self.redis.clone() } else { wire.url() };
        let rolo = self.start(format!("{cache}/{PART}"))?;
        ready(&rolo, &self.token).await?;
        let round = Round { place: Place::new(rolo.address()?, None), token: self.token.clone() };
        let fall = || match ill {
            Ill::Not => Ok(()),
            Ill::Flushed => self.redis(&["FLUSHDB"]).map(drop),
            Ill::With(mood) => {
                wire.be(mood);
                Ok(())
            }
        };
        let seen = round.run(&self.read, &self.edited, fall).await?;
        let shared = figure(&rolo.door(&self.token).text("/metrics").await?);
        Ok(Seen { shared: shared as f64 / self.read.len() as f64, ..seen })
    }

    /// Fills Redis with what the book is now, and with nothing else. On a machine under load a Redis that is well may be found
    /// slow, and is left out for a while: then another Rolo goes on where the last one was.
    async fn warm(&self) -> Result<(), Failure> {
        self.redis(&["FLUSHDB"])?;
        for _ in 0..FILLED {
            let rolo = self.start(format!("{}/{PART}", self.redis))?;
            ready(&rolo, &self.token).await?;
            let round = Round { place: Place::new(rolo.address()?, None), token: self.token.clone() };
            let mut line = round.place.connect().await?;
            for id in &self.read {
                round.ask(&mut line, id).await?;
            }
            // Nobody waits for what is written there.
            let (mut last, mut kept) = (0, self.kept()?);
            while kept > last {
                tokio::time::sleep(Duration::from_millis(100)).await;
                (last, kept) = (kept, self.kept()?);
            }
            if kept >= self.read.len() * 9 / 10 {
                break;
            }
        }
        Ok(())
    }

    /// How much Redis holds.
    fn kept(&self) -> Result<usize, Failure> {
        Ok(self.redis(&["DBSIZE"])?.trim_start_matches(':').parse()?)
    }

    /// Asks Redis itself; answers the first line.
    fn redis(&self, words: &[&str]) -> Result<String, Failure> {
        let mut stream = TcpStream::connect(self.redis.trim_start_matches("redis://"))?;
        stream.write_all(format!("SELECT {PART}\r\n{}\r\n", words.join(" ")).as_bytes())?;
        let mut lines = BufReader::new(stream).lines();
        let chosen = lines.next().ok_or("Redis says nothing")??;
        let said = lines.next().ok_or("Redis says nothing")??;
        if chosen != "+OK" || said.starts_with('-') {
            return Err(format!("Redis says {chosen}, {said}").into());
        }
        Ok(said)
    }
}

/// Waits until Rolo uses its Redis.
async fn ready(rolo: &Rolo, token: &str) -> Result<(), Failure> {
    let (begun, door) = (Instant::now(), rolo.door(token));
    loop {
        let told: Value = serde_json::from_str(&door.text("/readyz").await?)?;
        let services = told["services"].as_array().ok_or("nobody is told which services there are")?;
        if services.iter().any(|service| service["name"] == "cache" && service["ok"] == true) {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("Redis is not used: {told}").into());
        }
    }
}

/// How many contacts Redis answered.
fn figure(metrics: &str) -> u64 {
    let line =
        metrics.lines().find_map(|line| line.strip_prefix("rolo_row_cache_total{kind=\"contact\",result=\"shared\"} "));
    line.and_then(|count| count.parse().ok()).unwrap_or_default()
}

/// Those who ask one Rolo.
#[derive(Clone)]
struct Round {
    place: Place,
    token: String,
}

impl Round {
    /// Many read, one edits; `fall` comes in between.
    async fn run(
        &self,
        read: &[String],
        edited: &[String],
        fall: impl Fn() -> Result<(), Failure>,
    ) -> Result<Seen, Failure> {
        let (count, fallen, over) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let mut readers = Vec::with_capacity(READERS);
        for nth in 0..READERS {
            let ids: Vec<String> = read.iter().skip(nth).step_by(READERS).cloned().collect();
            let (round, count, fallen) = (self.clone(), Arc::clone(&count), Arc::clone(&fallen));
            readers.push(tokio::spawn(async move { round.reader(ids, &count, &fallen).await }));
        }
        let (round, ids, ill, ends) = (self.clone(), edited.to_vec(), Arc::clone(&fallen), Arc::clone(&over));
        let editor = tokio::spawn(async move { round.editor(ids, &ill, &ends).await });
        while count.load(SeqCst) < read.len() / 3 && !readers.iter().any(|reader| reader.is_finished()) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        fall()?;
        fallen.store(true, SeqCst);
        let mut reads = Vec::new();
        for reader in readers {
            reads.append(&mut reader.await??);
        }
        over.store(true, SeqCst);
        Ok(Seen { reads: p95(reads), edits: p95(editor.await??), shared: 0.0 })
    }

    async fn reader(
        &self,
        ids: Vec<String>,
        count: &AtomicUsize,
        fallen: &AtomicBool,
    ) -> Result<Vec<Duration>, Failure> {
        let (mut line, mut times) = (self.place.connect().await?, Vec::new());
        for id in ids {
            let begun = Instant::now();
            self.ask(&mut line, &id).await?;
            if fallen.load(SeqCst) {
                times.push(begun.elapsed());
            }
            count.fetch_add(1, SeqCst);
        }
        Ok(times)
    }

    /// Edits until all has been read, and once at least after the fall.
    async fn editor(&self, ids: Vec<String>, fallen: &AtomicBool, over: &AtomicBool) -> Result<Vec<Duration>, Failure> {
        let (mut line, mut times) = (self.place.connect().await?, Vec::new());
        for (nth, id) in ids.iter().cycle().enumerate() {
            let body = json!({ "card": { "name": { "full": format!("Number {nth}") } } }).to_string();
            let request = format!(
                "PATCH /v1/contacts/{id} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n\
                 content-type: application/json\r\nif-match: *\r\ncontent-length: {}\r\n\r\n{body}",
                self.place.host(),
                self.token,
                body.len()
            );
            let begun = Instant::now();
            success(&mut line, request.as_bytes()).await?;
            if fallen.load(SeqCst) {
                times.push(begun.elapsed());
            }
            if over.load(SeqCst) && !times.is_empty() {
                break;
            }
        }
        Ok(times)
    }

    async fn ask(&self, line: &mut Line, id: &str) -> Result<(), Failure> {
        let bearer = format!("Bearer {}", self.token);
        success(line, &self.place.get(&format!("/v1/contacts/{id}"), &[("authorization", &bearer)])).await
    }
}

/// Asks; nobody is told of an error, whatever Redis does.
async fn success(line: &mut Line, request: &[u8]) -> Result<(), Failure> {
    let answer = line.ask(request).await?;
    if answer.status == 200 {
        return Ok(());
    }
    Err(format!("{}{}", String::from_utf8_lossy(answer.head), String::from_utf8_lossy(answer.body)).into())
}

fn p95(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() * 95 / 100).copied().unwrap_or_default()
}
