//! The book as it was: every contact of a book goes back to what it was at a time, in one batch that undo takes back.
//!
//! What came since goes to the bin (or to the book it came from), what went since comes back, what was edited since says
//! again, byte for byte, what it said then. Stars and hidden contacts are not history and stay; a label that contacts of then
//! carried and that is gone is made again. Up to 1,000 contacts are one commit; more are a job.

use jiff::Timestamp;

use super::{
    chunk::{Chunk, Item, Tally},
    contents::{Affected, model},
    job::{self, Job, Task},
    then::{Then, Verdict, verdict},
    undo::{AT_ONCE_MAX, Undoing, Undone, done_before},
};
use crate::{
    Error, Result, Seed, Services,
    account::Caller,
    card::{Card, diff},
    contact::Page,
    contracts::database::ThenRow,
    id::{BatchId, BookId, ContactId},
    keys::display_name,
    write::{Act, BatchNote},
};

/// Contacts looked at in one go.
const PAGE: usize = 500;
/// Examples of each kind.
pub const EXAMPLES_MAX: usize = 20;

/// What going back to a moment comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// Contacts that come back: deleted or moved away since.
    pub restored: u64,
    /// Contacts that go to the bin: created or restored since.
    pub binned: u64,
    /// Contacts that say again what they said: edited since.
    pub changed: u64,
    /// Contacts that go back to the book they came from.
    pub moved: u64,
    /// Contacts that were removed for good since and did not lie in the bin then: if they were there, they cannot come back.
    pub purged: u64,
    /// Contacts that were changed since and whose state of then is no longer kept: they stay as they are.
    pub forgotten: u64,
    /// Contacts that stay where they are, because they are in, or came from, a book the caller may not change.
    pub elsewhere: u64,
    /// The first of each kind that would change: what it would become.
    pub examples: Vec<Affected>,
}

impl Outlook {
    /// How many contacts would be changed.
    pub fn total(&self) -> u64 {
        self.restored + self.binned + self.changed + self.moved
    }

    fn count(&mut self, verdict: Verdict) -> u64 {
        let place = match verdict {
            Verdict::Same => return 0,
            Verdict::Back => &mut self.restored,
            Verdict::Bin => &mut self.binned,
            Verdict::Change => &mut self.changed,
            Verdict::Away(_) => &mut self.moved,
            Verdict::Purged => &mut self.purged,
            Verdict::Forgotten => &mut self.forgotten,
            Verdict::Elsewhere => &mut self.elsewhere,
        };
        *place += 1;
        *place
    }
}

/// What would be changed if the book went back to how it was `at` this time. Nothing is changed.
pub async fn preview(services: &Services, caller: &Caller, book: BookId, at: Timestamp) -> Result<Outlook> {
    may_go_back(services, caller, book, at).await?;
    let (mut outlook, mut shown) = (Outlook::default(), Vec::new());
    look(services, caller, book, at, |row, verdict| {
        if outlook.count(verdict) <= EXAMPLES_MAX as u64 && verdict.changes() {
            shown.push((row, verdict));
        }
    })
    .await?;
    for (row, verdict) in &shown {
        outlook.examples.extend(example(services, caller, book, row, *verdict).await?);
    }
    Ok(outlook)
}

/// Makes the book what it was `at` this time. Also says what that came to when it was asked for.
pub async fn go_back(
    services: &Services,
    caller: &Caller,
    book: BookId,
    at: Timestamp,
    seed: &Seed,
) -> Result<(Outlook, Undoing)> {
    may_go_back(services, caller, book, at).await?;
    let note = BatchNote {
        id: BatchId(seed.id(services.random.as_ref(), 0)),
        act: Act::Moment,
        undoes: None,
        summary: Some(at.to_string()),
    };
    if let Some(done) = done_before(services, caller, &note, seed).await? {
        return Ok((Outlook::default(), done));
    }
    let (outlook, items) = plan(services, caller, book, at).await?;
    if outlook.total() == 0 {
        return Ok((outlook, Undoing::Done(Undone::default())));
    }
    if outlook.total() > AT_ONCE_MAX {
        let job = Job::new(Task::Moment { book, at, leaving: true }, &note, outlook.total());
        let id = job::start(services, caller, &note, job, Vec::new()).await?;
        return Ok((outlook, Undoing::Later(id)));
    }
    let tail = |tally: &Tally| {
        // The labels it made, so that undo removes them; and what a repeated request is told.
        if tally.labels.is_empty() && (seed.0.is_none() || !tally.wrote) {
            return Ok(Vec::new());
        }
        job::told(note.id, tally.labels.clone(), tally.changed, tally.left.clone())
    };
    let chunk = Chunk { services, caller, note: &note, once: seed.once(0), lead: Vec::new(), labels_in: Some(book) };
    let tally = chunk.run(&items, tail).await?;
    let batch = tally.wrote.then_some(note.id);
    Ok((outlook, Undoing::Done(Undone { batch, undone: tally.changed, left: tally.left })))
}

