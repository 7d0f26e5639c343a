//! A repository in a folder: one file each, written beside its name and renamed, durable before anybody is told.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use bytes::Bytes;
use rustic_core::{BytesList, ErrorKind, FileType, Id, ReadBackend, RusticError, RusticResult, WriteBackend};

use super::{
    super::fault::{Trouble, disk},
    id_of, path_of,
};

/// How a file is called until it is whole.
const PART: &str = ".part";

/// A folder that holds a repository.
pub(crate) struct Folder {
    root: PathBuf,
    trouble: Trouble,
}

impl Folder {
    pub(crate) fn new(root: &Path, trouble: Trouble) -> Self {
        Self { root: root.to_owned(), trouble }
    }

    fn path(&self, kind: FileType, id: &Id) -> PathBuf {
        self.root.join(path_of(kind, id))
    }

    /// Leaves word of a failure for whoever asked the library.
    fn tried<T>(&self, what: &str, path: &Path, outcome: io::Result<T>) -> RusticResult<T> {
        outcome.map_err(|error| {
            let doing = format!("{} cannot be {what}", path.display());
            self.trouble.note(disk(&doing, &error));
            RusticError::with_source(ErrorKind::Backend, doing, error)
        })
    }

    fn list_in(&self, kind: FileType) -> io::Result<Vec<(Id, u32)>> {
        let folder = self.root.join(kind.dirname());
        match kind {
            FileType::Config => match fs::metadata(&folder) {
                Ok(about) => Ok(vec![(Id::default(), short(about.len()))]),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
                Err(error) => Err(error),
            },
            FileType::Pack => {
                let mut found = Vec::new();
                for entry in entries(&folder)? {
                    if entry.file_type()?.is_dir() {
                        found.extend(files(&entry.path())?);
                    }
                }
                Ok(found)
            }
            _ => files(&folder),
        }
    }
}

/// Those of a folder's files that are named by a digest.
fn files(folder: &Path) -> io::Result<Vec<(Id, u32)>> {
    let mut found = Vec::new();
    for entry in entries(folder)? {
        if let Some(id) = entry.file_name().to_str().and_then(id_of) {
            found.push((id, short(entry.metadata()?.len())));
        }
    }
    Ok(found)
}

fn entries(folder: &Path) -> io::Result<Vec<fs::DirEntry>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// No file of a repository is longer than the format can say.
fn short(length: u64) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl ReadBackend for Folder {
    fn location(&self) -> String {
        self.root.display().to_string()
    }

    fn list_with_size(&self, kind: FileType) -> RusticResult<Vec<(Id, u32)>> {
        self.tried("listed", &self.root.join(kind.dirname()), self.list_in(kind))
    }

    fn read_full(&self, kind: FileType, id: &Id) -> RusticResult<Bytes> {
        let path = self.path(kind, id);
        let mut octets = Vec::new();
        let read = File::open(&path).and_then(|mut file| file.read_to_end(&mut octets));
        self.tried("read", &path, read).map(|_| octets.into())
    }

    fn read_partial(&self, kind: FileType, id: &Id, _kept: bool, offset: u32, length: u32) -> RusticResult<Bytes> {
        let path = self.path(kind, id);
        let read = || {
            let file = File::open(&path)?;
            // What an index says is looked at before so much is set aside for it.
            if file.metadata()?.len() < u64::from(offset) + u64::from(length) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let mut octets = vec![0; length as usize];
            file.read_exact_at(&mut octets, u64::from(offset))?;
            Ok(octets)
        };
        self.tried("read", &path, read()).map(Bytes::from)
    }

    fn warmup_path(&self, kind: FileType, id: &Id) -> String {
        self.path(kind, id).display().to_string()
    }
}

impl WriteBackend for Folder {
    fn create(&self) -> RusticResult<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.root);
        self.tried("made", &self.root, made)
    }

    fn write_bytes(&self, kind: FileType, id: &Id, _kept: bool, content: BytesList) -> RusticResult<()> {
        self.trouble.refuses(kind)?;
        let path = self.path(kind, id);
        let written = write(&path, content);
        if written.is_err() {
            // What failed to be written may fail to be removed too; it is no file of the repository by its name.
            let _ = fs::remove_file(part_of(&path));
        }
        self.tried("written", &path, written)
    }

    fn remove(&self, kind: FileType, id: &Id, _kept: bool) -> RusticResult<()> {
        let path = self.path(kind, id);
        self.tried("removed", &path, fs::remove_file(&path))
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PART);
    name.into()
}

fn write(path: &Path, content: BytesList) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let part = part_of(path);
    let mut file = File::options().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
    for piece in content.into_vec() {
        file.write_all(&piece)?;
    }
    file.sync_all()?;
    fs::rename(&part, path)?;
    File::open(folder)?.sync_all()
}
