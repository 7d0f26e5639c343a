//! The restore of the first-run page. What is uploaded is filled in beside the empty database while that is served; once it
//! is whole a mark says so, the process stops what it does and starts itself again, and whoever starts with a mark puts the
//! new database in its place. A process that is killed anywhere in between has either the empty instance or the whole one.
//!
//! A networked database is filled where it is, and sealed until it is whole; whichever of its processes is asked tells how far
//! it is, and each opens it anew when it is done.

mod shared;

use std::{
    fs::{self, File, Permissions},
    io,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::StreamExt;
use rolo_core::{
    Error, Result,
    contracts::{
        Restores, Storage,
        restore::{ARCHIVE_BYTES_MAX, RestoreState},
        storage::Chunks,
    },
};
use rolo_services::{
    backup::{Archive, Passphrase, Place, Step, restore_into, schema_of},
    database::{Options, copy::Epochs, migrate::Upgrade},
    search,
};
use shared::Shared;
use tokio::{
    io::AsyncWriteExt,
    sync::{Notify, oneshot},
};
use tracing::{error, info, warn};

use crate::{
    commands::{BESIDE, Swap, WHOLE, forget_filled},
    config::Config,
    wire::{Machine, configured, within},
};

/// The archive as it was uploaded, and while it comes.
const ARCHIVE: &str = "uploaded.rolo";
const COMING: &str = "uploading";
/// How long whoever asked for a restore waits to hear whether the archive opens. A large one is told of later.
const PATIENCE: Duration = Duration::from_secs(20);

/// The restore of this process. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Restoring(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    database: Options,
    storage: Arc<dyn Storage>,
    /// Where other processes see it, too.
    shared: Option<Shared>,
    /// One archive comes at a time.
    coming: tokio::sync::Mutex<()>,
    state: Mutex<RestoreState>,
    whole: Notify,
}

impl Restoring {
    /// For an instance that nobody has an account in.
    pub(crate) fn new(machine: &Machine, config: &Config) -> Self {
        let storage = Arc::clone(&machine.services.storage);
        let shared = machine.shared.then(|| Shared::new(Arc::clone(machine.backup.database()), Arc::clone(&storage)));
        Self(Arc::new(Inner {
            folder: folder(&machine.data, config),
            database: configured(&machine.data, config, true),
            storage,
            shared,
            coming: tokio::sync::Mutex::default(),
            state: Mutex::default(),
            whole: Notify::new(),
        }))
    }

    /// Until a backup is whole and waits to be taken into use by another start.
    pub(crate) async fn whole(&self) {
        self.0.whole.notified().await;
    }
}

/// A backup is restored, or somebody has an account: what was uploaded to processes that share a database is nobody's any more.
pub(crate) async fn sweep(machine: &Machine, config: &Config) {
    let shared = Shared::new(Arc::clone(machine.backup.database()), Arc::clone(&machine.services.storage));
    let here = match fs::remove_dir_all(folder(&machine.data, config)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(&error)),
        _ => Ok(()),
    };
    for swept in [here, shared.sweep().await] {
        if let Err(error) = swept {
            warn!(error = ?error, "an archive that was uploaded could not be taken away");
        }
    }
}

impl Inner {
    fn state(&self) -> MutexGuard<'_, RestoreState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self, step: Step) {
        let mut state = self.state();
        (state.what, state.done, state.of) = (step.what.to_owned(), step.done, step.of);
    }

    /// Takes the restore for this process.
    async fn claim(&self) -> Result<()> {
        let free = !self.state().running
            && match &self.shared {
                Some(shared) => shared.claim().await?,
                None => true,
            };
        if !free {
            return Err(Error::conflict("A backup is being restored already. Wait until that is done."));
        }
        let mut state = self.state();
        (state.running, state.failed, state.what) = (true, None, String::new());
        Ok(())
    }

    /// Gives it back, with the reason if there is one to be told.
    async fn end(&self, failed: Option<String>) {
        let state = {
            let mut state = self.state();
            (state.running, state.failed) = (false, failed);
            state.clone()
        };
        if let Some(shared) = &self.shared
            && let Err(error) = shared.tell(state).await
        {
            error!(error = ?error, "that a restore has ended cannot be said: others will know by its silence");
        }
    }

    /// Does this, and lets others know how far it is.
    async fn telling<T>(&self, work: impl Future<Output = T>) -> T {
        match &self.shared {
            Some(shared) => shared.telling(|| self.state().clone(), work).await,
            None => work.await,
        }
    }

    async fn receive(&self, mut archive: Chunks<'_>, to: &Path) -> Result<()> {
        let disk = |error| disk(&error);
        self.make_folder()?;
        let mut file = tokio::fs::File::create(to).await.map_err(disk)?;
        let mut octets = 0;
        while let Some(chunk) = archive.next().await {
            let chunk = chunk?;
            octets += chunk.len() as u64;
            if octets > ARCHIVE_BYTES_MAX {
                return Err(Error::too_large("This archive is too large for the browser. Use rolo restore."));
            }
            file.write_all(&chunk).await.map_err(disk)?;
            self.state().octets = octets;
        }
        file.sync_all().await.map_err(disk)?;
        fs::rename(to, self.folder.join(ARCHIVE)).map_err(disk)
    }

    fn make_folder(&self) -> Result<()> {
        let disk = |error| disk(&error);
        fs::create_dir_all(&self.folder).map_err(disk)?;
        fs::set_permissions(&self.folder, Permissions::from_mode(0o700)).map_err(disk)
    }

    /// The archive that was uploaded, here or elsewhere.
    async fn opened(&self, passphrase: &Passphrase) -> Result<Archive> {
        let file = self.folder.join(ARCHIVE);
        let found = match &self.shared {
            Some(shared) => {
                self.make_folder()?;
                shared.fetch(&file).await?
            }
            None => file.is_file(),
        };
        match found {
            true => Archive::open(&Place::File(file), passphrase, None).await,
            false => Err(Error::invalid("archive", "No backup was uploaded yet. Choose its file first.")),
        }
    }

    /// All of it, and whoever waits hears whether the archive opens. Its long futures lie on the heap, for threads have small stacks.
    async fn restore(&self, passphrase: &Passphrase, opens: oneshot::Sender<Result<()>>) {
        let archive = match self.telling(Box::pin(self.opened(passphrase))).await {
            Ok(archive) => archive,
            Err(error) => {
                self.end(opens.is_closed().then(|| error.to_string())).await;
                let _ = opens.send(Err(error));
                return;
            }
        };
        let _ = opens.send(Ok(()));
        match self.telling(Box::pin(self.write_back(&archive))).await {
            Ok(()) => self.taken_into_use().await,
            Err(error) => {
                error!(error = ?error, "a backup could not be restored");
                self.end(Some(error.to_string())).await;
            }
        }
    }

    async fn taken_into_use(&self) {
        if self.shared.is_some() {
            info!("a backup was restored: each process opens the database anew");
            return self.end(None).await;
        }
        info!("a backup was restored: this process starts again with it");
        self.whole.notify_one();
    }

    /// Everything, into a database beside the one that is served, or into the networked one.
    async fn write_back(&self, archive: &Archive) -> Result<()> {
        archive.verify(&|step| self.hear(step)).await?;
        let hear = |step| self.hear(step);
        let beside = Options::of(&format!("sqlite:{}", self.folder.join("rolo.db").display()), true);
        let target = match self.shared {
            None => {
                forget_filled(&self.folder).await?;
                &beside
            }
            Some(_) => {
                schema_of(archive, &self.database, Upgrade::default()).await?;
                &self.database
            }
        };
        restore_into(archive, target, self.storage.as_ref(), Epochs::New, Upgrade::default(), &hear).await?;
        if self.shared.is_some() {
            return Ok(());
        }
        let mark =
            || File::create(self.folder.join(WHOLE))?.sync_all().and_then(|()| File::open(&self.folder)?.sync_all());
        mark().map_err(|error| Error::unavailable("data folder", error))
    }
}

