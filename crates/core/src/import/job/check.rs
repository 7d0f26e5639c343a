//! The dry run: every row is read and matched, and gets its verdict. Nothing of the book is touched.

use std::{sync::Arc, time::Duration};

use super::{
    mark::Mark,
    state::{Counts, Held, Import, State},
};
use crate::{
    Error, Result, Services,
    account::Caller,
    contracts::storage::Chunks,
    id::{ImportId, Modseq},
    import::{
        Format,
        file::{self, Item, Rows},
        limit::{CHUNK_BYTES, CHUNK_ROWS, ROWS_MAX},
        matching::{Matcher, Read, Reading, groups::Groups, room::Room},
    },
};

/// Octets of all verdicts.
const VERDICT_BYTES_MAX: u64 = (ROWS_MAX + 1) * super::mark::MARK_BYTES as u64;

/// Checks an import now, whoever else might be about to. A file that cannot be imported leaves it failed, with the reason.
pub async fn check(services: &Services, caller: &Caller, id: ImportId) -> Result<Import> {
    loop {
        let mut held = Held::of(services, caller, id).await?;
        caller.may_edit(held.saved.book)?;
        if matches!(held.saved.state, State::Running | State::Done | State::Failed | State::Undone) {
            return held.told(services, caller).await;
        }
        held.saved.is_mapped = true;
        match read(services, caller, &mut held).await {
            // The worker took a step meanwhile, and may have left it waiting for its columns.
            Err(Error::Conflict { .. }) => {}
            done => {
                done?;
                return held.told(services, caller).await;
            }
        }
    }
}

/// Opens the files if that was not done, and checks the rows unless the columns wait for somebody.
pub(super) async fn read(services: &Services, caller: &Caller, held: &mut Held) -> Result<()> {
    if let Err(error) = opened(services, held).await {
        return failed(services, caller, held, error).await;
    }
    let waits = held.saved.parts.iter().any(|part| part.format == Format::Csv) && !held.saved.is_mapped;
    if waits {
        held.saved.state = State::Mapping;
        return held.save(services, caller).await;
    }
    match verdicts(services, caller, held).await {
        Ok(()) => {
            held.saved.state = State::Checked;
            held.save(services, caller).await
        }
        Err(error) => failed(services, caller, held, error).await,
    }
}

/// What is wrong with the file is told to the person; what is wrong with the machine is tried again.
async fn failed(services: &Services, caller: &Caller, held: &mut Held, error: Error) -> Result<()> {
    if !matches!(error, Error::Invalid { .. } | Error::TooLarge { .. } | Error::Unsupported { .. } | Error::NotFound) {
        return Err(error);
    }
    held.saved.fail(match error {
        Error::NotFound => "The uploaded file is no longer there. Upload it again.".to_owned(),
        error => error.to_string(),
    });
    held.save(services, caller).await
}

async fn opened(services: &Services, held: &mut Held) -> Result<()> {
    if !held.saved.parts.is_empty() {
        return Ok(());
    }
    let uploads: Vec<(String, String)> =
        held.saved.files.iter().map(|file| (file.name.clone(), file.key.clone())).collect();
    let opened = file::open::open(&services.storage, &uploads).await?;
    held.saved.parts = opened.parts;
    held.saved.left_out = opened.left_out;
    Ok(())
}

/// Finds the verdict of every row and lays it beside the upload.
pub(super) async fn verdicts(services: &Services, caller: &Caller, held: &mut Held) -> Result<()> {
    let book = held.saved.book;
    let checked_at = head(services, caller, book).await?;
    let matcher = Matcher::new(services, caller, book).await?;
    let groups = grouped(services, held).await?;
    let labels = services.database.labels(&caller.scope().only(book)?).await?;
    let key = held.verdicts_key();
    let mut checking = Checking {
        services,
        held,
        matcher,
        groups: groups.clone(),
        room: Room::beside(labels.into_iter().map(|label| label.name).collect()),
        part: 0,
        rows: None,
        reading: None,
        count: 0,
        counts: Counts::default(),
        failed: false,
    };
    let chunks: Chunks<'_> = Box::pin(futures_util::stream::unfold(&mut checking, |checking| async move {
        if checking.failed {
            return None;
        }
        match checking.chunk().await {
            Ok(Some(marks)) => Some((Ok(marks), checking)),
            Ok(None) => None,
            Err(error) => {
                checking.failed = true;
                Some((Err(error), checking))
            }
        }
    }));
    services.storage.store(&key, chunks, VERDICT_BYTES_MAX).await?;
    let (count, counts, room) = (checking.count, checking.counts, checking.room.full());
    held.saved.is_full = room.is_some();
    if room.is_some() {
        store(services, held, &groups.with_room(room)).await?;
    }
    held.saved.rows = count;
    held.saved.counts = counts;
    held.saved.checked_at = checked_at;
    if count == 0 {
        return Err(Error::invalid("/file", "There are no contacts in this file."));
    }
    Ok(())
}

