//! What callers of `contracts::Database` may rely on, one function for each rule, run on every technology.
//!
//! SQLite always runs. MySQL and PostgreSQL run on the servers `ROLO_TEST_MYSQL` and `ROLO_TEST_POSTGRES` name, each test
//! in a database of its own; without them a test says that it was left out, and in CI it fails.

mod account;
mod book;
mod change;
mod commit;
mod concurrent;
mod contact;
mod file;
mod history;
mod label;
mod large;
mod list;
mod model;
mod octets;
mod technology;
mod tenant;
mod upkeep;
mod work;
mod world;

/// Runs each rule on each technology.
macro_rules! rules {
    ($($rule:ident),* $(,)?) => {
        mod sqlite { $(
            #[test]
            fn $rule() {
                crate::database::technology::run(crate::database::technology::Technology::Sqlite, super::$rule);
            }
        )* }
        mod mysql { $(
            #[test]
            fn $rule() {
                crate::database::technology::run(crate::database::technology::Technology::MySql, super::$rule);
            }
        )* }
        mod postgres { $(
            #[test]
            fn $rule() {
                crate::database::technology::run(crate::database::technology::Technology::Postgres, super::$rule);
            }
        )* }
    };
}
pub(crate) use rules;
