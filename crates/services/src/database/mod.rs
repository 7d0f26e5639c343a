//! Databases: which technology a URL chooses, nothing else.

mod about;
mod ask;
mod column;
mod commit;
pub mod copy;
mod fault;
mod gather;
pub mod migrate;
mod mysql;
mod network;
mod note;
mod postgres;
mod read;
mod relational;
mod secret;
mod session;
mod sqlite;
pub(crate) mod tick;
mod together;
mod upkeep;
mod value;
mod word;

use rolo_core::{Error, Result};

use self::migrate::Upgrade;

pub use about::About;
pub use note::Note;
pub use relational::Relational;
pub use sqlite::{Lock, OpenOptions};

/// How to reach a database.
#[derive(Clone)]
pub struct Options {
    /// `sqlite:PATH`, `mysql://…` or `postgres://…`.
    pub url: String,
    /// Lets a new SQLite file be made.
    pub create: bool,
    /// How many connections one process holds to a networked one, besides the one that listens for its pulse.
    pub connections: usize,
    /// For a networked one; wins over a password in the URL.
    pub password: Option<String>,
}

impl Options {
    /// With as many connections as are usual, and no password but the URL's.
    #[must_use]
    pub fn of(url: &str, create: bool) -> Self {
        Self { url: url.to_owned(), create, connections: network::CONNECTIONS, password: None }
    }
}

/// Opens the database a URL names: `sqlite:PATH`, `mysql://…`, `postgres://…`. `create` lets a new SQLite file be made.
pub async fn connect(url: &str, create: bool) -> Result<Relational> {
    connect_with(&Options::of(url, create)).await
}

/// Opens a database. One that is half filled or has moved away is refused.
pub async fn connect_with(options: &Options) -> Result<Relational> {
    let database = open(options).await?;
    database.unsealed().await?;
    Ok(database)
}

/// The same for whoever fills or moves a database: its seal is not looked at.
pub async fn open(options: &Options) -> Result<Relational> {
    open_upgraded(options, Upgrade::default()).await
}

/// The same, and an older schema is brought up to what `upgrade` says.
pub async fn open_upgraded(options: &Options, upgrade: Upgrade) -> Result<Relational> {
    match options.url.split_once(':') {
        Some(("sqlite", path)) => Relational::file(OpenOptions { path: path.into(), create: options.create }, upgrade),
        Some(("mysql" | "mariadb", _)) => Relational::at_mysql(options, upgrade).await,
        Some(("postgres" | "postgresql", _)) => Relational::at_postgres(options, upgrade).await,
        _ => Err(unknown()),
    }
}

fn unknown() -> Error {
    Error::invalid(
        "services.database",
        "Rolo keeps its data in sqlite:PATH, mysql://… or postgres://…; this URL is none of them.",
    )
}
