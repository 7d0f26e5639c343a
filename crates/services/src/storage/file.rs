//! The embedded storage: a folder. A file appears under its name only when it is whole and on the disk.

use std::{
    io::{ErrorKind, SeekFrom},
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use futures_util::StreamExt;
use rolo_core::{
    Error, Result,
    contracts::{Storage, storage::Chunks},
};
use tokio::{
    fs::{self, File},
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// A folder that holds files by key.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens a folder, made if it is new. What a crash left half written is swept away; what another process is taking stays.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self> {
        let root = root.into();
        let parts = root.join(PARTS);
        std::fs::create_dir_all(&parts).and_then(|()| sweep(&parts)).map_err(fault)?;
        Ok(Self { root })
    }

    /// The place of a key. Keys are made by Rolo; anything that could leave the folder is a defect.
    fn path(&self, key: &str) -> Result<PathBuf> {
        let plain = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet))
        };
        if key.split('/').all(plain) {
            return Ok(self.root.join(key));
        }
        Err(Error::internal(format!("{key:?} is no storage key")))
    }
}

/// Where files grow until they are whole; no key begins with a dot.
const PARTS: &str = ".parts";

#[async_trait]
impl Storage for Folder {
    async fn store(&self, key: &str, chunks: Chunks<'_>, bytes_max: u64) -> Result<u64> {
        let path = self.path(key)?;
        let parts = self.root.join(PARTS);
        let begun = tokio::task::spawn_blocking(move || begin(&parts)).await.map_err(Error::internal)?;
        let (part, mut file) = begun.map(|(part, file)| (part, File::from_std(file))).map_err(fault)?;
        let stored = match write(&mut file, chunks, bytes_max).await {
            Ok(length) => publish(&part, &path).await.map(|()| length).map_err(fault),
            Err(error) => Err(error),
        };
        if stored.is_err() {
            // What failed to be written may fail to be removed too; the next start sweeps it.
            let _ = fs::remove_file(&part).await;
        }
        // Held until it has its name.
        drop(file);
        stored
    }

    async fn read(&self, key: &str, offset: u64, length: usize) -> Result<Option<Vec<u8>>> {
        let Some(mut file) = found(File::open(self.path(key)?).await)? else { return Ok(None) };
        file.seek(SeekFrom::Start(offset)).await.map_err(fault)?;
        let mut bytes = Vec::with_capacity(length.min(1024 * 1024));
        file.take(length as u64).read_to_end(&mut bytes).await.map_err(fault)?;
        Ok(Some(bytes))
    }

    async fn length(&self, key: &str) -> Result<Option<u64>> {
        Ok(found(fs::metadata(self.path(key)?).await)?.map(|about| about.len()))
    }

    async fn keys(&self) -> Result<Vec<String>> {
        let root = self.root.clone();
        tokio::task::spawn_blocking(move || keys(&root).map_err(fault)).await.map_err(Error::internal)?
    }

    async fn delete(&self, key: &str) -> Result<()> {
        found(fs::remove_file(self.path(key)?).await)?;
        Ok(())
    }
}

/// The files below a folder by their keys. What begins with a dot is no key's; a folder that goes meanwhile held none.
fn keys(root: &Path) -> std::io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(root.join(&folder)) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            other => other?,
        };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            let key = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match entry.file_type()? {
                _ if key.starts_with('.') || key.contains("/.") => {}
                kind if kind.is_dir() => folders.push(key),
                kind if kind.is_file() => found.push(key),
                _ => {}
            }
        }
    }
    Ok(found)
}

/// A file that grows, held by the operating system's lock as long as somebody writes it: several processes may share a folder.
fn begin(parts: &Path) -> std::io::Result<(PathBuf, std::fs::File)> {
    loop {
        let part = parts.join(uuid::Uuid::now_v7().to_string());
        let file = std::fs::File::create_new(&part)?;
        // Where there are no locks nothing is swept.
        let _ = file.lock();
        // Whoever started just now may have swept it before it was held.
        if part.try_exists()? {
            return Ok((part, file));
        }
    }
}

