//! The one place that picks technologies: from the configuration to the services everyone else is handed.

use std::{
    fs::{DirBuilder, File, TryLockError},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use anyhow::{Context, Result, bail};
use jiff::SignedDuration;
use rolo_api::Timed;
use rolo_core::{
    Services,
    contracts::{Cache, Secrets, search::SearchIndex},
};
use rolo_gateway::Stop;
use rolo_services::{
    backup::{Keep, Standing},
    cache,
    clock::SystemClock,
    database::{self, Relational},
    random::SystemRandom,
    search,
    secrets::KeyedSecrets,
    storage,
};
use rolo_worker::{Worker, schedule::backup::Plan};

use crate::{config::Config, telemetry::Telemetry};

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
    /// How it is backed up.
    pub(crate) backup: Backing,
    /// Who is told the way of requests, if anybody is.
    pub(crate) telemetry: Option<Arc<Telemetry>>,
    /// Where it answers, once it does.
    pub(crate) url: OnceLock<String>,
    /// Whether the worker runs in this process: a command then leaves it what it does.
    pub(crate) works: bool,
    /// Whether other processes may work with the same database.
    pub(crate) shared: bool,
}

/// A data folder that is served, of which there is one server at a time. An SQLite file has a lock of its own.
#[derive(Debug)]
pub(crate) struct Held {
    _file: File,
}

impl Held {
    /// Takes it, until the process ends.
    pub(crate) fn take(machine: &Machine) -> Result<Self> {
        let folder = machine.data.display();
        let file =
            File::create(machine.data.join("serve.lock")).with_context(|| format!("{folder} cannot be locked"))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(rolo_core::Error::conflict(format!(
                "Another Rolo is serving {folder}. Stop it first, or use another folder: processes share a database, not a folder."
            ))
            .into()),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("{folder} cannot be locked")),
        }
    }
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
        let search = search::open(&within(data, &config.services.search))?;
        Self::over(data, config, create, search).await
    }

    /// The same data opened anew, after another instance's was written into the database.
    pub(crate) async fn anew(&self, config: &Config) -> Result<Self> {
        // It is made anew from the contacts.
        self.search.clear().await?;
        let anew = Self::over(&self.data, config, false, Arc::clone(&self.search)).await?;
        Ok(Self { works: self.works, url: self.url.clone(), telemetry: self.telemetry.clone(), ..anew })
    }

    async fn over(data: &Path, config: &Config, create: bool, search: Arc<dyn SearchIndex>) -> Result<Self> {
        let backing = &config.services;
        let database = Arc::new(database::connect_with(&configured(data, config, create)).await?);
        let secrets = KeyedSecrets::new(database.secret_key().await?);
        let place = hex(&secrets.digest(b"the rows of this Rolo in a cache"));
        let timed = Timed::new(Arc::clone(&database) as _, database.is_networked());
        let rows = Arc::new(cache::open(&backing.cache, &place, Arc::new(timed))?);
        let services = Services {
            database: Arc::clone(&rows) as _,
            storage: storage::open(&within(data, &backing.storage))?,
            secrets: Arc::new(secrets),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
        };
        let backup = Backing::of(data, config, database)?;
        let telemetry = Telemetry::of(config, Arc::clone(&services.random))?;
        Ok(Self {
            data: data.to_owned(),
            services,
            search,
            cache: rows,
            backup,
            telemetry,
            url: OnceLock::new(),
            works: false,
            shared: !backing.database.starts_with("sqlite:"),
        })
    }

    /// The backups of this instance; the passphrase may stand in another file than the configuration says.
    pub(crate) fn standing(&self, passphrase_file: Option<PathBuf>) -> Standing {
        let Backing { database, config, to, keep, scratch, longest, .. } = &self.backup;
        Standing {
            database: Arc::clone(database),
            storage: Arc::clone(&self.services.storage),
            clock: Arc::clone(&self.services.clock),
            random: Arc::clone(&self.services.random),
            config: config.clone(),
            rolo: env!("CARGO_PKG_VERSION").to_owned(),
            to: to.clone(),
            passphrase_file: passphrase_file.unwrap_or_else(|| self.backup.passphrase_file.clone()),
            keep: keep.clone(),
            scratch: scratch.clone(),
            earlier_file: self.data.join("backup-state.json"),
            longest: *longest,
        }
    }

    /// The backups that the clock takes, if it takes any.
    pub(crate) fn backups(&self) -> Option<Arc<Standing>> {
        let by_clock = !self.backup.to.as_os_str().is_empty() && !self.backup.schedule.trim().is_empty();
        by_clock.then(|| Arc::new(self.standing(None)))
    }

    /// The search index of this process follows what is written, until it is stopped.
    pub(crate) async fn follow(self: Arc<Self>, stop: Stop) {
        rolo_worker::search::run(&self.services, self.search.as_ref(), &stop).await;
    }

    /// What is done later, until it is stopped, without the search index: each process has its own.
    pub(crate) fn worker(&self) -> Result<Worker> {
        let plan =
            self.backups().map(|backups| Plan::new(backups, &self.backup.schedule, &self.backup.test)).transpose()?;
        Ok(Worker::new(self.services.clone(), None).backing_up(plan))
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

/// What backups are made of and for, as the configuration says.
pub(crate) struct Backing {
    database: Arc<Relational>,
    config: String,
    to: PathBuf,
    passphrase_file: PathBuf,
    keep: Keep,
    scratch: PathBuf,
    longest: SignedDuration,
    schedule: String,
    test: String,
}

impl Backing {
    /// The database itself, for whoever looks after the machine.
    pub(crate) fn database(&self) -> &Arc<Relational> {
        &self.database
    }

    /// The folder they go to; empty where the clock takes none.
    pub(crate) fn to(&self) -> &Path {
        &self.to
    }

    fn of(data: &Path, config: &Config, database: Arc<Relational>) -> Result<Self> {
        let backup = &config.backup;
        let folder = |path: &str| if path.is_empty() { PathBuf::new() } else { within_data(data, path) };
        Ok(Self {
            database,
            config: config.without_secrets(),
            to: folder(&backup.to),
            passphrase_file: within_data(data, &backup.passphrase_file),
            keep: backup.keep.parse()?,
            scratch: within_data(data, &backup.scratch),
            longest: SignedDuration::from_hours(backup.oldest_hours.into()),
            schedule: backup.schedule.clone(),
            test: backup.test.clone(),
        })
    }
}

/// A path of the configuration: a relative one lies in the data folder.
pub(crate) fn within_data(data: &Path, path: &str) -> PathBuf {
    data.join(path)
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
