//! The embedded database: one file, one process, one thread that writes, a few connections that read.

mod aside;
mod coming;
mod file;
mod lock;
mod memory;
mod reader;
mod room;
pub(crate) mod statement;
mod writer;

use std::{fs, path::PathBuf, sync::Arc};

use rolo_core::{Error, Result};

pub use file::OpenOptions;
pub use lock::Lock;
pub(crate) use memory::Memory;
pub(crate) use reader::beside;
pub(crate) use writer::{Done, Size};

use self::{
    coming::Coming,
    reader::Readers,
    room::Room,
    writer::{Newest, Writer},
};
use super::{
    fault::Held,
    migrate::{Upgrade, applied, migrate},
    read::change,
    secret,
    session::{Session, now},
    tick::Tick,
    upkeep::claim,
};

/// An open file. The fields end in this order: the writer after the readers, because the last connection folds the log into
/// the file, which one that only reads cannot; and what waits is written before the folder is given up.
#[derive(Debug)]
pub(crate) struct Sqlite {
    pub(crate) readers: Readers,
    pub(crate) writer: Writer,
    pub(crate) memory: Arc<Memory>,
    /// The copy that was made before its schema was changed.
    pub(crate) set_aside: Option<PathBuf>,
    _lock: Lock,
}

impl Sqlite {
    pub(crate) fn open(options: OpenOptions, at_ms: i64, tick: Arc<Tick>, upgrade: Upgrade) -> Result<Self> {
        options.check()?;
        let Some(lock) = Lock::take(options.folder())? else {
            let folder = options.folder().display();
            return Err(Error::conflict(format!(
                "Another Rolo is using {folder}. Stop it first, or use another folder."
            )));
        };
        let mut writer = options.writer()?;
        let set_aside = aside(&options, &mut writer, at_ms, upgrade)?;
        let instance = prepare(&mut writer, at_ms, upgrade).inspect_err(|_| {
            // Nothing was changed, so there is nothing to go back to.
            let _ = set_aside.as_ref().map(fs::remove_file);
        })?;
        options.mark(&instance)?;
        let mut session = Session::Sqlite(&mut writer);
        let (books, accounts) = (now(change::books(&mut session))?, now(change::accounts(&mut session))?);
        let memory = Arc::new(Memory::new(books, accounts));
        let room = Room::keep(options.folder());
        let coming = Arc::new(Coming::default());
        let readers = Readers::open(options, Arc::clone(&coming))?;
        let writer = Writer::start(writer, Newest { memory: Arc::clone(&memory), coming, tick }, room)?;
        Ok(Self { readers, writer, memory, set_aside, _lock: lock })
    }

    /// What SQLite finds wrong with the file; empty when it is whole. Reads everything.
    pub(crate) fn check(&self) -> Held<Vec<String>> {
        let rows = self.readers.read(|s| now(async { s.rows("pragma quick_check(20)", &[]).await }))?;
        let lines = rows.into_iter().map(|mut row| row.text(0)).collect::<Result<Vec<_>>>()?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    pub(crate) async fn limit_growth(&self, octets: Option<u64>) -> Held<()> {
        let limit = move |s: &mut Session<'_>| {
            now(async {
                let row = s.row("select page_count, page_size from pragma_page_count, pragma_page_size", &[]).await?;
                let row = row.ok_or_else(|| Error::internal("the file has no size"))?;
                let most =
                    octets.map_or(Ok(MOST_PAGES), |octets| Ok::<_, Error>(row.count(0)? + octets / row.count(1)?))?;
                s.rows(&format!("pragma max_page_count = {most}"), &[]).await
            })
            .map(|_| Done { answer: (), heads: Vec::new() })
        };
        self.writer.write(Size::Any, limit).await
    }
}

/// SQLite's own limit.
const MOST_PAGES: u64 = 4_294_967_294;

/// Copies a database whose schema is about to be changed.
fn aside(
    options: &OpenOptions,
    connection: &mut rusqlite::Connection,
    at_ms: i64,
    upgrade: Upgrade,
) -> Result<Option<PathBuf>> {
    let schema = now(applied(&mut Session::Sqlite(connection), upgrade.steps))?;
    if schema == 0 || schema == upgrade.steps.len() {
        return Ok(None);
    }
    aside::put(options, connection, schema, at_ms).map(Some)
}

/// The schema and the secrets of the instance, in one transaction; answers the instance's name.
fn prepare(connection: &mut rusqlite::Connection, at_ms: i64, upgrade: Upgrade) -> Result<String> {
    let broken = |error| Error::from(statement::fault(error));
    connection.execute_batch("begin immediate").map_err(broken)?;
    let made = now(async {
        let mut session = Session::Sqlite(connection);
        migrate(&mut session, at_ms, upgrade).await?;
        claim::give_back(&mut session).await?;
        secret::make(&mut session).await
    });
    let end = if made.is_ok() { "commit" } else { "rollback" };
    connection.execute_batch(end).map_err(broken)?;
    Ok(made?)
}
