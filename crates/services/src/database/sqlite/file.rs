//! The file on disk: where it is expected, how it is opened, and when it is refused.
//!
//! A folder that has held a database says so in `rolo.id`. A missing or empty file beside it is a lost volume or a wrong
//! path, and an empty new database in its place would look like all contacts gone.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use rolo_core::{Error, Result};
use rusqlite::{Connection, OpenFlags, config::DbConfig};

use super::{lock::unusable, statement::fault};

/// "Rolo" in the header of the file.
const APPLICATION_ID: i32 = 0x526f_6c6f;

/// Where the database is, and whether it may be made.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// The file.
    pub path: PathBuf,
    /// Whether a new database may be made where none is expected.
    pub create: bool,
}

impl OpenOptions {
    /// The folder the file is in; the lock and the marker are beside it.
    pub fn folder(&self) -> &Path {
        match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    fn marker(&self) -> PathBuf {
        self.folder().join("rolo.id")
    }

    /// Refuses what would replace a database by an empty one; makes the folder where a new one may be made.
    pub(crate) fn check(&self) -> Result<()> {
        let missing = fs::metadata(&self.path).map_or(true, |file| file.len() == 0);
        let path = self.path.display();
        if missing && self.marker().exists() {
            return Err(refused(format!(
                "The database {path} is missing or empty, but {} says there was one. Is a disk not mounted? Put the file \
                 back or restore a backup; to really start anew, remove {0}.",
                self.marker().display()
            )));
        }
        if missing && !self.create {
            return Err(refused(format!("There is no database at {path}. Make one with `rolo init`.")));
        }
        fs::create_dir_all(self.folder()).map_err(|error| unusable(self.folder(), &error))
    }

    /// The connection that writes.
    pub(crate) fn writer(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(|error| self.unreadable(error))?;
        self.recognise(&connection)?;
        let settings = "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 0; \
                        pragma journal_size_limit = 67108864; pragma temp_store = memory; pragma cache_size = -16000; \
                        pragma busy_timeout = 5000;";
        connection.execute_batch(settings).map_err(|error| self.unreadable(error))?;
        self.steady(connection)
    }

    /// A connection that only reads.
    pub(crate) fn reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags).map_err(|error| self.unreadable(error))?;
        let settings = "pragma temp_store = memory; pragma cache_size = -4000; pragma busy_timeout = 5000;";
        connection.execute_batch(settings).map_err(|error| self.unreadable(error))?;
        self.steady(connection)
    }

    /// Statements that are prepared stay so. Once a table has statistics (`pragma optimize`), SQLite would otherwise plan a
    /// statement anew for each value that it is asked with, which takes longer than a point read.
    fn steady(&self, connection: Connection) -> Result<Connection> {
        let set = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true);
        set.map_err(|error| self.unreadable(error))?;
        connection.set_prepared_statement_cache_capacity(128);
        Ok(connection)
    }

    /// A file of another program is left alone; a new one is marked as ours.
    fn recognise(&self, connection: &Connection) -> Result<()> {
        let number = |sql| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        let (tables, id) = number("select count(*) from sqlite_schema")
            .and_then(|tables| Ok((tables, number("pragma application_id")?)))
            .map_err(|error| self.unreadable(error))?;
        if tables == 0 {
            let sql = format!("pragma application_id = {APPLICATION_ID}");
            return connection.execute_batch(&sql).map_err(|error| fault(error).into());
        }
        if id != i64::from(APPLICATION_ID) {
            return Err(refused(format!("{} is not a database of Rolo. Choose another path.", self.path.display())));
        }
        Ok(())
    }

    /// Leaves word that a database is expected here from now on.
    pub(crate) fn mark(&self, instance: &str) -> Result<()> {
        let marker = self.marker();
        if marker.exists() {
            return Ok(());
        }
        let temporary = marker.with_extension("id.new");
        let write = || {
            let mut file = File::create(&temporary)?;
            writeln!(file, "{instance}")?;
            file.sync_all()?;
            fs::rename(&temporary, &marker)?;
            File::open(self.folder())?.sync_all()
        };
        write().map_err(|error| unusable(&marker, &error))
    }

    fn unreadable(&self, error: rusqlite::Error) -> Error {
        let path = self.path.display();
        match Error::from(fault(error)) {
            Error::Full => Error::Full,
            other => {
                let cause = match other {
                    Error::Internal { cause } | Error::Unavailable { cause, .. } => cause,
                    other => other.to_string(),
                };
                refused(format!(
                    "The database {path} cannot be opened: {cause}. If it is damaged, restore a backup; nothing was changed."
                ))
            }
        }
    }
}

pub(crate) fn refused(why: String) -> Error {
    Error::invalid("services.database", why)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    /// How often a statement was planned anew while it was asked with a hundred values.
    fn planned_anew(connection: &Connection) -> i32 {
        let mut statement = connection.prepare("select name from thing where kind = ? and id = ?").unwrap();
        for n in 0..100 {
            let name: String = statement.query_row([n % 7, n], |row| row.get(0)).unwrap();
            assert_eq!(name, n.to_string());
        }
        statement.get_status(StatementStatus::RePrepare)
    }

    #[test]
    fn a_statement_stays_prepared_whatever_it_is_asked_with() {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions { path: folder.path().join("rolo.db"), create: true };
        let writer = options.writer().unwrap();
        writer.execute_batch("create table thing (id integer, kind integer, name text)").unwrap();
        for n in 0..1_000 {
            writer.execute("insert into thing values (?1, ?1 % 7, ?1)", [n]).unwrap();
        }
        // As the writer does when its log has been taken over.
        writer
            .execute_batch("create index thing_kind on thing (kind); create index thing_id on thing (id); analyze")
            .unwrap();
        assert_eq!((planned_anew(&options.reader().unwrap()), planned_anew(&writer)), (0, 0));
        let bare = Connection::open(&options.path).unwrap();
        assert!(planned_anew(&bare) > 0, "the control: SQLite as it comes");
    }
}