async fn may_go_back(services: &Services, caller: &Caller, book: BookId, at: Timestamp) -> Result<()> {
    caller.may_edit(book)?;
    if at > services.clock.now() {
        return Err(Error::invalid("/at", "This is still to come. Choose a time in the past."));
    }
    let books = services.database.books(&caller.scope().only(book)?).await?;
    let row = books.into_iter().find(|row| row.id == book).ok_or(Error::NotFound)?;
    if at < row.created_at {
        return Err(Error::invalid("/at", "There was no such book then. Choose a later time."));
    }
    Ok(())
}

/// Everything that would change, as long as it can be done at once; what leaves the book first, so that it makes room.
async fn plan(services: &Services, caller: &Caller, book: BookId, at: Timestamp) -> Result<(Outlook, Vec<Item>)> {
    let (mut outlook, mut leaving, mut entering) = (Outlook::default(), Vec::new(), Vec::new());
    look(services, caller, book, at, |row, verdict| {
        outlook.count(verdict);
        if verdict.changes() && outlook.total() <= AT_ONCE_MAX {
            let list = if verdict.leaves() { &mut leaving } else { &mut entering };
            list.push(Item::Then(Box::new(Then { book, at, row })));
        }
    })
    .await?;
    leaving.append(&mut entering);
    Ok((outlook, leaving))
}

/// Looks at each contact of which something changed behind the time.
async fn look(
    services: &Services,
    caller: &Caller,
    book: BookId,
    at: Timestamp,
    mut found: impl FnMut(ThenRow, Verdict),
) -> Result<()> {
    let mut after = None;
    loop {
        let page = page(services, caller, book, at, after, PAGE).await?;
        after = page.items.last().map(|row| row.contact);
        for row in page.items {
            let verdict = verdict(&row, caller, book, at);
            found(row, verdict);
        }
        if !page.more || after.is_none() {
            return Ok(());
        }
    }
}

/// A page of a job's turn: what leaves the book, or what else there is. The last contact looked at, and whether there are more.
pub(crate) async fn items(
    services: &Services,
    caller: &Caller,
    task: (BookId, Timestamp, bool),
    after: Option<ContactId>,
    limit: usize,
) -> Result<(Vec<Item>, Option<ContactId>, bool)> {
    let (book, at, leaving) = task;
    if caller.may_edit(book).is_err() {
        return Ok((Vec::new(), None, false));
    }
    let page = page(services, caller, book, at, after, limit).await?;
    let last = page.items.last().map(|row| row.contact);
    let wanted = |row: &ThenRow| {
        let verdict = verdict(row, caller, book, at);
        verdict.changes() && verdict.leaves() == leaving
    };
    let items = page.items.into_iter().filter(wanted).map(|row| Item::Then(Box::new(Then { book, at, row })));
    Ok((items.collect(), last, page.more))
}

async fn page(
    services: &Services,
    caller: &Caller,
    book: BookId,
    at: Timestamp,
    after: Option<ContactId>,
    limit: usize,
) -> Result<Page<ThenRow>> {
    services.database.changed_behind(caller.scope(), book, at, after, limit).await
}

/// What one contact would become.
async fn example(
    services: &Services,
    caller: &Caller,
    book: BookId,
    row: &ThenRow,
    verdict: Verdict,
) -> Result<Option<Affected>> {
    let Some(now) = services.database.card(caller.scope(), row.contact).await? else { return Ok(None) };
    let was_binned = now.deleted_at.is_some();
    let now = Card::parse(now.bytes).map(|card| card.model_light()).unwrap_or_default();
    let mut told = Affected {
        contact: row.contact,
        name: display_name(&now),
        book,
        act: Act::Delete,
        changes: Vec::new(),
        forgotten: false,
    };
    match verdict {
        Verdict::Away(home) => (told.act, told.book) = (Act::Move, home),
        Verdict::Back | Verdict::Change => {
            let Some(then) = row.then else { return Ok(None) };
            let version = services.database.version(caller.scope(), row.contact, then.modseq).await?;
            let Some(then) = version.as_ref().map(model) else { return Ok(None) };
            told.name = display_name(&then);
            told.changes = diff::diff(&now, &then);
            told.act = match verdict {
                Verdict::Change => Act::Edit,
                _ if was_binned => Act::Restore,
                _ => Act::Move,
            };
        }
        _ => {}
    }
    Ok(Some(told))
}
