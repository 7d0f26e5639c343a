//! A test restore: the newest backup is written into a scratch database and compared, row by row and file by file, with what
//! the source was when the backup was taken.

use std::{path::Path, sync::Arc};

use rolo_core::{Error, Result, contracts::Storage};

use super::{
    Hear,
    fault::{damaged, disk},
    gather::Gather,
    manifest::Manifest,
    passphrase::Passphrase,
    place::Place,
    read::Archive,
    repository::Kept,
    restore::{restore, schema_of},
};
use crate::{
    database::{Options, Relational, copy::Epochs, migrate::Upgrade, open_upgraded},
    storage::Folder,
};

/// Restores the newest backup of `place` into a folder of its own below `scratch`, compares, and takes the folder away.
pub async fn try_out(place: &Place, passphrase: &Passphrase, scratch: &Path, hear: &Hear<'_>) -> Result<Kept> {
    let archive = Archive::open(place, passphrase, None).await?;
    archive.verify(hear).await?;
    let folder = tempfile::Builder::new().prefix("restored-").tempdir_in(scratch);
    let folder = folder.map_err(|error| disk(&format!("No scratch can be made in {}", scratch.display()), &error))?;
    // As it was then: the newest backup may be older than the program.
    let scratch = Options::of(&format!("sqlite:{}", folder.path().join("rolo.db").display()), true);
    let database = open_upgraded(&scratch, schema_of(&archive, &scratch, Upgrade::default()).await?).await?;
    let storage: Arc<dyn Storage> = Arc::new(Folder::open(folder.path().join("files"))?);
    restore(&archive, &database, storage.as_ref(), Epochs::Kept, hear).await?;
    compare(archive.manifest(), &database, &storage).await?;
    Ok(archive.kept().clone())
}

/// Refuses a copy that is not, digest by digest, what the manifest says of the source.
pub(super) async fn compare(manifest: &Manifest, database: &Relational, storage: &Arc<dyn Storage>) -> Result<()> {
    let mut picture = database.frozen().await?;
    let quiet = |_| ();
    let mut gather = Gather { picture: &mut picture, storage, hear: &quiet };
    let (tables, instance) = gather.tables(None).await?;
    for (found, wanted) in tables.iter().zip(&manifest.tables) {
        if found != wanted {
            return Err(damaged(format!(
                "restored, {} has {} rows instead of {}, or others",
                wanted.name, found.rows, wanted.rows
            )));
        }
    }
    if tables.len() != manifest.tables.len() || instance != manifest.instance {
        return Err(Error::internal("a restored copy has other tables or another name"));
    }
    if gather.files(None).await? != manifest.files {
        return Err(damaged("restored, its files are others"));
    }
    Ok(())
}
