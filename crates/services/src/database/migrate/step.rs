//! The steps of the schema.

use crate::database::session::Session;

/// A step of the schema, in three dialects.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it is called, the same in all three.
    pub name: &'static str,
    /// For SQLite.
    pub sqlite: &'static str,
    /// For MySQL and MariaDB.
    pub mysql: &'static str,
    /// For PostgreSQL.
    pub postgres: &'static str,
}

macro_rules! step {
    ($name:literal) => {
        Step {
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            mysql: include_str!(concat!("../../../migrations/mysql/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// In order; the number of a step is its place, counted from one.
pub static STEPS: &[Step] = &[step!("0001_first")];

impl Step {
    pub(super) fn text(&self, s: &Session<'_>) -> &'static str {
        match s {
            Session::Sqlite(_) => self.sqlite,
            Session::MySql(_) => self.mysql,
            Session::Postgres(_) => self.postgres,
        }
    }
}

/// One statement at a time: what drivers take. No migration holds a semicolon inside a statement.
pub(super) fn statements(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text = lines.collect::<Vec<_>>().join("\n");
    text.split(';').map(str::trim).filter(|statement| !statement.is_empty()).map(str::to_owned).collect()
}
