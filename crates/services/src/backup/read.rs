//! Reads an archive back: first whether it is whole, then its parts, streamed in the order in which they are written back.

use std::{collections::HashMap, fs::File, sync::Arc};

use rolo_core::{Error, Result};
use rustic_core::{
    BlobId, IndexedFullStatus, WriteBackend,
    repofile::{BlobType, Node, Tree},
};
use sha2::{Digest, Sha256};

use super::{
    Hear, Step, damage,
    fault::{Trouble, damaged, foreign},
    manifest::{self, FileAbout, Manifest, TableAbout, hex, part_name, sha256},
    passphrase::Passphrase,
    place::Place,
    repository::{Hold, Kept, Repository, guarded},
    write::blocking,
};

/// A row may be a picture of 16 MiB, and little more.
const PART_OCTETS_MAX: u64 = 64 << 20;

/// One backup, open for reading. Its folder is held until this is dropped: nothing is pruned below a reader.
#[derive(Clone)]
pub struct Archive(Arc<Inner>);

struct Inner {
    backend: Arc<dyn WriteBackend>,
    trouble: Trouble,
    looked_through: bool,
    indexed: rustic_core::Repository<IndexedFullStatus>,
    _lock: Option<File>,
    root: Tree,
    manifest: Manifest,
    kept: Kept,
}

/// What comes out of an archive.
pub(super) enum Piece {
    /// A part of a table, as it was taken.
    Rows { table: usize, octets: Vec<u8> },
    /// A file begins.
    File(FileAbout),
    /// A piece of the file that has begun.
    Octets(Vec<u8>),
    /// The file is whole.
    FileEnd,
}

impl Archive {
    /// Opens the newest backup, or the one whose id begins so.
    pub async fn open(place: &Place, passphrase: &Passphrase, id: Option<&str>) -> Result<Self> {
        let (place, passphrase, id) = (place.clone(), passphrase.clone(), id.map(str::to_owned));
        blocking(move || Inner::open(&place, &passphrase, id.as_deref())).await.map(|inner| Self(Arc::new(inner)))
    }

    /// What is inside.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// Which backup it is.
    pub fn kept(&self) -> &Kept {
        &self.0.kept
    }

    /// Reads everything: each file of the place, and each part of this backup against its digest.
    pub async fn verify(&self, hear: &Hear<'_>) -> Result<()> {
        let inner = Arc::clone(&self.0);
        let (sender, mut steps) = tokio::sync::mpsc::unbounded_channel();
        let reading = tokio::task::spawn_blocking(move || {
            inner.look_through(&mut |step| {
                // Whoever listened may have left.
                let _ = sender.send(step);
            })?;
            let tables = &inner.manifest.tables;
            let (mut done, of) = (0, tables.iter().map(|table| table.parts.len() as u64).sum());
            inner.walk(&mut |piece| {
                if let Piece::Rows { .. } = piece {
                    done += 1;
                    let _ = sender.send(Step { what: "parts", done, of });
                }
                true
            })
        });
        while let Some(step) = steps.recv().await {
            hear(step);
        }
        reading.await.map_err(Error::internal)?
    }

    /// The pieces, in the order in which they are written back: files, then tables. A damage ends them with its reason.
    pub(super) fn pieces(&self) -> tokio::sync::mpsc::Receiver<Result<Piece>> {
        let inner = Arc::clone(&self.0);
        let (sender, pieces) = tokio::sync::mpsc::channel(2);
        tokio::task::spawn_blocking(move || {
            let walked = inner.walk(&mut |piece| sender.blocking_send(Ok(piece)).is_ok());
            if let Err(error) = walked {
                // Whoever has left needs no reason.
                let _ = sender.blocking_send(Err(error));
            }
        });
        pieces
    }
}

impl Inner {
    fn open(place: &Place, passphrase: &Passphrase, id: Option<&str>) -> Result<Self> {
        let repository = Repository::open(place, passphrase, Hold::Shared)?;
        let snapshot = repository.snapshot(id)?;
        let Repository { inner, backend, trouble, looked_through, lock, .. } = repository;
        let (indexed, root) = guarded(|| {
            let indexed = inner.to_indexed().map_err(|said| trouble.or(&said))?;
            let root = indexed.get_tree(&snapshot.tree).map_err(|said| trouble.or(&said))?;
            Ok((indexed, root))
        })?;
        let (manifest, kept) = (nothing(), Kept::of(&snapshot));
        let mut inner = Self { backend, trouble, looked_through, indexed, _lock: lock, root, manifest, kept };
        let node = inner.root.nodes.iter().find(|node| node.name == manifest::PATH).cloned();
        let node = node.ok_or_else(|| foreign("it has no manifest"))?;
        let mut octets = Vec::new();
        inner.content(&node, manifest::BYTES_MAX, &mut |blob| {
            octets.extend_from_slice(blob);
            true
        })?;
        inner.manifest = Manifest::read(&octets)?;
        Ok(inner)
    }

    fn look_through(&self, tell: &mut impl FnMut(Step)) -> Result<()> {
        if self.looked_through {
            return Ok(());
        }
        let backend = self.backend.as_ref();
        damage::all_packs(backend, &self.trouble, |done, of| tell(Step { what: "packs", done, of }))
    }

