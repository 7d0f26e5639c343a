//! Work that goes on after the answer: a large undo, a label's members, a full bin.
//!
//! A job is a row whose state says how far it came; each chunk is one commit that changes contacts and the state together,
//! so that it goes on where it was after a crash, and two workers never do the same chunk. A job's id is its batch's id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    chunk::{Chunk, Item, Tally, versions_of},
    moment,
    reversal::Left,
};
use crate::{
    Error, Result, Services,
    account::{By, Caller, Door, of_account},
    contact::purge,
    contracts::database::WorkRow,
    id::{BatchId, BookId, ContactId, JobId},
    label::{
        members::{self, Relabel},
        step::{self, LabelStep},
    },
    write::{Act, Admin, BatchNote, Effect, Write},
};

/// Contacts of one chunk.
const CHUNK: usize = 250;
/// The number of the state a job is made with.
const FIRST: u64 = 1;
/// How often a job begins again before it is given up.
const ROUNDS_MAX: u32 = 5;
/// What was left is listed up to here; beyond, it is counted.
const LEFT_MAX: usize = 1_000;

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind")]
pub enum Task {
    /// A batch is taken back.
    #[serde(rename = "undo")]
    Undo {
        /// Which.
        batch: BatchId,
    },
    /// A book goes back to what it was.
    #[serde(rename = "moment")]
    Moment {
        /// Which.
        book: BookId,
        /// To when.
        at: Timestamp,
        /// First what leaves the book, then the rest.
        leaving: bool,
    },
    /// The bin is emptied.
    #[serde(rename = "bin.empty")]
    EmptyBin,
    /// The members of a label are labelled anew.
    #[serde(rename = "label.members")]
    Relabel(Relabel),
    /// Nothing more: remembers what labels were, so that it can be undone, and what an undo left, so that it can be told again.
    #[serde(rename = "label.note")]
    Note,
}

impl Task {
    fn kind(&self) -> &'static str {
        match self {
            Self::Undo { .. } => "undo",
            Self::Moment { .. } => "moment",
            Self::EmptyBin => "bin.empty",
            Self::Relabel(_) => "label.members",
            Self::Note => "label.note",
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Nobody has begun.
    Waiting,
    /// Some chunks are done.
    Running,
    /// It is done.
    Done,
    /// It was given up.
    Failed,
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// What there is to do.
    pub task: Task,
    /// How far it is.
    pub state: State,
    /// Contacts that were changed.
    pub changed: u64,
    /// Contacts that had their turn.
    pub done: u64,
    /// How many there were when it began.
    pub total: u64,
    /// What stays as it is, the first thousand.
    pub left: Vec<Left>,
    /// Why it was given up.
    pub why: Option<String>,
    /// What labels were before and are now.
    pub labels: Vec<LabelStep>,
    /// How the history tells it.
    act: Act,
    undoes: Option<BatchId>,
    summary: Option<String>,
    /// The last contact that had its turn.
    after: Option<ContactId>,
    /// Whether every contact had its turn.
    swept: bool,
    /// How often it began again because somebody joined behind it.
    rounds: u32,
}

impl Job {
    /// A job that has not begun.
    pub(crate) fn new(task: Task, note: &BatchNote, total: u64) -> Self {
        Self {
            task,
            state: State::Waiting,
            changed: 0,
            done: 0,
            total,
            left: Vec::new(),
            why: None,
            labels: Vec::new(),
            act: note.act,
            undoes: note.undoes,
            summary: note.summary.clone(),
            after: None,
            swept: false,
            rounds: 0,
        }
    }

    /// What a row says. A state of another version is a job that was given up.
    pub fn of(row: &WorkRow) -> Self {
        serde_json::from_str(&row.state).unwrap_or_else(|_| {
            let note = BatchNote { id: BatchId(row.id), act: Act::Settings, undoes: None, summary: None };
            let why = Some("This work was begun by another version of Rolo.".to_owned());
            Self { state: State::Failed, why, ..Self::new(Task::Note, &note, 0) }
        })
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Done | State::Failed)
    }

    /// Whether it is work of its own rather than a note.
    pub(crate) fn is_later(&self) -> bool {
        self.task != Task::Note
    }

