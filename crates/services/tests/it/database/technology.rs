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
}

impl Technology {
    /// Where a server for tests is; `None` where the technology needs none.
    fn server(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::MySql => Some("ROLO_TEST_MYSQL"),
            Self::Postgres => Some("ROLO_TEST_POSTGRES"),
        }
    }
}

/// A database of one test. Opening it again gives the same rows.
#[derive(Clone)]
pub(crate) struct Place {
    technology: Technology,
    folder: Option<Arc<TempDir>>,
    url: String,
}

impl Place {
    /// Whether it is a file of one process.
    pub(crate) fn embedded(&self) -> bool {
        self.folder.is_some()
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

/// Runs a rule in a fresh database and takes the database away, however the rule ends.
pub(crate) fn run<F, R>(technology: Technology, rule: R)
where
    F: Future<Output = ()> + Send + 'static,
    R: FnOnce(World) -> F,
{
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let server = match technology.server() {
        None => None,
        Some(variable) => match env::var(variable) {
            Ok(url) if !url.is_empty() => Some(url),
            _ => {
                assert!(env::var("CI").is_err(), "{variable} must name a server in CI");
                println!("left out: {variable} names no server");
                return;
            }
        },
    };
    let name = format!("t_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        let place = match &server {
            None => Place { technology, folder: Some(Arc::new(TempDir::new().unwrap())), url: String::new() },
            Some(server) => {
                administer(technology, server, &format!("create database {name}")).await;
                Place { technology, folder: None, url: beside(server, &name) }
            }
        };
        let world = World::make(place).await;
        let outcome = tokio::spawn(rule(world)).await;
        if let Some(server) = &server {
            let force = if technology == Technology::Postgres { " with (force)" } else { "" };
            administer(technology, server, &format!("drop database {name}{force}")).await;
        }
        outcome
    });
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
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
    let sql = sqlx::AssertSqlSafe(sql.to_owned());
    if technology == Technology::MySql {
        let mut connection = sqlx::MySqlConnection::connect(server).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::PgConnection::connect(server).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
}