/// Reads the group cards of the files, and lays down what they say: members may stand before them.
async fn grouped(services: &Services, held: &Held) -> Result<Arc<Groups>> {
    let mut groups = Groups::default();
    for part in held.saved.parts.iter().filter(|part| part.has_groups) {
        let mut rows = Rows::from(services.storage.as_ref(), part, part.begin);
        while let Some(item) = rows.next().await? {
            if let Ok(content) = &item.content {
                groups.take(content);
            }
        }
    }
    if !groups.is_empty() {
        store(services, held, &groups).await?;
    }
    Ok(Arc::new(groups))
}

async fn store(services: &Services, held: &Held, groups: &Groups) -> Result<()> {
    let bytes = serde_json::to_vec(groups).map_err(Error::internal)?;
    let chunks: Chunks<'_> = Box::pin(futures_util::stream::iter([Ok(bytes)]));
    services.storage.store(&held.groups_key(), chunks, u64::MAX).await.map(drop)
}

/// The book's newest number.
pub(super) async fn head(services: &Services, caller: &Caller, book: crate::id::BookId) -> Result<Modseq> {
    let heads = services.database.heads(caller.scope()).await?;
    Ok(heads.books.iter().find(|head| head.book == book).map_or(Modseq(0), |head| head.modseq))
}

/// A check on its way.
struct Checking<'a> {
    services: &'a Services,
    held: &'a Held,
    matcher: Matcher<'a>,
    groups: Arc<Groups>,
    room: Room,
    part: usize,
    rows: Option<Rows<'a>>,
    reading: Option<Reading>,
    count: u64,
    counts: Counts,
    failed: bool,
}

impl Checking<'_> {
    /// The marks of the next rows; `None` behind the last.
    async fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        breathe().await;
        let items = loop {
            let Some(part) = self.held.saved.parts.get(self.part) else { return Ok(None) };
            let storage = self.services.storage.as_ref();
            let rows = self.rows.get_or_insert_with(|| Rows::from(storage, part, part.begin));
            let items = take(rows, CHUNK_ROWS).await?;
            if !items.is_empty() {
                break items;
            }
            self.part += 1;
            (self.rows, self.reading) = (None, None);
        };
        let part = &self.held.saved.parts[self.part];
        let reading = self.reading.get_or_insert_with(|| Reading::of(part, self.groups.clone()));
        let mut reads: Vec<Result<Read, String>> = items.iter().map(|item| read_item(reading, item)).collect();
        reads.iter_mut().flatten().for_each(|read| self.room.take(&mut read.row));
        let told = self.matcher.verdicts(&reads).await?;
        let mut marks = Vec::with_capacity(told.len() * super::mark::MARK_BYTES);
        for (told, item) in told.iter().zip(&items) {
            Mark::of(told, self.part, item.at).write(&mut marks);
            *self.counts.of(told.verdict) += 1;
        }
        self.count += told.len() as u64;
        if self.count > ROWS_MAX {
            return Err(Error::too_large("This file has more than 1,000,000 rows. Import it in parts."));
        }
        Ok(Some(marks))
    }
}

/// Lets others run: checking and making are all computing, and would keep their thread to themselves.
pub(super) async fn breathe() {
    let mut waited = false;
    std::future::poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return std::task::Poll::Ready(());
        }
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

/// The next rows, blank ones left out, as many as may be held at once.
pub(super) async fn take(rows: &mut Rows<'_>, most: usize) -> Result<Vec<Item>> {
    let mut items = Vec::with_capacity(most);
    let mut bytes = 0;
    while items.len() < most && bytes < CHUNK_BYTES {
        let Some(item) = rows.next().await? else { break };
        if matches!(&item.content, Ok(file::Content::Cells(record)) if record.is_blank()) {
            continue;
        }
        bytes += item.content.as_ref().map_or(0, file::Content::bytes);
        items.push(item);
    }
    Ok(items)
}

/// A row as a contact, or why it is none.
pub(super) fn read_item(reading: &Reading, item: &Item) -> Result<Read, String> {
    item.content.as_ref().map_err(Clone::clone).and_then(|content| reading.read(content))
}

/// How long a step of a run may take before the worker looks after others.
pub(super) const STEP: Duration = Duration::from_secs(2);
