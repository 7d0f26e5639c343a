//! Migrations: the same names for all databases, applied in order, each once. A migration that was cut short runs again, so
//! each statement may find its work already done. What their authors keep to: `docs/decisions/migrations.md`.

mod pending;
mod step;

use rolo_core::Error;

use super::{
    copy::{TABLES, Table},
    fault::Held,
    session::Session,
    value::bind,
};

pub use pending::{Pending, pending};
use step::statements;
pub use step::{STEPS, Step};

/// Up to where an older database may be brought.
#[derive(Clone, Copy, Debug)]
pub struct Upgrade {
    /// The steps this program knows.
    pub steps: &'static [Step],
    /// The tables that they come to.
    pub tables: &'static [Table],
    /// Whether a networked database was backed up, or somebody says why not. An SQLite file is copied first in any case.
    pub backed_up: bool,
}

impl Default for Upgrade {
    fn default() -> Self {
        Self { steps: STEPS, tables: TABLES, backed_up: false }
    }
}

impl Upgrade {
    /// The same program when it knew no more than this schema.
    #[must_use]
    pub fn up_to(self, schema: usize) -> Self {
        Self { steps: self.steps.get(..schema).unwrap_or(self.steps), ..self }
    }
}

/// Brings the schema to what `upgrade` knows. A newer one is refused: its rows may mean something else. An older one that
/// nobody has a backup of is refused too; a file was copied before it came here.
pub(crate) async fn migrate(s: &mut Session<'_>, now_ms: i64, upgrade: Upgrade) -> Held<()> {
    let steps = upgrade.steps;
    let applied = applied(s, steps).await?;
    if applied == steps.len() {
        return Ok(());
    }
    if let Session::MySql(_) | Session::Postgres(_) = s
        && applied > 0
        && !upgrade.backed_up
    {
        return Err(older(applied, steps.len()).into());
    }
    if let Session::Postgres(_) = s {
        // An index on a million rows takes its time, and so may whoever still writes to them.
        s.execute("set local statement_timeout = 0", &[]).await?;
        s.execute("set local lock_timeout = 0", &[]).await?;
    }
    let sql = "create table if not exists migration (number bigint not null primary key, name varchar(100) not null, \
               applied_at bigint not null)";
    s.execute(sql, &[]).await?;
    for (number, step) in steps.iter().enumerate().skip(applied) {
        for statement in statements(step.text(s)) {
            s.make(&statement).await?;
        }
        let sql = "insert into migration (number, name, applied_at) values (?, ?, ?)";
        s.execute(sql, bind![number + 1, step.name, now_ms]).await?;
    }
    Ok(())
}

/// How many steps have been applied; more than are known is refused.
pub(crate) async fn applied(s: &mut Session<'_>, steps: &[Step]) -> Held<usize> {
    let table = match s {
        Session::Sqlite(_) => "select 1 from sqlite_schema where type = 'table' and name = 'migration'",
        Session::MySql(_) => {
            "select 1 from information_schema.tables where table_schema = database() and table_name = 'migration'"
        }
        Session::Postgres(_) => {
            "select 1 from information_schema.tables where table_schema = current_schema() and table_name = 'migration'"
        }
    };
    if s.row(table, &[]).await?.is_none() {
        return Ok(0);
    }
    let newest = s.row("select max(number) from migration", &[]).await?;
    let newest = newest.map(|row| row.int_or(0)).transpose()?.flatten().unwrap_or(0);
    let applied = usize::try_from(newest).map_err(Error::internal)?;
    if applied > steps.len() {
        return Err(newer(applied, steps.len()).into());
    }
    Ok(applied)
}

fn newer(applied: usize, known: usize) -> Error {
    Error::invalid(
        "services.database",
        format!(
            "This database was made by a newer Rolo (schema {applied}, this one knows {known}). Start that version, or restore \
             a backup made before it."
        ),
    )
}

fn older(applied: usize, known: usize) -> Error {
    Error::invalid(
        "services.database",
        format!(
            "This database has schema {applied} and this Rolo works with {known}. Nothing was changed. Say rolo migrate, which takes a \
             backup first; servers of the version before may run on meanwhile."
        ),
    )
}
