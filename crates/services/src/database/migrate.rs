//! Migrations: the same names for all databases, applied in order, each once. A migration that was cut short runs again, so
//! each statement may find its work already done.

use rolo_core::Error;

use super::{fault::Held, session::Session, value::bind};

/// A step of the schema, in three dialects.
struct Step {
    name: &'static str,
    sqlite: &'static str,
    mysql: &'static str,
    postgres: &'static str,
}

macro_rules! step {
    ($name:literal) => {
        Step {
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            mysql: include_str!(concat!("../../migrations/mysql/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// In order; the number of a step is its place, counted from one.
const STEPS: &[Step] = &[step!("0001_first")];

/// The number of the newest step.
pub(crate) fn known() -> u32 {
    STEPS.len() as u32
}

/// Brings the schema to what this program knows. A newer one is refused: its rows may mean something else.
pub(crate) async fn migrate(s: &mut Session<'_>, now_ms: i64) -> Held<()> {
    let sql = "create table if not exists migration (number bigint not null primary key, name varchar(100) not null, \
               applied_at bigint not null)";
    s.execute(sql, &[]).await?;
    let applied = s.row("select max(number) from migration", &[]).await?;
    let applied = applied.map(|row| row.int_or(0)).transpose()?.flatten().unwrap_or(0);
    let applied = usize::try_from(applied).map_err(Error::internal)?;
    if applied > STEPS.len() {
        return Err(newer(applied).into());
    }
    for (number, step) in STEPS.iter().enumerate().skip(applied) {
        for statement in statements(text(s, step)) {
            s.execute(&statement, &[]).await?;
        }
        let sql = "insert into migration (number, name, applied_at) values (?, ?, ?)";
        s.execute(sql, bind![number + 1, step.name, now_ms]).await?;
    }
    Ok(())
}

fn newer(applied: usize) -> Error {
    let known = STEPS.len();
    Error::invalid(
        "services.database",
        format!(
            "This database was made by a newer Rolo (schema {applied}, this one knows {known}). Start that version, or restore \
             a backup made before it."
        ),
    )
}

fn text(s: &Session<'_>, step: &Step) -> &'static str {
    match s {
        Session::Sqlite(_) => step.sqlite,
        Session::MySql(_) => step.mysql,
        Session::Postgres(_) => step.postgres,
    }
}

/// One statement at a time: what drivers take. No migration holds a semicolon inside a statement.
fn statements(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect()
}
