//! The database's questions on each database: point reads and a page of the list beside a bare driver that asks the same of
//! the same rows; a durable write, an import's commits and a delta by their times.
//!
//! SQLite always; MariaDB and PostgreSQL where `ROLO_TEST_MYSQL` and `ROLO_TEST_POSTGRES` name servers (`cargo xtask
//! servers`), which do not wait for the disk.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use rolo_core::{
    Services,
    account::Caller,
    contact::{Filter, Sort},
    id::ContactId,
};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection};
use tempfile::TempDir;

use super::{Failure, NO_GOAL, Row, writers};

/// Contacts of one commit of an import.
const CHUNK: usize = 250;
/// How often a card is read; pages and deltas a tenth as often.
const ASKED: usize = 2_000;
const CARD: &str = "select residue, parts, modseq from contact where organisation = ? and book = ? and id = ?";
const PAGE: &str = "select id, summary, labels, modseq from contact where organisation = ? and book = ? and state = 0 \
                    order by sort_given, id limit 51";

/// A database with Ann's book in it.
pub(super) struct Filled {
    pub(super) services: Services,
    pub(super) caller: Caller,
    pub(super) ids: Vec<ContactId>,
    /// How long a contact took to be written, in chunks.
    each: Duration,
}

/// How long something took, many times.
#[derive(Default)]
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) async fn take<T, E>(&mut self, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let began = Instant::now();
        let done = work.await?;
        self.0.push(began.elapsed());
        Ok(done)
    }

    /// The time that this share of them did not exceed.
    pub(super) fn share(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        let at = (self.0.len() as f64 * share) as usize;
        self.0.get(at.min(self.0.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

pub(crate) async fn run(people: usize) -> Result<Vec<Row>, Failure> {
    let mut rows = sqlite(people).await?;
    for (engine, variable) in [("MariaDB", "ROLO_TEST_MYSQL"), ("PostgreSQL", "ROLO_TEST_POSTGRES")] {
        let Some(server) = std::env::var(variable).ok().filter(|server| !server.is_empty()) else { continue };
        let name = format!("bench_{}", std::process::id());
        administer(&server, &format!("create database {name}")).await?;
        let url = format!("{}/{name}", server.rsplit_once("://").map_or("", |_| at_the_root(&server)));
        let measured = measure(engine, &url, people).await;
        administer(&server, &format!("drop database {name}")).await?;
        rows.append(&mut measured?);
    }
    Ok(rows)
}

async fn sqlite(people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    measure("SQLite", &format!("sqlite:{}", folder.path().join("rolo.db").display()), people).await
}

/// `scheme://user@host:port` of a URL.
pub(super) fn at_the_root(server: &str) -> &str {
    let from = server.find("://").map_or(0, |at| at + 3);
    server[from..].find('/').map_or(server, |at| &server[..from + at])
}

async fn measure(engine: &str, url: &str, people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let filled = fill(url, &folder, people).await?;
    let (database, scope) = (&*filled.services.database, filled.caller.scope());
    let (book, _) = scope.books().next().ok_or("no book")?;
    let mut peer = Peer::connect(url, [filled.caller.organisation().0.into_bytes(), book.0.into_bytes()]).await?;
    let [mut cards, mut bare_cards, mut pages, mut bare_pages, mut writes, mut deltas] =
        [(); 6].map(|()| Times::default());
    for n in 0..ASKED {
        let id = filled.ids[n * 7919 % filled.ids.len()];
        cards.take(database.card(scope, id)).await?.ok_or("a contact is gone")?;
        bare_cards.take(peer.card(id)).await?;
        if n % 10 == 0 {
            pages.take(database.list(scope, &page())).await?;
            bare_pages.take(peer.page()).await?;
        }
    }
    let since = database.heads(scope).await?.books.first().ok_or("no book")?.modseq;
    for write in writers::writes(&filled.caller, 100, 1)? {
        writes.take(database.commit(write)).await?;
    }
    for _ in 0..ASKED / 10 {
        deltas.take(database.changes(scope, book, since, 500)).await?;
    }
    let row = |what: &str, mut ours: Times, bare: Option<Times>| {
        let (p50, bare) = (ours.share(0.5), bare.map(|mut bare| bare.share(0.5)));
        Row {
            what: format!("{engine}: {what}, p50 (p99 {})", shown(ours.share(0.99))),
            rolo: shown(p50),
            peer: bare.map(shown).unwrap_or_default(),
            ratio: bare.map(|bare| format!("{:.2}", p50.as_secs_f64() / bare.as_secs_f64())).unwrap_or_default(),
            goal: NO_GOAL,
            met: true,
        }
    };
    let imported = Times(vec![filled.each]);
    Ok(vec![
        row("a card by its id", cards, Some(bare_cards)),
        row("a page of 50", pages, Some(bare_pages)),
        row("a durable write", writes, None),
        row("the delta of 100 writes", deltas, None),
        row(&format!("a contact of {people} in chunks of {CHUNK}"), imported, None),
    ])
}

pub(super) fn page() -> Filter {
    Filter { limit: 50, sort: Sort::Given, ..Filter::default() }
}

fn shown(time: Duration) -> String {
    format!("{:.0} µs", time.as_secs_f64() * 1e6)
}

/// A new database, Ann and her people.
pub(super) async fn fill(url: &str, folder: &TempDir, people: usize) -> Result<Filled, Failure> {
    let services = writers::services(url, folder.path()).await?;
    let caller = writers::owner(&services).await?;
    let (ids, each) = add(&services, &caller, people).await?;
    Ok(Filled { services, caller, ids, each })
}

/// Writes people into the caller's first book; answers who they are and how long each took.
pub(super) async fn add(
    services: &Services,
    caller: &Caller,
    people: usize,
) -> Result<(Vec<ContactId>, Duration), Failure> {
    let writes = writers::writes(caller, people, CHUNK)?;
    let ids = writes.iter().flat_map(writers::made).collect();
    let began = Instant::now();
    for write in writes {
        services.database.commit(write).await?;
    }
    Ok((ids, began.elapsed() / u32::try_from(people.max(1))?))
}

/// A driver without Rolo.
enum Bare {
    Sqlite(rusqlite::Connection),
    MySql(MySqlConnection),
    Postgres(PgConnection),
}

struct Peer {
    bare: Bare,
    /// The organisation and the book.
    place: [[u8; 16]; 2],
}

impl Peer {
    async fn connect(url: &str, place: [[u8; 16]; 2]) -> Result<Self, Failure> {
        let bare = match url.split_once(':') {
            Some(("sqlite", path)) => Bare::Sqlite(rusqlite::Connection::open(path)?),
            Some(("mysql", _)) => Bare::MySql(MySqlConnection::connect(url).await?),
            _ => Bare::Postgres(PgConnection::connect(url).await?),
        };
        Ok(Self { bare, place })
    }

    async fn card(&mut self, id: ContactId) -> Result<usize, Failure> {
        let id = id.0.into_bytes();
        self.ask(CARD, &[id]).await
    }

    async fn page(&mut self) -> Result<usize, Failure> {
        self.ask(PAGE, &[]).await
    }

    /// How many rows there are.
    async fn ask(&mut self, sql: &str, more: &[[u8; 16]]) -> Result<usize, Failure> {
        let values: Vec<&[u8]> = self.place.iter().chain(more).map(|value| &value[..]).collect();
        match &mut self.bare {
            Bare::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                let mut count = 0;
                while rows.next()?.is_some() {
                    count += 1;
                }
                Ok(count)
            }
            Bare::MySql(connection) => {
                let mut query = sqlx::query(AssertSqlSafe(sql.to_owned()));
                for value in values {
                    query = query.bind(value);
                }
                Ok(query.fetch_all(connection).await?.len())
            }
            Bare::Postgres(connection) => {
                let mut numbered = String::new();
                for (number, piece) in sql.split('?').enumerate() {
                    let mark = if number > 0 { format!("${number}") } else { String::new() };
                    numbered.push_str(&mark);
                    numbered.push_str(piece);
                }
                let mut query = sqlx::query(AssertSqlSafe(numbered));
                for value in values {
                    query = query.bind(value);
                }
                Ok(query.fetch_all(connection).await?.len())
            }
        }
    }
}

pub(super) async fn administer(server: &str, sql: &str) -> Result<(), Failure> {
    let sql = AssertSqlSafe(sql.to_owned());
    if server.starts_with("mysql") {
        sqlx::raw_sql(sql).execute(&mut MySqlConnection::connect(server).await?).await?;
    } else {
        sqlx::raw_sql(sql).execute(&mut PgConnection::connect(server).await?).await?;
    }
    Ok(())
}
