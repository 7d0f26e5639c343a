//! Storage: which technology a URL chooses, nothing else.

mod file;

use std::sync::Arc;

use rolo_core::{Error, Result, contracts::Storage};

pub use file::Folder;

/// Opens the storage a URL names: `file:FOLDER`.
pub fn open(url: &str) -> Result<Arc<dyn Storage>> {
    match url.split_once(':') {
        Some(("file", path)) => Ok(Arc::new(Folder::open(path)?)),
        _ => {
            Err(Error::invalid("services.storage", "Rolo keeps its files in file:FOLDER; this URL is something else."))
        }
    }
}
