//! Something that stands in front of a database: it lets every question through and answers some of them itself.
//!
//! The only list of the contract's verbs beside the contract. A verb that is missing here does not compile, so whoever
//! stands in front (a cache, a clock, the line a test cuts) has each of them and writes down only what it does otherwise.

use async_trait::async_trait;
use jiff::Timestamp;

use super::database::{
    AccountRow, Answer, BatchRow, BookRow, ChangeRow, Claim, Database, Head, Heads, LabelRow, MatchRow,
    OrganisationRow, OutboxRow, Rederived, SessionRow, Swept, ThenRow, TokenRow, WorkRow,
};
use crate::{
    Result,
    account::{Scope, caller::Rights},
    contact::{Filter, Listed, Page, Stored, StoredCard, VersionRow},
    id::{AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, SessionId},
    write::{KeptRow, Outcome, Write},
};

macro_rules! through {
    ($($verb:ident($($name:ident: $kind:ty),*) -> $answer:ty;)*) => {
        /// A [`Database`] in front of another one.
        pub trait Through: Send + Sync {
            /// The database behind.
            fn behind(&self) -> &dyn Database;

            /// Every question that goes through passes here, with the future of its answer.
            fn pass<T: Send>(
                &self,
                answer: impl Future<Output = Result<T>> + Send,
            ) -> impl Future<Output = Result<T>> + Send {
                answer
            }

            /// Waits as the database behind does; no question, so it does not pass.
            fn committed_after(&self, tick: u64) -> impl Future<Output = u64> + Send {
                self.behind().committed_after(tick)
            }

            $(
                #[doc = concat!("`Database::", stringify!($verb), "`, let through.")]
                fn $verb(&self, $($name: $kind),*) -> impl Future<Output = Result<$answer>> + Send {
                    async move { self.pass(self.behind().$verb($($name),*)).await }
                }
            )*
        }

        #[async_trait]
        impl<D: Through> Database for D {
            async fn committed_after(&self, tick: u64) -> u64 {
                Through::committed_after(self, tick).await
            }

            $(
                async fn $verb(&self, $($name: $kind),*) -> Result<$answer> {
                    Through::$verb(self, $($name),*).await
                }
            )*
        }
    };
}

through! {
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
