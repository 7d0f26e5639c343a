//! The backup that is taken before a database is upgraded or moved. Without one nothing is begun, unless somebody says why.

use std::path::PathBuf;

use anyhow::Result;
use jiff::Timestamp;
use rolo_core::Error;
use rolo_services::{
    backup::{self, Passphrase, Place, What},
    database::Relational,
    random::SystemRandom,
    storage,
};
use serde_json::{Value, json};

use super::{
    backup::{short, told_of},
    cli::Common,
};
use crate::{
    config::Config,
    wire::{within, within_data},
};

/// What is needed to take it.
pub(super) struct Before {
    to: Option<PathBuf>,
    passphrase_file: PathBuf,
    files: String,
    config: String,
    /// Why none is taken.
    reason: Option<String>,
}

impl Before {
    pub(super) fn of(common: &Common, config: &Config, reason: Option<String>) -> Self {
        let to = Some(&config.backup.to).filter(|to| !to.is_empty());
        Self {
            to: to.map(|to| within_data(&common.data, to)),
            passphrase_file: within_data(&common.data, &config.backup.passphrase_file),
            files: within(&common.data, &config.services.storage),
            config: config.without_secrets(),
            reason,
        }
    }

    /// Refuses what could not be backed up, before anything is opened.
    pub(super) fn is_possible(&self) -> Result<(), Error> {
        match (&self.reason, &self.to) {
            (Some(reason), _) if reason.trim().is_empty() => Err(Error::invalid(
                "no_backup",
                "Say behind --no-backup why none is taken, such as the name of the one there is. Nothing was changed.",
            )),
            (None, None) => Err(Error::invalid(
                "backup.to",
                "A backup is taken before this, and backup.to names no folder for it. Set it in the configuration, or say \
                 --no-backup with the reason why none is taken. Nothing was changed.",
            )),
            _ => Ok(()),
        }
    }

    /// Takes it; answers what is told of it.
    pub(super) async fn take(
        &self,
        database: &Relational,
        note: &mut dyn FnMut(String) -> Result<()>,
    ) -> Result<Value> {
        self.is_possible()?;
        let (None, Some(to)) = (&self.reason, &self.to) else {
            let reason = self.reason.as_deref().unwrap_or_default().trim();
            note(format!("No backup is taken, as was said: {reason}."))?;
            return Ok(json!({ "none": reason }));
        };
        let place = Place::Folder(to.clone());
        note(format!("Taking a backup into {} first.", place.named()))?;
        let (passphrase, new) = Passphrase::read_or_make(&self.passphrase_file, &SystemRandom)?;
        let storage = storage::open(&self.files)?;
        let (rolo, at) = (env!("CARGO_PKG_VERSION"), Timestamp::now());
        let what = What { database, storage: &storage, config: &self.config, rolo, at };
        let kept = backup::make(&place, &passphrase, what, &|_| ()).await?;
        note(format!("Backed up: {} ({}).", kept.about, short(&kept.id)))?;
        if new {
            let file = self.passphrase_file.display();
            note(format!(
                "Its passphrase is new and stands in {file}. Keep a copy of that file elsewhere: without it nothing can be read."
            ))?;
        }
        Ok(told_of(&kept))
    }
}
