//! A copy of the file, put beside it before its schema is changed: consistent, whole, and named by schema and time.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use jiff::{Timestamp, tz::TimeZone};
use rolo_core::{Error, Result};
use rusqlite::Connection;

use super::{file::OpenOptions, lock::unusable, statement::fault};

/// Copies what `connection` has open; answers where the copy is. Without room for it nothing is begun.
pub(crate) fn put(options: &OpenOptions, connection: &Connection, schema: usize, at_ms: i64) -> Result<PathBuf> {
    let path = place(options, schema, at_ms)?;
    let unfinished = path.with_extension("unfinished");
    let copied = copy(connection, &unfinished).and_then(|()| {
        let keep = || {
            fs::rename(&unfinished, &path)?;
            File::open(options.folder())?.sync_all()
        };
        keep().map_err(|error| unusable(&path, &error))
    });
    if let Err(error) = copied {
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    tracing::info!(path = %path.display(), schema, "the database was copied before its schema is changed");
    Ok(path)
}

fn copy(connection: &Connection, to: &Path) -> Result<()> {
    let name =
        to.to_str().ok_or_else(|| Error::invalid("services.database", "The path of the database is not UTF-8."))?;
    if let Err(error) = fs::remove_file(to)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        return Err(unusable(to, &error));
    }
    connection.execute("vacuum into ?", [name]).map_err(fault)?;
    // SQLite leaves it to the system when the copy reaches the disk.
    File::open(to).and_then(|file| file.sync_all()).map_err(|error| unusable(to, &error))
}

/// `rolo.schema-1.20261121T210355Z.db` beside `rolo.db`.
fn place(options: &OpenOptions, schema: usize, at_ms: i64) -> Result<PathBuf> {
    let at = Timestamp::from_millisecond(at_ms).map_err(Error::internal)?.to_zoned(TimeZone::UTC);
    let stem = options.path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("rolo");
    let at = at.strftime("%Y%m%dT%H%M%SZ");
    Ok(options.folder().join(format!("{stem}.schema-{schema}.{at}.db")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_named_by_schema_and_time() {
        let options = OpenOptions { path: "/data/rolo.db".into(), create: false };
        let path = place(&options, 1, 1_767_225_600_000).unwrap();
        assert_eq!(path, Path::new("/data/rolo.schema-1.20260101T000000Z.db"));
    }
}
