//! What callers of `contracts::Database` may rely on, one function for each rule, run on every technology.
//!
//! SQLite always runs, alone and behind a cache. MySQL and PostgreSQL run on the servers `ROLO_TEST_MYSQL` and `ROLO_TEST_POSTGRES` name, each test
//! in a database of its own; without them a test says that it was left out, and in CI it fails.

mod account;
mod book;
mod change;
mod commit;
mod concurrent;
mod contact;
pub(crate) mod copy;
mod file;
pub(crate) mod fixture;
mod front;
mod history;
mod killed;
mod label;
mod large;
mod list;
pub(crate) mod migration;
mod model;
mod narrow;
mod octets;
mod outage;
pub(crate) mod technology;
mod tenant;
mod upkeep;
mod work;
pub(crate) mod world;

/// Runs each rule on each technology; after `networked:`, on those at the other end of a network.
macro_rules! rules {
    (networked: $($rule:ident),* $(,)?) => {
        crate::database::rules!(in mysql on MySql: $($rule),*);
        crate::database::rules!(in postgres on Postgres: $($rule),*);
    };
    (in $module:ident on $technology:ident: $($rule:ident),*) => {
        mod $module { $(
            #[test]
            fn $rule() {
                crate::database::technology::run(crate::database::technology::Technology::$technology, super::$rule);
            }
        )* }
    };
    ($($rule:ident),* $(,)?) => {
        crate::database::rules!(in sqlite on Sqlite: $($rule),*);
        crate::database::rules!(in cached on Cached: $($rule),*);
        crate::database::rules!(networked: $($rule),*);
    };
}
pub(crate) use rules;
