//! The file and its connections: one that writes, a few that read, all of one generation of the file.
//!
//! Damage is met here: whatever SQLite calls corrupt ends this generation, and the next one begins empty.

use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use rolo_core::{Error, Result};
use rusqlite::{Connection, ErrorCode, OpenFlags};

/// "Rols": what `file` and we recognise the file by.
const APPLICATION_ID: i32 = 0x526f_6c73;
/// Of which making the file is. Raise it when the tables, the folding or the documents change: older files are rebuilt.
const VERSION: i32 = 1;
/// Readers kept for the next search; more are opened while more are needed.
const READERS_KEPT: usize = 4;

/// Tokens carry their book in their first two letters (`expression::Shelf`), so the prefix indexes are of one to three
/// letters typed. `ascii` takes every letter beyond ASCII as it is: the folding is done, and FTS5's own would cut Thai and
/// Indic words at their vowels.
const SCHEMA: &str = "
    create table book (
        n integer primary key, organisation blob not null, book blob not null, epoch integer not null, upto integer not null,
        unique (organisation, book)
    );
    create table doc (row integer primary key, book integer not null, id blob not null, unique (book, id));
    create virtual table token using fts5 (
        name, phones, emails, rest, marks,
        content='', contentless_delete=1, detail=column, prefix='3 4 5', tokenize=\"ascii tokenchars '@._+-'\"
    );
    create table word (book integer not null, word text not null, primary key (book, word)) without rowid;
    create table form (
        book integer not null, form text not null, word text not null, primary key (book, form, word)
    ) without rowid;
";

/// The file of the index.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    writer: Mutex<Option<Connection>>,
    readers: Mutex<Readers>,
}

#[derive(Debug, Default)]
struct Readers {
    /// How often the file has been thrown away: a reader of an earlier one is not kept.
    generation: u64,
    idle: Vec<Connection>,
}

impl File {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, writer: Mutex::default(), readers: Mutex::default() }
    }

    /// Runs on the one connection that writes.
    pub(super) fn write<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T> {
        let mut writer = lock(&self.writer);
        let done = self.opened(&mut writer).and_then(work);
        done.map_err(|error| {
            if is_damage(&error) {
                self.throw_away(&mut writer);
            }
            refused(error)
        })
    }

    /// Runs on a connection that only reads.
    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        let (generation, reader) = self.reader().map_err(refused)?;
        match work(&reader) {
            Ok(done) => {
                let mut readers = lock(&self.readers);
                if readers.generation == generation && readers.idle.len() < READERS_KEPT {
                    readers.idle.push(reader);
                }
                Ok(done)
            }
            Err(error) => {
                drop(reader);
                if is_damage(&error) {
                    let mut writer = lock(&self.writer);
                    if lock(&self.readers).generation == generation {
                        self.throw_away(&mut writer);
                    }
                }
                Err(refused(error))
            }
        }
    }

    /// Begins again with an empty file.
    pub(super) fn start_over(&self) -> Result<()> {
        let mut writer = lock(&self.writer);
        self.throw_away(&mut writer);
        self.opened(&mut writer).map(drop).map_err(refused)
    }

    fn reader(&self) -> rusqlite::Result<(u64, Connection)> {
        {
            let mut readers = lock(&self.readers);
            if let Some(reader) = readers.idle.pop() {
                return Ok((readers.generation, reader));
            }
        }
        // Under the writer's lock nobody throws the file away between making sure of it and opening it.
        let mut writer = lock(&self.writer);
        self.opened(&mut writer)?;
        let reader = Connection::open_with_flags(
            &self.path,
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )?;
        reader.execute_batch("pragma busy_timeout = 5000; pragma query_only = on; pragma cache_size = -4096; pragma temp_store = memory;")?;
        reader.set_prepared_statement_cache_capacity(32);
        Ok((lock(&self.readers).generation, reader))
    }

    /// The writer, opened if it is not. A file that is no index of this version is thrown away first.
    fn opened<'a>(&self, writer: &'a mut Option<Connection>) -> rusqlite::Result<&'a mut Connection> {
        let connection = match writer.take() {
            Some(connection) => connection,
            None => match connect(&self.path) {
                Ok(connection) => connection,
                Err(error) if is_damage(&error) || matches!(error, rusqlite::Error::InvalidQuery) => {
                    self.throw_away(writer);
                    connect(&self.path)?
                }
                Err(error) => return Err(error),
            },
        };
        Ok(writer.insert(connection))
    }

    fn throw_away(&self, writer: &mut Option<Connection>) {
        drop(writer.take());
        let mut readers = lock(&self.readers);
        readers.generation += 1;
        readers.idle.clear();
        tracing::warn!(search.file = %self.path.display(), "the search index is thrown away and will be built again");
        for end in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            // Missing is what we want; anything else shows when the file is opened again.
            drop(std::fs::remove_file(path));
        }
    }
}

/// Opens the file for writing. `InvalidQuery`: it is a database, but not this index.
fn connect(path: &std::path::Path) -> rusqlite::Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(
        "pragma busy_timeout = 5000; pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -8192;
         pragma temp_store = memory; pragma journal_size_limit = 16777216;",
    )?;
    connection.set_prepared_statement_cache_capacity(32);
    let tables: i64 = connection.query_row("select count(*) from sqlite_schema", (), |row| row.get(0))?;
    if tables == 0 {
        let transaction = connection.transaction()?;
        transaction.execute_batch(SCHEMA)?;
        // A few megabytes are gathered before a segment is written, so that filling a large book merges less.
        transaction.execute("insert into token (token, rank) values ('hashsize', 4194304)", ())?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
        return Ok(connection);
    }
    let number = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    if (number("application_id")?, number("user_version")?) != (APPLICATION_ID, VERSION) {
        return Err(rusqlite::Error::InvalidQuery);
    }
    // Touches each table once, so that an unreadable one shows now.
    for table in ["book", "doc", "token", "word", "form"] {
        let seen =
            connection.query_row(&format!("select count(*) from (select 1 from {table} limit 1)"), (), |_| Ok(()));
        seen.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::Unknown) => rusqlite::Error::InvalidQuery,
            _ => error,
        })?;
    }
    Ok(connection)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn refused(error: rusqlite::Error) -> Error {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Error::Full,
        _ => Error::unavailable("search", error),
    }
}

/// What a lock guards stays sound: a transaction cut short by a panic rolls back with its connection.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
