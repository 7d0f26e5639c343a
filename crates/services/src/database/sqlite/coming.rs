//! What is being committed. SQLite shows a commit to readers before it has returned, and the newest numbers are in memory only
//! after that: whoever has read from it in between waits here until they are. Who was answered then asks with numbers that
//! are at least as new as what they saw. Whoever read from before the commit is not held back.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use rolo_core::contracts::database::Head;

use crate::database::{
    commit::HeadChange,
    fault::Held,
    session::{Session, now},
    value::bind,
};

#[derive(Debug, Default)]
pub(crate) struct Coming {
    now: Mutex<Now>,
    settled: Condvar,
}

#[derive(Debug, Default)]
struct Now {
    /// A row that is as it says in every reading that holds the commit under way, and in no other.
    mark: Option<HeadChange>,
    /// How many were under way before.
    turn: u64,
    #[cfg(test)]
    waiting: usize,
}

/// A commit under way. Dropped, its numbers are in memory, or it has failed.
#[derive(Debug)]
pub(crate) struct UnderWay(Arc<Coming>);

impl Coming {
    /// A commit begins that makes these numbers new, in this order. One that makes none new is nobody's concern.
    pub(crate) fn begin<'h>(self: &Arc<Self>, heads: impl Iterator<Item = &'h HeadChange>) -> Option<UnderWay> {
        // The last of a kind is what the commit leaves. A book's is preferred: it moves with every commit that names it,
        // an account's may be named as it was.
        let last = |last: Option<HeadChange>, head: &HeadChange| match (last, head) {
            (Some(HeadChange::Book(..) | HeadChange::BookGone(_)), HeadChange::Account(..)) => last,
            _ => Some(*head),
        };
        let mark = heads.fold(None, last)?;
        self.lock().mark = Some(mark);
        Some(UnderWay(Arc::clone(self)))
    }

    /// The commit under way that this reading holds; asked before the reading ends.
    pub(crate) fn read_in(&self, s: &mut Session<'_>) -> Held<Option<u64>> {
        let (mark, turn) = {
            let now = self.lock();
            let Some(mark) = now.mark else { return Ok(None) };
            (mark, now.turn)
        };
        Ok(now(holds(s, mark))?.then_some(turn))
    }

    /// Waits until the numbers of this commit are in memory: an instant, since nothing but that is left to do.
    pub(crate) fn wait(&self, turn: u64) {
        let mut now = self.lock();
        #[cfg(test)]
        {
            now.waiting += 1;
        }
        while now.turn == turn {
            now = self.settled.wait(now).unwrap_or_else(PoisonError::into_inner);
        }
        #[cfg(test)]
        {
            now.waiting -= 1;
        }
    }

    #[cfg(test)]
    fn waiting(&self) -> usize {
        self.lock().waiting
    }

    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut now = self.0.lock();
        now.mark = None;
        now.turn += 1;
        drop(now);
        self.0.settled.notify_all();
    }
}

