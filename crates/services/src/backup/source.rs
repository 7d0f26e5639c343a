//! What is archived, part by part as it comes. Nothing is ever held whole; what is on its way is weighed, and waits when it is too much.

use std::{
    ffi::OsStr,
    io::{self, Read},
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use rolo_core::{Error, contracts::Storage};
use rustic_core::{
    ErrorKind, ReadSource, ReadSourceEntry, ReadSourceOpen, RusticError, RusticResult,
    repofile::{Metadata, Node, NodeType},
};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, mpsc},
};

use super::fault::Trouble;

/// A piece of a file.
pub(super) const PIECE: usize = 256 * 1024;

/// A part on its way into the archive.
pub(super) struct Part {
    pub(super) path: String,
    pub(super) length: u64,
    pub(super) content: Content,
}

/// Its octets: here, or in a file that is read when its turn comes. The library looks one part ahead before it reads one,
/// so nothing may wait for a part to be read before the next is sent.
pub(super) enum Content {
    Here { octets: Vec<u8>, read: usize, _room: Option<OwnedSemaphorePermit> },
    File(Reading),
}

/// A file of the storage that is read.
pub(super) struct Reading {
    pub(super) storage: Arc<dyn Storage>,
    pub(super) runtime: Handle,
    pub(super) trouble: Trouble,
    pub(super) key: String,
    pub(super) length: u64,
    /// Behind the piece.
    pub(super) at: u64,
    pub(super) piece: Vec<u8>,
    pub(super) read: usize,
}

impl Content {
    pub(super) fn here(octets: Vec<u8>, room: Option<OwnedSemaphorePermit>) -> Self {
        Self::Here { octets, read: 0, _room: room }
    }
}

impl Read for Content {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Here { octets, read, .. } => Ok(take(octets, read, out)),
            Self::File(file) => {
                if file.read == file.piece.len() && file.at < file.length {
                    file.next()?;
                }
                Ok(take(&file.piece, &mut file.read, out))
            }
        }
    }
}

impl Reading {
    fn next(&mut self) -> io::Result<()> {
        let found = self.runtime.block_on(self.storage.read(&self.key, self.at, PIECE));
        match found.map(Option::unwrap_or_default) {
            Ok(piece) if !piece.is_empty() => {
                self.at += piece.len() as u64;
                (self.piece, self.read) = (piece, 0);
                Ok(())
            }
            Ok(_) => self.broken(Error::unavailable("storage", format!("{} went while it was read", self.key))),
            Err(error) => self.broken(error),
        }
    }

    fn broken(&self, error: Error) -> io::Result<()> {
        self.trouble.note(error);
        Err(io::ErrorKind::Other.into())
    }
}

fn take(octets: &[u8], read: &mut usize, out: &mut [u8]) -> usize {
    let rest = octets.get(*read..).unwrap_or_default();
    let taken = rest.len().min(out.len());
    out[..taken].copy_from_slice(&rest[..taken]);
    *read += taken;
    taken
}

/// The library's way to the parts.
pub(super) struct Source {
    parts: Mutex<Option<mpsc::Receiver<Part>>>,
    /// How many were handed over.
    pub(super) sent: Arc<AtomicU64>,
}

impl Source {
    pub(super) fn new(parts: mpsc::Receiver<Part>) -> Self {
        Self { parts: Mutex::new(Some(parts)), sent: Arc::default() }
    }
}

/// The parts, in the order of their paths.
pub(super) struct Parts {
    parts: Option<mpsc::Receiver<Part>>,
    sent: Arc<AtomicU64>,
}

impl ReadSource for Source {
    type Open = Opened;
    type Iter = Parts;

    fn size(&self) -> RusticResult<Option<u64>> {
        Ok(None)
    }

    fn entries(&self) -> Parts {
        let parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner).take();
        Parts { parts, sent: Arc::clone(&self.sent) }
    }
}

impl Iterator for Parts {
    type Item = RusticResult<ReadSourceEntry<Opened>>;

    fn next(&mut self) -> Option<Self::Item> {
        let part = self.parts.as_mut()?.blocking_recv()?;
        self.sent.fetch_add(1, SeqCst);
        let path = PathBuf::from(part.path);
        let Some(name) = path.file_name().map(OsStr::to_owned) else {
            return Some(Err(RusticError::new(ErrorKind::Internal, "a part has no name")));
        };
        let about = Metadata { mode: Some(0o600), size: part.length, ..Metadata::default() };
        Some(Ok(ReadSourceEntry {
            path,
            node: Node::new_node(&name, NodeType::File, about),
            open: Some(Opened(part.content)),
        }))
    }
}

/// A part that is read.
pub(super) struct Opened(Content);

impl ReadSourceOpen for Opened {
    type Reader = Content;

    fn open(self) -> RusticResult<Content> {
        Ok(self.0)
    }
}
