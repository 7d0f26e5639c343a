//! What is known of an import: as it is kept, and as it is told.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{begin::Upload, run::Policy};
use crate::{
    Error, Result, Services,
    account::{Caller, Door},
    contracts::database::WorkRow,
    id::{BatchId, BookId, ContactId, ImportId, Modseq},
    import::{
        Column, FIELDS, Field, Format,
        file::Part,
        matching::{Decision, Verdict, groups::Groups},
    },
    write::{Act, Admin, Effect, Write},
};

/// Where an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// The file is being opened and checked.
    Reading,
    /// Somebody has to say what the columns are.
    Mapping,
    /// Every row has its verdict; nothing is written.
    Checked,
    /// Rows are being written.
    Running,
    /// Everything that was to be written is.
    Done,
    /// It cannot go on; `why` says why.
    Failed,
    /// Its batch was taken back.
    Undone,
}

/// How many rows have which verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Contacts that are made.
    pub new: u64,
    /// Contacts that are changed.
    pub update: u64,
    /// Rows the book says already.
    pub same: u64,
    /// Rows that wait for a decision.
    pub check: u64,
    /// Rows without a contact.
    pub refused: u64,
}

impl Counts {
    /// The count of a verdict.
    pub(super) fn of(&mut self, verdict: Verdict) -> &mut u64 {
        match verdict {
            Verdict::New => &mut self.new,
            Verdict::Update => &mut self.update,
            Verdict::Same => &mut self.same,
            Verdict::Check => &mut self.check,
            Verdict::Refused => &mut self.refused,
        }
    }

    /// A row that turned out otherwise.
    pub(super) fn turned(&mut self, from: Verdict, to: Verdict) {
        *self.of(from) = self.of(from).saturating_sub(1);
        *self.of(to) += 1;
    }
}

/// An import, as it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Import {
    /// Which.
    pub id: ImportId,
    /// Into which book.
    pub book: BookId,
    /// Where it is.
    pub state: State,
    /// The file's name.
    pub name: String,
    /// What the file is; `None` until it was opened.
    pub format: Option<Format>,
    /// What it is written in.
    pub encoding: Option<String>,
    /// Of a table.
    pub delimiter: Option<char>,
    /// How many rows it has; 0 until it was checked.
    pub rows: u64,
    /// Of a table.
    pub columns: Vec<Column>,
    /// What a column may be mapped to.
    pub fields: &'static [Field],
    /// Rows by verdict.
    pub counts: Counts,
    /// Rows handled by the run.
    pub done: u64,
    /// What undo takes back.
    pub batch: Option<BatchId>,
    /// Why it failed, or what to know about it.
    pub why: Option<String>,
    /// Files of an archive without contacts.
    pub left_out: Vec<String>,
    /// When it was begun.
    pub created_at: Timestamp,
}

/// A decision about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Decided {
    pub(super) decision: Decision,
    /// The contact to change, if another than the one it was compared with.
    pub(super) contact: Option<ContactId>,
}

/// An import, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Saved {
    pub(super) book: BookId,
    pub(super) state: State,
    pub(super) name: String,
    pub(super) files: Vec<Upload>,
    pub(super) parts: Vec<Part>,
    /// Whether somebody has said that the columns are right.
    pub(super) is_mapped: bool,
    pub(super) rows: u64,
    pub(super) counts: Counts,
    pub(super) done: u64,
    pub(super) batch: Option<BatchId>,
    pub(super) why: Option<String>,
    pub(super) left_out: Vec<String>,
    pub(super) decisions: BTreeMap<u64, Decided>,
    /// Rows that turned out otherwise in the run: what they are, and the number of the reason.
    pub(super) turned: BTreeMap<u64, (Verdict, u8)>,
    pub(super) policy: Policy,
    /// The book's number the verdicts were found at.
    pub(super) checked_at: Modseq,
    pub(super) door: Door,
    pub(super) device: Option<String>,
    /// Whether the file has labels the book has no room for.
    #[serde(default)]
    pub(super) is_full: bool,
}

