//! Archives: the files in a .zip, unpacked one by one into storage, within limits that are checked while unpacking and
//! not believed beforehand. Names in it are shown, never used as paths; archives in archives stay packed.

use std::{
    collections::HashMap,
    io::{self, Read, Seek, SeekFrom},
    sync::Arc,
};

use flate2::{Decompress, FlushDecompress, Status};
use zip::{CompressionMethod, ZipArchive};

use super::Unfit;
use crate::{
    Error, Result,
    contracts::{Storage, storage::Chunks},
    import::limit::{
        BLOCK_BYTES, DIRECTORY_BYTES_MAX, ENTRIES_MAX, FILES_MAX, RATIO_FREE_BYTES, UNPACK_RATIO_MAX,
        UNPACKED_BYTES_MAX,
    },
};

const PAGE: u64 = 64 << 10;

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The last part of its name, for people.
    pub(crate) name: String,
    header: u64,
    packed: u64,
    is_deflated: bool,
}

/// A file in storage as the archive reader wants it: what is not there yet is noted, fetched, and asked for again.
struct Pages {
    pages: HashMap<u64, Vec<u8>>,
    length: u64,
    at: u64,
    missing: Option<u64>,
}

impl Read for Pages {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.length || out.is_empty() {
            return Ok(0);
        }
        let number = self.at / PAGE;
        let Some(page) = self.pages.get(&number) else {
            self.missing.get_or_insert(number);
            return Err(io::ErrorKind::Other.into());
        };
        let from = (self.at % PAGE) as usize;
        let part = page.get(from..).unwrap_or_default();
        let taken = part.len().min(out.len());
        out[..taken].copy_from_slice(&part[..taken]);
        self.at += taken as u64;
        Ok(taken)
    }
}

