//! The one place that picks technologies: from the configuration to the services everyone else is handed.

use std::{
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use rolo_core::{
    Services,
    contracts::{Cache, Secrets, search::SearchIndex},
};
use rolo_services::{
    cache, clock::SystemClock, database, random::SystemRandom, search, secrets::KeyedSecrets, storage,
};
use rolo_worker::Worker;

use crate::config::Config;

/// Everything opened, for serving and for commands.
pub(crate) struct Machine {
    /// The data folder.
    pub(crate) data: PathBuf,
    /// What verbs need.
    pub(crate) services: Services,
    /// The search index.
    pub(crate) search: Arc<dyn SearchIndex>,
    /// What stands in front of the database.
    pub(crate) cache: Arc<dyn Cache>,
    /// Whether the worker runs in this process: a command then leaves it what it does.
    pub(crate) works: bool,
}

/// Whether data may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// What is not there is made.
    OrNew,
    /// What is not there is an error.
    Existing,
}

impl Machine {
    /// Opens the data folder with the technologies the configuration names.
    pub(crate) async fn open(data: &Path, config: &Config, opening: Opening) -> Result<Self> {
        let create = opening == Opening::OrNew;
        if create {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(data)
                .with_context(|| format!("the data folder {} cannot be made", data.display()))?;
        } else if !data.is_dir() {
            bail!("there is no data folder {}: name another with --data, or make one with rolo init", data.display());
        }
        let backing = &config.services;
        let database = database::connect_with(&configured(data, config, create)).await?;
        let secrets = KeyedSecrets::new(database.secret_key().await?);
        let place = hex(&secrets.digest(b"the rows of this Rolo in a cache"));
        let rows = Arc::new(cache::open(&backing.cache, &place, Arc::new(database))?);
        let services = Services {
            database: Arc::clone(&rows) as _,
            storage: storage::open(&within(data, &backing.storage))?,
            secrets: Arc::new(secrets),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        };
        let search = search::open(&within(data, &backing.search))?;
        Ok(Self { data: data.to_owned(), services, search, cache: rows, works: false })
    }

    /// What is done later, until it is stopped.
    pub(crate) fn worker(&self) -> Worker {
        Worker::new(self.services.clone(), Some(Arc::clone(&self.search)))
    }
}

/// How the configured database is reached.
pub(crate) fn configured(data: &Path, config: &Config, create: bool) -> database::Options {
    let backing = &config.services;
    database::Options {
        url: within(data, &backing.database),
        create,
        connections: backing.database_connections,
        password: Some(backing.database_password.clone()).filter(|password| !password.is_empty()),
    }
}

/// What tells this Rolo's rows from another's: the first octets of a digest only its database's key gives.
fn hex(digest: &[u8; 32]) -> String {
    digest.iter().take(8).map(|octet| format!("{octet:02x}")).collect()
}

/// A URL with its relative path inside the data folder: `sqlite:rolo.db` is `sqlite:DATA/rolo.db`.
pub(crate) fn within(data: &Path, url: &str) -> String {
    match url.split_once(':') {
        Some((scheme @ ("sqlite" | "file" | "fts"), path)) if !path.starts_with("//") => {
            format!("{scheme}:{}", data.join(path).display())
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_paths_lie_in_the_data_folder() {
        let within = |url| within(Path::new("/data"), url);
        assert_eq!(within("sqlite:rolo.db"), "sqlite:/data/rolo.db");
        assert_eq!(within("sqlite:/elsewhere/rolo.db"), "sqlite:/elsewhere/rolo.db");
        assert_eq!(within("mysql://rolo@db/rolo"), "mysql://rolo@db/rolo");
    }
}
