//! One process owns a data folder. The lock is the operating system's, so it ends with the process however that ends.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use rolo_core::{Error, Result};

/// A data folder, held until this is dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the folder, or answers `None` when another process has it.
    pub fn take(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join("rolo.lock");
        let opened = File::options().create(true).truncate(false).write(true).open(&path);
        let file = opened.map_err(|error| unusable(&path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(unusable(&path, &error)),
        }
    }
}

pub(crate) fn unusable(path: &Path, error: &std::io::Error) -> Error {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return Error::Full;
    }
    let path = path.display();
    Error::invalid("services.database", format!("{path} cannot be used: {error}. Check that Rolo may write there."))
}
