//! The contract's questions, handed to whichever database was chosen: SQLite answers them on the spot, the others over a
//! pooled connection.

use std::{
    collections::HashMap,
    convert::Infallible,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures_util::FutureExt as _;
use jiff::Timestamp;
use rolo_core::{
    Error, Result,
    account::{Scope, caller::Rights},
    contact::{Filter, Listed, Page, Stored, StoredCard, VersionRow},
    contracts::{
        Database,
        database::{
            AccountRow, Answer, BatchRow, BookRow, ChangeRow, Claim, Head, Heads, LabelRow, MatchRow, OrganisationRow,
            OutboxRow, Rederived, SessionRow, Swept, ThenRow, TokenRow, WorkRow,
        },
    },
    id::{AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, SessionId},
    write::{Admin, Effect, KeptRow, Outcome, Write},
};
use uuid::Uuid;

use super::{
    Options,
    ask::{ask, quiet, tell, tell_past},
    commit,
    copy::{Table, tables_of},
    gather::Gather,
    migrate::Upgrade,
    mysql::{self, MySql},
    postgres::{self, Postgres},
    read, secret,
    sqlite::{Done, OpenOptions, Size, Sqlite},
    tick::Tick,
    upkeep,
};

/// How often to look for what other processes have written to a networked database.
const OTHERS: Duration = Duration::from_millis(400);

/// A relational database, embedded or networked.
#[derive(Debug)]
pub struct Relational {
    pub(crate) engine: Engine,
    tick: Arc<Tick>,
    /// When each session was last noted as used.
    touched: Mutex<HashMap<SessionId, i64>>,
    /// Where everything stood when it was last looked at for what other processes wrote.
    others: tokio::sync::Mutex<Option<[i64; 3]>>,
    gather: Gather,
    /// The number of the schema it was opened with.
    schema: u32,
    tables: &'static [Table],
}

#[derive(Debug)]
pub(crate) enum Engine {
    Sqlite(Sqlite),
    MySql(MySql),
    Postgres(Postgres),
}

impl Relational {
    /// Opens an SQLite file and takes its folder for this process.
    pub fn open(options: OpenOptions) -> Result<Self> {
        Self::file(options, Upgrade::default())
    }

    pub(crate) fn file(options: OpenOptions, upgrade: Upgrade) -> Result<Self> {
        let tick = Arc::new(Tick::new());
        let sqlite = Sqlite::open(options, Timestamp::now().as_millisecond(), Arc::clone(&tick), upgrade)?;
        Self::of(Engine::Sqlite(sqlite), tick, upgrade)
    }

    /// Where the copy is that was made of an embedded database before its schema was changed, if it was.
    pub fn set_aside(&self) -> Option<&Path> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.set_aside.as_deref(),
            Engine::MySql(_) | Engine::Postgres(_) => None,
        }
    }

    /// Connects to MySQL or MariaDB and makes the schema where there is none.
    pub async fn mysql(options: &Options) -> Result<Self> {
        Self::at_mysql(options, Upgrade::default()).await
    }

    pub(crate) async fn at_mysql(options: &Options, upgrade: Upgrade) -> Result<Self> {
        Self::of(Engine::MySql(mysql::connect(options, upgrade).await?), Arc::new(Tick::new()), upgrade)
    }

    /// Connects to PostgreSQL and makes the schema where there is none.
    pub async fn postgres(options: &Options) -> Result<Self> {
        Self::at_postgres(options, Upgrade::default()).await
    }

    pub(crate) async fn at_postgres(options: &Options, upgrade: Upgrade) -> Result<Self> {
        Self::of(Engine::Postgres(postgres::connect(options, upgrade).await?), Arc::new(Tick::new()), upgrade)
    }

    fn of(engine: Engine, tick: Arc<Tick>, upgrade: Upgrade) -> Result<Self> {
        let schema = u32::try_from(upgrade.steps.len()).map_err(Error::internal)?;
        Ok(Self {
            engine,
            tick,
            touched: Mutex::default(),
            others: tokio::sync::Mutex::default(),
            gather: Gather::default(),
            schema,
            tables: tables_of(upgrade.tables, schema),
        })
    }

    /// The number of the schema that it was opened with.
    pub fn schema(&self) -> u32 {
        self.schema
    }

    /// The tables of that schema.
    pub fn tables(&self) -> &'static [Table] {
        self.tables
    }

    /// The key under which digests of session and token secrets are made; it travels with the database.
    pub async fn secret_key(&self) -> Result<[u8; 32]> {
        ask!(self, |s| secret::key(s))
    }

    /// What an embedded database finds wrong with its file; empty when it is whole. Reads everything.
    pub fn check(&self) -> Result<Vec<String>> {
        match &self.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite.check()?),
            Engine::MySql(_) | Engine::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Lets an embedded database's file grow by at most this many octets from now on; `None` takes the limit away. Beyond it
    /// the disk counts as full.
    pub async fn limit_growth(&self, octets: Option<u64>) -> Result<()> {
        match &self.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite.limit_growth(octets).await?),
            Engine::MySql(_) | Engine::Postgres(_) => Ok(()),
        }
    }

    async fn mark(&self) -> Result<[i64; 3]> {
        ask!(self, |s| read::change::mark(s))
    }

    /// Lets the tick rise when another process has written. One of those who wait looks for all of them.
    async fn follow_others(&self) -> Infallible {
        let mut seen = self.others.lock().await;
        loop {
            tokio::time::sleep(OTHERS).await;
            // A database that is away has no news; whoever reads next is told that it is away.
            match self.mark().await {
                Ok(mark) if *seen != Some(mark) => {
                    if seen.replace(mark).is_some() {
                        self.tick.rise();
                    }
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(error = ?error, "what other processes write is not seen now"),
            }
        }
    }

    pub(crate) fn noted<T>(&self, done: Done<T>) -> T {
        if !done.heads.is_empty() {
            self.tick.rise();
        }
        done.answer
    }
}

