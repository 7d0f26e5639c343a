//! Which databases there are to test on, and a fresh one of each for a test.

use std::{
    env,
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use rolo_services::database::{OpenOptions, Options, Relational};
use sqlx::Connection;
use tempfile::TempDir;

use super::world::World;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Technology {
    Sqlite,
    MySql,
    Postgres,
    /// SQLite behind a cache, which has a Redis behind it where there is one.
    Cached,
}

impl Technology {
    /// Where a server for tests is; `None` where the technology needs none.
    fn server(self) -> Option<&'static str> {
        match self {
            Self::Sqlite | Self::Cached => None,
            Self::MySql => Some("ROLO_TEST_MYSQL"),
            Self::Postgres => Some("ROLO_TEST_POSTGRES"),
        }
    }
}

/// A database of one test. Opening it again gives the same rows.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) technology: Technology,
    folder: Option<Arc<TempDir>>,
    /// What a configuration would say.
    pub(crate) url: String,
}

impl Place {
    /// On a server of the test's own.
    pub(crate) fn at(technology: Technology, url: String) -> Self {
        Self { technology, folder: None, url }
    }

    async fn fresh(technology: Technology, server: Option<&str>) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let name = format!("t_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let Some(server) = server else {
            let folder = Arc::new(TempDir::new().unwrap());
            let url = format!("sqlite:{}", folder.path().join("rolo.db").display());
            return Self { technology, folder: Some(folder), url };
        };
        administer(technology, server, &format!("create database {name}")).await;
        Self { technology, folder: None, url: beside(server, &name) }
    }

    async fn drop_at(&self, server: &str) {
        let force = if self.technology == Technology::Postgres { " with (force)" } else { "" };
        administer(self.technology, server, &format!("drop database {}{force}", self.name())).await;
    }

    /// The same technology at another URL.
    pub(crate) fn beside(&self, url: String) -> Self {
        Self { url, ..self.clone() }
    }

    /// Runs a statement behind Rolo's back.
    pub(crate) async fn behind(&self, sql: &str) {
        match &self.folder {
            Some(folder) => {
                let file = rusqlite::Connection::open(folder.path().join("rolo.db")).unwrap();
                file.execute_batch(sql).unwrap();
            }
            None => administer(self.technology, &self.url, sql).await,
        }
    }

    /// Whether it is a file of one process.
    pub(crate) fn embedded(&self) -> bool {
        self.folder.is_some()
    }

    /// The cache in front of it: its URL, and a name of its own in it.
    pub(crate) fn cache(&self) -> Option<(String, String)> {
        let redis = env::var("ROLO_TEST_REDIS").ok().filter(|url| !url.is_empty());
        let name = uuid::Uuid::now_v7().to_string();
        (self.technology == Technology::Cached).then(|| (redis.unwrap_or_else(|| "memory:".to_owned()), name))
    }

    pub(crate) async fn open(&self) -> Relational {
        match (&self.folder, self.technology) {
            (Some(folder), _) => {
                let options = OpenOptions { path: folder.path().join("rolo.db"), create: true };
                Relational::open(options).unwrap()
            }
            (None, Technology::MySql) => Relational::mysql(&Options::of(&self.url, false)).await.unwrap(),
            (None, _) => Relational::postgres(&Options::of(&self.url, false)).await.unwrap(),
        }
    }
}

/// What only a networked database has.
impl Place {
    pub(crate) fn port(&self) -> u16 {
        self.url.rsplit_once('/').unwrap().0.rsplit_once(':').unwrap().1.parse().unwrap()
    }

    fn name(&self) -> &str {
        self.url.rsplit_once('/').unwrap().1
    }

    /// As the tests' own user, elsewhere.
    pub(crate) fn url_at(&self, host: &str, port: u16, query: &str) -> String {
        self.url_as(self.url.split("://").nth(1).unwrap().split('@').next().unwrap(), host, port, query)
    }

    /// As somebody else, elsewhere.
    pub(crate) fn url_as(&self, user: &str, host: &str, port: u16, query: &str) -> String {
        format!("{}://{user}@{host}:{port}/{}{query}", self.url.split(':').next().unwrap(), self.name())
    }

