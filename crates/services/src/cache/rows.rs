//! The row cache: a database in front of the real one that remembers what it was asked.
//!
//! It answers from memory only who is content with the numbers its scope names ([`Scope::as_of`]), and only what is known to
//! be still so at them: every row is kept with the numbers from before it was read, and a row read at an older number is
//! right while the book's change table does not name it since. Nobody has to be told of a change for that, so nothing that
//! is lost, late or cut off makes an answer old. Everything else goes to the database.

use std::{convert::Infallible, sync::Arc};

use async_trait::async_trait;
use moka::sync::Cache;
use rolo_core::{
    Result,
    account::Scope,
    contact::{Stored, StoredCard},
    contracts::{
        Database, Through,
        cache::{Cache as Watched, Figure},
        database::{BookRow, Head, Heads, LabelRow, Rederived},
    },
    id::{AccountId, BookId, ContactId, Modseq},
    write::{Outcome, Write},
};
use tokio::sync::{Mutex, MutexGuard, OwnedMutexGuard};
use uuid::Uuid;

use super::{
    entry::{Basis, Entry, Key, Kind, Value},
    figures::{Event, Figures},
    flights::Flights,
    memory::{Filled, Memory},
    redis::Redis,
    trail::Trail,
};

/// Books whose changes are followed at once.
const TRAILS_MAX: u64 = 10_000;
/// A book that went on further than this is followed anew: reading all of it costs more than the rows it would save.
const BEHIND_MAX: u64 = 2_000;
/// Changes read at once.
const PAGE: usize = 1_000;

/// A database with a cache in front.
pub struct Rows {
    behind: Arc<dyn Database>,
    memory: Memory,
    trails: Cache<BookId, Arc<Mutex<Trail>>>,
    flights: Flights,
    figures: Figures,
    shared: Option<Redis>,
    /// The newest tick of the database behind, held by the one waiter who listens to it.
    heard: Mutex<u64>,
    /// The control of the schedules: believes every entry.
    #[cfg(test)]
    pub(super) gullible: bool,
}

impl Rows {
    /// Remembers in this process.
    pub fn new(behind: Arc<dyn Database>) -> Self {
        Self::over(behind, None)
    }

    /// Remembers in this process, and behind that where other processes find it, too.
    pub(super) fn over(behind: Arc<dyn Database>, shared: Option<Redis>) -> Self {
        Self {
            behind,
            memory: Memory::new(),
            trails: Cache::new(TRAILS_MAX),
            flights: Flights::default(),
            figures: Figures::default(),
            shared,
            heard: Mutex::new(0),
            #[cfg(test)]
            gullible: false,
        }
    }

    /// What is known, or what the database says.
    async fn read(
        &self,
        scope: &Scope,
        heads: &Heads,
        key: Key,
        ask: impl Future<Output = Result<Value>>,
    ) -> Result<Value> {
        if let Some(value) = self.known(scope, heads, key).await {
            return Ok(value);
        }
        let _turn = self.flights.turn(key).await;
        if let Some(value) = self.known(scope, heads, key).await {
            return Ok(value);
        }
        if let Some(value) = self.shared(scope, heads, key).await {
            return Ok(value);
        }
        self.figures.count(key.kind, Event::Miss);
        let value = ask.await?;
        if let Some(entry) = Entry::read(heads, value.clone()) {
            let key = if value == Value::Missing { missing(scope, key) } else { key };
            self.keep(key, Arc::new(entry));
        }
        Ok(value)
    }

    /// From memory, when it is still so.
    async fn known(&self, scope: &Scope, heads: &Heads, key: Key) -> Option<Value> {
        for key in [key, missing(scope, key)] {
            if let Some(entry) = self.memory.get(&key)
                && self.holds(scope, heads, key, &entry).await
            {
                self.figures.count(key.kind, Event::Hit);
                return Some(entry.value.clone());
            }
        }
        None
    }

    /// From the tier that processes share, when it is still so.
    async fn shared(&self, scope: &Scope, heads: &Heads, key: Key) -> Option<Value> {
        let entry = Arc::new(self.shared.as_ref()?.get(key).await?);
        if !self.holds(scope, heads, key, &entry).await {
            return None;
        }
        self.figures.count(key.kind, Event::Shared);
        let value = entry.value.clone();
        self.memory.fill(key, entry);
        Some(value)
    }

    fn keep(&self, key: Key, entry: Arc<Entry>) {
        match self.memory.fill(key, Arc::clone(&entry)) {
            Filled::Kept => self.figures.count(key.kind, Event::Fill),
            Filled::Late => return self.figures.count(key.kind, Event::Late),
            Filled::TooLarge => return,
        }
        if let Some(shared) = &self.shared {
            shared.keep(key, entry);
        }
    }

    /// Whether an entry is what the database would say at these numbers, or later.
    async fn holds(&self, scope: &Scope, heads: &Heads, key: Key, entry: &Entry) -> bool {
        #[cfg(test)]
        if self.gullible {
            return true;
        }
        let (made, account) = match &entry.basis {
            Basis::All { .. } => return entry.basis == Basis::all(heads),
            Basis::Book { head, account } => (Head::from(*head), *account),
        };
        let now = heads.books.iter().find(|now| now.book == made.book);
        let Some(now) = now.filter(|now| now.epoch == made.epoch && scope.sees(now.book)) else { return false };
        if key.kind == Kind::Contact && account < heads.account {
            return false;
        }
        if made.modseq >= now.modseq {
            return true;
        }
        match self.trail(scope, now).await {
            Some(trail) => trail.still(key.id, &made),
            None => false,
        }
    }

