//! A restore over a database of many processes, each of which may be asked about it: the archive lies in the storage that all of
//! them see, and how far it is stands in the database.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::StreamExt as _;
use jiff::Timestamp;
use rolo_core::{
    Error, Result,
    contracts::{
        Storage,
        restore::{ARCHIVE_BYTES_MAX, RestoreState},
        storage::Chunks,
    },
};
use rolo_services::database::{Note, Relational, copy::Seal};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt as _;
use tracing::debug;

/// The archive, in the storage.
const ARCHIVE: &str = "restoring/uploaded.rolo";
/// What is read of it at a time.
const PIECE: usize = 1024 * 1024;
/// How often it is said how far it is.
const OFTEN: Duration = Duration::from_millis(400);
/// Whoever restores and has said nothing for so long is gone.
const SILENT: Duration = Duration::from_secs(30);

/// What the database says of the restore.
#[derive(Default, Serialize, Deserialize)]
struct Told {
    state: RestoreState,
    /// What makes each word another than the one before. Nobody compares it with a clock.
    at: Option<Timestamp>,
}

/// Where all processes find it.
pub(super) struct Shared {
    database: Arc<Relational>,
    storage: Arc<dyn Storage>,
    /// What was read last, and when it was read first.
    heard: Mutex<Option<(Vec<u8>, Instant)>>,
}

impl Shared {
    pub(super) fn new(database: Arc<Relational>, storage: Arc<dyn Storage>) -> Self {
        Self { database, storage, heard: Mutex::default() }
    }

    /// How far it is.
    pub(super) async fn state(&self) -> Result<RestoreState> {
        let mut state = self.judged(self.database.noted_down(Note::Restore).await?.as_deref());
        state.half = matches!(self.database.seal().await?, Some(Seal::Filling { .. }));
        Ok(state)
    }

    /// Takes the restore for this process, unless another is at it.
    pub(super) async fn claim(&self) -> Result<bool> {
        let before = self.database.noted_down(Note::Restore).await?;
        let state = self.judged(before.as_deref());
        if state.running {
            return Ok(false);
        }
        let state = RestoreState { octets: state.octets, running: true, ..RestoreState::default() };
        self.database.note_over(Note::Restore, before.as_deref(), &octets(state)?).await
    }

    /// Says how far it is, for whoever has claimed it.
    pub(super) async fn tell(&self, state: RestoreState) -> Result<()> {
        self.database.note_down(Note::Restore, &octets(state)?).await
    }

    /// Says how much of an archive has come, unless one is being restored.
    async fn tell_coming(&self, come: u64) -> Result<()> {
        let before = self.database.noted_down(Note::Restore).await?;
        if !self.judged(before.as_deref()).running {
            let state = RestoreState { octets: come, ..RestoreState::default() };
            self.database.note_over(Note::Restore, before.as_deref(), &octets(state)?).await?;
        }
        Ok(())
    }

    /// Does this, and meanwhile says again and again how far it is.
    pub(super) async fn telling<T>(&self, state: impl Fn() -> RestoreState, work: impl Future<Output = T>) -> T {
        beside(work, || self.tell(state())).await
    }

    /// Keeps an archive where every process finds it.
    pub(super) async fn keep(&self, archive: Chunks<'_>) -> Result<()> {
        let come = Mutex::new(0);
        let count = || *come.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = archive.inspect(|chunk| {
            let octets = chunk.as_ref().map_or(0, Vec::len) as u64;
            *come.lock().unwrap_or_else(PoisonError::into_inner) += octets;
        });
        self.tell_coming(0).await?;
        let stored = self.storage.store(ARCHIVE, Box::pin(counted), ARCHIVE_BYTES_MAX);
        let stored = beside(stored, || self.tell_coming(count())).await;
        self.tell_coming(if stored.is_ok() { count() } else { 0 }).await?;
        stored.map(|_| ())
    }

    /// Copies the archive into a file of this process; `false`: there is none.
    pub(super) async fn fetch(&self, to: &Path) -> Result<bool> {
        let disk = |error| super::disk(&error);
        if self.storage.length(ARCHIVE).await?.is_none() {
            return Ok(false);
        }
        let mut file = tokio::fs::File::create(to).await.map_err(disk)?;
        let mut at = 0;
        loop {
            let Some(piece) = self.storage.read(ARCHIVE, at, PIECE).await? else { return Ok(false) };
            if piece.is_empty() {
                break;
            }
            at += piece.len() as u64;
            file.write_all(&piece).await.map_err(disk)?;
        }
        file.sync_all().await.map_err(disk)?;
        Ok(true)
    }

    /// What was uploaded is nobody's any more.
    pub(super) async fn sweep(&self) -> Result<()> {
        self.storage.delete(ARCHIVE).await
    }

    /// What these words say, by how long nothing else was said.
    fn judged(&self, octets: Option<&[u8]>) -> RestoreState {
        let Some(octets) = octets else { return RestoreState::default() };
        let silent = {
            let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
            match &*heard {
                Some((before, first)) if before == octets => first.elapsed() > SILENT,
                _ => {
                    *heard = Some((octets.to_vec(), Instant::now()));
                    false
                }
            }
        };
        let mut state = serde_json::from_slice::<Told>(octets).unwrap_or_default().state;
        if state.running && silent {
            state.running = false;
            state.failed =
                Some("Whoever restored this backup has stopped. Upload it again: it goes on where it was.".into());
        }
        state
    }
}

async fn beside<T, Told>(work: impl Future<Output = T>, tell: impl Fn() -> Told) -> T
where
    Told: Future<Output = Result<()>>,
{
    let told = async {
        loop {
            tokio::time::sleep(OFTEN).await;
            if let Err(error) = tell().await {
                debug!(error = ?error, "how far a restore is cannot be said now");
            }
        }
    };
    tokio::select! {
        done = work => done,
        never = told => never,
    }
}

fn octets(state: RestoreState) -> Result<Vec<u8>> {
    serde_json::to_vec(&Told { state, at: Some(Timestamp::now()) }).map_err(Error::internal)
}
