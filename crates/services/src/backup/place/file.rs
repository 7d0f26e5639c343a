//! A repository in one file: a tar of its files, one backup, written once from front to end and read where it lies.
//!
//! Only the one spelling that Rolo writes is taken: the head of each entry octet by octet, zeros between entries, and
//! nothing behind the end. So every octet of the file is looked at, those that a digest covers and all others.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use rolo_core::Result;
use rustic_core::{BytesList, ErrorKind, FileType, Id, ReadBackend, RusticError, RusticResult, WriteBackend};
use tar::{EntryType, Header};

use super::{
    super::fault::{Trouble, damaged, disk, foreign},
    named_by, path_of,
};

/// The unit of a tar.
const BLOCK: u64 = 512;
/// What ends one.
const END: [u8; 1024] = [0; 1024];

/// Which file lies where: offset and length.
type Index = BTreeMap<(u8, Id), (u64, u64)>;

/// A finished file.
pub(crate) struct Whole {
    path: PathBuf,
    file: File,
    index: Index,
    trouble: Trouble,
}

/// A file that is being written, beside the name it will have.
pub(crate) struct Growing {
    path: PathBuf,
    state: Mutex<State>,
    trouble: Trouble,
}

struct State {
    file: File,
    end: u64,
    index: Index,
}

fn order(kind: FileType) -> u8 {
    match kind {
        FileType::Config => 0,
        FileType::Key => 1,
        FileType::Pack => 2,
        FileType::Index => 3,
        FileType::Snapshot => 4,
    }
}

/// The head of an entry: the same for the same name and length, whoever writes it and when.
fn head(path: &str, length: u64) -> io::Result<Header> {
    let mut head = Header::new_ustar();
    head.set_path(path)?;
    head.set_size(length);
    head.set_mode(0o600);
    head.set_mtime(0);
    head.set_uid(0);
    head.set_gid(0);
    head.set_entry_type(EntryType::Regular);
    head.set_cksum();
    Ok(head)
}

fn padded(length: u64) -> u64 {
    length.div_ceil(BLOCK) * BLOCK
}

impl Whole {
    /// Opens a file and looks at each head and at all that lies between the contents.
    pub(crate) fn open(path: &Path, trouble: Trouble) -> Result<Self> {
        let broken = |error| disk(&format!("{} cannot be read", path.display()), &error);
        let file = File::open(path).map_err(broken)?;
        let length = file.metadata().map_err(broken)?.len();
        let index = index(&file, length)?;
        Ok(Self { path: path.to_owned(), file, index, trouble })
    }
}

fn index(file: &File, length: u64) -> Result<Index> {
    let read = |at: u64, octets: &mut [u8]| {
        file.read_exact_at(octets, at).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => damaged("the file ends in the middle"),
            _ => disk("the archive cannot be read", &error),
        })
    };
    let mut index = Index::new();
    let (mut at, mut block) = (0, [0; BLOCK as usize]);
    loop {
        read(at, &mut block)?;
        if block == [0; BLOCK as usize] {
            break;
        }
        let (kind, id, size) = entry(&block).ok_or_else(|| match index.len() {
            0 => foreign("the file begins with something else"),
            _ => damaged(format!("there is no entry at octet {at}")),
        })?;
        let (content, end) = (at + BLOCK, at.saturating_add(BLOCK).saturating_add(padded(size)));
        if end > length {
            return Err(damaged("the file ends in the middle"));
        }
        let mut rest = [0; BLOCK as usize];
        let rest = &mut rest[..usize::try_from(end - content - size).unwrap_or_default()];
        read(content + size, rest)?;
        if rest.iter().any(|octet| *octet != 0) || index.insert((order(kind), id), (content, size)).is_some() {
            return Err(damaged(format!("the entry at octet {at} is not as it was written")));
        }
        at = end;
    }
    let mut end = END;
    read(at, &mut end)?;
    if end != END || length != at + END.len() as u64 {
        return Err(damaged("something lies behind its end"));
    }
    Ok(index)
}

/// Which file an entry's head speaks of, when it is the head we would have written.
fn entry(block: &[u8; BLOCK as usize]) -> Option<(FileType, Id, u64)> {
    let found = Header::from_byte_slice(block);
    let (path, size) = (found.path().ok()?, found.entry_size().ok()?);
    let path = path.to_str()?;
    let (kind, id) = named_by(path)?;
    (head(path, size).ok()?.as_bytes() == block).then_some((kind, id, size))
}

fn listed(index: &Index, kind: FileType) -> Vec<(Id, u32)> {
    let wanted = index.iter().filter(|((number, _), _)| *number == order(kind));
    wanted.map(|((_, id), (_, length))| (*id, u32::try_from(*length).unwrap_or(u32::MAX))).collect()
}

/// A part of one of the files; `None`: to its end.
fn part(file: &File, index: &Index, key: (FileType, &Id), range: Option<(u32, u32)>) -> io::Result<Bytes> {
    let place = index.get(&(order(key.0), *key.1)).ok_or(io::ErrorKind::NotFound)?;
    let (offset, length) = range.map_or((0, place.1), |(offset, length)| (u64::from(offset), u64::from(length)));
    if offset + length > place.1 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let mut octets = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    file.read_exact_at(&mut octets, place.0 + offset)?;
    Ok(octets.into())
}

