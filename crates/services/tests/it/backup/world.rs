//! A database with everything in it, files beside it, and a folder for backups.

use std::{path::PathBuf, sync::Arc};

use jiff::Timestamp;
use rolo_core::{Result, contracts::Storage};
use rolo_services::{
    backup::{Archive, Kept, Passphrase, Place, Step, What, make},
    database::Relational,
    storage::Folder,
};
use tempfile::TempDir;

pub(crate) const PASSPHRASE: &str = "five quiet harbour mornings";

/// Where files are, and where backups go.
pub(crate) struct Beside {
    pub(crate) folder: TempDir,
    pub(crate) storage: Arc<dyn Storage>,
}

impl Beside {
    /// Two files: a small one, and one of several pieces.
    pub(crate) async fn with_files() -> Self {
        let beside = Self::empty();
        let large: Vec<u8> = (0..3_000_000_u32).map(|place| (place.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for (key, octets) in [("imports/one", b"Name\nAnn\n".to_vec()), ("imports/two.0", large)] {
            let chunks = Box::pin(futures_util::stream::iter([Ok(octets)]));
            beside.storage.store(key, chunks, 1 << 30).await.unwrap();
        }
        beside
    }

    pub(crate) fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let storage = Arc::new(Folder::open(folder.path().join("files")).unwrap());
        Self { folder, storage }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn backups(&self) -> Place {
        Place::Folder(self.path("backups"))
    }

    pub(crate) fn what<'a>(&'a self, database: &'a Relational, at: Timestamp) -> What<'a> {
        What { database, storage: &self.storage, config: "[log]\nlevel = \"info\"\n", rolo: "0.1.0", at }
    }

    /// A backup taken now.
    pub(crate) async fn taken(&self, database: &Relational, place: &Place) -> Result<Kept> {
        make(place, &passphrase(), self.what(database, Timestamp::now()), &quiet).await
    }

    /// The files' contents, by key.
    pub(crate) async fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        for key in self.storage.keys().await.unwrap() {
            let octets = self.storage.read(&key, 0, 1 << 30).await.unwrap().unwrap();
            files.push((key, octets));
        }
        files.sort();
        files
    }
}

pub(crate) fn passphrase() -> Passphrase {
    PASSPHRASE.into()
}

pub(crate) fn quiet(_: Step) {}

pub(crate) async fn opened(place: &Place) -> Result<Archive> {
    Archive::open(place, &passphrase(), None).await
}

/// What a restore does before it touches anything.
pub(crate) async fn looked_at(place: &Place) -> Result<Archive> {
    let archive = opened(place).await?;
    archive.verify(&quiet).await?;
    Ok(archive)
}