    /// What a URL says to speak without encryption.
    pub(crate) fn in_the_clear(&self) -> &'static str {
        if self.technology == Technology::MySql { "?ssl-mode=DISABLED" } else { "?sslmode=disable" }
    }

    /// What a URL says to let the server prove its name, to those this file vouches for; to the world's when it is empty.
    pub(crate) fn proved_by(&self, authority: &str) -> String {
        let (mode, file) = match self.technology {
            Technology::MySql => ("ssl-mode=VERIFY_IDENTITY", "ssl-ca"),
            _ => ("sslmode=verify-full", "sslrootcert"),
        };
        if authority.is_empty() { format!("?{mode}") } else { format!("?{mode}&{file}={authority}") }
    }

    /// Turns the plain user away who comes in the clear, where the server can; else see [`Self::in_the_clear_now`].
    pub(crate) async fn let_in_secretly(&self) {
        if self.technology == Technology::MySql {
            self.say(&format!("alter user u{}@'127.0.0.1' require ssl", self.name())).await;
        }
    }

    /// How many of the plain user's connections are not encrypted.
    pub(crate) async fn in_the_clear_now(&self) -> i64 {
        if self.technology == Technology::MySql {
            return 0;
        }
        let sql =
            "select count(*) from pg_stat_ssl s join pg_stat_activity a using (pid) where not s.ssl and a.usename =";
        ask(self.technology, &self.url, &format!("{sql} 'u{}'", self.name())).await[0]
    }

    async fn say(&self, sql: &str) {
        administer(self.technology, &self.url, sql).await;
    }

    /// A user of this database alone, who may do in it what Rolo does, and how a URL names it.
    pub(crate) async fn make_plain_user(&self) -> String {
        let name = self.name();
        if self.technology == Technology::MySql {
            self.say(&format!("create user u{name}@'127.0.0.1' identified by 'right'")).await;
            self.say(&format!("grant all on {name}.* to u{name}@'127.0.0.1'")).await;
        } else {
            // Tables belong to who made them, and its rights are not the matter here.
            self.say(&format!("create role u{name} login superuser password 'right'")).await;
        }
        format!("u{name}:right")
    }

    /// Whether TiDB is what speaks MySQL here (`cargo xtask soak --only tidb`).
    pub(crate) async fn is_tidb(&self) -> bool {
        self.technology == Technology::MySql
            && ask(self.technology, &self.url, "select instr(version(), 'TiDB')").await[0] > 0
    }

    pub(crate) async fn connections_of_plain_user(&self) -> usize {
        let sql = if self.technology == Technology::MySql {
            format!("select count(*) from information_schema.processlist where user = 'u{}'", self.name())
        } else {
            format!("select count(*) from pg_stat_activity where usename = 'u{}'", self.name())
        };
        usize::try_from(ask(self.technology, &self.url, &sql).await[0]).unwrap()
    }

    /// Ends the plain user's connections.
    async fn hang_up(&self) {
        if self.technology == Technology::MySql {
            let user = format!("user = 'u{}'", self.name());
            // TiDB's are unsigned.
            let sql = format!("select cast(id as signed) from information_schema.processlist where {user}");
            for id in ask(self.technology, &self.url, &sql).await {
                // One of them may have ended by itself.
                let _ = try_administer(self.technology, &self.url, &format!("kill {id}")).await;
            }
        } else {
            let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename =";
            ask(self.technology, &self.url, &format!("{sql} 'u{}'", self.name())).await;
        }
    }

    /// Lets the server take no more writes of the plain user, as one that has become a replica.
    pub(crate) async fn only_reads(&self, only: bool) {
        let name = self.name();
        if self.technology == Technology::MySql {
            // The tests' own user may write all the same. TiDB knows the name and does nothing for it.
            let setting = if self.is_tidb().await { "tidb_super_read_only" } else { "read_only" };
            self.say(&format!("set global {setting} = {}", i32::from(only))).await;
        } else {
            let value = if only { "on" } else { "off" };
            self.say(&format!("alter role u{name} set default_transaction_read_only = {value}")).await;
            self.hang_up().await;
        }
    }

    /// Changes the plain user's password, and hangs up.
    pub(crate) async fn lock_out(&self, out: bool) {
        let name = self.name();
        if self.technology == Technology::MySql {
            let password = if out { "other" } else { "right" };
            self.say(&format!("alter user u{name}@'127.0.0.1' identified by '{password}'")).await;
        } else {
            // The server for tests asks nobody for a password.
            self.say(&format!("alter role u{name} {}", if out { "nologin" } else { "login" })).await;
        }
        self.hang_up().await;
    }

    async fn forget_plain_user(&self) {
        let sql = if self.technology == Technology::MySql {
            format!("drop user if exists u{}@'127.0.0.1'", self.name())
        } else {
            format!("drop role if exists u{}", self.name())
        };
        self.say(&sql).await;
    }
}