/// An import that was read, and the number its next state follows.
pub(super) struct Held {
    pub(super) id: ImportId,
    pub(super) number: u64,
    pub(super) created_at: Timestamp,
    pub(super) saved: Saved,
}

impl Held {
    /// Reads one of the caller's imports.
    pub(super) async fn of(services: &Services, caller: &Caller, id: ImportId) -> Result<Self> {
        let row = services.database.import(caller.scope(), id).await?.ok_or(Error::NotFound)?;
        Self::from_row(&row)
    }

    pub(super) fn from_row(row: &WorkRow) -> Result<Self> {
        let saved = serde_json::from_str(&row.state)
            .map_err(|error| Error::internal(format!("an import's state cannot be read: {error}")))?;
        Ok(Self { id: ImportId(row.id), number: row.number, created_at: row.created_at, saved })
    }

    /// The effect that keeps this state, if nobody else has kept another meanwhile.
    pub(super) fn effect(&self) -> Result<Effect> {
        let state = serde_json::to_string(&self.saved).map_err(Error::internal)?;
        let done = !matches!(self.saved.state, State::Reading | State::Running);
        Ok(Admin::SaveImport { id: self.id, expect: self.number, state, done }.into())
    }

    /// Keeps this state.
    pub(super) async fn save(&mut self, services: &Services, caller: &Caller) -> Result<()> {
        let batch = BatchId(services.random.id());
        let write = Write::by(caller, services.clock.now(), batch, Act::Settings).and(self.effect()?);
        services.database.commit(write).await?;
        self.number += 1;
        Ok(())
    }

    /// Where the groups lie.
    pub(super) fn groups_key(&self) -> String {
        format!("{}.groups", self.saved.files.first().map(|file| file.key.as_str()).unwrap_or_default())
    }

    /// What the group cards of the files say, and which labels there is room for.
    pub(super) async fn groups(&self, services: &Services) -> Result<Arc<Groups>> {
        if !self.saved.is_full && !self.saved.parts.iter().any(|part| part.has_groups) {
            return Ok(Arc::default());
        }
        let key = self.groups_key();
        let Some(length) = services.storage.length(&key).await? else { return Ok(Arc::default()) };
        let bytes = services.storage.read(&key, 0, usize::try_from(length).unwrap_or(usize::MAX)).await?;
        Ok(Arc::new(serde_json::from_slice(&bytes.unwrap_or_default()).map_err(Error::internal)?))
    }

    /// Where the verdicts lie.
    pub(super) fn verdicts_key(&self) -> String {
        format!("{}.verdicts", self.saved.files.first().map(|file| file.key.as_str()).unwrap_or_default())
    }

    /// The import as it is told. A batch that was taken back makes it undone.
    pub(super) async fn told(&self, services: &Services, caller: &Caller) -> Result<Import> {
        let saved = &self.saved;
        let mut state = saved.state;
        if let (State::Done | State::Failed, Some(batch)) = (state, saved.batch)
            && services.database.batch(caller.scope(), batch).await?.is_some_and(|row| row.undone_by.is_some())
        {
            state = State::Undone;
        }
        let part = saved.parts.iter().find(|part| part.format.is_table()).or(saved.parts.first());
        Ok(Import {
            id: self.id,
            book: saved.book,
            state,
            name: saved.name.clone(),
            format: part.map(|part| part.format),
            encoding: part.map(|part| part.encoding.clone()),
            delimiter: part.and_then(|part| part.delimiter),
            rows: saved.rows,
            columns: part.map(|part| part.columns.clone()).unwrap_or_default(),
            fields: FIELDS,
            counts: saved.counts,
            done: saved.done,
            batch: saved.batch,
            why: saved.why.clone(),
            left_out: saved.left_out.clone(),
            created_at: self.created_at,
        })
    }
}

impl Saved {
    /// Ends it with a sentence.
    pub(super) fn fail(&mut self, why: impl Into<String>) {
        self.state = State::Failed;
        self.why = Some(why.into());
    }
}
