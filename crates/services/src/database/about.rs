//! What a database says of itself: which it is, in which version, and what time it is there.

use jiff::Timestamp;
use rolo_core::Result;

use super::{
    ask::ask,
    fault::Held,
    relational::{Engine, Relational},
    session::Session,
};

/// A database, for whoever looks after the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// SQLite, MySQL, MariaDB, PostgreSQL.
    pub technology: &'static str,
    /// Its version in its own words.
    pub version: String,
    /// Its own clock, where it has one.
    pub now: Option<Timestamp>,
}

impl Relational {
    /// Whether it is reached over a connection.
    pub fn is_networked(&self) -> bool {
        !matches!(self.engine, Engine::Sqlite(_))
    }

    /// Asks it.
    pub async fn about(&self) -> Result<About> {
        let (technology, sql) = match &self.engine {
            Engine::Sqlite(_) => ("SQLite", "select sqlite_version(), null"),
            Engine::MySql(_) => {
                ("MySQL", "select cast(version() as binary), cast(unix_timestamp(now(3)) * 1000 as signed)")
            }
            Engine::Postgres(_) => (
                "PostgreSQL",
                "select current_setting('server_version'), cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
            ),
        };
        let (version, now) = ask!(self, |session| about(session, sql))?;
        let technology = if version.contains("MariaDB") { "MariaDB" } else { technology };
        Ok(About { technology, version, now })
    }
}

async fn about(session: &mut Session<'_>, sql: &str) -> Held<(String, Option<Timestamp>)> {
    let Some(mut row) = session.row(sql, &[]).await? else { return Ok((String::new(), None)) };
    let now = row.time_or(1)?;
    Ok((row.text(0)?, now))
}
