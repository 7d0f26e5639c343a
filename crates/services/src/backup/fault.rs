//! What went wrong with an archive, as the one error, with a sentence for the person.

use std::{
    io::{self, ErrorKind},
    sync::{Arc, Mutex, PoisonError},
};

use rolo_core::Error;
use rustic_core::{FileType, RusticError, RusticResult};

/// The first thing that went wrong. The library's pipeline goes on without what it could not read or write, and says so
/// only in a log line; whoever reads or writes for it leaves word here, and an archive with a word in it is no archive.
#[derive(Clone, Default)]
pub(super) struct Trouble(Arc<Mutex<Option<Error>>>);

impl Trouble {
    pub(super) fn note(&self, error: Error) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A snapshot makes everything before it count: none is written once something went wrong.
    pub(super) fn refuses(&self, kind: FileType) -> RusticResult<()> {
        let noted = self.0.lock().unwrap_or_else(PoisonError::into_inner).is_some();
        if noted && kind == FileType::Snapshot {
            return Err(RusticError::new(rustic_core::ErrorKind::Backend, "something went wrong before"));
        }
        Ok(())
    }

    /// The cause that was left here, or else what the library says.
    pub(super) fn or(&self, said: &RusticError) -> Error {
        self.take().unwrap_or_else(|| damaged(brief(said)))
    }
}

/// The archive does not hold what it should.
pub(super) fn damaged(why: impl std::fmt::Display) -> Error {
    Error::invalid("archive", format!("This archive is damaged: {why}. Nothing was changed."))
}

/// This is something else.
pub(super) fn foreign(why: impl std::fmt::Display) -> Error {
    Error::invalid("archive", format!("This is no archive of Rolo: {why}. Nothing was changed."))
}

/// A folder or file does not do what it is asked.
pub(super) fn disk(doing: &str, error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Error::Full,
        ErrorKind::NotFound
        | ErrorKind::PermissionDenied
        | ErrorKind::NotADirectory
        | ErrorKind::ReadOnlyFilesystem => Error::invalid("archive", format!("{doing}: {error}.")),
        _ => Error::unavailable("backup folder", format!("{doing}: {error}")),
    }
}

/// What the library found, in our words; its own go to the log.
fn brief(said: &RusticError) -> &'static str {
    let text = said.display_log();
    tracing::info!(cause = text.as_str(), "an archive cannot be read");
    if text.contains("not found in index") || text.contains("should be there") {
        "a part of it is missing"
    } else if text.contains("cryptographic") {
        "a part of it does not hold what it held when it was written"
    } else {
        "it cannot be made sense of"
    }
}
