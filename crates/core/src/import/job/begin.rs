//! Begins an import of files that were uploaded to storage. Opening and checking them is the worker's, or `check`'s.

use serde::{Deserialize, Serialize};

use super::state::{Counts, Held, Import, Saved, State};
use crate::{
    Error, Result, Services,
    account::Caller,
    id::{BatchId, BookId, ImportId, Modseq},
    import::limit::FILES_MAX,
    verb::Seed,
    write::{Act, Admin, Write},
};

/// A file in storage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// What the person calls it.
    pub name: String,
    /// Where it is.
    pub key: String,
}

/// An import to be begun.
#[derive(Clone, Debug)]
pub struct NewImport {
    /// Its id, where the door has chosen one.
    pub id: Option<ImportId>,
    /// Into which book; the account's own first one when `None`.
    pub book: Option<BookId>,
    /// The files, in order; one of them may be a .zip.
    pub files: Vec<Upload>,
}

/// Letters of a file's name that are kept.
const NAME_CHARS_MAX: usize = 200;

/// Begins an import; the worker opens and checks its files.
pub async fn begin(services: &Services, caller: &Caller, new: NewImport, seed: &Seed) -> Result<Import> {
    begin_as(services, caller, new, seed, State::Reading).await
}

/// Begins an import for somebody who will call `check` now: the worker leaves it alone, so that its files are not read twice.
pub async fn begin_unread(services: &Services, caller: &Caller, new: NewImport, seed: &Seed) -> Result<Import> {
    begin_as(services, caller, new, seed, State::Mapping).await
}

async fn begin_as(services: &Services, caller: &Caller, new: NewImport, seed: &Seed, state: State) -> Result<Import> {
    if new.files.is_empty() || new.files.len() > FILES_MAX {
        return Err(Error::invalid("/files", "Choose between one and 100 files."));
    }
    let book = match new.book {
        Some(book) => book,
        None => {
            let books = services.database.books(caller.scope()).await?;
            let own = books.iter().find(|book| book.owner == Some(caller.account())).or(books.first());
            own.map(|book| book.id).ok_or(Error::NotFound)?
        }
    };
    let into = caller.may_edit(book)?;
    let now = services.clock.now();
    let by = caller.by(now);
    let name: String = match new.files.as_slice() {
        [file] => file.name.chars().take(NAME_CHARS_MAX).collect(),
        files => format!("{} files", files.len()),
    };
    let saved = Saved {
        book,
        state,
        name,
        files: new.files,
        parts: Vec::new(),
        is_mapped: false,
        rows: 0,
        counts: Counts::default(),
        done: 0,
        batch: None,
        why: None,
        left_out: Vec::new(),
        decisions: Default::default(),
        turned: Default::default(),
        policy: Default::default(),
        checked_at: Modseq(0),
        door: by.door,
        device: by.device.clone(),
        is_full: false,
    };
    let id = new.id.unwrap_or_else(|| ImportId(seed.id(services.random.as_ref(), 0)));
    let state = serde_json::to_string(&saved).map_err(Error::internal)?;
    let batch = BatchId(seed.id(services.random.as_ref(), 1));
    let mut write = Write::new(by, batch, Act::Settings).and(Admin::CreateImport { id, into, state }.into());
    write.once = seed.once(0);
    services.database.commit(write).await?;
    Held::of(services, caller, id).await?.told(services, caller).await
}
