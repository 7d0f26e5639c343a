//! The seal: a row of `meta` that says that a database is being filled or moved. It is the database's own and never travels.
//!
//! Every change of a networked database looks for it inside its transaction, behind a shared lock that whoever seals takes
//! alone: what was begun before is in the picture that is copied, what comes later is refused. An SQLite file has one owner,
//! so there the seal is looked at when it is opened.

use rolo_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::Key;
use crate::database::{
    Relational,
    ask::{ask, tell_past},
    fault::Held,
    relational::Engine,
    session::Session,
    sqlite::{Done, Size},
    value::bind,
};

/// What is going on with a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seal {
    /// It is being filled with a copy of `source` and has come to this table and key.
    Filling {
        /// The name of what is copied.
        source: String,
        /// The last row that was written.
        at: Option<(String, Key)>,
    },
    /// It is being copied to `to`, and nobody may change it meanwhile.
    Moving {
        /// The other database, without its password.
        to: String,
        /// The name of the picture that is copied.
        picture: String,
    },
    /// What it held is at `to` now.
    Moved {
        /// The other database, without its password.
        to: String,
        /// The name of the picture that was copied.
        picture: String,
    },
}

impl Seal {
    /// What it means to whoever wants to write here.
    pub(crate) fn why(&self) -> String {
        match self {
            Self::Filling { .. } => {
                "This database is being filled with a copy and is not whole yet. Nothing is lost: start \
                                     the same copying again and it goes on where it was, or choose another database."
                    .to_owned()
            }
            Self::Moving { to, .. } => format!(
                "The data is being moved to {to}. Reading works; changes wait until that is done. If the move has stopped, start \
                 it again, or take it back with rolo move --give-up."
            ),
            Self::Moved { to, .. } => format!(
                "The data of this database has moved to {to}: set services.database to it. To use this one all the same, without \
                 what was written there since, say rolo move --give-up."
            ),
        }
    }

    /// Whether even reading would mislead: a part of the data, or data that is no longer the newest.
    fn hides(&self) -> bool {
        !matches!(self, Self::Moving { .. })
    }
}

impl Relational {
    /// What is going on with this database, if anything is.
    pub async fn seal(&self) -> Result<Option<Seal>> {
        ask!(self, |s| read(s))
    }

    /// Refuses a database that is not whole, or not the newest: what `serve` and every command ask first.
    pub(crate) async fn unsealed(&self) -> Result<()> {
        match self.seal().await? {
            // Nobody but its owner could refuse changes to a file, so an owner that serves does not come to hold it.
            Some(seal) if seal.hides() || self.embedded() => Err(Error::conflict(seal.why())),
            _ => Ok(()),
        }
    }

    /// Seals it, once everything that was begun has ended.
    pub async fn set_seal(&self, seal: &Seal) -> Result<()> {
        let seal = seal.clone();
        tell_past!(self, Size::Any, |s| async {
            alone(s).await?;
            write(s, &seal).await?;
            Ok(Done { answer: (), heads: Vec::new() })
        })
    }

    /// Takes the seal off, whatever it says.
    pub async fn take_seal(&self) -> Result<()> {
        tell_past!(self, Size::Any, |s| async {
            remove(s).await?;
            Ok(Done { answer: (), heads: Vec::new() })
        })
    }

    fn embedded(&self) -> bool {
        matches!(self.engine, Engine::Sqlite(_))
    }
}

/// Refuses a change of a sealed database.
pub(crate) async fn check(s: &mut Session<'_>) -> Held<()> {
    match s {
        Session::Sqlite(_) => return Ok(()),
        // The row of the instance's name is there always; who seals takes it alone.
        Session::MySql(_) => {
            let sql = "select name, value from meta where name in ('instance', 'seal') lock in share mode";
            for mut row in s.rows(sql, &[]).await? {
                if row.text(0)? == "seal" {
                    return Err(Error::ReadOnly { why: decoded(&row.blob(1)?)?.why() }.into());
                }
            }
            return Ok(());
        }
        // The shared lock came with the beginning of the transaction.
        Session::Postgres(_) => {}
    }
    match read(s).await? {
        Some(seal) => Err(Error::ReadOnly { why: seal.why() }.into()),
        None => Ok(()),
    }
}

/// Waits until nobody changes anything, and lets nobody begin before the end of this transaction.
pub(crate) async fn alone(s: &mut Session<'_>) -> Held<()> {
    match s {
        Session::Sqlite(_) => {}
        Session::MySql(_) => {
            s.rows("select name from meta where name = 'instance' for update", &[]).await?;
        }
        Session::Postgres(_) => {
            s.rows("select 1 from (select pg_advisory_xact_lock(7311377)) held", &[]).await?;
        }
    }
    Ok(())
}

pub(super) async fn read(s: &mut Session<'_>) -> Held<Option<Seal>> {
    let row = s.row("select value from meta where name = 'seal'", &[]).await?;
    Ok(row.map(|mut row| decoded(&row.blob(0)?)).transpose()?)
}

pub(super) async fn write(s: &mut Session<'_>, seal: &Seal) -> Held<()> {
    let mut value = Vec::new();
    ciborium::into_writer(seal, &mut value).map_err(Error::internal)?;
    let sql =
        "insert into meta (name, value) values ('seal', ?) on conflict (name) do update set value = excluded.value";
    s.execute(sql, bind![&value]).await?;
    Ok(())
}

pub(super) async fn remove(s: &mut Session<'_>) -> Held<()> {
    s.execute("delete from meta where name = 'seal'", &[]).await?;
    Ok(())
}

fn decoded(octets: &[u8]) -> Result<Seal> {
    ciborium::from_reader(octets).map_err(|error| Error::internal(format!("the seal cannot be read: {error}")))
}
