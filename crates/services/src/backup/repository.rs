//! The repository an archive is: made, opened with its passphrase, held against others, listed, thinned.

use std::{
    fs::{self, File, TryLockError},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use jiff::{Timestamp, tz::TimeZone};
use rolo_core::{Error, Result};
use rustic_core::{
    ConfigOptions, Credentials, FileType, KeyOptions, OpenStatus, PruneOptions, RepositoryBackends, RepositoryOptions,
    WriteBackend,
    repofile::{Chunker, SnapshotFile},
};
use serde::Serialize;

use super::{
    damage,
    fault::{Trouble, damaged, disk, foreign},
    keep::Keep,
    known::Lock,
    passphrase::Passphrase,
    place::{Folder, Growing, Place, Whole},
};

/// What marks our snapshots among those that somebody else may keep in the same folder.
pub(super) const LABEL: &str = "rolo";
/// A pack is held in memory until it is written, and a few of them at once.
const PACK: &str = "8MiB";
/// Who holds the folder, by the operating system's lock.
const LOCK: &str = "rolo.lock";

/// Whether others may hold the folder too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hold {
    /// Whoever reads.
    Shared,
    /// Whoever writes or removes.
    Alone,
}

/// An open repository.
pub(super) struct Repository {
    pub(super) inner: rustic_core::Repository<OpenStatus>,
    pub(super) backend: Arc<dyn WriteBackend>,
    pub(super) trouble: Trouble,
    /// The file that is being written, if that is where it goes.
    pub(super) growing: Option<Arc<Growing>>,
    /// Whether each of its files holds what its name says.
    pub(super) looked_through: bool,
    pub(super) lock: Option<File>,
}

/// A backup that is kept.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    /// What `--snapshot` takes; its first eight letters are enough.
    pub id: String,
    /// When it was taken.
    pub at: Timestamp,
    /// What is inside, in a line.
    pub about: String,
    /// How many octets are inside.
    pub octets: u64,
    /// How many octets it added to the folder.
    pub added: u64,
}

impl Repository {
    /// Opens what there is.
    pub(super) fn open(place: &Place, passphrase: &Passphrase, hold: Hold) -> Result<Self> {
        let trouble = Trouble::default();
        let lock = match place {
            Place::Folder(path) => held(path, hold)?,
            Place::File(_) => None,
        };
        let backend = existing(place, &trouble)?;
        let looked_through = damage::first_look(backend.as_ref(), &trouble)?;
        let known = Lock::of(backend.as_ref(), passphrase, &trouble)?;
        let credentials = known.key().map_or_else(|| passphrase.credentials(), Credentials::Masterkey);
        let inner = guarded(|| bare(&backend, &trouble)?.open(&credentials).map_err(|said| refused(&said, &trouble)))?;
        known.keep(inner.key());
        Ok(Self { inner, backend, trouble, growing: None, looked_through, lock })
    }

    /// Opens the folder to write into it, or makes it; begins the file anew.
    pub(super) fn to_write(place: &Place, passphrase: &Passphrase) -> Result<Self> {
        match place {
            Place::Folder(path) if has_config(path)? => Self::open(place, passphrase, Hold::Alone),
            Place::Folder(path) => {
                let trouble = Trouble::default();
                vacate(path)?;
                let backend: Arc<dyn WriteBackend> = Arc::new(Folder::new(path, trouble.clone()));
                backend.create().map_err(|said| trouble.or(&said))?;
                let lock = held(path, Hold::Alone)?;
                Self::make(backend, None, trouble, passphrase, lock)
            }
            Place::File(path) => {
                let trouble = Trouble::default();
                let growing = Arc::new(Growing::begin(path, trouble.clone())?);
                let backend: Arc<dyn WriteBackend> = Arc::clone(&growing) as _;
                Self::make(backend, Some(growing), trouble, passphrase, None)
            }
        }
    }

    fn make(
        backend: Arc<dyn WriteBackend>,
        growing: Option<Arc<Growing>>,
        trouble: Trouble,
        passphrase: &Passphrase,
        lock: Option<File>,
    ) -> Result<Self> {
        let mut config = ConfigOptions::default();
        // The parts are cut where their rows say, so the same rows are the same parts; cutting anew finds nothing.
        config.set_chunker = Some(Chunker::FixedSize);
        config.set_datapack_size = PACK.parse().ok();
        config.set_datapack_size_limit = PACK.parse().ok();
        // `rolo verify` and the test restores read all of it back.
        config.set_extra_verify = Some(false);
        let make = || {
            let bare = bare(&backend, &trouble)?;
            bare.init(&passphrase.credentials(), &KeyOptions::default(), &config).map_err(|said| trouble.or(&said))
        };
        let inner = guarded(make)?;
        Lock::of(backend.as_ref(), passphrase, &trouble)?.keep(inner.key());
        Ok(Self { inner, backend, trouble, growing, looked_through: true, lock })
    }

    /// Our snapshots, oldest first.
    pub(super) fn snapshots(&self) -> Result<Vec<SnapshotFile>> {
        let mut all = guarded(|| self.inner.get_all_snapshots().map_err(|said| self.trouble.or(&said)))?;
        all.retain(|snapshot| snapshot.label == LABEL);
        all.sort_by(|one, other| one.time.cmp(&other.time));
        Ok(all)
    }