/// Whether what is read is what the commit left.
async fn holds(s: &mut Session<'_>, mark: HeadChange) -> Held<bool> {
    match mark {
        HeadChange::Book(organisation, Head { book, epoch, modseq }) => {
            let sql = "select 1 from book where organisation = ? and id = ? and epoch = ? and modseq = ?";
            Ok(s.row(sql, bind![organisation, book, epoch, modseq]).await?.is_some())
        }
        HeadChange::BookGone(book) => Ok(s.row("select 1 from book where id = ?", bind![book]).await?.is_none()),
        HeadChange::Account(account, modseq, access) => {
            let sql = "select 1 from account where id = ? and modseq = ? and access_epoch = ?";
            Ok(s.row(sql, bind![account, modseq, access]).await?.is_some())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            atomic::{AtomicBool, Ordering::SeqCst},
            mpsc,
        },
        thread::{self, yield_now},
    };

    use jiff::Timestamp;
    use rolo_core::id::{AccountId, BookId, Modseq, OrganisationId};
    use rusqlite::Connection;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::{
        super::{Done, OpenOptions, Size, Sqlite},
        *,
    };
    use crate::database::{migrate::Upgrade, tick::Tick};

    const ORGANISATION: OrganisationId = OrganisationId(Uuid::from_u128(1));
    const BOOK: BookId = BookId(Uuid::from_u128(2));

    fn opened(folder: &TempDir) -> Sqlite {
        let options = OpenOptions { path: folder.path().join("rolo.db"), create: true };
        let at = Timestamp::UNIX_EPOCH.as_millisecond();
        Sqlite::open(options, at, Arc::new(Tick::new()), Upgrade::default()).unwrap()
    }

    fn head(modseq: u64) -> HeadChange {
        HeadChange::Book(ORGANISATION, Head { book: BOOK, epoch: 1, modseq: Modseq(modseq) })
    }

    /// Writes a statement, and what it does to the newest numbers.
    fn write(file: &Sqlite, sql: &'static str, heads: Vec<HeadChange>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let told = runtime.block_on(file.writer.write(Size::Any, move |s| {
            now(async {
                s.execute(sql, &[]).await?;
                Ok(Done { answer: (), heads: heads.clone() })
            })
        }));
        told.unwrap();
    }

    fn number(s: &mut Session<'_>) -> Held<u64> {
        let row = now(async { s.row("select modseq from book", &[]).await })?;
        Ok(row.map_or(Ok(0), |row| row.count(0))?)
    }

    /// The number of the book in memory.
    fn known(file: &Sqlite) -> u64 {
        file.memory.all_books().first().map_or(0, |(_, head)| head.modseq.0)
    }

    const BORN: &str = "insert into book (organisation, id, owner, name, epoch, modseq, floor, contacts, binned, created_at, \
                        key_id) values (x'00000000000000000000000000000001', x'00000000000000000000000000000002', null, \
                        x'41', 1, 1, 0, 0, 0, 0, null)";

    /// Waits until the file shows this number to whoever looks at it past Rolo.
    fn shown(folder: &TempDir, number: i64) {
        let aside = Connection::open(folder.path().join("rolo.db")).unwrap();
        let sql = "select coalesce(max(modseq), 0) from book";
        while aside.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() != number {
            yield_now();
        }
    }

    #[test]
    fn what_was_read_from_a_commit_is_told_when_its_numbers_are_there() {
        let folder = TempDir::new().unwrap();
        let file = opened(&folder);
        write(&file, BORN, vec![head(1)]);
        let later = Head { book: BOOK, epoch: 4, modseq: Modseq(3) };
        for (sql, left, change) in [
            ("update book set modseq = 2", 2, head(2)),
            ("update book set modseq = 3, epoch = 4", 3, HeadChange::Book(ORGANISATION, later)),
            ("delete from book", 0, HeadChange::BookGone(BOOK)),
        ] {
            let answered = &AtomicBool::new(false);
            thread::scope(|scope| {
                let (tell, told) = mpsc::channel();
                let (go_on, gone_on) = mpsc::channel();
                let file = &file;
                let before = known(file);
                // One who has begun to read before the commit ends after it is shown.
                let early = scope.spawn(move || {
                    file.readers.read(|s| {
                        let read = number(s)?;
                        tell.send(read).unwrap();
                        gone_on.recv().unwrap();
                        Ok(read)
                    })
                });
                assert_eq!(told.recv().unwrap(), before);
                // The writer cannot put the numbers where they belong while somebody looks at them there.
                let looked_at = file.memory.looked_at();
                scope.spawn(move || write(file, sql, vec![change]));
                shown(&folder, i64::try_from(left).unwrap());
                let late = scope.spawn(move || {
                    let read = file.readers.read(number).unwrap();
                    answered.store(true, SeqCst);
                    (read, known(file))
                });
                while file.readers.coming.waiting() == 0 {
                    assert!(!answered.load(SeqCst), "{sql}: what has no number yet was told");
                    yield_now();
                }
                go_on.send(()).unwrap();
                while !early.is_finished() {
                    assert_eq!(file.readers.coming.waiting(), 1, "{sql}: who saw nothing of the commit is held back");
                    yield_now();
                }
                assert_eq!(early.join().unwrap().unwrap(), before);
                drop(looked_at);
                assert_eq!(late.join().unwrap(), (left, left), "{sql}");
            });
        }
        assert_eq!(file.readers.coming.waiting(), 0);
    }

    #[test]
    fn who_waits_for_a_commit_that_fails_goes_on() {
        let folder = TempDir::new().unwrap();
        let file = opened(&folder);
        write(&file, BORN, vec![head(1)]);
        let under_way = file.readers.coming.begin([head(1)].iter());
        thread::scope(|scope| {
            let reading = scope.spawn(|| file.readers.read(number).unwrap());
            while file.readers.coming.waiting() == 0 {
                assert!(!reading.is_finished(), "it did not wait");
                yield_now();
            }
            drop(under_way);
            assert_eq!(reading.join().unwrap(), 1);
        });
        assert_eq!(file.readers.read(number).unwrap(), 1, "nothing is under way any more");
    }

    #[test]
    fn a_book_tells_a_commit_from_the_one_before_and_an_account_only_where_there_is_no_book() {
        let coming = Arc::new(Coming::default());
        let account = |modseq| HeadChange::Account(AccountId(Uuid::from_u128(3)), Modseq(modseq), 1);
        let marked = |heads: &[HeadChange]| {
            let _under_way = coming.begin(heads.iter());
            coming.lock().mark
        };
        assert!(
            matches!(marked(&[head(1), account(1), head(2), account(2)]), Some(HeadChange::Book(_, head)) if head.modseq.0 == 2)
        );
        assert!(matches!(marked(&[head(1), HeadChange::BookGone(BOOK), account(1)]), Some(HeadChange::BookGone(_))));
        assert!(matches!(marked(&[account(1), account(2)]), Some(HeadChange::Account(_, Modseq(2), 1))));
        assert!(marked(&[]).is_none() && coming.lock().mark.is_none());
    }
}
