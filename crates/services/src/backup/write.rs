//! Takes a backup: one consistent picture of the database, part by part, then the files, then what was inside.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use jiff::{Timestamp, tz::TimeZone};
use rolo_core::{Error, Result, contracts::Storage};
use rustic_core::{BackupOptions, SnapshotOptions, repofile::SnapshotFile};
use tokio::sync::mpsc;

use super::{
    Hear,
    fault::damaged,
    gather::{Gather, Sink},
    passphrase::Passphrase,
    place::Place,
    repository::{Kept, LABEL, Repository, guarded},
    source::{Part, Source},
};
use crate::database::{Relational, copy};

/// Parts on their way.
const AHEAD: usize = 4;

/// What a backup is taken of.
pub struct What<'a> {
    /// The database.
    pub database: &'a Relational,
    /// The files.
    pub storage: &'a Arc<dyn Storage>,
    /// The configuration, without its secrets.
    pub config: &'a str,
    /// Which Rolo this is.
    pub rolo: &'a str,
    /// Now.
    pub at: Timestamp,
}

/// Takes a backup into `place`, which is made when there is none. Serving goes on meanwhile.
pub async fn make(place: &Place, passphrase: &Passphrase, what: What<'_>, hear: &Hear<'_>) -> Result<Kept> {
    let repository = {
        let (place, passphrase) = (place.clone(), passphrase.clone());
        blocking(move || Repository::to_write(&place, &passphrase)).await?
    };
    let mut picture = what.database.frozen().await?;
    if picture.schema().await? != what.database.schema() {
        return Err(Error::conflict(
            "The schema of this database was changed just now. Start the newer Rolo, then back up.",
        ));
    }
    let snapshot = announced(&what, &mut picture).await?;
    let (sender, parts) = mpsc::channel(AHEAD);
    let sink = Sink::new(sender, repository.trouble.clone());
    let writing = tokio::task::spawn_blocking(move || archive(repository, parts, snapshot));
    let gathered = Gather { picture: &mut picture, storage: what.storage, hear }.all(&what, &sink).await;
    sink.end(gathered);
    writing.await.map_err(Error::internal)?
}

/// The snapshot as it is known before its content.
async fn announced(what: &What<'_>, picture: &mut copy::Frozen) -> Result<SnapshotFile> {
    let mut counts = [0; 2];
    for (count, name) in counts.iter_mut().zip(["contact", "account"]) {
        let table = picture.tables().iter().find(|table| table.name == name);
        let table = table.ok_or_else(|| Error::internal(format!("no table {name}")))?;
        *count = picture.count(table).await?;
    }
    let [contacts, accounts] = counts;
    let (schema, rolo) = (what.database.schema(), what.rolo);
    let about = format!("{contacts} contacts, {accounts} accounts, schema {schema}, Rolo {rolo}");
    SnapshotOptions::default()
        .label(LABEL.to_owned())
        .description(about)
        .host("rolo".to_owned())
        .command("rolo backup".to_owned())
        .time(what.at.to_zoned(TimeZone::UTC))
        .to_snapshot()
        .map_err(Error::internal)
}

fn archive(repository: Repository, parts: mpsc::Receiver<Part>, snapshot: SnapshotFile) -> Result<Kept> {
    // The folder is held until this is done.
    let Repository { inner, trouble, growing, lock: _held, .. } = repository;
    let mut options = BackupOptions::default();
    options.no_scan = true;
    // Parts have no times; what is the same is found by its content.
    options.parent_opts.force = true;
    let source = Source::new(parts);
    let counted = Arc::clone(&source.sent);
    let indexed = guarded(|| inner.to_indexed_ids().map_err(|said| trouble.or(&said)))?;
    let archived = guarded(|| {
        let saved = indexed.archive(&options, &source, snapshot, &["/".into()]);
        saved.map_err(|said| trouble.or(&said))
    });
    let snapshot = match (archived, trouble.take()) {
        (_, Some(error)) | (Err(error), None) => return Err(error),
        (Ok(snapshot), None) => snapshot,
    };
    let taken = snapshot.summary.as_ref().map_or(0, |summary| summary.total_files_processed);
    if taken != counted.load(SeqCst) {
        indexed.delete_snapshots(&[snapshot.id]).map_err(|said| trouble.or(&said))?;
        return Err(damaged("not every part of it was taken"));
    }
    if let Some(growing) = growing {
        growing.finish()?;
    }
    Ok(Kept::of(&snapshot))
}

/// Runs what blocks on a thread of its own.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