#[async_trait]
impl Database for Relational {
    async fn commit(&self, write: Write) -> Result<Outcome> {
        let signs = |effect: &Effect| {
            matches!(
                effect,
                Effect::Admin(Admin::StartSession(_) | Admin::EndSession { .. } | Admin::RevokeToken { .. })
            )
        };
        let size = if write.effects.iter().all(signs) { Size::Small } else { Size::Any };
        let works = |effect: &Effect| {
            matches!(
                effect,
                Effect::Tell { .. }
                    | Effect::Admin(Admin::CreateImport { .. } | Admin::SaveImport { .. } | Admin::CreateJob { .. })
            )
        };
        let works = write.effects.iter().any(works);
        let outcome = tell!(self, size, |s| async {
            let applied = commit::apply(s, &write).await?;
            Ok(Done { answer: applied.outcome, heads: applied.heads })
        });
        // Work for later moves no book's number, yet somebody waits for it.
        if works && outcome.is_ok() {
            self.tick.rise();
        }
        outcome
    }

    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Option<Stored>> {
        let found: Result<Vec<_>> = ask!(self, glance, |s| read::contact::stored(s, scope, &[id]));
        Ok(found?.pop())
    }

    async fn contacts(&self, scope: &Scope, ids: &[ContactId]) -> Result<Vec<Stored>> {
        ask!(self, |s| read::contact::stored(s, scope, ids))
    }

    async fn card(&self, scope: &Scope, id: ContactId) -> Result<Option<StoredCard>> {
        let found: Result<Vec<_>> = ask!(self, glance, |s| read::contact::cards(s, scope, &[id]));
        Ok(found?.pop())
    }

    async fn cards(&self, scope: &Scope, ids: &[ContactId]) -> Result<Vec<StoredCard>> {
        ask!(self, |s| read::contact::cards(s, scope, ids))
    }

    async fn list(&self, scope: &Scope, filter: &Filter) -> Result<Page<Listed>> {
        ask!(self, |s| read::list::list(s, scope, filter))
    }

    async fn listed(&self, scope: &Scope, ids: &[ContactId]) -> Result<Vec<Listed>> {
        ask!(self, |s| read::contact::lines(s, scope, ids))
    }

    async fn count(&self, scope: &Scope, filter: &Filter) -> Result<u64> {
        ask!(self, |s| read::count::count(s, scope, filter))
    }

