//! The files of a folder, as they are when the site is made: it is looked at again at each reload.
//!
//! Small ones are held in memory, as far as there is room; large ones are read when they are asked for. What begins with a dot
//! is not served (`.git`, `.env`), nor what a link leads to outside.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use http::HeaderValue;
use sha2::{Digest as _, Sha256};
use tracing::warn;

use super::{Content, Files, Found};

/// A larger file stays on disk.
const MEMORY_FILE_BYTES_MAX: u64 = 256 * 1024;
/// All files of a folder in memory together; what does not fit stays on disk.
const MEMORY_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Files of a folder.
const FILES_MAX: usize = 100_000;
/// Folders within folders.
const DEPTH_MAX: usize = 32;

impl Files {
    /// The files of a folder. `policy` is what its pages may do (`Content-Security-Policy`), if that is to be said.
    pub fn folder(folder: &Path, policy: Option<&str>) -> io::Result<Self> {
        let failed = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", folder.display()));
        let policy = policy.map(HeaderValue::try_from).transpose().map_err(io::Error::other)?;
        let root = folder.canonicalize().map_err(failed)?;
        let mut walk = Walk { root: root.clone(), found: HashMap::new(), held: 0 };
        walk.look(&root, "", 0).map_err(failed)?;
        Ok(Self::indexed(walk.found, policy.as_ref()))
    }
}

struct Walk {
    root: PathBuf,
    found: HashMap<String, Found>,
    held: u64,
}

impl Walk {
    fn look(&mut self, folder: &Path, above: &str, depth: usize) -> io::Result<()> {
        if depth > DEPTH_MAX {
            return Err(io::Error::other(format!("{above} is more than {DEPTH_MAX} folders deep")));
        }
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| !name.starts_with('.') || *name == ".well-known") else {
                continue;
            };
            let path = format!("{above}{name}");
            let Some((place, about)) = self.within(&entry.path()) else { continue };
            if about.is_dir() {
                self.look(&place, &format!("{path}/"), depth + 1)?;
            } else if about.is_file() {
                if self.found.len() == FILES_MAX {
                    return Err(io::Error::other(format!("holds more than {FILES_MAX} files")));
                }
                let found = self.take(place, about.len())?;
                self.found.insert(path, found);
            }
        }
        Ok(())
    }

    /// Where something really is, if it is within the folder.
    fn within(&self, path: &Path) -> Option<(PathBuf, fs::Metadata)> {
        let place = path.canonicalize().ok()?;
        if !place.starts_with(&self.root) {
            warn!(path = %path.display(), "a link that leads out of a site's folder is not served");
            return None;
        }
        let about = fs::metadata(&place).ok()?;
        Some((place, about))
    }

    fn take(&mut self, place: PathBuf, length: u64) -> io::Result<Found> {
        if length > MEMORY_FILE_BYTES_MAX || self.held + length > MEMORY_BYTES_MAX {
            return Ok(Found { content: Content::Disk(place), length, etag: None });
        }
        let bytes = fs::read(&place)?;
        let etag = Sha256::digest(&bytes)[..9].iter().map(|octet| format!("{octet:02x}")).collect();
        let length = bytes.len() as u64;
        self.held += length;
        Ok(Found { content: Content::Memory(Bytes::from(bytes)), length, etag: Some(etag) })
    }
}