fn disk(error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::unavailable("data folder", error),
    }
}

#[async_trait]
impl Restores for Restoring {
    async fn keep(&self, archive: Chunks<'_>) -> Result<()> {
        let Ok(_one) = self.0.coming.try_lock() else {
            return Err(Error::conflict("Another archive is being uploaded. Wait until it is here."));
        };
        if let Some(shared) = &self.0.shared {
            return shared.keep(archive).await;
        }
        let coming = self.0.folder.join(COMING);
        {
            let mut state = self.0.state();
            (state.octets, state.failed) = (0, None);
        }
        let kept = self.0.receive(archive, &coming).await;
        if kept.is_err() {
            // What failed to be written may fail to be removed too; the next upload takes its place.
            let _ = fs::remove_file(&coming);
            self.0.state().octets = 0;
        }
        kept
    }

    async fn begin(&self, passphrase: &str) -> Result<()> {
        self.0.claim().await?;
        let (inner, passphrase) = (Arc::clone(&self.0), Passphrase::from(passphrase));
        let (opens, hears) = oneshot::channel();
        tokio::spawn(async move { inner.restore(&passphrase, opens).await });
        match tokio::time::timeout(PATIENCE, hears).await {
            Ok(Ok(opened)) => opened,
            Ok(Err(ended)) => Err(Error::internal(ended)),
            // It goes on, and how far it is says what becomes of it.
            Err(_) => Ok(()),
        }
    }

    async fn state(&self) -> Result<RestoreState> {
        match &self.0.shared {
            Some(shared) => shared.state().await,
            None => Ok(self.0.state().clone()),
        }
    }
}

/// Before anything is opened: takes a database into use that was restored whole, and sweeps away what never became one.
pub(crate) async fn settle(data: &Path, config: &Config) -> Result<()> {
    let folder = folder(data, config);
    if !folder.join(WHOLE).exists() {
        // What was uploaded is nobody's any more. A database that a command has begun to fill goes on with that command.
        for name in [ARCHIVE, COMING] {
            let _ = fs::remove_file(folder.join(name));
        }
        return Ok(());
    }
    let url = within(data, &config.services.database);
    if let Some(path) = url.strip_prefix("sqlite:").filter(|_| folder.join("rolo.db").exists()) {
        match Swap::begin(Path::new(path), false).await {
            Ok(swap) => drop(swap.end()?),
            // Somebody has made an account meanwhile.
            Err(error) => error!(error = %error, "the restored backup was not taken into use"),
        }
    }
    // It is made anew from the contacts.
    search::open(&within(data, &config.services.search))?.clear().await?;
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::unavailable("data folder", error)),
        _ => Ok(()),
    }
}

/// This process anew, with the arguments it has. Answers only when that fails.
pub(crate) fn start_again() -> io::Error {
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| "rolo".into());
    // The program that runs, whatever stands at its path by now.
    Command::new("/proc/self/exe").arg0(name).args(arguments).exec()
}

/// Beside an SQLite file; else in the data folder.
fn folder(data: &Path, config: &Config) -> PathBuf {
    let url = within(data, &config.services.database);
    let beside = url.strip_prefix("sqlite:").and_then(|path| Path::new(path).parent());
    beside.unwrap_or(data).join(BESIDE)
}