    async fn match_keys(
        &self,
        scope: &Scope,
        book: BookId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<MatchRow>> {
        ask!(self, |s| read::contact::match_keys(s, scope, book, after, limit))
    }

    async fn large(&self, scope: &Scope, id: ContactId, hash: [u8; 32]) -> Result<Option<Vec<u8>>> {
        ask!(self, |s| read::contact::large(s, scope, id, hash))
    }

    async fn versions(
        &self,
        scope: &Scope,
        id: ContactId,
        before: Option<Modseq>,
        limit: usize,
    ) -> Result<Page<VersionRow>> {
        ask!(self, |s| read::history::versions(s, scope, id, before, limit))
    }

    async fn version(&self, scope: &Scope, id: ContactId, modseq: Modseq) -> Result<Option<VersionRow>> {
        ask!(self, |s| read::history::version(s, scope, id, modseq))
    }

    async fn batch(&self, scope: &Scope, id: BatchId) -> Result<Option<BatchRow>> {
        ask!(self, |s| read::history::batch(s, scope, id))
    }

    async fn batches(&self, scope: &Scope, before: Option<Timestamp>, limit: usize) -> Result<Page<BatchRow>> {
        ask!(self, |s| read::history::batches(s, scope, before, limit))
    }

    async fn batch_versions(
        &self,
        scope: &Scope,
        id: BatchId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Page<VersionRow>> {
        ask!(self, |s| read::history::batch_versions(s, scope, id, after, limit))
    }

    async fn changed_behind(
        &self,
        scope: &Scope,
        book: BookId,
        at: Timestamp,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Page<ThenRow>> {
        ask!(self, |s| read::history::changed_behind(s, scope, book, at, after, limit))
    }

    async fn changes(&self, scope: &Scope, book: BookId, since: Modseq, limit: usize) -> Result<Page<ChangeRow>> {
        ask!(self, |s| read::change::changes(s, scope, book, since, limit))
    }

    async fn account_changes(&self, scope: &Scope, since: Modseq, limit: usize) -> Result<Page<ChangeRow>> {
        ask!(self, |s| read::change::account_changes(s, scope, since, limit))
    }

    async fn heads(&self, scope: &Scope) -> Result<Heads> {
        if let Engine::Sqlite(sqlite) = &self.engine {
            return Ok(sqlite.memory.heads(scope));
        }
        let ask = |scopes: Vec<Scope>| async move { ask!(self, |s| read::change::heads(s, &scopes)) }.boxed();
        self.gather.heads(scope, ask).await
    }

    async fn committed_after(&self, tick: u64) -> u64 {
        if let Engine::Sqlite(_) = &self.engine {
            return self.tick.after(tick).await;
        }
        tokio::select! {
            newest = self.tick.after(tick) => newest,
            never = self.follow_others() => match never {},
        }
    }

    async fn all_books(&self) -> Result<Vec<(Scope, Head)>> {
        let books = match &self.engine {
            Engine::Sqlite(sqlite) => Ok(sqlite.memory.all_books()),
            _ => ask!(self, |s| read::change::books(s)),
        };
        let scoped =
            books?.into_iter().map(|(organisation, head)| (read::change::scope_of(organisation, head.book), head));
        Ok(scoped.collect())
    }

    async fn labels(&self, scope: &Scope) -> Result<Vec<LabelRow>> {
        ask!(self, |s| read::label::labels(s, scope))
    }

    async fn label(&self, scope: &Scope, id: LabelId) -> Result<Option<LabelRow>> {
        ask!(self, |s| read::label::label(s, scope, id))
    }

    async fn label_named(&self, scope: &Scope, book: BookId, name: &str) -> Result<Option<LabelId>> {
        ask!(self, |s| read::label::named(s, scope, book, name))
    }

    async fn books(&self, scope: &Scope) -> Result<Vec<BookRow>> {
        ask!(self, |s| read::label::books(s, scope))
    }

    async fn organisation(&self, id: OrganisationId) -> Result<Option<OrganisationRow>> {
        ask!(self, |s| read::account::organisation(s, id))
    }

    async fn has_accounts(&self) -> Result<bool> {
        ask!(self, |s| read::account::has_accounts(s))
    }

    async fn account_by_email(&self, email_key: &str) -> Result<Option<AccountRow>> {
        ask!(self, glance, |s| read::account::by_email(s, email_key))
    }

    async fn account(&self, id: AccountId) -> Result<Option<AccountRow>> {
        ask!(self, glance, |s| read::account::account(s, id))
    }

    async fn accounts(&self, organisation: Option<OrganisationId>) -> Result<Vec<AccountRow>> {
        ask!(self, |s| read::account::accounts(s, organisation))
    }

    async fn rights(&self, id: AccountId) -> Result<Option<Rights>> {
        ask!(self, glance, |s| read::account::rights(s, id))
    }

    async fn session(&self, digest: &[u8; 32], now_at: Timestamp) -> Result<Option<SessionRow>> {
        ask!(self, glance, |s| read::account::session(s, digest, now_at))
    }

    async fn sessions(&self, account: AccountId) -> Result<Vec<SessionRow>> {
        ask!(self, |s| read::account::sessions(s, account))
    }

    async fn touch_session(&self, id: SessionId, at: Timestamp) -> Result<()> {
        if !self.is_due(id, at.as_millisecond()) {
            return Ok(());
        }
        let noted: Result<()> = tell!(self, Size::Small, |s| quiet!(upkeep::touch_session(s, id, at)));
        match noted {
            Err(Error::Full | Error::ReadOnly { .. }) => Ok(()),
            other => other,
        }
    }

    async fn token(&self, digest: &[u8; 32], now_at: Timestamp) -> Result<Option<TokenRow>> {
        ask!(self, glance, |s| read::account::token(s, digest, now_at))
    }

    async fn tokens(&self, account: AccountId) -> Result<Vec<TokenRow>> {
        ask!(self, |s| read::account::tokens(s, account))
    }

    async fn import(&self, scope: &Scope, id: ImportId) -> Result<Option<WorkRow>> {
        ask!(self, |s| read::work::import(s, scope, id))
    }

    async fn imports(&self, scope: &Scope, limit: usize) -> Result<Vec<WorkRow>> {
        ask!(self, |s| read::work::imports(s, scope, limit))
    }

    async fn kept_rows(
        &self,
        scope: &Scope,
        book: BookId,
        after: Option<[u8; 16]>,
        limit: usize,
    ) -> Result<Vec<KeptRow>> {
        ask!(self, |s| read::work::kept_rows(s, scope, book, after, limit))
    }

    async fn job_of_batch(&self, scope: &Scope, id: BatchId) -> Result<Option<WorkRow>> {
        ask!(self, |s| read::work::job_of_batch(s, scope, id))
    }

    async fn job(&self, scope: &Scope, id: JobId) -> Result<Option<WorkRow>> {
        ask!(self, |s| read::work::job(s, scope, id))
    }

    async fn unfinished(&self) -> Result<Vec<WorkRow>> {
        ask!(self, |s| read::work::unfinished(s))
    }

    async fn count_try(&self, key: &str, window_seconds: u32, at: Timestamp) -> Result<u32> {
        let key = key.to_owned();
        tell!(self, Size::Small, |s| quiet!(upkeep::attempt::count(s, &key, window_seconds, at)))
    }

    async fn forget_tries(&self, key: &str) -> Result<()> {
        let key = key.to_owned();
        tell!(self, Size::Small, |s| quiet!(upkeep::attempt::forget(s, &key)))
    }

    async fn claim(&self, account: AccountId, key: &str, body: [u8; 32], at: Timestamp) -> Result<Claim> {
        let (key, fresh) = (key.to_owned(), Uuid::now_v7());
        tell!(self, |s| quiet!(upkeep::claim::claim(s, account, &key, body, at, fresh)))
    }

    async fn settle(&self, account: AccountId, key: &str, answer: Option<Answer>) -> Result<()> {
        let key = key.to_owned();
        tell!(self, |s| quiet!(upkeep::claim::settle(s, account, &key, answer.as_ref())))
    }

    async fn binned_before(&self, before: Timestamp, limit: usize) -> Result<Vec<(Scope, BookId, ContactId)>> {
        ask!(self, |s| upkeep::sweep::binned_before(s, before, limit))
    }

    async fn forget_expired(&self, at: Timestamp) -> Result<Swept> {
        tell!(self, |s| quiet!(upkeep::sweep::forget_expired(s, at)))
    }

    async fn lease_outbox(&self, at: Timestamp, lease_seconds: u32, limit: usize) -> Result<Vec<OutboxRow>> {
        tell!(self, |s| quiet!(upkeep::outbox::lease(s, at, lease_seconds, limit)))
    }

    async fn settle_outbox(&self, id: u64, retry_at: Option<Timestamp>) -> Result<()> {
        tell!(self, |s| quiet!(upkeep::outbox::settle(s, id, retry_at)))
    }

    async fn rederive(&self, scope: &Scope, book: BookId, rows: Vec<Rederived>) -> Result<u64> {
        let (scope, at) = (scope.clone(), Timestamp::now().as_millisecond());
        tell!(self, |s| async {
            let (answer, head) = upkeep::rederive::rederive(s, &scope, book, &rows, at).await?;
            Ok(Done { answer, heads: head.into_iter().collect() })
        })
    }

    async fn ready(&self) -> Result<()> {
        let nobody = SessionId(Uuid::nil());
        // A database that is being moved still answers.
        tell_past!(self, Size::Any, |s| quiet!(upkeep::touch_session(s, nobody, Timestamp::UNIX_EPOCH)))
    }
}

/// A session's use reaches the disk at most this often.
const TOUCH_MS: i64 = 60_000;
/// More sessions than this in one minute: the memory of them starts anew.
const TOUCHED_MAX: usize = 100_000;

impl Relational {
    fn is_due(&self, id: SessionId, at: i64) -> bool {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        if touched.get(&id).is_some_and(|last| at - last < TOUCH_MS) {
            return false;
        }
        if touched.len() >= TOUCHED_MAX {
            touched.clear();
        }
        touched.insert(id, at);
        true
    }
}
