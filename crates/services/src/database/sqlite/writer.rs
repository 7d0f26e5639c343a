//! The one thread that writes. It takes what is waiting (up to [`GROUP`] writes), applies each, commits once, and answers only
//! then. One fsync serves the whole group. A write that is refused takes no other along: the group is taken back and done
//! again, each write inside a savepoint. Savepoints from the start would cost every group a copy of each page it changes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rolo_core::{Error, Result};
use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use super::{
    coming::{Coming, UnderWay},
    memory::Memory,
    room::Room,
    statement::fault,
};
use crate::database::{
    commit::HeadChange,
    fault::{Fault, Held, down},
    session::Session,
    tick::Tick,
};

/// Writes in one transaction at most.
const GROUP: usize = 512;
/// How long a group may gather: a fraction of an fsync.
const GATHER: Duration = Duration::from_micros(200);
/// Groups that are done inside savepoints from the start after one in which a write was refused: refusals come in swarms
/// (two devices, one contact), and none of them may cost the others a second try each time.
const WARY: u32 = 32;
/// Writes that may wait before those who bring more have to.
const WAITING: usize = 4096;

/// Pages in the log from which on it is folded back into the database.
const LOG_PAGES: i64 = 4000;

/// The way to the thread. Dropping it ends the thread after what is waiting has been written.
#[derive(Debug)]
pub(crate) struct Writer {
    queue: Option<mpsc::Sender<Box<dyn Task>>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// What a piece of work answers, with what it did to the newest numbers.
pub(crate) struct Done<T> {
    pub(crate) answer: T,
    pub(crate) heads: Vec<HeadChange>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, newest: Newest, room: Room) -> Result<Self> {
        let (queue, waiting) = mpsc::channel(WAITING);
        let shop = Shop { connection, newest, room, wary: 0, broken: None };
        let thread = thread::Builder::new().name("database".into()).spawn(move || shop.run(waiting));
        Ok(Self { queue: Some(queue), thread: Some(thread.map_err(Error::internal)?) })
    }

    /// Runs `work` in a transaction and answers when it is durable. `work` may be run again when its group fails.
    pub(crate) async fn write<T, F>(&self, size: Size, work: F) -> Held<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Session<'_>) -> Held<Done<T>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let task = Box::new(Work { work, size, outcome: None, reply: Some(reply) });
        let Some(queue) = &self.queue else { return Err(down("the writer has ended")) };
        queue.send(task).await.map_err(|_| down("the writer has ended"))?;
        answer.await.map_err(|_| down("the writer ended before it answered"))?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there was answered as an error to whoever waited.
            let _ = thread.join();
        }
    }
}

/// Whether a write may use what is kept back for a full disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Size {
    /// Signing in and out, counting tries: these go on.
    Small,
    Any,
}

trait Task: Send {
    /// Does the work; false when it was refused.
    fn run(&mut self, connection: &mut Connection) -> bool;
    /// Whether it was refused because there is no room, and is worth making some.
    fn needs_room(&self) -> bool;
    /// What it did to the newest numbers.
    fn heads(&self) -> &[HeadChange];
    /// Answers what the work came to, or that its transaction failed.
    fn answer(&mut self, failed: Option<Fault>);
}

struct Work<T, F> {
    work: F,
    size: Size,
    outcome: Option<Held<Done<T>>>,
    reply: Option<oneshot::Sender<Held<T>>>,
}

impl<T, F> Task for Work<T, F>
where
    T: Send,
    F: FnMut(&mut Session<'_>) -> Held<Done<T>> + Send,
{
    fn run(&mut self, connection: &mut Connection) -> bool {
        let work = &mut self.work;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut Session::Sqlite(connection))))
            .unwrap_or_else(|_| Err(Error::internal("a write panicked").into()));
        let done = outcome.is_ok();
        self.outcome = Some(outcome);
        done
    }

    fn needs_room(&self) -> bool {
        // Applied and then not committed is also for want of room: a commit fails in no other way that is tried again.
        self.size == Size::Small
            && !matches!(&self.outcome, Some(Err(fault)) if !matches!(fault, Fault::Error(Error::Full)))
    }

    fn heads(&self) -> &[HeadChange] {
        match &self.outcome {
            Some(Ok(done)) => &done.heads,
            _ => &[],
        }
    }

    fn answer(&mut self, failed: Option<Fault>) {
        let outcome = match (failed, self.outcome.take()) {
            // A refusal stands, whatever became of the group.
            (_, Some(Err(refused))) => Err(refused),
            (Some(failed), _) => Err(failed),
            (None, Some(Ok(done))) => Ok(done.answer),
            (None, None) => Err(down("the writer did not come to it")),
        };
        if let Some(reply) = self.reply.take() {
            // Whoever asked may have gone; the write holds all the same.
            let _ = reply.send(outcome);
        }
    }
}

