//! The whole machine with TLS beside the article's stack: Rolo with its own front door against Fastify, MariaDB and Redis
//! behind NGINX (`bench/peers/stack`), with the same people, the same answers and the same crowd, signed in.
//!
//! MariaDB and Redis are those that `ROLO_TEST_MYSQL` and `ROLO_TEST_REDIS` name (`cargo xtask servers`). Rolo runs twice:
//! on its own file, and, with its book moved there, on the same MariaDB and Redis.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Write},
    net::TcpStream,
    path::Path,
};

use futures_util::future::try_join_all;
use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Connection, MySqlConnection};

use super::{
    Failure, Row, Size,
    certificate::Certificate,
    crowd::{Crowd, Place},
    engines::{administer, at_the_root},
    process::Family,
    race::{self, Goal},
    stack::Stack,
};
use crate::{
    rolo::{Door, EMAIL, PASSWORD, Rolo},
    say,
};

/// How many contacts, and how many pages of 50, the crowd asks for. Both sides have them in their caches.
const CONTACTS: usize = 1_000;
const PAGES: usize = 20;
const PAGE: usize = 50;
/// How many contacts are asked for at once when the book is written down.
const ASKED: usize = 100;
const CONTACT: Goal = Goal { rate: (5.0, "≥ 5"), p99: Some((1.0 / 3.0, "p99 ≤ 0.33")) };
const LIST: Goal = Goal { rate: (8.0, "≥ 8"), ..CONTACT };
/// Rolo's own front door.
const LISTEN: &str = "https://127.0.0.1:0";

pub(crate) async fn run(size: &Size) -> Result<Vec<Row>, Failure> {
    let Some(servers) = Servers::named().await? else {
        say("machine: not measured, for ROLO_TEST_MYSQL and ROLO_TEST_REDIS name no servers (cargo xtask servers)");
        return Ok(Vec::new());
    };
    let names = ["stack", "rolo"].map(|name| format!("{name}_{}", std::process::id()));
    for name in &names {
        administer(&servers.mysql, &format!("create database {name}")).await?;
    }
    let rows = measure(size, &servers, names.each_ref().map(|name| servers.database(name))).await;
    for name in &names {
        administer(&servers.mysql, &format!("drop database {name}")).await?;
    }
    rows
}

/// MariaDB and Redis on this machine.
struct Servers {
    mysql: String,
    redis: String,
    processes: [u32; 2],
}

impl Servers {
    async fn named() -> Result<Option<Self>, Failure> {
        let named = |variable| std::env::var(variable).ok().filter(|server: &String| !server.is_empty());
        let (Some(mysql), Some(redis)) = (named("ROLO_TEST_MYSQL"), named("ROLO_TEST_REDIS")) else { return Ok(None) };
        let processes = [database_process(&mysql).await?, cache_process(&redis)?];
        Ok(Some(Self { mysql, redis, processes }))
    }

    fn database(&self, name: &str) -> String {
        format!("{}/{name}", at_the_root(&self.mysql))
    }
}

async fn database_process(url: &str) -> Result<u32, Failure> {
    let mut connection = MySqlConnection::connect(url).await?;
    let file: String = sqlx::query_scalar("select @@pid_file").fetch_one(&mut connection).await?;
    let id = std::fs::read_to_string(&file).map_err(|why| format!("MariaDB is not on this machine: {file}: {why}"))?;
    Ok(id.trim().parse()?)
}

fn cache_process(url: &str) -> Result<u32, Failure> {
    let mut stream = TcpStream::connect(url.trim_start_matches("redis://").trim_end_matches('/'))?;
    stream.write_all(b"info server\r\nquit\r\n")?;
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let id = lines.find_map(|line| line.strip_prefix("process_id:")?.trim().parse().ok());
    Ok(id.ok_or("Redis does not say which process it is")?)
}

async fn measure(size: &Size, servers: &Servers, [theirs, ours]: [String; 2]) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let (data, book) = (folder.path().join("data"), folder.path().join("book.ndjson"));
    let certificate = Certificate::make(folder.path())?;
    let ids = {
        let rolo = Rolo::start(&data)?;
        let token = rolo.set_up().await?;
        rolo.command(&["seed", &size.people.to_string(), "--email", EMAIL])?;
        write_down(&rolo.door(&token), &book).await?
    };
    let prefix = format!("stack:{}:", std::process::id());
    let stack = Stack::start(&theirs, &servers.redis, &prefix, &book, &certificate)?;
    let family = Family([stack.processes(), servers.processes].concat());
    let peer = Side::new(stack.place(&certificate), family, "after").await?;

    let tls = [("ROLO_TLS__CERTIFICATE_FILE", &certificate.certificate), ("ROLO_TLS__KEY_FILE", &certificate.key)];
    let tls = tls.map(|(name, file)| (name, file.display().to_string())).to_vec();
    let mut rolo = Rolo::start_with(&data, LISTEN, &tls)?;
    let side = Side::of(&rolo, &certificate, &[]).await?;
    let mut rows = both(size, "SQLite", &side, &peer, &ids).await?;

    rolo.kill();
    rolo.command(&["move", "--no-backup", "a measurement", "--to", &ours])?;
    let networked = [("ROLO_SERVICES__DATABASE", ours), ("ROLO_SERVICES__CACHE", servers.redis.clone())];
    let rolo = Rolo::start_with(&data, LISTEN, &[tls, networked.to_vec()].concat())?;
    let side = Side::of(&rolo, &certificate, &servers.processes).await?;
    rows.append(&mut both(size, "MariaDB, Redis", &side, &peer, &ids).await?);
    Ok(rows)
}

