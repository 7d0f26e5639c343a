//! The peer of writing: a bare SQLite loop that writes the rows Rolo wrote, in as many transactions as Rolo took.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, types::Value};

use super::Failure;

/// Rows of a table, in the order of their key.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// A database's schema and rows, at hand.
pub(crate) struct Rows {
    schema: Vec<String>,
    tables: Vec<Table>,
}

/// Transactions that were committed to a WAL database since it was opened: SQLite counts them in its shared memory
/// (`iChange` of the WAL index, <https://sqlite.org/walformat.html>).
pub(crate) fn transactions(database: &Path) -> Result<u32, Failure> {
    let mut name = database.as_os_str().to_owned();
    name.push("-shm");
    let mut file = File::open(name)?;
    file.seek(SeekFrom::Start(8))?;
    let mut octets = [0; 4];
    file.read_exact(&mut octets)?;
    Ok(u32::from_ne_bytes(octets))
}

impl Rows {
    /// Everything in a database; `below` leaves out the rows another one has already.
    pub(crate) fn of(database: &Path) -> Result<Self, Failure> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let list = |sql: &str| -> rusqlite::Result<Vec<(String, String)>> {
            connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let schema = list("select name, sql from sqlite_master where sql is not null and name not like 'sqlite_%'")?;
        let names = list("select name, name from sqlite_master where type = 'table' and name not like 'sqlite_%'")?;
        let mut tables = Vec::new();
        for (name, _) in names {
            let mut statement = connection.prepare(&format!("select * from {name}"))?;
            let columns = statement.column_count();
            let marks = vec!["?"; columns].join(", ");
            let rows = statement
                .query_map([], |row| (0..columns).map(|column| row.get::<_, Value>(column)).collect())?
                .collect::<Result<Vec<Vec<Value>>, _>>()?;
            tables.push(Table { insert: format!("insert into {name} values ({marks})"), rows });
        }
        Ok(Self { schema: schema.into_iter().map(|(_, sql)| sql).collect(), tables })
    }

    /// Writes it all into a new database, in so many transactions, each made durable.
    pub(crate) fn replay(&self, into: &Path, transactions: u32) -> Result<Duration, Failure> {
        let mut connection = Connection::open(into)?;
        connection
            .execute_batch("pragma journal_mode = wal; pragma synchronous = full; pragma cache_size = -32768;")?;
        for sql in &self.schema {
            connection.execute_batch(sql)?;
        }
        let parts = transactions.max(1) as usize;
        let at = Instant::now();
        for part in 0..parts {
            let transaction = connection.transaction()?;
            for table in &self.tables {
                let mut statement = transaction.prepare_cached(&table.insert)?;
                let (from, to) = (table.rows.len() * part / parts, table.rows.len() * (part + 1) / parts);
                for row in &table.rows[from..to] {
                    statement.execute(rusqlite::params_from_iter(row))?;
                }
            }
            transaction.commit()?;
        }
        Ok(at.elapsed())
    }
}