/// Those who were just answered together are about to write again together. Without this the first of them would get a
/// transaction of its own and all the others would wait for its fsync. One who writes alone waits for nobody.
fn gather(waiting: &mpsc::Receiver<Box<dyn Task>>, last: usize) {
    let until = Instant::now() + GATHER;
    while waiting.len() + 1 < last && Instant::now() < until {
        thread::yield_now();
    }
}

/// Where the newest numbers are, and who waits for them.
pub(crate) struct Newest {
    pub(crate) memory: Arc<Memory>,
    pub(crate) coming: Arc<Coming>,
    pub(crate) tick: Arc<Tick>,
}

impl Newest {
    fn note(&self, group: &[Box<dyn Task>], under_way: Option<UnderWay>) {
        let mut changed = false;
        for task in group {
            self.memory.note(task.heads());
            changed |= !task.heads().is_empty();
        }
        drop(under_way);
        if changed {
            self.tick.rise();
        }
    }
}

struct Shop {
    connection: Connection,
    newest: Newest,
    room: Room,
    /// For how many groups savepoints are worth their cost.
    wary: u32,
    /// Set once a commit failed in a way that leaves unknown what is on disk. The kernel may have dropped the pages it
    /// could not write, and a second fsync would lie: nothing is acknowledged before the file is opened anew.
    broken: Option<String>,
}

/// How a transaction ended.
enum Ended {
    Well(Option<UnderWay>),
    /// Nothing of it holds, because one was refused: the others are worth a try with savepoints.
    Refused,
    /// Nothing of it holds; each of the group is worth a try alone.
    Apart(Fault),
    /// Nothing is known.
    Badly(String),
}

impl Shop {
    fn run(mut self, mut waiting: mpsc::Receiver<Box<dyn Task>>) {
        let mut group = Vec::new();
        let mut last = 0;
        while let Some(first) = waiting.blocking_recv() {
            group.push(first);
            gather(&waiting, last);
            while group.len() < GROUP
                && let Ok(next) = waiting.try_recv()
            {
                group.push(next);
            }
            self.serve(&mut group);
            last = group.len();
            group.clear();
        }
        // Readers of the file alone (a copy, another tool) find everything in it.
        let _ = self.connection.execute_batch("pragma wal_checkpoint(truncate); pragma optimize");
    }

    fn serve(&mut self, group: &mut [Box<dyn Task>]) {
        let careful = self.wary > 0;
        self.wary = self.wary.saturating_sub(1);
        let mut ended = self.transaction(group, careful);
        if matches!(ended, Ended::Refused) {
            self.wary = WARY;
            ended = self.transaction(group, true);
        }
        match ended {
            Ended::Well(under_way) => self.answer(group, under_way),
            Ended::Refused => self.answer(group, None),
            Ended::Badly(cause) => self.stop(group, cause),
            Ended::Apart(failed) if group.len() == 1 => {
                if is_full(&failed) && group[0].needs_room() && self.room.make(&self.connection) {
                    self.serve(group);
                } else {
                    group[0].answer(Some(failed));
                }
            }
            Ended::Apart(_) => {
                for task in group.chunks_mut(1) {
                    self.serve(task);
                }
            }
        }
    }

    fn answer(&self, group: &mut [Box<dyn Task>], under_way: Option<UnderWay>) {
        self.newest.note(group, under_way);
        for task in group {
            task.answer(None);
        }
        self.fold();
    }