    /// Everything the manifest names, each held against its digest before it is handed on; files as they come, with their
    /// end only when they were right. False from `each` ends it.
    fn walk(&self, each: &mut impl FnMut(Piece) -> bool) -> Result<()> {
        let mut folders = HashMap::new();
        let config = self.whole(&self.root, &self.manifest.config)?;
        drop(config);
        for about in &self.manifest.files {
            if !self.file(about, &mut folders, each)? {
                return Ok(());
            }
        }
        let data = self.below(&self.root, "data")?;
        for (number, table) in self.manifest.tables.iter().enumerate() {
            if !self.table(number, table, &data, each)? {
                return Ok(());
            }
        }
        Ok(())
    }

    fn table(
        &self,
        number: usize,
        table: &TableAbout,
        data: &Tree,
        each: &mut impl FnMut(Piece) -> bool,
    ) -> Result<bool> {
        if table.parts.is_empty() {
            return Ok(true);
        }
        let folder = self.below(data, &table.name)?;
        let nodes: HashMap<&str, &Node> = folder.nodes.iter().map(|node| (node.name.as_str(), node)).collect();
        for (at, part) in table.parts.iter().enumerate() {
            let name = part_name(at);
            let path = format!("data/{}/{name}", table.name);
            let node = nodes.get(name.as_str()).ok_or_else(|| missing(&path))?;
            if part.octets > PART_OCTETS_MAX {
                return Err(damaged(format!("{path} says that it is too large")));
            }
            let mut octets = Vec::new();
            self.content(node, part.octets, &mut |blob| {
                octets.extend_from_slice(blob);
                true
            })?;
            if octets.len() as u64 != part.octets || sha256(&octets) != part.sha256 {
                return Err(other(&path));
            }
            if !each(Piece::Rows { table: number, octets }) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn file(
        &self,
        about: &FileAbout,
        folders: &mut HashMap<String, Tree>,
        each: &mut impl FnMut(Piece) -> bool,
    ) -> Result<bool> {
        let path = format!("files/{}", about.key);
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
        if !folders.contains_key(folder) {
            // One is enough: the files are in the order of their paths.
            folders.clear();
            let mut tree = self.root.clone();
            for step in folder.split('/') {
                tree = self.below(&tree, step)?;
            }
            folders.insert(folder.to_owned(), tree);
        }
        let nodes = folders.get(folder).map(|tree| tree.nodes.as_slice()).unwrap_or_default();
        let found = nodes.binary_search_by(|node| node.name.as_str().cmp(name)).map_err(|_| missing(&path))?;
        if !each(Piece::File(about.clone())) {
            return Ok(false);
        }
        let (mut digest, mut length, mut stays) = (Sha256::new(), 0, true);
        self.content(&nodes[found], about.octets, &mut |blob| {
            digest.update(blob);
            length += blob.len() as u64;
            stays = each(Piece::Octets(blob.to_vec()));
            stays
        })?;
        if stays && (length != about.octets || hex(&digest.finalize()) != about.sha256) {
            return Err(other(&path));
        }
        Ok(stays && each(Piece::FileEnd))
    }

    /// A file in the root, whole.
    fn whole(&self, tree: &Tree, about: &FileAbout) -> Result<Vec<u8>> {
        let node = tree.nodes.iter().find(|node| node.name == about.key).ok_or_else(|| missing(&about.key))?;
        let mut octets = Vec::new();
        self.content(node, about.octets, &mut |blob| {
            octets.extend_from_slice(blob);
            true
        })?;
        if octets.len() as u64 != about.octets || sha256(&octets) != about.sha256 {
            return Err(other(&about.key));
        }
        Ok(octets)
    }

    fn below(&self, tree: &Tree, name: &str) -> Result<Tree> {
        let node = tree.nodes.iter().find(|node| node.name == name);
        let id = node.and_then(|node| node.subtree).ok_or_else(|| missing(name))?;
        guarded(|| self.indexed.get_tree(&id).map_err(|said| self.trouble.or(&said)))
    }

    /// A node's content, blob by blob, `most` octets of it.
    fn content(&self, node: &Node, most: u64, each: &mut impl FnMut(&[u8]) -> bool) -> Result<()> {
        let mut length = 0;
        for id in node.content.iter().flatten() {
            let id = BlobId::from(**id);
            let read = || self.indexed.get_blob_cached(&id, BlobType::Data).map_err(|said| self.trouble.or(&said));
            let blob = guarded(read)?;
            length += blob.len() as u64;
            if length > most {
                return Err(damaged(format!("{} is longer than it says", node.name)));
            }
            if !each(&blob) {
                break;
            }
        }
        Ok(())
    }
}

fn nothing() -> Manifest {
    Manifest {
        format: 0,
        rolo: String::new(),
        schema: 0,
        at: jiff::Timestamp::UNIX_EPOCH,
        instance: String::new(),
        tables: Vec::new(),
        files: Vec::new(),
        config: FileAbout { key: String::new(), octets: 0, sha256: String::new() },
    }
}

fn missing(path: &str) -> Error {
    damaged(format!("{path} is missing"))
}

fn other(path: &str) -> Error {
    damaged(format!("{path} does not hold what it held when it was written"))
}