impl Seek for Pages {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// The files of an archive worth looking at, and the names of those that are left out.
pub(crate) async fn entries(storage: &dyn Storage, key: &str, length: u64) -> Result<(Vec<Entry>, Vec<String>)> {
    let mut pages = Pages { pages: HashMap::new(), length, at: 0, missing: None };
    loop {
        pages.at = 0;
        let listed = ZipArchive::new(&mut pages).map(|archive| list(&archive));
        let Some(missing) = pages.missing.take() else {
            return match listed {
                Ok(listed) => Ok(listed?),
                Err(_) => Err(Unfit("This .zip is damaged: its table of contents cannot be read.".to_owned()).into()),
            };
        };
        if pages.pages.len() as u64 * PAGE > DIRECTORY_BYTES_MAX as u64 {
            return Err(too_many());
        }
        let page = storage.read(key, missing * PAGE, PAGE as usize).await?.ok_or(Error::NotFound)?;
        pages.pages.insert(missing, page);
    }
}

fn too_many() -> Error {
    Error::too_large("This .zip holds too many files. Up to 100 files of contacts can be imported at once.")
}

fn list(archive: &ZipArchive<&mut Pages>) -> Result<(Vec<Entry>, Vec<String>)> {
    if archive.len() > ENTRIES_MAX {
        return Err(too_many());
    }
    let (mut entries, mut left_out) = (Vec::new(), Vec::new());
    for at in 0..archive.len() {
        let Ok(file) = archive.by_index_data(at) else { continue };
        let path = String::from_utf8_lossy(file.name_raw()).into_owned();
        let name = path.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        let hidden = name.is_empty() || name.starts_with('.') || path.starts_with("__MACOSX");
        if hidden || file.is_dir() {
            continue;
        }
        if file.encrypted() {
            return Err(Unfit(format!("“{name}” in this .zip is locked with a password. Unpack it first.")).into());
        }
        let method = file.compression();
        let readable = matches!(method, CompressionMethod::Stored | CompressionMethod::Deflated);
        if !readable || !is_worth(&name) {
            left_out.push(name);
            continue;
        }
        let is_deflated = method == CompressionMethod::Deflated;
        entries.push(Entry { name, header: file.header_start(), packed: file.compressed_size(), is_deflated });
    }
    if entries.len() > FILES_MAX {
        return Err(too_many());
    }
    Ok((entries, left_out))
}

/// Pictures and archives are not looked into. Any other file is judged by what is in it.
fn is_worth(name: &str) -> bool {
    const NOT: &[&str] = &[
        "jpg", "jpeg", "png", "gif", "webp", "heic", "bmp", "html", "htm", "pdf", "zip", "7z", "rar", "gz", "mp3",
        "mp4", "mov", "doc", "docx", "xls", "xlsx", "db", "exe",
    ];
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    !NOT.contains(&ending.as_str())
}

/// Unpacks a file into storage under `to`; `left` is what all files may still unpack to.
pub(crate) async fn unpack(storage: &Arc<dyn Storage>, key: &str, entry: &Entry, to: &str, left: u64) -> Result<u64> {
    let damaged = || Unfit(format!("“{}” in this .zip is damaged.", entry.name));
    let head =
        storage.read(key, entry.header, 30).await?.filter(|head| head.len() == 30 && head.starts_with(b"PK\x03\x04"));
    let head = head.ok_or_else(damaged)?;
    let behind = |at: usize| u64::from(u16::from_le_bytes([head[at], head[at + 1]]));
    let start = entry.header + 30 + behind(26) + behind(28);
    let unpacking = Unpacking {
        storage: storage.clone(),
        key: key.to_owned(),
        name: entry.name.clone(),
        at: start,
        end: start.saturating_add(entry.packed),
        inflate: entry.is_deflated.then(|| Decompress::new(false)),
        packed: 0,
        unpacked: 0,
        left,
        input: Vec::new(),
        taken: 0,
        done: false,
    };
    storage.store(to, unpacking.chunks(), UNPACKED_BYTES_MAX).await
}

struct Unpacking {
    storage: Arc<dyn Storage>,
    key: String,
    name: String,
    at: u64,
    end: u64,
    inflate: Option<Decompress>,
    packed: u64,
    unpacked: u64,
    left: u64,
    input: Vec<u8>,
    taken: usize,
    done: bool,
}

impl Unpacking {
    fn chunks(self) -> Chunks<'static> {
        Box::pin(futures_util::stream::unfold(Some(self), |state| async move {
            let mut state = state?;
            match state.next().await {
                Ok(Some(chunk)) => Some((Ok(chunk), Some(state))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        }))
    }

    fn damaged(&self) -> Error {
        Unfit(format!("“{}” in this .zip is damaged.", self.name)).into()
    }

    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        while !self.done {
            if self.taken == self.input.len() {
                let want = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(BLOCK_BYTES);
                self.input = if want == 0 {
                    Vec::new()
                } else {
                    self.storage.read(&self.key, self.at, want).await?.unwrap_or_default()
                };
                self.taken = 0;
                self.at += self.input.len() as u64;
                self.packed += self.input.len() as u64;
            }
            let out = self.piece()?;
            if !out.is_empty() {
                self.unpacked += out.len() as u64;
                self.within()?;
                return Ok(Some(out));
            }
        }
        Ok(None)
    }

    /// Turns some input into output.
    fn piece(&mut self) -> Result<Vec<u8>> {
        let Some(inflate) = &mut self.inflate else {
            self.done = self.input.is_empty();
            self.taken = self.input.len();
            return Ok(std::mem::take(&mut self.input)).inspect(|_| self.taken = 0);
        };
        let (before, written) = (inflate.total_in(), inflate.total_out());
        let mut out = vec![0; BLOCK_BYTES];
        let status = inflate.decompress(&self.input[self.taken..], &mut out, FlushDecompress::None);
        self.taken += (inflate.total_in() - before) as usize;
        let made = (inflate.total_out() - written) as usize;
        let stuck = made == 0 && inflate.total_in() == before;
        match status {
            Ok(Status::StreamEnd) => self.done = true,
            Ok(_) if stuck && (self.input.is_empty() || self.taken < self.input.len()) => return Err(self.damaged()),
            Ok(_) => {}
            Err(_) => return Err(self.damaged()),
        }
        out.truncate(made);
        Ok(out)
    }

    /// What is unpacked so far is within the limits: all files together, and this one against its packed size.
    fn within(&self) -> Result<()> {
        if self.unpacked > self.left {
            return Err(Error::too_large("The files in this .zip unpack to more than 1 GiB."));
        }
        if self.unpacked > RATIO_FREE_BYTES && self.unpacked / UNPACK_RATIO_MAX > self.packed.max(1) {
            return Err(Error::too_large(format!(
                "“{}” in this .zip unpacks to more than 200 times its size. That is no list of contacts.",
                self.name
            )));
        }
        Ok(())
    }
}