    /// The one that `id` begins, or the newest.
    pub(super) fn snapshot(&self, id: Option<&str>) -> Result<SnapshotFile> {
        let mut all = self.snapshots()?;
        if all.is_empty() {
            return Err(foreign("there is no backup of Rolo in it"));
        }
        let Some(id) = id else { return all.pop().ok_or(Error::NotFound) };
        all.retain(|snapshot| snapshot.id.to_hex().starts_with(id));
        match (all.pop(), all.is_empty()) {
            (Some(found), true) => Ok(found),
            (None, _) => Err(Error::NotFound),
            _ => Err(Error::conflict(format!("Several backups begin with {id}. Say more of it: rolo backup list."))),
        }
    }

    /// Forgets what the rule does not keep and gives its room back. Answers what is gone and what stays.
    pub(super) fn thin(&self, keep: &Keep, at: Timestamp) -> Result<(Vec<Kept>, Vec<Kept>)> {
        let now = at.to_zoned(TimeZone::UTC);
        let all = self.snapshots()?;
        let sorted = keep.options().apply(all, &now).map_err(|said| self.trouble.or(&said))?;
        let (stays, goes): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|one| one.keep);
        let ids: Vec<_> = goes.iter().map(|one| one.snapshot.id).collect();
        let thin = || {
            self.inner.delete_snapshots(&ids)?;
            // Nobody else reads or writes while the folder is held alone.
            let mut options = PruneOptions::default();
            options.instant_delete = true;
            let plan = self.inner.prune_plan(&options)?;
            self.inner.prune(&options, plan)
        };
        guarded(|| thin().map_err(|said| self.trouble.or(&said)))?;
        let told = |ones: Vec<rustic_core::ForgetSnapshot>| ones.iter().map(|one| Kept::of(&one.snapshot)).collect();
        Ok((told(goes), told(stays)))
    }
}

impl Kept {
    pub(super) fn of(snapshot: &SnapshotFile) -> Self {
        let summary = snapshot.summary.clone().unwrap_or_default();
        Self {
            id: snapshot.id.to_hex().to_string(),
            at: snapshot.time.timestamp(),
            about: snapshot.description.clone().unwrap_or_default(),
            octets: summary.total_bytes_processed,
            added: summary.data_added_packed,
        }
    }
}

/// Backups of a folder, oldest first.
pub(super) fn list(place: &Place, passphrase: &Passphrase) -> Result<Vec<Kept>> {
    let repository = Repository::open(place, passphrase, Hold::Shared)?;
    Ok(repository.snapshots()?.iter().map(Kept::of).collect())
}

/// Runs the library; what makes it panic is a damage that nothing else had found.
pub(super) fn guarded<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(damaged("it cannot be made sense of")))
}

fn bare(backend: &Arc<dyn WriteBackend>, trouble: &Trouble) -> Result<rustic_core::Repository<()>> {
    let mut options = RepositoryOptions::default();
    options.no_cache = true;
    let backends = RepositoryBackends::new(Arc::clone(backend), None);
    rustic_core::Repository::new(&options, &backends).map_err(|said| trouble.or(&said))
}

fn refused(said: &rustic_core::RusticError, trouble: &Trouble) -> Error {
    if said.is_incorrect_password() {
        return Error::denied("This passphrase does not open the archive. Nothing was changed.");
    }
    trouble.or(said)
}

fn existing(place: &Place, trouble: &Trouble) -> Result<Arc<dyn WriteBackend>> {
    match place {
        Place::File(path) => Ok(Arc::new(Whole::open(path, trouble.clone())?)),
        Place::Folder(path) if has_config(path)? => Ok(Arc::new(Folder::new(path, trouble.clone()))),
        Place::Folder(path) if path.is_dir() => Err(foreign(format!("{} holds none", path.display()))),
        Place::Folder(path) => Err(Error::invalid("archive", format!("There is no {}.", path.display()))),
    }
}

fn has_config(folder: &Path) -> Result<bool> {
    let config = folder.join(FileType::Config.dirname());
    config.try_exists().map_err(|error| disk(&format!("{} cannot be read", folder.display()), &error))
}

/// A folder that is to become a repository holds nothing, or what a crash left while one was being made.
fn vacate(folder: &Path) -> Result<()> {
    let broken = |error: io::Error| disk(&format!("{} cannot be read", folder.display()), &error);
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other.map_err(broken)?,
    };
    for entry in entries {
        let name = entry.map_err(broken)?.file_name();
        if name != "keys" && name != LOCK && name != "config.part" && name != "lost+found" {
            let (folder, name) = (folder.display(), name.display());
            return Err(Error::invalid(
                "to",
                format!("{folder} holds something else ({name}). Choose an empty folder."),
            ));
        }
    }
    match fs::remove_dir_all(folder.join("keys")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(broken(error)),
        _ => Ok(()),
    }
}

/// Holds a folder until the answer is dropped. A reader that may not even make the lock's file reads without.
fn held(folder: &Path, hold: Hold) -> Result<Option<File>> {
    let path = folder.join(LOCK);
    let opened = match hold {
        Hold::Alone => File::options().create(true).truncate(false).write(true).open(&path),
        Hold::Shared => File::open(&path),
    };
    let file = match opened {
        Ok(file) => file,
        Err(_) if hold == Hold::Shared => return Ok(None),
        Err(error) => return Err(disk(&format!("{} cannot be made", path.display()), &error)),
    };
    let locked = if hold == Hold::Alone { file.try_lock() } else { file.try_lock_shared() };
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => {
            let folder = folder.display();
            Err(Error::conflict(format!(
                "Another backup, check or restore is at work in {folder}. Try again when it is done."
            )))
        }
        Err(TryLockError::Error(error)) => Err(disk(&format!("{} cannot be held", path.display()), &error)),
    }
}
