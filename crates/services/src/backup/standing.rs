//! The backups an instance takes of itself: where to, with which passphrase, how long they are kept, and how they stand.

use std::{fs, io, path::PathBuf, sync::Arc};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result,
    contracts::{Backups, Clock, Random, Storage, backup::BackupState},
};

use super::{Hear, Keep, Kept, Passphrase, Place, Step, What, make, prune, try_out};
use crate::database::{Note, Relational};

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
    /// The file that earlier versions wrote down in how they stand; read while the database says nothing of it.
    pub earlier_file: PathBuf,
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

    /// What an earlier version wrote down beside the data is written where every process sees it.
    pub async fn take_over(&self) -> Result<()> {
        if !self.earlier_file.exists() || self.database.noted_down(Note::Backups).await?.is_some() {
            return Ok(());
        }
        self.note(self.state().await?).await
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

    async fn state(&self) -> Result<BackupState> {
        let noted = self.database.noted_down(Note::Backups).await?.or_else(|| fs::read(&self.earlier_file).ok());
        // What cannot be read is what was never written: then the clock begins anew.
        Ok(noted.and_then(|octets| serde_json::from_slice(&octets).ok()).unwrap_or_default())
    }

    async fn note(&self, state: BackupState) -> Result<()> {
        let octets = serde_json::to_vec(&state).map_err(Error::internal)?;
        self.database.note_down(Note::Backups, &octets).await?;
        match fs::remove_file(&self.earlier_file) {
            // It is no longer read, but a database that takes this one's place would take it for its own.
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(file = %self.earlier_file.display(), error = %error, "how backups stood is kept elsewhere now, and this file cannot be taken away");
            }
            _ => {}
        }
        Ok(())
    }

    fn longest(&self) -> SignedDuration {
        self.longest
    }
}
