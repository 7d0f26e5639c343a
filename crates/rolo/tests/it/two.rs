//! Two servers on one database: nobody reads older than what they have written or seen, whoever wrote it and wherever they ask,
//! with a Redis that is well, cut off or slow. Checked on the history of what was asked and answered.
//!
//! Runs on the databases `ROLO_TEST_MYSQL` and `ROLO_TEST_POSTGRES` name, through the Redis `ROLO_TEST_REDIS` names; without them
//! a test says that it was left out, and in CI it fails.

#[path = "../../../services/tests/it/cache/proxy.rs"]
mod proxy;

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    sync::{Barrier, mpsc},
    thread,
    time::Instant,
};

use serde_json::{Value, json};
use sqlx::Connection as _;

use self::proxy::{Mood, Proxy};
use crate::place::{Place, Server, get};

/// A connection that asks one thing after the other.
pub(crate) struct Wire {
    stream: BufReader<TcpStream>,
    token: String,
}

impl Wire {
    pub(crate) fn open(url: &str, token: &str) -> Self {
        let stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream: BufReader::new(stream), token: token.to_owned() }
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let body = body.map(Value::to_string).unwrap_or_default();
        let token = &self.token;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             if-match: *\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
        let status = self.line().split(' ').nth(1).unwrap().parse().unwrap();
        let mut length = 0;
        loop {
            let line = self.line();
            if line.is_empty() {
                break;
            }
            if let Some(said) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = said.parse().unwrap();
            }
        }
        let mut octets = vec![0; length];
        self.stream.read_exact(&mut octets).unwrap();
        (status, serde_json::from_slice(&octets).unwrap_or(Value::Null))
    }

    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.stream.read_line(&mut line).unwrap() > 0, "the connection ended");
        line.trim_end().to_owned()
    }
}

/// What was asked of one contact, and answered: a number that rises with each change of it.
#[derive(Clone, Copy, Debug)]
struct Event {
    contact: usize,
    began: Instant,
    ended: Instant,
    wrote: bool,
    modseq: u64,
}

/// The reads that were older than something answered, to anybody, before they began.
fn stale(history: &[Event]) -> Vec<(Event, Event)> {
    let reads = history.iter().filter(|event| !event.wrote);
    let older = |read: &Event| {
        let known = history.iter().filter(|event| event.contact == read.contact && event.ended <= read.began);
        known.filter(|event| event.modseq > read.modseq).max_by_key(|event| event.modseq).copied()
    };
    reads.filter_map(|read| older(read).map(|known| (*read, known))).collect()
}

/// Six who write and read through both servers, each now here, now there.
fn history(servers: [&str; 2], token: &str, contacts: &[String], rounds: usize) -> Vec<Event> {
    let (tell, told) = mpsc::channel();
    let together = Barrier::new(6);
    thread::scope(|scope| {
        for who in 0..6 {
            let (tell, together) = (tell.clone(), &together);
            scope.spawn(move || {
                let mut wires = servers.map(|url| Wire::open(url, token));
                let mut dice = 0x9E37_79B9_u64 * (who as u64 + 1);
                together.wait();
                for round in 0..rounds {
                    dice ^= dice << 13;
                    dice ^= dice >> 7;
                    dice ^= dice << 17;
                    let (side, contact, wrote) =
                        ((dice % 2) as usize, (dice / 2 % 3) as usize, (dice / 8).is_multiple_of(4));
                    let path = format!("/v1/contacts/{}", contacts[contact]);
                    let began = Instant::now();
                    let (status, answer) = if wrote {
                        let patch = json!({ "card": { "name": { "full": format!("{who} {round}") } } });
                        wires[side].ask("PATCH", &path, Some(&patch))
                    } else {
                        wires[side].ask("GET", &path, None)
                    };
                    let ended = Instant::now();
                    assert_eq!(status, 200, "{answer}");
                    let modseq = answer["modseq"].as_u64().unwrap();
                    tell.send(Event { contact, began, ended, wrote, modseq }).unwrap();
                }
            });
        }
        drop(tell);
        told.into_iter().collect()
    })
}

/// A database of the test's own on the server this variable names, gone at the end.
pub(crate) struct Own {
    server: String,
    name: String,
}

impl Own {
    pub(crate) async fn on(variable: &str, whose: &str) -> Option<Self> {
        let server = named(variable)?;
        let own = Self { server, name: format!("{whose}_{}", std::process::id()) };
        own.administer(&format!("create database {}", own.name)).await;
        Some(own)
    }

