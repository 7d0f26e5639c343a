//! A connection that takes statements: the one seam between the SQL, which is written once, and the three drivers.
//!
//! SQLite answers without ever waiting, so everything that is written against a [`Session`] can be run to its end by
//! [`now`] on a plain thread.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use rolo_core::Error;
use sqlx::{MySqlConnection, PgConnection};

use super::{
    fault::Held,
    mysql, postgres,
    sqlite::statement,
    value::{Bind, Row},
};

/// An open connection, inside a transaction or not.
pub(crate) enum Session<'c> {
    Sqlite(&'c mut rusqlite::Connection),
    MySql(&'c mut MySqlConnection),
    Postgres(&'c mut PgConnection),
}

impl Session<'_> {
    /// Runs a statement; answers how many rows it found to change.
    pub(crate) async fn execute(&mut self, sql: &str, values: &[Bind<'_>]) -> Held<u64> {
        match self {
            Self::Sqlite(connection) => statement::execute(connection, sql, values),
            Self::MySql(connection) => mysql::execute(connection, sql, values).await,
            Self::Postgres(connection) => postgres::execute(connection, sql, values).await,
        }
    }

    /// Begins or ends a transaction: statements that no database prepares.
    pub(crate) async fn plain(&mut self, sql: &'static str) -> Held<()> {
        match self {
            Self::Sqlite(connection) => statement::execute(connection, sql, &[]).map(drop),
            Self::MySql(connection) => mysql::plain(connection, sql).await,
            Self::Postgres(connection) => postgres::plain(connection, sql).await,
        }
    }

    /// Runs a statement of a migration, whose work may be done already.
    pub(crate) async fn make(&mut self, sql: &str) -> Held<()> {
        match self {
            Self::MySql(connection) => mysql::make(connection, sql).await,
            _ => self.execute(sql, &[]).await.map(drop),
        }
    }

    /// Every row of a query.
    pub(crate) async fn rows(&mut self, sql: &str, values: &[Bind<'_>]) -> Held<Vec<Row>> {
        match self {
            Self::Sqlite(connection) => statement::rows(connection, sql, values),
            Self::MySql(connection) => mysql::rows(connection, sql, values).await,
            Self::Postgres(connection) => postgres::rows(connection, sql, values).await,
        }
    }

    /// The rows of a query up to the one behind which it does not go on. `None`: a server sends all of them anyway.
    pub(crate) fn rows_while(
        &self,
        sql: &str,
        values: &[Bind<'_>],
        goes_on: impl FnMut(&Row) -> bool,
    ) -> Option<Held<Vec<Row>>> {
        match self {
            Self::Sqlite(connection) => Some(statement::rows_while(connection, sql, values, goes_on)),
            Self::MySql(_) | Self::Postgres(_) => None,
        }
    }

    /// The first row of a query, if there is one.
    pub(crate) async fn row(&mut self, sql: &str, values: &[Bind<'_>]) -> Held<Option<Row>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }
}

/// The outcome of a future that never waits.
pub(crate) fn now<T>(future: impl Future<Output = Held<T>>) -> Held<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(outcome) => outcome,
        Poll::Pending => Err(Error::internal("a statement on SQLite waited for something").into()),
    }
}
