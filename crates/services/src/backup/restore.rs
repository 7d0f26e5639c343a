//! Writes an archive back: files, then tables, into a database and a storage that hold nothing yet.

use futures_util::stream;
use rolo_core::{Error, Result, contracts::Storage};
use tokio::sync::mpsc;

use super::{
    Hear, Step,
    fault::{damaged, foreign},
    manifest::{FileAbout, Manifest},
    read::{Archive, Piece},
};
use crate::database::{
    Options, Relational,
    copy::{self, Epochs, Filling, Key, Table},
    migrate::{Upgrade, pending},
    open_upgraded,
};

/// Opens the database that an archive is written back into, writes it, and brings it up to what this program knows. Nothing
/// may be in it yet; an archive of an earlier schema wants one without tables.
pub async fn restore_into(
    archive: &Archive,
    target: &Options,
    storage: &dyn Storage,
    epochs: Epochs,
    known: Upgrade,
    hear: &Hear<'_>,
) -> Result<()> {
    let then = schema_of(archive, target, known).await?;
    let database = open_upgraded(target, then).await?;
    restore(archive, &database, storage, epochs, hear).await?;
    drop(database);
    if then.steps.len() < known.steps.len() {
        // The archive is its backup.
        drop(open_upgraded(target, Upgrade { backed_up: true, ..known }).await?);
    }
    Ok(())
}

/// With which schema a database is opened that an archive is written back into: the one it was taken of. A newer one than
/// `known` has is refused, because this program would leave out what it does not know; so is a database that is past it.
pub async fn schema_of(archive: &Archive, target: &Options, known: Upgrade) -> Result<Upgrade> {
    let (manifest, newest) = (archive.manifest(), known.steps.len());
    let schema = usize::try_from(manifest.schema).map_err(Error::internal)?;
    if schema == 0 {
        return Err(foreign("its tables are of no schema"));
    }
    if schema > newest {
        return Err(Error::invalid(
            "archive",
            format!(
                "This archive was made by Rolo {} with schema {schema}, and this Rolo knows no newer one than {newest}. Restore it \
                 with that Rolo or a later one. Nothing was changed.",
                manifest.rolo
            ),
        ));
    }
    if !target.url.starts_with("sqlite:") {
        let found = pending(target, known.steps).await?.schema;
        if found > schema {
            return Err(Error::conflict(format!(
                "This archive has schema {schema}, and the database that it is to be written into has schema {found} already. Name \
                 one without tables in services.database. Nothing was changed."
            )));
        }
    }
    Ok(known.up_to(schema))
}

/// Writes all of it into a database that was opened with [`schema_of`]. It is sealed until it is whole; what was begun and broke off goes on where it was.
pub async fn restore(
    archive: &Archive,
    database: &Relational,
    storage: &dyn Storage,
    epochs: Epochs,
    hear: &Hear<'_>,
) -> Result<()> {
    fits(archive.manifest(), database)?;
    let mut filling = database.filling(&format!("archive {}", archive.kept().id)).await?;
    let of = archive.manifest().tables.iter().map(|table| table.rows).sum();
    let mut behind = filling.at().map(|(table, key)| (table, key.clone()));
    let (mut done, mut files) = (0, 0);
    let mut pieces = archive.pieces();
    while let Some(piece) = pieces.recv().await {
        match piece? {
            Piece::File(about) => {
                file(&about, &mut pieces, storage).await?;
                files += 1;
                hear(Step { what: "files", done: files, of: archive.manifest().files.len() as u64 });
            }
            Piece::Rows { table, octets } => {
                let table = &database.tables()[table];
                done += rows(&mut filling, &mut behind, table, &octets).await?;
                hear(Step { what: table.name, done, of });
            }
            Piece::Octets(_) | Piece::FileEnd => return Err(Error::internal("a piece of no file")),
        }
    }
    if done != of || behind.is_some() {
        return Err(damaged("it ended early"));
    }
    filling.finish(epochs).await
}

/// Refuses tables that this program would not write back as they were.
fn fits(manifest: &Manifest, database: &Relational) -> Result<()> {
    let tables = database.tables();
    let same = manifest.schema == database.schema()
        && manifest.tables.len() == tables.len()
        && manifest.tables.iter().zip(tables).all(|(about, table)| {
            about.name == table.name && about.columns.iter().eq(table.columns.iter().map(|column| column.name))
        });
    if same { Ok(()) } else { Err(foreign("its tables are none of this schema")) }
}

/// Writes those rows of a part that are not there yet; answers how many the part has. `behind`: the last row an earlier
/// try wrote, until it comes by.
async fn rows(
    filling: &mut Filling<'_>,
    behind: &mut Option<(&'static Table, Key)>,
    table: &'static Table,
    octets: &[u8],
) -> Result<u64> {
    let mut rows = copy::decode(octets).map_err(|error| damaged(error.to_string()))?;
    let count = rows.len() as u64;
    if let Some((at, key)) = behind {
        let found = (*at == table).then(|| rows.iter().position(|row| table.key_of(row) == *key)).flatten();
        let Some(found) = found else { return Ok(count) };
        rows.drain(..=found);
        *behind = None;
    }
    filling.put(table, rows).await?;
    Ok(count)
}

/// Stores a file whose pieces follow.
async fn file(about: &FileAbout, pieces: &mut mpsc::Receiver<Result<Piece>>, storage: &dyn Storage) -> Result<()> {
    let content = stream::unfold(pieces, |pieces| async move {
        match pieces.recv().await {
            Some(Ok(Piece::Octets(octets))) => Some((Ok(octets), pieces)),
            // Only then was every octet of it right.
            Some(Ok(Piece::FileEnd)) => None,
            Some(Err(error)) => Some((Err(error), pieces)),
            Some(Ok(_)) | None => Some((Err(damaged("a file ended early")), pieces)),
        }
    });
    storage.store(&about.key, Box::pin(content), about.octets).await.map(|_| ())
}
