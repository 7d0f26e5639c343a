//! The peer of writing: a bare SQLite loop that writes the rows Rolo wrote, in as many transactions as Rolo took, with the
//! same settings: every table, every index, and in each group the rows of the contacts that were in it, in their order.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
    time::{Duration, Instant},
};

use rusqlite::{Connection, OpenFlags, types::Value};

use super::Failure;

/// Which column of a table names the contact a row is about: that row was written with its contact.
const ABOUT: [(&str, &str); 7] = [
    ("contact", "id"),
    ("version", "contact"),
    ("book_change", "id"),
    ("label_member", "contact"),
    ("kept_row", "contact"),
    ("mark", "contact"),
    ("large_use", "contact"),
];
/// What the writing connection of `services` is opened with.
const SETTINGS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000; \
                        pragma journal_size_limit = 67108864; pragma temp_store = memory; pragma cache_size = -16000;";

/// Rows of a table, in the order they were written, each with the share of all contacts that were written before it.
struct Table {
    insert: String,
    rows: Vec<(f64, Vec<Value>)>,
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
    /// Everything in a database.
    pub(crate) fn of(database: &Path) -> Result<Self, Failure> {
        let connection = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let list = |sql: &str| -> rusqlite::Result<Vec<(String, String)>> {
            connection.prepare(sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let schema = list("select name, sql from sqlite_master where sql is not null and name not like 'sqlite_%'")?;
        let names = list("select name, name from sqlite_master where type = 'table' and name not like 'sqlite_%'")?;
        let order: Vec<Value> = connection
            .prepare("select id from contact order by rowid")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        let order: HashMap<Vec<u8>, usize> =
            order.into_iter().enumerate().filter_map(|(at, id)| Some((octets(id)?, at))).collect();
        let mut tables = Vec::new();
        for (name, _) in names {
            tables.push(table(&connection, &name, &order)?);
        }
        Ok(Self { schema: schema.into_iter().map(|(_, sql)| sql).collect(), tables })
    }

    /// Writes it all into a new database, in so many transactions, each made durable.
    pub(crate) fn replay(&self, into: &Path, transactions: u32) -> Result<Duration, Failure> {
        let mut connection = Connection::open(into)?;
        connection.execute_batch(SETTINGS)?;
        for sql in &self.schema {
            connection.execute_batch(sql)?;
        }
        let groups = transactions.max(1);
        let mut written = vec![0; self.tables.len()];
        let at = Instant::now();
        for group in 1..=groups {
            let upto = f64::from(group) / f64::from(groups);
            let transaction = connection.transaction()?;
            for (table, from) in self.tables.iter().zip(&mut written) {
                let mut statement = transaction.prepare_cached(&table.insert)?;
                while let Some((share, row)) = table.rows.get(*from)
                    && (*share < upto || group == groups)
                {
                    statement.execute(rusqlite::params_from_iter(row))?;
                    *from += 1;
                }
            }
            transaction.commit()?;
        }
        Ok(at.elapsed())
    }
}

fn table(connection: &Connection, name: &str, order: &HashMap<Vec<u8>, usize>) -> Result<Table, Failure> {
    let mut statement = connection.prepare(&format!("select * from {name}"))?;
    let columns = statement.column_count();
    let about = ABOUT.iter().find(|(table, _)| *table == name);
    let about = about.map(|(_, column)| statement.column_index(column)).transpose()?;
    let marks = vec!["?"; columns].join(", ");
    let rows = statement
        .query_map([], |row| (0..columns).map(|column| row.get::<_, Value>(column)).collect())?
        .collect::<Result<Vec<Vec<Value>>, _>>()?;
    let count = rows.len() as f64;
    let mut rows: Vec<(f64, Vec<Value>)> = (0_u32..)
        .zip(rows)
        .map(|(nth, row)| match about {
            // What is about no contact (a label) was there before the contacts that need it.
            Some(about) => (share(order, row.get(about)), row),
            None => (f64::from(nth) / count, row),
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    Ok(Table { insert: format!("insert into {name} values ({marks})"), rows })
}

fn share(order: &HashMap<Vec<u8>, usize>, contact: Option<&Value>) -> f64 {
    let at = contact.cloned().and_then(octets).and_then(|id| order.get(&id).copied()).unwrap_or(0);
    at as f64 / order.len() as f64
}

fn octets(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::Blob(octets) => Some(octets),
        _ => None,
    }
}