    /// The same server, another database.
    pub(crate) fn url(&self) -> String {
        let (scheme, rest) = self.server.split_once("://").unwrap();
        format!("{scheme}://{}/{}", rest.split('/').next().unwrap(), self.name)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn administer(&self, sql: &str) {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        if self.server.starts_with("mysql") {
            let mut connection = sqlx::MySqlConnection::connect(&self.server).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(&self.server).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }
}

pub(crate) fn named(variable: &str) -> Option<String> {
    let url = env::var(variable).ok().filter(|url| !url.is_empty());
    assert!(url.is_some() || env::var("CI").is_err(), "{variable} must name a server in CI");
    if url.is_none() {
        eprintln!("left out: {variable} names no server");
    }
    url
}

/// The first news on a stream of events at this server.
pub(crate) fn listening(url: &str, token: &str) -> (thread::JoinHandle<()>, mpsc::Receiver<Instant>) {
    let mut wire = Wire::open(url, token);
    let head = format!("GET /v1/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
    wire.stream.get_mut().write_all(head.as_bytes()).unwrap();
    let (tell, told) = mpsc::channel();
    // The first event says what there was before.
    while !wire.line().starts_with("id: ") {}
    let hearing = thread::spawn(move || {
        while !wire.line().starts_with("id: ") {}
        tell.send(Instant::now()).unwrap();
    });
    (hearing, told)
}

async fn two_servers(variable: &str) {
    let (Some(own), Some(redis)) = (Own::on(variable, "two").await, named("ROLO_TEST_REDIS")) else { return };
    let proxy = Proxy::to(&redis).await;
    let played = tokio::task::spawn_blocking({
        let (database, cache, proxy) = (own.url(), proxy.url(), proxy);
        move || play(&database, &cache, &proxy)
    });
    let played = played.await;
    let force = if own.server.starts_with("mysql") { "" } else { " with (force)" };
    own.administer(&format!("drop database {}{force}", own.name)).await;
    played.unwrap();
}

fn play(database: &str, cache: &str, proxy: &Proxy) {
    let environment = [("ROLO_SERVICES__DATABASE", database), ("ROLO_SERVICES__CACHE", cache)];
    let (here, there) = (Place::bare(), Place::bare());
    here.run_with(&["init"], "", &environment).well();
    let password = here.file("password", crate::place::PASSWORD);
    let person = ["user", "add", "--email", "noor@rolo.example", "--name", "Noor", "--password-file", &password];
    here.run_with(&person, "", &environment).well();
    let told =
        here.run_with(&["token", "add", "--email", "noor@rolo.example", "--json"], "", &environment).well().last();
    let token = told["token"].as_str().unwrap();
    let one = Server::start_with(&here.data(), &environment);
    let other = Server::start_with(&there.data(), &environment);

    let mut wire = Wire::open(&one.url, token);
    let contacts: Vec<String> = ["Bo", "Cy", "Di"]
        .map(|name| {
            let card = json!({ "card": { "name": { "full": name } } });
            let (status, made) = wire.ask("POST", "/v1/contacts", Some(&card));
            assert_eq!(status, 201, "{made}");
            made["id"].as_str().unwrap().to_owned()
        })
        .to_vec();
    for mood in [Mood::Well, Mood::Cut, Mood::Slow, Mood::Rubbish, Mood::Full, Mood::Silent] {
        proxy.be(mood);
        let mut history = history([&one.url, &other.url], token, &contacts, 40);
        let found = stale(&history);
        assert!(found.is_empty(), "{mood:?}: {} of {}: {:?}", found.len(), history.len(), found.first());

        // The control: had one reader been told what was so before the last change it had seen, that would have been found.
        let last = history.iter().enumerate().filter(|(_, event)| !event.wrote).max_by_key(|(_, event)| event.began);
        let place = last.unwrap().0;
        history[place].modseq = 1;
        assert_eq!(stale(&history).len(), 1, "{mood:?}");

        let (hearing, heard) = listening(&other.url, token);
        let patch = json!({ "card": { "name": { "full": format!("{mood:?}") } } });
        let began = Instant::now();
        assert_eq!(wire.ask("PATCH", &format!("/v1/contacts/{}", contacts[0]), Some(&patch)).0, 200);
        let heard = heard.recv().unwrap();
        eprintln!("{mood:?}: what was written here was told there {:?} after it was sent", heard - began);
        hearing.join().unwrap();
    }
    let (status, ready) = get(&one.url, "/readyz", token);
    let ready: Value = serde_json::from_str(&ready).unwrap();
    let state = ready["services"].as_array().unwrap().iter().find(|service| service["name"] == "cache").unwrap();
    assert_eq!((status, &state["ok"]), (200, &json!(false)), "nothing needs a cache, and it is named");
    assert!(get(&one.url, "/metrics", token).1.contains("rolo_row_cache_info{technology=\"redis\"} 1"));
    proxy.be(Mood::Well);
    let doctor = here.run_with(&["doctor"], "", &environment);
    assert!(doctor.out.contains("cache: redis") || doctor.err.contains("port: "), "{doctor:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_mariadb_never_tell_what_is_old() {
    two_servers("ROLO_TEST_MYSQL").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_on_postgresql_never_tell_what_is_old() {
    two_servers("ROLO_TEST_POSTGRES").await;
}