    fn note(&self, id: BatchId) -> BatchNote {
        BatchNote { id, act: self.act, undoes: self.undoes, summary: self.summary.clone() }
    }

    fn json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(Error::internal)
    }
}

/// A job of the caller's.
pub async fn get(services: &Services, caller: &Caller, id: JobId) -> Result<(Job, Timestamp)> {
    let row = services.database.job(caller.scope(), id).await?.filter(|row| row.kind != Task::Note.kind());
    let row = row.ok_or(Error::NotFound)?;
    Ok((Job::of(&row), row.created_at))
}

/// Makes a job together with what it starts from.
pub(crate) async fn start(
    services: &Services,
    caller: &Caller,
    note: &BatchNote,
    job: Job,
    lead: Vec<Effect>,
) -> Result<JobId> {
    let id = JobId(note.id.0);
    let mut effects = vec![Admin::CreateJob { id, kind: job.task.kind().to_owned(), state: job.json()? }.into()];
    effects.extend(lead);
    let by = caller.by(services.clock.now());
    services.database.commit(Write { by, batch: note.clone(), once: None, effects }).await?;
    Ok(id)
}

/// The effects of a job that is over as soon as it is made: it remembers what labels were.
pub(crate) fn noted(batch: BatchId, labels: Vec<LabelStep>) -> Result<Vec<Effect>> {
    told(batch, labels, 0, Vec::new())
}

/// The same of an undo, with what became of it.
pub(crate) fn told(batch: BatchId, labels: Vec<LabelStep>, changed: u64, left: Vec<Left>) -> Result<Vec<Effect>> {
    let note = BatchNote { id: batch, act: Act::Label, undoes: None, summary: None };
    let job = Job { labels, changed, left, state: State::Done, ..Job::new(Task::Note, &note, 0) };
    let (id, state) = (JobId(batch.0), job.json()?);
    let kind = job.task.kind().to_owned();
    Ok(vec![
        Admin::CreateJob { id, kind, state: state.clone() }.into(),
        Admin::SaveJob { id, expect: FIRST, state, done: true }.into(),
    ])
}

/// Does a job of the caller's to its end, within this request.
pub(crate) async fn finish(services: &Services, caller: &Caller, id: JobId) -> Result<Job> {
    loop {
        let row = services.database.job(caller.scope(), id).await?.ok_or(Error::NotFound)?;
        let job = Job::of(&row);
        if job.is_over() {
            return Ok(job);
        }
        next(services, caller, &row, job).await?;
    }
}

/// Does the next chunk of a job and says whether it has ended. For the worker.
pub async fn advance(services: &Services, row: &WorkRow) -> Result<bool> {
    let job = Job::of(row);
    let caller = of_account(services, row.account, Door::Job, None).await?;
    let Some(caller) = caller.filter(|_| !job.is_over()) else {
        end(services, row, job).await?;
        return Ok(true);
    };
    next(services, &caller, row, job).await
}

/// Ends a job whose account is gone, or that is over but not marked so.
async fn end(services: &Services, row: &WorkRow, mut job: Job) -> Result<()> {
    if !job.is_over() {
        job.state = State::Failed;
        job.why = Some("The account it was done for has been removed.".to_owned());
    }
    let at = services.clock.now();
    let by = By { organisation: row.organisation, account: None, door: Door::Job, device: None, at };
    let save = Admin::SaveJob { id: JobId(row.id), expect: row.number, state: job.json()?, done: true };
    let write = Write::new(by, BatchId(services.random.id()), Act::Settings).and(save.into());
    match services.database.commit(write).await {
        // Somebody else ended it.
        Err(Error::Conflict { .. }) => Ok(()),
        done => done.map(drop),
    }
}

/// One chunk. A chunk somebody else did meanwhile is no error.
async fn next(services: &Services, caller: &Caller, row: &WorkRow, job: Job) -> Result<bool> {
    let done = match &job.task {
        Task::EmptyBin => empty_bin(services, caller, row, &job).await,
        _ if job.swept => close(services, caller, row, &job).await,
        _ => chunk(services, caller, row, &job).await,
    };
    match done {
        Err(Error::Conflict { why }) => {
            let now = services.database.job(caller.scope(), JobId(row.id)).await?;
            match now {
                Some(now) if now.number == row.number => Err(Error::Conflict { why }),
                now => Ok(now.is_none_or(|now| Job::of(&now).is_over())),
            }
        }
        done => done,
    }
}