/// Removes what nobody holds.
fn sweep(parts: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(parts)? {
        let path = entry?.path();
        let gone = match std::fs::File::open(&path) {
            Ok(file) if file.try_lock().is_ok() => std::fs::remove_file(&path),
            Ok(_) => Ok(()),
            Err(error) => Err(error),
        };
        match gone {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

async fn write(file: &mut File, mut chunks: Chunks<'_>, bytes_max: u64) -> Result<u64> {
    let mut length = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        length += chunk.len() as u64;
        if length > bytes_max {
            return Err(Error::too_large(format!("This file is larger than {} MiB.", bytes_max / (1024 * 1024))));
        }
        file.write_all(&chunk).await.map_err(fault)?;
    }
    file.flush().await.map_err(fault)?;
    file.sync_all().await.map_err(fault)?;
    Ok(length)
}

/// Gives a whole file its name, and makes the name durable: without the folder's own sync a power cut may forget it.
async fn publish(part: &Path, path: &Path) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).await?;
    fs::rename(part, path).await?;
    File::open(folder).await?.sync_all().await
}

fn found<T>(answer: std::io::Result<T>) -> Result<Option<T>> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fault(error)),
    }
}

fn fault(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Full,
        _ => Error::unavailable("storage", error),
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn pieces(pieces: Vec<Result<Vec<u8>>>) -> Chunks<'static> {
        Box::pin(stream::iter(pieces))
    }

    #[tokio::test]
    async fn what_was_stored_is_read_in_any_part() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Folder::open(folder.path()).unwrap();
        let length = storage
            .store("imports/one", pieces(vec![Ok(b"hello ".to_vec()), Ok(b"world".to_vec())]), 100)
            .await
            .unwrap();
        assert_eq!((length, storage.length("imports/one").await.unwrap()), (11, Some(11)));
        assert_eq!(storage.read("imports/one", 6, 3).await.unwrap().unwrap(), b"wor");
        assert_eq!(storage.read("imports/one", 9, 100).await.unwrap().unwrap(), b"ld");
        assert_eq!(storage.read("imports/two", 0, 1).await.unwrap(), None);
        storage.store("imports/a/b.0", pieces(vec![Ok(b"more".to_vec())]), 100).await.unwrap();
        let mut keys = storage.keys().await.unwrap();
        keys.sort();
        assert_eq!(keys, ["imports/a/b.0", "imports/one"]);
        storage.delete("imports/one").await.unwrap();
        storage.delete("imports/one").await.unwrap();
        assert_eq!(storage.length("imports/one").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_file_that_broke_off_or_is_too_large_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Folder::open(folder.path()).unwrap();
        storage.store("imports/one", pieces(vec![Ok(b"before".to_vec())]), 100).await.unwrap();
        let broken = pieces(vec![Ok(b"half".to_vec()), Err(Error::internal("the line broke"))]);
        assert!(storage.store("imports/one", broken, 100).await.is_err());
        let large = pieces(vec![Ok(vec![0; 101])]);
        assert!(matches!(storage.store("imports/one", large, 100).await, Err(Error::TooLarge { .. })));
        assert_eq!(storage.read("imports/one", 0, 100).await.unwrap().unwrap(), b"before");
        assert_eq!(std::fs::read_dir(folder.path().join(PARTS)).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_start_sweeps_what_a_crash_left_and_leaves_what_another_takes() {
        let folder = tempfile::tempdir().unwrap();
        let one = Folder::open(folder.path()).unwrap();
        let left = folder.path().join(PARTS).join("left-by-a-crash");
        std::fs::write(&left, b"half").unwrap();
        let (go_on, told) = tokio::sync::oneshot::channel();
        let (begun, began) = tokio::sync::oneshot::channel();
        let chunks = futures_util::stream::once(async {
            begun.send(()).unwrap();
            Ok(b"first ".to_vec())
        });
        let chunks = chunks.chain(futures_util::stream::once(async {
            told.await.unwrap();
            Ok(b"second".to_vec())
        }));
        let taking = one.store("imports/one", Box::pin(chunks), 100);
        let starting = async {
            began.await.unwrap();
            let other = Folder::open(folder.path()).unwrap();
            go_on.send(()).unwrap();
            other
        };
        let (stored, other) = tokio::join!(taking, starting);
        assert_eq!(stored.unwrap(), 12);
        assert_eq!(other.read("imports/one", 0, 100).await.unwrap().unwrap(), b"first second");
        assert!(!left.exists());
        assert_eq!(std::fs::read_dir(folder.path().join(PARTS)).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn no_key_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let storage = Folder::open(folder.path()).unwrap();
        for key in ["../outside", "/etc/hostname", "a//b", ".parts/x", "a/../b", "a\0b", ""] {
            assert!(storage.read(key, 0, 1).await.is_err(), "{key:?}");
        }
    }
}
