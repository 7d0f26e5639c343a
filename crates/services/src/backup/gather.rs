//! Everything that belongs into an archive, in the order in which it lies there, with what its manifest says of it. The
//! same walk, with nobody taking the parts, says whether a restored copy is the same.

use std::{collections::BTreeMap, sync::Arc};

use rolo_core::{Error, Result, contracts::Storage};
use sha2::{Digest, Sha256};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
};

use super::{
    Hear, Step,
    fault::Trouble,
    manifest::{self, FORMAT, FileAbout, Manifest, TableAbout, hex, sha256},
    parts::Cutting,
    source::{Content, PIECE, Part, Reading},
    write::What,
};
use crate::database::copy::{Frozen, Key, Row, Table, Value};

/// What is read of the database at a time.
const PAGE_OCTETS: usize = 2 << 20;
/// Octets of parts that may be on their way at once.
const ROOM: usize = 16 << 20;

/// Where parts go.
pub(super) struct Sink {
    line: Line,
    trouble: Trouble,
    whole: bool,
}

/// The way there: a part waits until there is room.
#[derive(Clone)]
pub(super) struct Line {
    parts: mpsc::Sender<Part>,
    room: Arc<Semaphore>,
}

impl Drop for Sink {
    fn drop(&mut self) {
        // Before the sender goes: whoever writes takes the end of the parts for the end.
        if !self.whole {
            self.trouble.note(Error::unavailable("backup", "it was cut short"));
        }
    }
}

impl Sink {
    pub(super) fn new(parts: mpsc::Sender<Part>, trouble: Trouble) -> Self {
        let room = Arc::new(Semaphore::new(ROOM / 1024));
        Self { line: Line { parts, room }, trouble, whole: false }
    }

    /// Ends it: with everything, or with what went wrong.
    pub(super) fn end(mut self, gathered: Result<()>) {
        match gathered {
            Ok(()) => self.whole = true,
            Err(error) => self.trouble.note(error),
        }
    }

    fn reading(&self, storage: &Arc<dyn Storage>, key: &str, length: u64) -> Content {
        let (storage, key, trouble) = (Arc::clone(storage), key.to_owned(), self.trouble.clone());
        let runtime = Handle::current();
        Content::File(Reading { storage, runtime, trouble, key, length, at: 0, piece: Vec::new(), read: 0 })
    }
}

impl Line {
    async fn weighed(&self, octets: usize) -> Result<OwnedSemaphorePermit> {
        let weight = u32::try_from((octets / 1024 + 1).min(ROOM / 1024)).map_err(Error::internal)?;
        Arc::clone(&self.room).acquire_many_owned(weight).await.map_err(Error::internal)
    }

    async fn send(&self, path: String, length: u64, content: Content) -> Result<()> {
        self.parts.send(Part { path, length, content }).await.map_err(|_| ended())
    }

    pub(super) async fn here(&self, path: String, octets: Vec<u8>) -> Result<()> {
        let room = self.weighed(octets.len()).await?;
        self.send(path, octets.len() as u64, Content::here(octets, Some(room))).await
    }
}

/// The other end says why.
fn ended() -> Error {
    Error::internal("the archive ended before its parts")
}

/// A walk over everything.
pub(super) struct Gather<'a> {
    pub(super) picture: &'a mut Frozen,
    pub(super) storage: &'a Arc<dyn Storage>,
    pub(super) hear: &'a Hear<'a>,
}

impl Gather<'_> {
    /// Sends everything, the manifest last.
    pub(super) async fn all(mut self, what: &What<'_>, sink: &Sink) -> Result<()> {
        let config = what.config.as_bytes().to_vec();
        let about = FileAbout { key: "config.toml".into(), octets: config.len() as u64, sha256: sha256(&config) };
        sink.line.here("config.toml".into(), config).await?;
        let (tables, instance) = self.tables(Some(sink)).await?;
        let files = self.files(Some(sink)).await?;
        let manifest = Manifest {
            format: FORMAT,
            rolo: what.rolo.into(),
            schema: self.picture.schema().await?,
            at: what.at,
            instance,
            tables,
            files,
            config: about,
        };
        sink.line.here(manifest::PATH.into(), manifest.octets()?).await
    }

    /// The tables with the digests of their rows, in the order in which they are written back; and the instance's name.
    pub(super) async fn tables(&mut self, sink: Option<&Sink>) -> Result<(Vec<TableAbout>, String)> {
        let mut rows = 0;
        let known = self.picture.tables();
        for table in known {
            rows += self.picture.count(table).await?;
        }
        let mut by_name: Vec<&'static Table> = known.iter().collect();
        // As a repository sorts them.
        by_name.sort_by_key(|table| table.name);
        let (mut done, mut instance, mut abouts) = (0, String::new(), BTreeMap::new());
        for table in by_name {
            let cutting = Cutting::begin(table, sink.map(|sink| sink.line.clone()));
            let mut after: Option<Key> = None;
            loop {
                let page = self.picture.page(table, after.as_ref(), PAGE_OCTETS).await?;
                let Some(last) = page.last() else { break };
                after = Some(table.key_of(last));
                done += page.len() as u64;
                if table.name == "meta" {
                    instance = page.iter().find_map(named_instance).unwrap_or(instance);
                }
                if !cutting.takes(page).await {
                    break;
                }
                (self.hear)(Step { what: table.name, done, of: rows });
            }
            abouts.insert(table.name, cutting.end().await?);
        }
        Ok((known.iter().filter_map(|table| abouts.remove(table.name)).collect(), instance))
    }

    /// The files with their digests, in the order of their paths. One that is gone is left out.
    pub(super) async fn files(&mut self, sink: Option<&Sink>) -> Result<Vec<FileAbout>> {
        let mut keys = self.storage.keys().await?;
        keys.sort_by(|one, other| one.split('/').cmp(other.split('/')));
        let all = keys.len() as u64;
        let mut abouts = Vec::new();
        for (number, key) in keys.into_iter().enumerate() {
            abouts.extend(self.file(key, sink).await?);
            (self.hear)(Step { what: "files", done: number as u64 + 1, of: all });
        }
        Ok(abouts)
    }

    /// Reads it for its digest; whoever takes the parts reads it again.
    async fn file(&mut self, key: String, sink: Option<&Sink>) -> Result<Option<FileAbout>> {
        let Some(length) = self.storage.length(&key).await? else { return Ok(None) };
        let (mut digest, mut at) = (Sha256::new(), 0);
        while at < length {
            let Some(piece) = self.storage.read(&key, at, PIECE).await?.filter(|piece| !piece.is_empty()) else {
                return Ok(None);
            };
            digest.update(&piece);
            at += piece.len() as u64;
        }
        if let Some(sink) = sink {
            sink.line.send(format!("files/{key}"), length, sink.reading(self.storage, &key, length)).await?;
        }
        Ok(Some(FileAbout { key, octets: at, sha256: hex(&digest.finalize()) }))
    }
}

fn named_instance(row: &Row) -> Option<String> {
    match row.as_slice() {
        [Value::Text(name), Value::Blob(value)] if name == "instance" => String::from_utf8(value.clone()).ok(),
        _ => None,
    }
}
