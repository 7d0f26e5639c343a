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
    manifest::{self, FORMAT, FileAbout, Manifest, PartAbout, TableAbout, digest_of, hex, part_name, sha256},
    source::{Content, PIECE, Part, Reading},
    write::What,
};
use crate::database::copy::{self, Frozen, Key, Row, Table, Value};

/// What is read of the database at a time.
const PAGE_OCTETS: usize = 2 << 20;
/// How large a part is in the mean, and at most (but for one row that is larger). One blob of the repository each.
const PART_MEAN: u64 = 512 * 1024;
const PART_MOST: usize = 1 << 20;
/// Octets of parts that may be on their way at once.
const ROOM: usize = 48 << 20;

/// Where parts go.
pub(super) struct Sink {
    parts: mpsc::Sender<Part>,
    room: Arc<Semaphore>,
    trouble: Trouble,
    whole: bool,
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
        Self { parts, room: Arc::new(Semaphore::new(ROOM / 1024)), trouble, whole: false }
    }

    /// Ends it: with everything, or with what went wrong.
    pub(super) fn end(mut self, gathered: Result<()>) {
        match gathered {
            Ok(()) => self.whole = true,
            Err(error) => self.trouble.note(error),
        }
    }

    async fn weighed(&self, octets: usize) -> Result<OwnedSemaphorePermit> {
        let weight = u32::try_from((octets / 1024 + 1).min(ROOM / 1024)).map_err(Error::internal)?;
        Arc::clone(&self.room).acquire_many_owned(weight).await.map_err(Error::internal)
    }

    async fn send(&self, path: String, length: u64, content: Content) -> Result<()> {
        self.parts.send(Part { path, length, content }).await.map_err(|_| ended())
    }

    fn reading(&self, storage: &Arc<dyn Storage>, key: &str, length: u64) -> Content {
        let (storage, key, trouble) = (Arc::clone(storage), key.to_owned(), self.trouble.clone());
        let runtime = Handle::current();
        Content::File(Reading { storage, runtime, trouble, key, length, at: 0, piece: Vec::new(), read: 0 })
    }

    async fn here(&self, path: String, octets: Vec<u8>) -> Result<()> {
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
        sink.here("config.toml".into(), config).await?;
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
        sink.here(manifest::PATH.into(), manifest.octets()?).await
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
            let mut parts = Parts::of(table, sink);
            let mut after: Option<Key> = None;
            loop {
                let page = self.picture.page(table, after.as_ref(), PAGE_OCTETS).await?;
                let Some(last) = page.last() else { break };
                after = Some(table.key_of(last));
                for row in &page {
                    parts.add(row).await?;
                }
                done += page.len() as u64;
                (self.hear)(Step { what: table.name, done, of: rows });
                if table.name == "meta" {
                    instance = page.iter().find_map(named_instance).unwrap_or(instance);
                }
            }
            abouts.insert(table.name, parts.end().await?);
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
            sink.send(format!("files/{key}"), length, sink.reading(self.storage, &key, length)).await?;
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

/// The parts of one table. Where one ends is said by its rows alone, so that a row that comes or goes moves no other part.
struct Parts<'a> {
    table: &'static Table,
    /// Where the key is in a row.
    keys: Vec<usize>,
    sink: Option<&'a Sink>,
    octets: Vec<u8>,
    rows: u64,
    abouts: Vec<PartAbout>,
    /// The key of the row that was added last; kept for its room.
    key: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn of(table: &'static Table, sink: Option<&'a Sink>) -> Self {
        let keys = table.key_columns();
        Self { table, keys, sink, octets: Vec::new(), rows: 0, abouts: Vec::new(), key: Vec::new() }
    }

    async fn add(&mut self, row: &Row) -> Result<()> {
        let mut begins = self.octets.len();
        copy::append(row, &mut self.octets)?;
        if begins > 0 && self.octets.len() > PART_MOST {
            // It is the first of the next part.
            let row = self.octets.split_off(begins);
            self.cut().await?;
            (self.octets, begins) = (row, 0);
        }
        self.rows += 1;
        let key: Vec<&Value> = self.keys.iter().filter_map(|column| row.get(*column)).collect();
        self.key.clear();
        copy::append(&key, &mut self.key)?;
        if ends_part(&self.key, (self.octets.len() - begins) as u64) {
            self.cut().await?;
        }
        Ok(())
    }

    async fn cut(&mut self) -> Result<()> {
        let octets = std::mem::take(&mut self.octets);
        let about =
            PartAbout { rows: std::mem::take(&mut self.rows), octets: octets.len() as u64, sha256: sha256(&octets) };
        let path = format!("data/{}/{}", self.table.name, part_name(self.abouts.len()));
        self.abouts.push(about);
        match self.sink {
            Some(sink) => sink.here(path, octets).await,
            None => Ok(()),
        }
    }

    async fn end(mut self) -> Result<TableAbout> {
        if self.rows > 0 {
            self.cut().await?;
        }
        Ok(TableAbout {
            name: self.table.name.into(),
            columns: self.table.columns.iter().map(|column| column.name.into()).collect(),
            rows: self.abouts.iter().map(|part| part.rows).sum(),
            sha256: digest_of(&self.abouts),
            parts: self.abouts,
        })
    }
}

/// Whether a part ends behind a row with this key: as likely as the row is large, so that parts have the same mean.
fn ends_part(key: &[u8], octets: u64) -> bool {
    let digest = Sha256::digest(key);
    let dice = digest.iter().take(8).fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
    dice / (u64::MAX / PART_MEAN) < octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_as_often_as_their_octets_ask_for() {
        for octets in [70, 3_000, 40_000] {
            let rows = 40 * PART_MEAN / octets;
            let ends = (0..rows).filter(|row| ends_part(&row.to_be_bytes(), octets)).count();
            assert!((20..=60).contains(&ends), "{ends} ends in 40 means of rows of {octets}");
        }
        assert!(ends_part(b"a picture", PART_MEAN));
    }
}
