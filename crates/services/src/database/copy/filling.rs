//! Filling an empty database with a picture of another. How far it came is written with the rows, so a filling that was
//! killed goes on where it was; until it is finished the database is sealed and `serve` refuses it.

use rolo_core::{Error, Result};

use super::{
    Key, Row, Table, Value,
    seal::{self, Seal},
};
use crate::database::{
    Relational,
    ask::{ask, tell_past},
    commit::HeadChange,
    fault::Held,
    read::{account::has_accounts, change},
    relational::Engine,
    session::Session,
    sqlite::{Done, Size},
    together::{octets, together},
    value::Bind,
};

/// What a statement says besides its values.
const FRAME: usize = 64 * 1024;

/// What becomes of the books' epochs, which are part of every sync token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Epochs {
    /// As they are: the data moves and nothing has happened to it, so phones notice nothing.
    Kept,
    /// New ones: the data goes back in time, so what phones know about it no longer holds.
    New,
}

/// A database that is being filled.
#[derive(Debug)]
pub struct Filling<'d> {
    database: &'d Relational,
    source: String,
    at: Option<(&'static Table, Key)>,
    /// The largest statement the server takes.
    packet: Option<usize>,
}

impl Relational {
    /// Begins to fill this database, or goes on. `source` names the picture: the same one goes on where it was, another
    /// begins anew. A database that has accounts and is not half filled is refused.
    pub async fn filling(&self, source: &str) -> Result<Filling<'_>> {
        let mut filling = Filling { database: self, source: source.to_owned(), at: None, packet: None };
        match self.seal().await? {
            None if ask!(self, |s| has_accounts(s))? => {
                return Err(Error::conflict(
                    "This database has accounts. Nothing was changed: name an empty one to be filled.",
                ));
            }
            None => {}
            Some(Seal::Filling { source: before, at: Some((table, key)) }) if before == source => {
                let known = self.tables().iter().find(|known| known.name == table);
                let known = known.ok_or_else(|| Error::internal(format!("no table {table}")))?;
                filling.at = Some((known, key));
            }
            Some(Seal::Filling { .. }) => {}
            Some(other) => return Err(Error::conflict(other.why())),
        }
        filling.packet = packet(self).await?;
        if filling.at.is_none() {
            self.set_seal(&Seal::Filling { source: source.to_owned(), at: None }).await?;
            for table in self.tables() {
                empty(self, table).await?;
            }
        }
        Ok(filling)
    }
}

impl Filling<'_> {
    /// The last row that was written: go on behind it.
    pub fn at(&self) -> Option<(&'static Table, &Key)> {
        self.at.as_ref().map(|(table, key)| (*table, key))
    }

    /// Writes rows of a table, in the order of its key, in one transaction.
    pub async fn put(&mut self, table: &'static Table, rows: Vec<Row>) -> Result<()> {
        let Some(last) = rows.last().map(|row| table.key_of(row)) else { return Ok(()) };
        for row in &rows {
            self.fits(table, row)?;
        }
        let seal = Seal::Filling { source: self.source.clone(), at: Some((table.name.to_owned(), last.clone())) };
        let database = self.database;
        tell_past!(database, Size::Any, |s| async {
            insert(s, table, &rows).await?;
            seal::write(s, &seal).await?;
            Ok(Done { answer: (), heads: Vec::new() })
        })?;
        self.at = Some((table, last));
        Ok(())
    }

    /// Ends it: the database is whole from now on. Whoever opened it before opens it again, because the key under which
    /// digests of secrets are made came with the rows.
    pub async fn finish(self, epochs: Epochs) -> Result<()> {
        let (database, now) = (self.database, jiff::Timestamp::now().as_millisecond());
        tell_past!(database, Size::Any, |s| async {
            if epochs == Epochs::New {
                let sql = "update book set epoch = case when epoch >= ? then epoch + 1 else ? end";
                s.execute(sql, &[now.into(), now.into()]).await?;
            }
            if let Session::Postgres(_) = s {
                let sql =
                    "select setval(pg_get_serial_sequence('outbox', 'id'), (select coalesce(max(id), 1) from outbox))";
                s.rows(sql, &[]).await?;
            }
            seal::remove(s).await?;
            let books = change::books(s).await?.into_iter();
            let accounts = change::accounts(s).await?.into_iter();
            let heads = books.map(|(organisation, head)| HeadChange::Book(organisation, head));
            let heads = heads.chain(accounts.map(|(id, modseq, access)| HeadChange::Account(id, modseq, access)));
            Ok(Done { answer: (), heads: heads.collect() })
        })
    }

    fn fits(&self, table: &Table, row: &Row) -> Result<()> {
        if row.len() != table.columns.len() {
            return Err(Error::internal(format!("a row of {} has {} values", table.name, row.len())));
        }
        let needs = octets(row) + FRAME;
        match self.packet {
            Some(packet) if needs > packet => Err(Error::invalid(
                "services.database",
                format!(
                    "A row of {} has {needs} octets, and the server takes {packet} in one statement. Raise its \
                     max_allowed_packet and start again: it goes on where it was.",
                    table.name
                ),
            )),
            _ => Ok(()),
        }
    }
}

async fn insert(s: &mut Session<'_>, table: &Table, rows: &[Row]) -> Held<()> {
    let mut rest = rows;
    while !rest.is_empty() {
        // SQLite has no network to save.
        let count = if let Session::Sqlite(_) = s { 1 } else { together(rest) };
        let (now, later) = rest.split_at(count);
        let values: Vec<Bind<'_>> = now.iter().flatten().map(Value::bound).collect();
        s.execute(&statement(table, count), &values).await?;
        rest = later;
    }
    Ok(())
}

fn statement(table: &Table, count: usize) -> String {
    let marks = format!("({})", vec!["?"; table.columns.len()].join(", "));
    let marks = vec![marks; count].join(", ");
    let sql = format!("insert into {} ({}) values {marks}", table.name, table.list());
    // A new database has made a key and a name for itself; those of the picture take their place.
    if table.name == "meta" { sql + " on conflict (name) do update set value = excluded.value" } else { sql }
}

/// Takes away what an earlier filling left.
async fn empty(database: &Relational, table: &Table) -> Result<()> {
    let any = format!("select 1 from {} limit 1", table.name);
    if ask!(database, |s| s.row(&any, &[]))?.is_none() {
        return Ok(());
    }
    let sql = match (&database.engine, table.name) {
        // What a database has that was opened once; the rows of the picture take its place.
        (_, "meta") => {
            "delete from meta where name not in ('seal', 'instance', 'secret-key', 'restore-state')".to_owned()
        }
        // At once, however many rows there are.
        (Engine::MySql(_) | Engine::Postgres(_), name) => format!("truncate table {name}"),
        (Engine::Sqlite(_), name) => format!("delete from {name}"),
    };
    tell_past!(database, Size::Any, |s| async {
        s.execute(&sql, &[]).await?;
        Ok(Done { answer: (), heads: Vec::new() })
    })
}

/// The largest statement the server takes, where it has a limit.
async fn packet(database: &Relational) -> Result<Option<usize>> {
    let Engine::MySql(_) = &database.engine else { return Ok(None) };
    ask!(database, |s| async {
        let row = s.row("select cast(@@max_allowed_packet as signed)", &[]).await?;
        let octets = row.ok_or_else(|| Error::internal("a variable has no row"))?.count(0)?;
        Ok(Some(usize::try_from(octets).map_err(Error::internal)?))
    })
}