    /// What changed in a book, up to `now` at least. `None`: the database does not say.
    async fn trail(&self, scope: &Scope, now: &Head) -> Option<OwnedMutexGuard<Trail>> {
        let fresh = || Arc::new(Mutex::new(Trail::new(now)));
        let mut trail = self.trails.get_with(now.book, fresh).lock_owned().await;
        if !trail.reaches(now) && !trail.leads_to(now, BEHIND_MAX) {
            *trail = Trail::new(now);
        }
        while !trail.reaches(now) {
            let page = self.behind.changes(scope, now.book, Modseq(trail.upto()), PAGE).await.ok()?;
            let last = page.items.last().map_or(trail.upto(), |change| change.modseq.0);
            // A last page holds everything up to the head of its time, which is `now` or later.
            let upto = if page.more { last } else { last.max(now.modseq.0) };
            trail.note(&page.items, upto);
        }
        Some(trail)
    }

    /// Lets the tick rise with the one of the database behind. One of those who wait listens for all of them.
    async fn follow_behind(&self, shared: &Redis) -> Infallible {
        let mut heard: MutexGuard<'_, u64> = self.heard.lock().await;
        loop {
            *heard = self.behind.committed_after(*heard).await;
            shared.news().rise();
        }
    }

    #[cfg(test)]
    pub(super) fn idle(&self) -> bool {
        self.flights.len() == 0
    }

    fn tell(&self) {
        if let Some(shared) = &self.shared {
            shared.tell();
        }
    }
}

/// Where it is kept that something is not there: for this account, since others see other books.
fn missing(scope: &Scope, key: Key) -> Key {
    Key { kind: Kind::Missing, account: scope.account(), id: key.id }
}

impl Through for Rows {
    fn behind(&self) -> &dyn Database {
        &*self.behind
    }

    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Option<Stored>> {
        let Some(heads) = scope.as_of() else { return self.behind.contact(scope, id).await };
        let key = Key { kind: Kind::Contact, account: scope.account(), id: id.0 };
        let ask = async {
            let stored = self.behind.contact(scope, id).await?;
            Ok(stored.map_or(Value::Missing, |stored| Value::Contact(Arc::new(stored))))
        };
        match self.read(scope, heads, key, ask).await? {
            Value::Contact(stored) => Ok(Some(Arc::unwrap_or_clone(stored))),
            _ => Ok(None),
        }
    }

    async fn card(&self, scope: &Scope, id: ContactId) -> Result<Option<StoredCard>> {
        let Some(heads) = scope.as_of() else { return self.behind.card(scope, id).await };
        let key = Key { kind: Kind::Card, account: AccountId(Uuid::nil()), id: id.0 };
        let ask = async {
            let card = self.behind.card(scope, id).await?;
            Ok(card.map_or(Value::Missing, |card| Value::Card(Arc::new(card))))
        };
        match self.read(scope, heads, key, ask).await? {
            Value::Card(card) => Ok(Some(Arc::unwrap_or_clone(card))),
            _ => Ok(None),
        }
    }

    async fn labels(&self, scope: &Scope) -> Result<Vec<LabelRow>> {
        let Some(heads) = scope.as_of() else { return self.behind.labels(scope).await };
        let key = Key { kind: Kind::Labels, account: scope.account(), id: Uuid::nil() };
        let ask = async { Ok(Value::Labels(Arc::new(self.behind.labels(scope).await?))) };
        match self.read(scope, heads, key, ask).await? {
            Value::Labels(rows) => Ok(Arc::unwrap_or_clone(rows)),
            _ => Ok(Vec::new()),
        }
    }

    async fn books(&self, scope: &Scope) -> Result<Vec<BookRow>> {
        let Some(heads) = scope.as_of() else { return self.behind.books(scope).await };
        let key = Key { kind: Kind::Books, account: scope.account(), id: Uuid::nil() };
        let ask = async { Ok(Value::Books(Arc::new(self.behind.books(scope).await?))) };
        match self.read(scope, heads, key, ask).await? {
            Value::Books(rows) => Ok(Arc::unwrap_or_clone(rows)),
            _ => Ok(Vec::new()),
        }
    }

    async fn commit(&self, write: Write) -> Result<Outcome> {
        let outcome = self.behind.commit(write).await;
        self.tell();
        outcome
    }

    async fn rederive(&self, scope: &Scope, book: BookId, rows: Vec<Rederived>) -> Result<u64> {
        let changed = self.behind.rederive(scope, book, rows).await;
        self.tell();
        changed
    }

    async fn committed_after(&self, tick: u64) -> u64 {
        let Some(shared) = &self.shared else { return self.behind.committed_after(tick).await };
        tokio::select! {
            newest = shared.news().after(tick) => newest,
            never = self.follow_behind(shared) => match never {},
        }
    }
}

#[async_trait]
impl Watched for Rows {
    async fn works(&self) -> Result<()> {
        match &self.shared {
            Some(shared) => shared.ready().await,
            None => Ok(()),
        }
    }

    fn technology(&self) -> &'static str {
        if self.shared.is_some() { "redis" } else { "memory" }
    }

    async fn version(&self) -> Result<Option<String>> {
        match &self.shared {
            Some(shared) => shared.version().await.map(Some),
            None => Ok(None),
        }
    }

    fn figures(&self) -> Vec<Figure> {
        self.figures.all()
    }
}
