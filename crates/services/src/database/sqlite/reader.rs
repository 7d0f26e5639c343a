//! A few connections that read, each statement without waiting, on the thread that asks. On a runtime of many threads the
//! others are told to carry on without this one, unless it is back before they could: a point read is microseconds.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

use rolo_core::{Error, Result};
use rusqlite::Connection;
use tokio::runtime::{Handle, RuntimeFlavor};

use super::{coming::Coming, file::OpenOptions, statement::fault};
use crate::database::{fault::Held, session::Session};

#[derive(Debug)]
pub(crate) struct Readers {
    options: OpenOptions,
    most: usize,
    pool: Mutex<Pool>,
    freed: Condvar,
    pub(super) coming: Arc<Coming>,
}

#[derive(Debug)]
struct Pool {
    idle: Vec<Connection>,
    opened: usize,
}

impl Readers {
    pub(crate) fn open(options: OpenOptions, coming: Arc<Coming>) -> Result<Self> {
        let first = options.reader()?;
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let pool = Mutex::new(Pool { idle: vec![first], opened: 1 });
        Ok(Self { options, most: cores.clamp(2, 8), pool, freed: Condvar::new(), coming })
    }

    /// Reads from one state of the database, however many statements that takes. What was read from a commit whose numbers
    /// are not in memory yet is told when they are.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut Session<'_>) -> Held<T>) -> Held<T> {
        beside(|| self.with(self.take()?, work))
    }

    /// The same for what is read in microseconds: handing this thread's tasks to another one costs more than that. Whoever
    /// would have to wait for a connection still does it beside them.
    pub(crate) fn glance<T>(&self, work: impl FnOnce(&mut Session<'_>) -> Held<T>) -> Held<T> {
        match self.idle() {
            Some(connection) => self.with(connection, work),
            None => self.read(work),
        }
    }

    fn with<T>(&self, connection: Connection, work: impl FnOnce(&mut Session<'_>) -> Held<T>) -> Held<T> {
        let mut lent = Lent { connection: Some(connection), readers: self };
        let Some(connection) = lent.connection.as_mut() else {
            return Err(Error::internal("a connection was lent twice").into());
        };
        run(connection, "begin")?;
        let outcome = work(&mut Session::Sqlite(connection));
        let newer = self.coming.read_in(&mut Session::Sqlite(connection));
        run(connection, "commit")?;
        drop(lent);
        if let Some(turn) = newer? {
            beside(|| self.coming.wait(turn));
        }
        outcome
    }

    /// A connection for one reader alone, which has begun to read. It is not lent, so nobody waits for it.
    pub(crate) fn own(&self) -> Held<Connection> {
        let connection = self.options.reader()?;
        run(&connection, "begin")?;
        Ok(connection)
    }

    fn idle(&self) -> Option<Connection> {
        self.pool.lock().unwrap_or_else(PoisonError::into_inner).idle.pop()
    }

    fn take(&self) -> Held<Connection> {
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(connection) = pool.idle.pop() {
                return Ok(connection);
            }
            if pool.opened < self.most {
                pool.opened += 1;
                drop(pool);
                return self.options.reader().map_err(|error| {
                    self.pool.lock().unwrap_or_else(PoisonError::into_inner).opened -= 1;
                    error.into()
                });
            }
            pool = self.freed.wait(pool).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// A connection that comes back however its reading ends.
struct Lent<'r> {
    connection: Option<Connection>,
    readers: &'r Readers,
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let Some(connection) = self.connection.take() else { return };
        if !connection.is_autocommit() {
            // The reading was cut short; a connection that keeps its snapshot would hold the log back.
            let _ = connection.execute_batch("rollback");
        }
        self.readers.pool.lock().unwrap_or_else(PoisonError::into_inner).idle.push(connection);
        self.readers.freed.notify_one();
    }
}

fn run(connection: &Connection, sql: &str) -> Held<()> {
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    statement.execute([]).map(drop).map_err(fault)
}

/// Runs what may take a while on this thread; on a runtime of many threads the others are told.
pub(crate) fn beside<T>(work: impl FnOnce() -> T) -> T {
    match Handle::try_current() {
        Ok(runtime) if runtime.runtime_flavor() == RuntimeFlavor::MultiThread => tokio::task::block_in_place(work),
        _ => work(),
    }
}