async fn chunk(services: &Services, caller: &Caller, row: &WorkRow, job: &Job) -> Result<bool> {
    let batch = BatchId(row.id);
    let whole = |(items, more): (Vec<Item>, bool)| {
        let last = items.last().and_then(Item::contact);
        (items, last, more)
    };
    let (items, last, more) = match &job.task {
        Task::Undo { batch } => whole(versions_of(services, caller, *batch, job.after, CHUNK).await?),
        Task::Relabel(relabel) => whole(members::page(services, caller, relabel, job.after, CHUNK).await?),
        Task::Moment { book, at, leaving } => {
            moment::items(services, caller, (*book, *at, *leaving), job.after, CHUNK).await?
        }
        Task::EmptyBin | Task::Note => (Vec::new(), None, false),
    };
    let note = job.note(batch);
    let moved_on = |tally: &Tally| {
        let mut next = job.clone();
        next.state = State::Running;
        next.changed += tally.changed;
        next.done += items.len() as u64;
        next.total = next.total.max(next.done);
        let room = LEFT_MAX.saturating_sub(next.left.len());
        next.left.extend(tally.left.iter().take(room).cloned());
        next.after = last.or(next.after);
        next.swept = !more || last.is_none();
        next.labels.extend(tally.labels.iter().cloned());
        if let (true, Task::Moment { book, at, leaving: true }) = (next.swept, &job.task) {
            next.task = Task::Moment { book: *book, at: *at, leaving: false };
            (next.swept, next.after) = (false, None);
        }
        next
    };
    let labels_in = match &job.task {
        Task::Moment { book, .. } => Some(*book),
        _ => None,
    };
    let chunk = Chunk { services, caller, note: &note, once: None, lead: Vec::new(), labels_in };
    let save = |tally: &Tally| saved(row, &moved_on(tally), false);
    chunk.run(&items, save).await?;
    Ok(false)
}

/// After the last contact: a label that shall go goes. Somebody who joined it meanwhile gets a turn too.
async fn close(services: &Services, caller: &Caller, row: &WorkRow, job: &Job) -> Result<bool> {
    let mut done = job.clone();
    done.state = State::Done;
    let mut effects = match &job.task {
        Task::Relabel(relabel) => relabel.last(caller)?,
        Task::Undo { .. } => {
            let (effects, labels, left) = step::removals(services, caller, job.labels.clone()).await?;
            done.labels = labels;
            done.left.extend(left);
            effects
        }
        _ => Vec::new(),
    };
    effects.extend(saved(row, &done, true)?);
    let write =
        |effects| Write { by: caller.by(services.clock.now()), batch: job.note(BatchId(row.id)), once: None, effects };
    match services.database.commit(write(effects)).await {
        Ok(_) => Ok(true),
        Err(Error::Conflict { why }) => {
            let mut again = Job { rounds: job.rounds + 1, ..job.clone() };
            if matches!(job.task, Task::Relabel(_)) {
                (again.swept, again.after) = (false, None);
            }
            let is_over = again.rounds >= ROUNDS_MAX;
            if is_over {
                again.state = State::Failed;
                again.why = Some(why);
            }
            services.database.commit(write(saved(row, &again, is_over)?)).await?;
            Ok(is_over)
        }
        Err(error) => Err(error),
    }
}

async fn empty_bin(services: &Services, caller: &Caller, row: &WorkRow, job: &Job) -> Result<bool> {
    let gone = purge::empty_as(services, caller, BatchId(row.id)).await?;
    let done = Job { state: State::Done, changed: job.changed + gone, done: job.done + gone, ..job.clone() };
    let by = caller.by(services.clock.now());
    let effects = saved(row, &done, true)?;
    services.database.commit(Write { by, batch: job.note(BatchId(row.id)), once: None, effects }).await?;
    Ok(true)
}

fn saved(row: &WorkRow, job: &Job, done: bool) -> Result<Vec<Effect>> {
    Ok(vec![Admin::SaveJob { id: JobId(row.id), expect: row.number, state: job.json()?, done }.into()])
}