/// Writes down what Rolo answers about everybody, for the peer's database. Answers who they are.
async fn write_down(door: &Door, book: &Path) -> Result<Vec<String>, Failure> {
    let mut file = BufWriter::new(File::create(book)?);
    let account = door.get("/v1/account").await?;
    let organisation = said(&account["organisation"]["id"]);
    let organisation = door.get(&format!("/v1/organisations/{organisation}")).await?;
    let account = json!({ "id": account["id"], "email": EMAIL, "password": PASSWORD });
    writeln!(file, "{}", json!({ "organisation": organisation, "account": account }))?;
    let (mut ids, mut path) = (Vec::new(), format!("/v1/contacts?limit={ASKED}"));
    loop {
        let page = door.get(&path).await?;
        let lines = page["items"].as_array().ok_or("a list without items")?;
        let paths: Vec<String> = lines.iter().map(|line| format!("/v1/contacts/{}", said(&line["id"]))).collect();
        let contacts = try_join_all(paths.iter().map(|path| door.get(path))).await?;
        for (line, contact) in lines.iter().zip(contacts) {
            ids.push(said(&line["id"]).to_owned());
            writeln!(file, "{}", json!({ "contact": contact, "line": line }))?;
        }
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/contacts?limit={ASKED}&cursor={next}");
    }
    file.flush()?;
    Ok(ids)
}

/// One of the two, with somebody signed in there.
struct Side {
    place: Place,
    family: Family,
    cookie: String,
    /// How its lists say where a page begins.
    after: &'static str,
}

impl Side {
    async fn new(place: Place, family: Family, after: &'static str) -> Result<Self, Failure> {
        let cookie = place.sign_in(EMAIL, PASSWORD).await?;
        Ok(Self { place, family, cookie, after })
    }

    async fn of(rolo: &Rolo, certificate: &Certificate, servers: &[u32]) -> Result<Self, Failure> {
        let place = Place::new(rolo.address()?, Some(certificate.connector.clone()));
        // The servers are others' too, who may never rest.
        Family(vec![rolo.id()]).rest().await?;
        Self::new(place, Family([&[rolo.id()], servers].concat()), "cursor").await
    }

    /// A crowd for these contacts.
    async fn contacts(&self, ids: &[String]) -> Result<Crowd, Failure> {
        let step = (ids.len() / CONTACTS).max(1);
        let paths = ids.iter().step_by(step).map(|id| format!("/v1/contacts/{id}"));
        let requests = paths.map(|path| self.place.get(&path, &[("cookie", &self.cookie)])).collect();
        Crowd::meet(self.place.clone(), requests, self.family.clone()).await
    }

    /// A crowd for the first pages of the list.
    async fn pages(&self) -> Result<Crowd, Failure> {
        let (mut line, mut requests) = (self.place.connect().await?, Vec::new());
        let mut path = format!("/v1/contacts?limit={PAGE}");
        while requests.len() < PAGES {
            let request = self.place.get(&path, &[("cookie", &self.cookie)]);
            let page: Value = serde_json::from_slice(line.ask(&request).await?.body)?;
            requests.push(request);
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/v1/contacts?limit={PAGE}&{}={next}", self.after);
        }
        Crowd::meet(self.place.clone(), requests, self.family.clone()).await
    }
}

/// Both kinds of reading.
async fn both(size: &Size, name: &str, ours: &Side, theirs: &Side, ids: &[String]) -> Result<Vec<Row>, Failure> {
    let (mine, peer) = (ours.contacts(ids).await?, theirs.contacts(ids).await?);
    same(&mine, &peer)?;
    let mut rows = race::run(size, &format!("{name}, TLS: contact"), &mine, &peer, CONTACT).await?;
    let (mine, peer) = (ours.pages().await?, theirs.pages().await?);
    same(&mine, &peer)?;
    rows.append(&mut race::run(size, &format!("{name}, TLS: list of {PAGE}"), &mine, &peer, LIST).await?);
    Ok(rows)
}

/// Each answer says the same on both sides, but for where the next page begins. Moments are compared, not how they are
/// written: `.88Z` is `.880Z`.
fn same(ours: &Crowd, theirs: &Crowd) -> Result<(), Failure> {
    let read = |octets: &[u8]| -> Result<Value, Failure> {
        let mut value: Value = serde_json::from_slice(octets)?;
        timed(&mut value)?;
        if let Some(list) = value.as_object_mut() {
            list.remove("next");
            list.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten().try_for_each(timed)?;
        }
        Ok(value)
    };
    if ours.questions.len() != theirs.questions.len() {
        return Err("the two sides have not the same pages".into());
    }
    for (mine, peer) in ours.questions.iter().zip(theirs.questions.iter()) {
        let (mine, peer) = (read(&mine.body)?, read(&peer.body)?);
        if mine != peer {
            return Err(format!("the two sides answer differently:\n{mine}\n{peer}").into());
        }
    }
    Ok(())
}

/// The moments of a contact or a line of a list, in milliseconds.
fn timed(value: &mut Value) -> Result<(), Failure> {
    for name in ["created_at", "updated_at", "deleted_at"] {
        if let Some(moment) = value.get_mut(name).filter(|moment| !moment.is_null()) {
            *moment = json!(said(moment).parse::<Timestamp>()?.as_millisecond());
        }
    }
    Ok(())
}

fn said(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_same_however_it_is_written() {
        let read = |moment: &str| {
            let mut value = json!({ "updated_at": moment, "deleted_at": null });
            timed(&mut value).map(|()| value)
        };
        let [short, long, other] = ["40.88Z", "40.880Z", "40.881Z"].map(|end| read(&format!("2026-11-22T18:01:{end}")));
        let short = short.unwrap();
        assert_eq!(short, long.unwrap());
        assert_ne!(short, other.unwrap());
        assert!(read("yesterday").is_err());
    }
}