/// Leaves word of a failure for whoever asked the library.
fn tried<T>(trouble: &Trouble, what: &str, path: &Path, outcome: io::Result<T>) -> RusticResult<T> {
    outcome.map_err(|error| {
        let doing = format!("{} cannot be {what}", path.display());
        trouble.note(match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => damaged("a part of it is missing"),
            _ => disk(&doing, &error),
        });
        RusticError::with_source(ErrorKind::Backend, doing, error)
    })
}

impl ReadBackend for Whole {
    fn location(&self) -> String {
        self.path.display().to_string()
    }

    fn list_with_size(&self, kind: FileType) -> RusticResult<Vec<(Id, u32)>> {
        Ok(listed(&self.index, kind))
    }

    fn read_full(&self, kind: FileType, id: &Id) -> RusticResult<Bytes> {
        tried(&self.trouble, "read", &self.path, part(&self.file, &self.index, (kind, id), None))
    }

    fn read_partial(&self, kind: FileType, id: &Id, _kept: bool, offset: u32, length: u32) -> RusticResult<Bytes> {
        tried(&self.trouble, "read", &self.path, part(&self.file, &self.index, (kind, id), Some((offset, length))))
    }

    fn warmup_path(&self, _kind: FileType, _id: &Id) -> String {
        self.location()
    }
}

/// A finished file is only read.
impl WriteBackend for Whole {
    fn write_bytes(&self, _kind: FileType, _id: &Id, _kept: bool, _content: BytesList) -> RusticResult<()> {
        Err(RusticError::new(ErrorKind::AppendOnly, "an archive in one file is not written to"))
    }

    fn remove(&self, _kind: FileType, _id: &Id, _kept: bool) -> RusticResult<()> {
        Err(RusticError::new(ErrorKind::AppendOnly, "nothing is removed from an archive in one file"))
    }
}

impl Growing {
    /// Begins a file; what was there under its name stays until the new one is whole.
    pub(crate) fn begin(path: &Path, trouble: Trouble) -> Result<Self> {
        let part = part_of(path);
        let made = File::options().read(true).write(true).create(true).truncate(true).mode(0o600).open(&part);
        let file = made.map_err(|error| disk(&format!("{} cannot be made", part.display()), &error))?;
        let state = Mutex::new(State { file, end: 0, index: Index::new() });
        Ok(Self { path: path.to_owned(), state, trouble })
    }

    /// Ends the file and gives it its name.
    pub(crate) fn finish(&self) -> Result<()> {
        let mut state = self.state();
        let mut finish = || {
            state.file.write_all(&END)?;
            state.file.sync_all()?;
            fs::rename(part_of(&self.path), &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        finish().map_err(|error| disk(&format!("{} cannot be written", self.path.display()), &error))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        // After `finish` there is none.
        let _ = fs::remove_file(part_of(&self.path));
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

impl State {
    fn add(&mut self, kind: FileType, id: &Id, content: BytesList) -> io::Result<()> {
        let length = content.size() as u64;
        self.file.write_all(head(&path_of(kind, id), length)?.as_bytes())?;
        for piece in content.into_vec() {
            self.file.write_all(&piece)?;
        }
        let padding = usize::try_from(padded(length) - length).map_err(io::Error::other)?;
        self.file.write_all(&[0; BLOCK as usize][..padding])?;
        if self.index.insert((order(kind), *id), (self.end + BLOCK, length)).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.end += BLOCK + padded(length);
        Ok(())
    }
}

impl ReadBackend for Growing {
    fn location(&self) -> String {
        self.path.display().to_string()
    }

    fn list_with_size(&self, kind: FileType) -> RusticResult<Vec<(Id, u32)>> {
        Ok(listed(&self.state().index, kind))
    }

    fn read_full(&self, kind: FileType, id: &Id) -> RusticResult<Bytes> {
        let state = self.state();
        tried(&self.trouble, "read", &self.path, part(&state.file, &state.index, (kind, id), None))
    }

    fn read_partial(&self, kind: FileType, id: &Id, _kept: bool, offset: u32, length: u32) -> RusticResult<Bytes> {
        let state = self.state();
        tried(&self.trouble, "read", &self.path, part(&state.file, &state.index, (kind, id), Some((offset, length))))
    }

    fn warmup_path(&self, _kind: FileType, _id: &Id) -> String {
        self.location()
    }
}

impl WriteBackend for Growing {
    fn write_bytes(&self, kind: FileType, id: &Id, _kept: bool, content: BytesList) -> RusticResult<()> {
        self.trouble.refuses(kind)?;
        tried(&self.trouble, "written", &self.path, self.state().add(kind, id, content))
    }

    fn remove(&self, _kind: FileType, _id: &Id, _kept: bool) -> RusticResult<()> {
        Err(RusticError::new(ErrorKind::AppendOnly, "nothing is removed from an archive in one file"))
    }
}