    /// Folds a long log back into the database. Left to SQLite this would be part of a commit, between its being shown to
    /// readers and its numbers: all who read meanwhile would wait for it.
    fn fold(&self) {
        let pages = self.connection.prepare_cached("pragma wal_checkpoint(noop)");
        let pages = pages.and_then(|mut pages| pages.query_row([], |row| row.get::<_, i64>(1)));
        if pages.is_ok_and(|pages| pages >= LOG_PAGES) {
            let _ = self.connection.execute_batch("pragma wal_checkpoint(passive)");
        }
    }

    fn stop(&mut self, group: &mut [Box<dyn Task>], cause: String) {
        for task in group {
            task.answer(Some(down(&cause)));
        }
        self.broken = Some(cause);
    }

    fn transaction(&mut self, group: &mut [Box<dyn Task>], careful: bool) -> Ended {
        if let Some(cause) = &self.broken {
            return Ended::Badly(cause.clone());
        }
        if let Err(failed) = self.tell("begin immediate") {
            return Ended::Apart(failed);
        }
        for task in group.iter_mut() {
            if careful {
                if let Err(failed) = self.set_apart(task.as_mut()) {
                    return self.take_back(failed);
                }
            } else if !task.run(&mut self.connection) {
                return match self.roll_back() {
                    Ok(()) => Ended::Refused,
                    Err(cause) => Ended::Badly(cause),
                };
            }
        }
        let under_way = self.newest.coming.begin(group.iter().flat_map(|task| task.heads()));
        match self.connection.execute_batch("commit") {
            Ok(()) => Ended::Well(under_way),
            Err(error) if is_lost(&error) => Ended::Badly(format!("a commit failed: {error}; open the database again")),
            Err(error) => self.take_back(fault(error)),
        }
    }

    /// One write inside a savepoint of its own.
    fn set_apart(&mut self, task: &mut dyn Task) -> Held<()> {
        self.tell("savepoint one")?;
        let end = if task.run(&mut self.connection) { "release one" } else { "rollback to one; release one" };
        // On a full disk SQLite may take the whole transaction back by itself: the others must be done again. A small
        // write among them is done again alone, with more room.
        let lost = self.connection.is_autocommit() || (end.starts_with("rollback") && task.needs_room());
        if lost { Err(Error::Full.into()) } else { self.tell(end) }
    }

    fn take_back(&mut self, failed: Fault) -> Ended {
        match self.roll_back() {
            Ok(()) => Ended::Apart(failed),
            Err(cause) => Ended::Badly(cause),
        }
    }

    /// What cannot be taken back leaves unknown what is on disk.
    fn roll_back(&self) -> Result<(), String> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        let rolled = self.connection.execute_batch("rollback");
        rolled.map_err(|error| format!("a rollback failed: {error}; open the database again"))
    }

    fn tell(&self, sql: &str) -> Held<()> {
        if sql.contains(';') {
            return self.connection.execute_batch(sql).map_err(fault);
        }
        let mut statement = self.connection.prepare_cached(sql).map_err(fault)?;
        statement.execute([]).map(drop).map_err(fault)
    }
}

fn is_full(fault: &Fault) -> bool {
    matches!(fault, Fault::Error(Error::Full))
}

/// Whether a failed commit leaves unknown what is on disk.
fn is_lost(error: &rusqlite::Error) -> bool {
    !matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{OpenOptions, Sqlite};
    use super::*;
    use crate::database::{migrate::Upgrade, session::now};

    #[test]
    fn a_long_log_is_folded_back_and_used_from_its_start() {
        const MEGABYTE: u64 = 1024 * 1024;
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions { path: folder.path().join("rolo.db"), create: true };
        let file = Sqlite::open(options, 0, Arc::new(Tick::new()), Upgrade::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for _ in 0..30 {
            let told = runtime.block_on(file.writer.write(Size::Any, |s| {
                now(async {
                    let sql = "insert or replace into meta (name, value) values ('large', randomblob(2097152))";
                    s.execute(sql, &[]).await?;
                    Ok(Done { answer: (), heads: Vec::new() })
                })
            }));
            told.unwrap();
        }
        let log = fs::metadata(folder.path().join("rolo.db-wal")).unwrap().len();
        assert!((8 * MEGABYTE..30 * MEGABYTE).contains(&log), "60 MB were written, and the log has {log} octets");
    }
}
