//! The backups an instance takes of itself: where to, with which passphrase, how long they are kept, and how they stand.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result,
    contracts::{Backups, Clock, Random, Storage, backup::BackupState},
};

use super::{Hear, Keep, Kept, Passphrase, Place, Step, What, fault::disk, make, prune, try_out};
use crate::database::Relational;

/// Everything that backing up takes.
pub struct Standing {
    /// The database.
    pub database: Arc<Relational>,
    /// The files.
    pub storage: Arc<dyn Storage>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// For a new passphrase.
    pub random: Arc<dyn Random>,
    /// The configuration, without its secrets.
    pub config: String,
    /// Which Rolo this is.
    pub rolo: String,
    /// Where backups go.
    pub to: PathBuf,
    /// The file with their passphrase; made with the first backup.
    pub passphrase_file: PathBuf,
    /// Which are kept.
    pub keep: Keep,
    /// Where there is room for a test restore.
    pub scratch: PathBuf,
    /// Where it is written how they stand.
    pub state_file: PathBuf,
    /// How old the last good one may be.
    pub longest: SignedDuration,
}

/// A backup that was taken.
#[derive(Clone, Debug)]
pub struct Made {
    /// Which.
    pub kept: Kept,
    /// The file of the passphrase that was made for it: somebody should keep it elsewhere.
    pub new_passphrase: Option<PathBuf>,
}

impl Standing {
    /// Takes a backup into `place`.
    pub async fn make(&self, place: &Place, hear: &Hear<'_>) -> Result<Made> {
        let (passphrase, new) = Passphrase::read_or_make(&self.passphrase_file, self.random.as_ref())?;
        let what = What {
            database: &self.database,
            storage: &self.storage,
            config: &self.config,
            rolo: &self.rolo,
            at: self.clock.now(),
        };
        let kept = make(place, &passphrase, what, hear).await?;
        Ok(Made { kept, new_passphrase: new.then(|| self.passphrase_file.clone()) })
    }

    /// Where backups go.
    pub fn place(&self) -> Place {
        Place::Folder(self.to.clone())
    }
}

fn quiet(_: Step) {}

#[async_trait]
impl Backups for Standing {
    async fn take(&self) -> Result<Timestamp> {
        let made = self.make(&self.place(), &quiet).await?;
        if let Some(file) = made.new_passphrase {
            tracing::warn!(file = %file.display(), "backups have a new passphrase: keep this file elsewhere too, without it they cannot be read");
        }
        let passphrase = Passphrase::read(&self.passphrase_file)?;
        prune(&self.place(), &passphrase, &self.keep, self.clock.now()).await?;
        Ok(made.kept.at)
    }

    async fn try_out(&self) -> Result<Timestamp> {
        let passphrase = Passphrase::read(&self.passphrase_file)?;
        Ok(try_out(&self.place(), &passphrase, &self.scratch, &quiet).await?.at)
    }

    fn state(&self) -> BackupState {
        // A file that cannot be read is one that was never written: then the clock begins anew.
        fs::read(&self.state_file).ok().and_then(|octets| serde_json::from_slice(&octets).ok()).unwrap_or_default()
    }

    fn note(&self, state: BackupState) -> Result<()> {
        let octets = serde_json::to_vec(&state).map_err(Error::internal)?;
        let doing = format!("{} cannot be written", self.state_file.display());
        replace(&self.state_file, &octets).map_err(|error| disk(&doing, &error))
    }

    fn alert(&self, now: Timestamp) -> Option<String> {
        self.state().alert(now, self.longest)
    }
}

fn replace(path: &Path, octets: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let mut file = File::create(&part)?;
    file.write_all(octets)?;
    file.sync_all()?;
    fs::rename(part, path)
}
