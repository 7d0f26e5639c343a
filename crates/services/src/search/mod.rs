//! Search: which technology a URL chooses, nothing else.

mod fts;

use std::sync::Arc;

use rolo_core::{Error, Result, contracts::search::SearchIndex};

pub use fts::Fts;

/// The index behind a URL: `fts:PATH`, the embedded one in its own SQLite file.
///
/// # Errors
/// `Invalid` for any other scheme. A file that cannot be used is no error: it is made again, or the index answers
/// `Unavailable` until it can be.
pub fn open(url: &str) -> Result<Arc<dyn SearchIndex>> {
    match url.split_once(':') {
        Some(("fts", path)) if !path.is_empty() => Ok(Arc::new(Fts::open(path))),
        _ => Err(Error::invalid("services.search", "Search knows fts:PATH, a file of its own.")),
    }
}
