//! The real database, and how often it was asked.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use jiff::Timestamp;
use rolo_core::{
    Result,
    account::Scope,
    account::caller::Rights,
    contact::{Filter, Listed, Page, Stored, StoredCard, VersionRow},
    contracts::database::{
        AccountRow, Answer, BatchRow, BookRow, ChangeRow, Claim, Database, Head, Heads, LabelRow, MatchRow,
        OrganisationRow, OutboxRow, Rederived, SessionRow, Swept, ThenRow, TokenRow, WorkRow,
    },
    id::{AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, SessionId},
    write::{KeptRow, Outcome, Write},
};

/// Counts each question and each commit.
pub(crate) struct Counted {
    pub(crate) real: Arc<dyn Database>,
    pub(crate) asked: AtomicU64,
}

impl Counted {
    pub(crate) fn new(real: Arc<dyn Database>) -> Arc<Self> {
        Arc::new(Self { real, asked: AtomicU64::new(0) })
    }

    /// How often since the last time.
    pub(crate) fn taken(&self) -> u64 {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

macro_rules! counted {
    ($($verb:ident($($name:ident: $kind:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl Database for Counted {
            $(async fn $verb(&self, $($name: $kind),*) -> $answer {
                self.asked.fetch_add(1, Ordering::SeqCst);
                self.real.$verb($($name),*).await
            })*
        }
    };
}

counted! {
    commit(write: Write) -> Result<Outcome>;
    contact(scope: &Scope, id: ContactId) -> Result<Option<Stored>>;
    contacts(scope: &Scope, ids: &[ContactId]) -> Result<Vec<Stored>>;
    card(scope: &Scope, id: ContactId) -> Result<Option<StoredCard>>;
    cards(scope: &Scope, ids: &[ContactId]) -> Result<Vec<StoredCard>>;
    list(scope: &Scope, filter: &Filter) -> Result<Page<Listed>>;
    listed(scope: &Scope, ids: &[ContactId]) -> Result<Vec<Listed>>;
    count(scope: &Scope, filter: &Filter) -> Result<u64>;
    match_keys(scope: &Scope, book: BookId, after: Option<ContactId>, limit: usize) -> Result<Vec<MatchRow>>;
    large(scope: &Scope, id: ContactId, hash: [u8; 32]) -> Result<Option<Vec<u8>>>;
    versions(scope: &Scope, id: ContactId, before: Option<Modseq>, limit: usize) -> Result<Page<VersionRow>>;
    version(scope: &Scope, id: ContactId, modseq: Modseq) -> Result<Option<VersionRow>>;
    batch(scope: &Scope, id: BatchId) -> Result<Option<BatchRow>>;
    batches(scope: &Scope, before: Option<Timestamp>, limit: usize) -> Result<Page<BatchRow>>;
    batch_versions(scope: &Scope, id: BatchId, after: Option<ContactId>, limit: usize) -> Result<Page<VersionRow>>;
    changed_behind(scope: &Scope, book: BookId, at: Timestamp, after: Option<ContactId>, limit: usize) -> Result<Page<ThenRow>>;
    changes(scope: &Scope, book: BookId, since: Modseq, limit: usize) -> Result<Page<ChangeRow>>;
    account_changes(scope: &Scope, since: Modseq, limit: usize) -> Result<Page<ChangeRow>>;
    heads(scope: &Scope) -> Result<Heads>;
    committed_after(tick: u64) -> u64;
    all_books() -> Result<Vec<(Scope, Head)>>;
    labels(scope: &Scope) -> Result<Vec<LabelRow>>;
    label(scope: &Scope, id: LabelId) -> Result<Option<LabelRow>>;
    label_named(scope: &Scope, book: BookId, name: &str) -> Result<Option<LabelId>>;
    books(scope: &Scope) -> Result<Vec<BookRow>>;
    organisation(id: OrganisationId) -> Result<Option<OrganisationRow>>;
    has_accounts() -> Result<bool>;
    account_by_email(email_key: &str) -> Result<Option<AccountRow>>;
    account(id: AccountId) -> Result<Option<AccountRow>>;
    accounts(organisation: Option<OrganisationId>) -> Result<Vec<AccountRow>>;
    rights(id: AccountId) -> Result<Option<Rights>>;
    session(digest: &[u8; 32], now: Timestamp) -> Result<Option<SessionRow>>;
    sessions(account: AccountId) -> Result<Vec<SessionRow>>;
    touch_session(id: SessionId, now: Timestamp) -> Result<()>;
    token(digest: &[u8; 32], now: Timestamp) -> Result<Option<TokenRow>>;
    tokens(account: AccountId) -> Result<Vec<TokenRow>>;
    import(scope: &Scope, id: ImportId) -> Result<Option<WorkRow>>;
    imports(scope: &Scope, limit: usize) -> Result<Vec<WorkRow>>;
    kept_rows(scope: &Scope, book: BookId, after: Option<[u8; 16]>, limit: usize) -> Result<Vec<KeptRow>>;
    job_of_batch(scope: &Scope, id: BatchId) -> Result<Option<WorkRow>>;
    job(scope: &Scope, id: JobId) -> Result<Option<WorkRow>>;
    unfinished() -> Result<Vec<WorkRow>>;
    count_try(key: &str, window_seconds: u32, now: Timestamp) -> Result<u32>;
    forget_tries(key: &str) -> Result<()>;
    claim(account: AccountId, key: &str, body: [u8; 32], now: Timestamp) -> Result<Claim>;
    settle(account: AccountId, key: &str, answer: Option<Answer>) -> Result<()>;
    binned_before(before: Timestamp, limit: usize) -> Result<Vec<(Scope, BookId, ContactId)>>;
    forget_expired(now: Timestamp) -> Result<Swept>;
    lease_outbox(now: Timestamp, lease_seconds: u32, limit: usize) -> Result<Vec<OutboxRow>>;
    settle_outbox(id: u64, retry_at: Option<Timestamp>) -> Result<()>;
    rederive(scope: &Scope, book: BookId, rows: Vec<Rederived>) -> Result<u64>;
    ready() -> Result<()>;
}
