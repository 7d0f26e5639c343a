//! One consistent picture of a database while serving goes on: a connection of its own, in a transaction that only reads and
//! sees nothing that was written after it began. It ends when this is dropped.
//!
//! While it is held, SQLite keeps its log (the `-wal` file) and cannot start it anew, PostgreSQL keeps old rows from being
//! cleaned, and MySQL keeps its undo log: hold it as long as the copying takes and no longer.

use std::{fmt, time::Duration};

use rolo_core::{Error, Result};
use sqlx::{MySqlConnection, PgConnection};

use super::{Key, Row, Table, page};
use crate::database::{
    Relational,
    fault::{Held, down},
    relational::Engine,
    session::{Session, now},
    sqlite::beside,
};

/// A picture of a database.
pub struct Frozen {
    held: Connection,
    tables: &'static [Table],
}

enum Connection {
    Sqlite(rusqlite::Connection),
    MySql(MySqlConnection),
    Postgres(PgConnection),
}

/// Asks the picture a question written as `call(s, …)`.
macro_rules! asked {
    ($self:ident, |$s:ident| $call:expr) => {
        match &mut $self.held {
            Connection::Sqlite(connection) => beside(|| {
                let $s = &mut Session::Sqlite(connection);
                now($call)
            }),
            Connection::MySql(connection) => {
                let $s = &mut Session::MySql(connection);
                in_time($call).await
            }
            Connection::Postgres(connection) => {
                let $s = &mut Session::Postgres(connection);
                in_time($call).await
            }
        }
        .map_err(Error::from)
    };
}

impl Relational {
    /// A picture of everything as it is now.
    pub async fn frozen(&self) -> Result<Frozen> {
        let held = match &self.engine {
            Engine::Sqlite(sqlite) => Connection::Sqlite(sqlite.readers.own()?),
            Engine::MySql(mysql) => Connection::MySql(mysql.picture().await?),
            Engine::Postgres(postgres) => Connection::Postgres(postgres.picture().await?),
        };
        let mut frozen = Frozen { held, tables: self.tables() };
        // The picture is taken by the first reading, not by the beginning of the transaction.
        frozen.schema().await?;
        Ok(frozen)
    }
}

impl Frozen {
    /// The tables of the schema that its database was opened with.
    pub fn tables(&self) -> &'static [Table] {
        self.tables
    }

    /// The number of its schema.
    pub async fn schema(&mut self) -> Result<u32> {
        asked!(self, |s| schema(s))
    }

    /// How many rows a table has.
    pub async fn count(&mut self, table: &Table) -> Result<u64> {
        asked!(self, |s| count(s, table))
    }

    /// The rows behind `after`, in the order of the key, together up to `octets_max` in memory, but one at least. None: this
    /// was the last. A row is never divided; the largest is a picture or a sound of a card.
    pub async fn page(&mut self, table: &Table, after: Option<&Key>, octets_max: usize) -> Result<Vec<Row>> {
        asked!(self, |s| page::page(s, table, after, octets_max))
    }
}

impl fmt::Debug for Frozen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Frozen")
    }
}

/// How long a page may take: it is larger than what people ask for.
const ANSWER: Duration = Duration::from_secs(60);

async fn in_time<T>(answer: impl Future<Output = Held<T>>) -> Held<T> {
    tokio::time::timeout(ANSWER, answer).await.unwrap_or_else(|_| Err(down("no answer in time")))
}

async fn schema(s: &mut Session<'_>) -> Held<u32> {
    let row = s.row("select max(number) from migration", &[]).await?;
    let number = row.map(|row| row.int_or(0)).transpose()?.flatten().unwrap_or(0);
    Ok(u32::try_from(number).map_err(Error::internal)?)
}

async fn count(s: &mut Session<'_>, table: &Table) -> Held<u64> {
    let wheres = page::own(table).map(|own| format!(" where {own}")).unwrap_or_default();
    let row = s.row(&format!("select count(*) from {}{wheres}", table.name), &[]).await?;
    Ok(row.ok_or_else(|| Error::internal("a count has no row"))?.count(0)?)
}