/// Runs a rule in a fresh database and takes the database away, however the rule ends.
pub(crate) fn run<F, R>(technology: Technology, rule: R)
where
    F: Future<Output = ()> + Send + 'static,
    R: FnOnce(World) -> F,
{
    staged(&[technology], async |places| rule(World::make(places[0].clone()).await));
}

/// The same with a second database beside it, in which nothing is.
pub(crate) fn run_two<F, R>(first: Technology, second: Technology, rule: R)
where
    F: Future<Output = ()> + Send + 'static,
    R: FnOnce(World, Place) -> F,
{
    staged(&[first, second], async |places| rule(World::make(places[0].clone()).await, places[1].clone()));
}

/// Databases in which nothing is, not even a schema.
pub(crate) fn run_bare<F, R>(technology: Technology, count: usize, rule: R)
where
    F: Future<Output = ()> + Send + 'static,
    R: FnOnce(Vec<Place>) -> F,
{
    staged(&vec![technology; count], async |places| rule(places));
}

fn staged<F, R>(technologies: &[Technology], rule: R)
where
    F: Future<Output = ()> + Send + 'static,
    R: AsyncFnOnce(Vec<Place>) -> F,
{
    let mut servers = Vec::new();
    for technology in technologies {
        match server(*technology) {
            Ok(server) => servers.push((*technology, server)),
            Err(variable) => {
                assert!(env::var("CI").is_err(), "{variable} must name a server in CI");
                println!("left out: {variable} names no server");
                return;
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let mut places = Vec::new();
        for (technology, server) in &servers {
            places.push(Place::fresh(*technology, server.as_deref()).await);
        }
        let outcome = tokio::spawn(rule(places.clone()).await).await;
        for (place, (_, server)) in places.iter().zip(&servers) {
            if let Some(server) = server {
                place.forget_plain_user().await;
                place.drop_at(server).await;
            }
        }
        outcome
    });
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// Where its server is, if it needs one; the variable that should say so, if none does.
fn server(technology: Technology) -> Result<Option<String>, &'static str> {
    let Some(variable) = technology.server() else { return Ok(None) };
    match env::var(variable) {
        Ok(url) if !url.is_empty() => Ok(Some(url)),
        _ => Err(variable),
    }
}

/// The same server, another database.
fn beside(server: &str, name: &str) -> String {
    let (server, query) = server.split_once('?').map_or((server, None), |(server, query)| (server, Some(query)));
    let (scheme, rest) = server.split_once("://").unwrap();
    let host = rest.split('/').next().unwrap();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    format!("{scheme}://{host}/{name}{query}")
}

async fn administer(technology: Technology, server: &str, sql: &str) {
    try_administer(technology, server, sql).await.unwrap();
}

async fn try_administer(technology: Technology, server: &str, sql: &str) -> sqlx::Result<()> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if technology == Technology::MySql {
        sqlx::raw_sql(sql).execute(&mut sqlx::MySqlConnection::connect(server).await?).await?;
    } else {
        sqlx::raw_sql(sql).execute(&mut sqlx::PgConnection::connect(server).await?).await?;
    }
    Ok(())
}

/// The numbers of a query's only column.
async fn ask(technology: Technology, server: &str, sql: &str) -> Vec<i64> {
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if technology == Technology::MySql {
        let mut connection = sqlx::MySqlConnection::connect(server).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    } else {
        let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
        sqlx::query_scalar(sql).fetch_all(&mut connection).await.unwrap()
    }
}
