//! Databases: which technology a URL chooses, nothing else.

mod column;
mod commit;
mod fault;
mod migrate;
mod mysql;
mod network;
mod postgres;
mod read;
mod relational;
mod secret;
mod session;
mod sqlite;
mod tick;
mod upkeep;
mod value;
mod word;

use rolo_core::{Error, Result};

pub use relational::Relational;
pub use sqlite::{Lock, OpenOptions};

/// Opens the database a URL names: `sqlite:PATH`, `mysql://…`, `postgres://…`. `create` lets a new SQLite file be made.
pub async fn connect(url: &str, create: bool) -> Result<Relational> {
    match url.split_once(':') {
        Some(("sqlite", path)) => Relational::open(OpenOptions { path: path.into(), create }),
        Some(("mysql" | "mariadb", _)) => Relational::mysql(url).await,
        Some(("postgres" | "postgresql", _)) => Relational::postgres(url).await,
        _ => Err(Error::invalid(
            "services.database",
            "Rolo keeps its data in sqlite:PATH, mysql://… or postgres://…; this URL is none of them.",
        )),
    }
}
