//! A database that can be cut off: the real one, until its line is cut.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering::SeqCst},
};

use async_trait::async_trait;
use jiff::Timestamp;
use rolo_core::{
    Error, Result,
    account::{Scope, caller::Rights},
    contact::{Filter, Listed, Page, Stored, StoredCard, VersionRow},
    contracts::database::{
        AccountRow, Answer, BatchRow, BookRow, ChangeRow, Claim, Database, Head, Heads, LabelRow, MatchRow,
        OrganisationRow, OutboxRow, Rederived, SessionRow, Swept, ThenRow, TokenRow, WorkRow,
    },
    id::{AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, SessionId},
    write::{KeptRow, Outcome, Write},
};
use tokio::sync::Notify;

/// How the line to the database is.
#[derive(Clone, Copy)]
pub(crate) enum Line {
    Whole,
    /// Every call is refused.
    Cut,
    /// No call is ever answered.
    Silent,
}

/// The real database at the end of a line.
pub(crate) struct Remote {
    database: Arc<dyn Database>,
    line: Arc<AtomicU8>,
    refused: Arc<Notify>,
}

/// What cuts the line.
#[derive(Clone)]
pub(crate) struct Shears {
    line: Arc<AtomicU8>,
    refused: Arc<Notify>,
}

impl Remote {
    pub(crate) fn new(database: Arc<dyn Database>) -> (Self, Shears) {
        let line = Arc::new(AtomicU8::new(Line::Whole as u8));
        let refused = Arc::new(Notify::new());
        let shears = Shears { line: line.clone(), refused: refused.clone() };
        (Self { database, line, refused }, shears)
    }

    async fn over(&self) -> Result<()> {
        match self.line.load(SeqCst) {
            line if line == Line::Cut as u8 => {
                self.refused.notify_one();
                Err(Error::unavailable("database", "the line is cut"))
            }
            line if line == Line::Silent as u8 => std::future::pending().await,
            _ => Ok(()),
        }
    }
}

impl Shears {
    pub(crate) fn make(&self, line: Line) {
        self.line.store(line as u8, SeqCst);
    }

    /// Waits until a call has been refused that no earlier wait was about.
    pub(crate) async fn refused(&self) {
        self.refused.notified().await;
    }
}

macro_rules! remote {
    ($($verb:ident($($name:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Database for Remote {
            $(async fn $verb(&self, $($name: $kind),*) -> Result<$answer> {
                self.over().await?;
                self.database.$verb($($name),*).await
            })*
            async fn committed_after(&self, tick: u64) -> u64 {
                self.database.committed_after(tick).await
            }
        }
    };
}

remote! {
    commit(write: Write) -> Outcome;
    contact(scope: &Scope, id: ContactId) -> Option<Stored>;
    contacts(scope: &Scope, ids: &[ContactId]) -> Vec<Stored>;
    card(scope: &Scope, id: ContactId) -> Option<StoredCard>;
    cards(scope: &Scope, ids: &[ContactId]) -> Vec<StoredCard>;
    list(scope: &Scope, filter: &Filter) -> Page<Listed>;
    listed(scope: &Scope, ids: &[ContactId]) -> Vec<Listed>;
    count(scope: &Scope, filter: &Filter) -> u64;
    match_keys(scope: &Scope, book: BookId, after: Option<ContactId>, limit: usize) -> Vec<MatchRow>;
    large(scope: &Scope, id: ContactId, hash: [u8; 32]) -> Option<Vec<u8>>;
    versions(scope: &Scope, id: ContactId, before: Option<Modseq>, limit: usize) -> Page<VersionRow>;
    version(scope: &Scope, id: ContactId, modseq: Modseq) -> Option<VersionRow>;
    batch(scope: &Scope, id: BatchId) -> Option<BatchRow>;
    batches(scope: &Scope, before: Option<Timestamp>, limit: usize) -> Page<BatchRow>;
    job_of_batch(scope: &Scope, id: BatchId) -> Option<WorkRow>;
    batch_versions(scope: &Scope, id: BatchId, after: Option<ContactId>, limit: usize) -> Page<VersionRow>;
    changed_behind(scope: &Scope, book: BookId, at: Timestamp, after: Option<ContactId>, limit: usize) -> Page<ThenRow>;
    changes(scope: &Scope, book: BookId, since: Modseq, limit: usize) -> Page<ChangeRow>;
    account_changes(scope: &Scope, since: Modseq, limit: usize) -> Page<ChangeRow>;
    heads(scope: &Scope) -> Heads;
    all_books() -> Vec<(Scope, Head)>;
    labels(scope: &Scope) -> Vec<LabelRow>;
    label(scope: &Scope, id: LabelId) -> Option<LabelRow>;
    label_named(scope: &Scope, book: BookId, name: &str) -> Option<LabelId>;
    books(scope: &Scope) -> Vec<BookRow>;
    organisation(id: OrganisationId) -> Option<OrganisationRow>;
    has_accounts() -> bool;
    account_by_email(email_key: &str) -> Option<AccountRow>;
    account(id: AccountId) -> Option<AccountRow>;
    accounts(organisation: Option<OrganisationId>) -> Vec<AccountRow>;
    rights(id: AccountId) -> Option<Rights>;
    session(digest: &[u8; 32], now: Timestamp) -> Option<SessionRow>;
    sessions(account: AccountId) -> Vec<SessionRow>;
    touch_session(id: SessionId, now: Timestamp) -> ();
    token(digest: &[u8; 32], now: Timestamp) -> Option<TokenRow>;
    tokens(account: AccountId) -> Vec<TokenRow>;
    import(scope: &Scope, id: ImportId) -> Option<WorkRow>;
    imports(scope: &Scope, limit: usize) -> Vec<WorkRow>;
    kept_rows(scope: &Scope, book: BookId, after: Option<[u8; 16]>, limit: usize) -> Vec<KeptRow>;
    job(scope: &Scope, id: JobId) -> Option<WorkRow>;
    unfinished() -> Vec<WorkRow>;
    count_try(key: &str, window_seconds: u32, now: Timestamp) -> u32;
    forget_tries(key: &str) -> ();
    claim(account: AccountId, key: &str, body: [u8; 32], now: Timestamp) -> Claim;
    settle(account: AccountId, key: &str, answer: Option<Answer>) -> ();
    binned_before(before: Timestamp, limit: usize) -> Vec<(Scope, BookId, ContactId)>;
    forget_expired(now: Timestamp) -> Swept;
    lease_outbox(now: Timestamp, lease_seconds: u32, limit: usize) -> Vec<OutboxRow>;
    settle_outbox(id: u64, retry_at: Option<Timestamp>) -> ();
    rederive(scope: &Scope, book: BookId, rows: Vec<Rederived>) -> u64;
    ready() -> ();
}
