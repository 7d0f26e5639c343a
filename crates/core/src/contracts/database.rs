//! The truth: contacts, labels, books, accounts and everything that must survive.
//!
//! - `commit` is the only write of domain rows: one transaction, all or nothing, durable when it answers. Commits that touch
//!   a book are numbered by its modseq, rising and without gaps but one: a contact that moves in brings its number along
//!   (`docs/decisions/database-moved-numbers.md`). Two commits on one book never interleave.
//! - Reads take a [`Scope`] and answer only what is in it; a row of another tenant or an invisible book is `None`.
//!   A read sees every commit that was answered before it began.
//! - Anything down, slow or full is an error (`Unavailable`, `Full`), never an empty answer.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    Result,
    account::{Right, Role, Scope, caller::Rights},
    contact::{Filter, Listed, Page, Stored, StoredCard, VersionRow},
    id::{
        AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, Revision, SessionId,
        TokenId,
    },
    write::{BatchNote, Outcome, TokenKind, Write},
};

/// A relational database.
#[async_trait]
pub trait Database: Send + Sync {
    /// Makes a write true. Preconditions that fail are `Conflict`; an id that is taken by something invisible is a bare `Conflict`.
    async fn commit(&self, write: Write) -> Result<Outcome>;

    // Contacts

    /// A contact, living or in the bin.
    async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Option<Stored>>;
    /// Contacts by id, in the order asked for; those not visible are left out. At most 1,000.
    async fn contacts(&self, scope: &Scope, ids: &[ContactId]) -> Result<Vec<Stored>>;
    /// A contact's bytes, living or in the bin.
    async fn card(&self, scope: &Scope, id: ContactId) -> Result<Option<StoredCard>>;
    /// Many contacts' bytes, in the order asked for; those not visible are left out. At most 1,000.
    async fn cards(&self, scope: &Scope, ids: &[ContactId]) -> Result<Vec<StoredCard>>;
    /// Lines of a list, by keyset.
    async fn list(&self, scope: &Scope, filter: &Filter) -> Result<Page<Listed>>;
    /// Lines by id, in the order asked for; those not visible are left out. At most 1,000.
    async fn listed(&self, scope: &Scope, ids: &[ContactId]) -> Result<Vec<Listed>>;
    /// How many `list` would give in all; exact, from kept counts where there are.
    async fn count(&self, scope: &Scope, filter: &Filter) -> Result<u64>;
    /// What imports and later duplicates match by: each living contact's id, `uid_key` and match keys, by id, after `after`.
    async fn match_keys(
        &self,
        scope: &Scope,
        book: BookId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Vec<MatchRow>>;
    /// A large value of a visible contact, as it stands in the card.
    async fn large(&self, scope: &Scope, id: ContactId, hash: [u8; 32]) -> Result<Option<Vec<u8>>>;

    // History

    /// A contact's versions, newest first, older than `before`.
    async fn versions(
        &self,
        scope: &Scope,
        id: ContactId,
        before: Option<Modseq>,
        limit: usize,
    ) -> Result<Page<VersionRow>>;
    /// One version.
    async fn version(&self, scope: &Scope, id: ContactId, modseq: Modseq) -> Result<Option<VersionRow>>;
    /// A batch.
    async fn batch(&self, scope: &Scope, id: BatchId) -> Result<Option<BatchRow>>;
    /// The batches of the visible books and of the account, newest first, older than `before`. Pages end between times, so a
    /// page may hold more than `limit`. What touched no book (stars, sign-ins, jobs) is no batch.
    async fn batches(&self, scope: &Scope, before: Option<Timestamp>, limit: usize) -> Result<Page<BatchRow>>;
    /// The versions a batch made, by contact, after `after`. Pages end between contacts, so a page may hold more than `limit`;
    /// an empty one is the last.
    async fn batch_versions(
        &self,
        scope: &Scope,
        id: BatchId,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Page<VersionRow>>;

    /// The contacts of which anything changed in a book behind `at`: what each was then and is now, by id, behind `after`.
    async fn changed_behind(
        &self,
        scope: &Scope,
        book: BookId,
        at: Timestamp,
        after: Option<ContactId>,
        limit: usize,
    ) -> Result<Page<ThenRow>>;

    // Changes

    /// What changed in a book behind `since`, ascending, each thing once with its newest modseq. Pages end between modseqs, so
    /// a page may hold more than `limit`. Older than what is kept: `Gone`.
    async fn changes(&self, scope: &Scope, book: BookId, since: Modseq, limit: usize) -> Result<Page<ChangeRow>>;
    /// What changed in the account's own state behind `since` (marks, books, settings).
    async fn account_changes(&self, scope: &Scope, since: Modseq, limit: usize) -> Result<Page<ChangeRow>>;
    /// The newest numbers of everything in the scope. Cheap: asked at each cached answer.
    async fn heads(&self, scope: &Scope) -> Result<Heads>;
    /// Waits until a commit later than `tick` has been answered by this process, or one of another process has been seen
    /// (within a second), and says the newest; for followers. It may wake without a commit.
    async fn committed_after(&self, tick: u64) -> u64;
    /// Every book of the instance with its head, for followers of all changes. Not for doors.
    async fn all_books(&self) -> Result<Vec<(Scope, Head)>>;

    // Labels and books

    /// The labels of the visible books, by name.
    async fn labels(&self, scope: &Scope) -> Result<Vec<LabelRow>>;
    /// A label.
    async fn label(&self, scope: &Scope, id: LabelId) -> Result<Option<LabelRow>>;
    /// The label of a book that has this name, or had it and that nobody took since.
    async fn label_named(&self, scope: &Scope, book: BookId, name: &str) -> Result<Option<LabelId>>;
    /// The visible books: the account's own first, then by name.
    async fn books(&self, scope: &Scope) -> Result<Vec<BookRow>>;

    // Tenants and accounts

    /// A tenant.
    async fn organisation(&self, id: OrganisationId) -> Result<Option<OrganisationRow>>;
    /// Whether any account exists.
    async fn has_accounts(&self) -> Result<bool>;
    /// An account by its folded address, also a disabled one.
    async fn account_by_email(&self, email_key: &str) -> Result<Option<AccountRow>>;
    /// An account by id.
    async fn account(&self, id: AccountId) -> Result<Option<AccountRow>>;
    /// The accounts of a tenant, by name; of all tenants when `None`.
    async fn accounts(&self, organisation: Option<OrganisationId>) -> Result<Vec<AccountRow>>;
    /// What a living account may do now.
    async fn rights(&self, id: AccountId) -> Result<Option<Rights>>;
    /// Who a session's digest belongs to, if it has not ended.
    async fn session(&self, digest: &[u8; 32], now: Timestamp) -> Result<Option<SessionRow>>;
    /// An account's sessions, newest first.
    async fn sessions(&self, account: AccountId) -> Result<Vec<SessionRow>>;
    /// Notes that a session was used; at most once a minute reaches the disk. A full disk is no error here.
    async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<()>;
    /// Who a token's digest belongs to, if it has not ended.
    async fn token(&self, digest: &[u8; 32], now: Timestamp) -> Result<Option<TokenRow>>;
    /// An account's tokens, newest first.
    async fn tokens(&self, account: AccountId) -> Result<Vec<TokenRow>>;

    // Imports and jobs

    /// An import.
    async fn import(&self, scope: &Scope, id: ImportId) -> Result<Option<WorkRow>>;
    /// The account's imports, newest first.
    async fn imports(&self, scope: &Scope, limit: usize) -> Result<Vec<WorkRow>>;
    /// The rows kept from earlier imports into a book by fingerprint, then by source key. Pages end between fingerprints, so
    /// a page may hold more than `limit`.
    async fn kept_rows(
        &self,
        scope: &Scope,
        book: BookId,
        after: Option<[u8; 16]>,
        limit: usize,
    ) -> Result<Vec<crate::write::KeptRow>>;
    /// What a visible batch remembers beside its versions, whichever account made it: the job of the same id.
    async fn job_of_batch(&self, scope: &Scope, id: BatchId) -> Result<Option<WorkRow>>;
    /// A job of this account.
    async fn job(&self, scope: &Scope, id: JobId) -> Result<Option<WorkRow>>;
    /// Unfinished imports and jobs of all tenants, for the worker after a start.
    async fn unfinished(&self) -> Result<Vec<WorkRow>>;

    // Upkeep

    /// Counts one try under `key` in the window that holds `now` and says how many there were with it. Survives restarts.
    async fn count_try(&self, key: &str, window_seconds: u32, now: Timestamp) -> Result<u32>;
    /// Forgets the tries under `key`.
    async fn forget_tries(&self, key: &str) -> Result<()>;
    /// Claims an idempotency key for a request whose body hashes to `body`.
    async fn claim(&self, account: AccountId, key: &str, body: [u8; 32], now: Timestamp) -> Result<Claim>;
    /// Keeps the answer of a claimed request for 24 hours, or gives the claim back when `None`: the next claim with the same
    /// body gets the same seed. A claim that is neither answered nor given back is taken over after two minutes.
    async fn settle(&self, account: AccountId, key: &str, answer: Option<Answer>) -> Result<()>;
    /// Contacts of all tenants that went to the bin before `before`, by book. For the sweep.
    async fn binned_before(&self, before: Timestamp, limit: usize) -> Result<Vec<(Scope, BookId, ContactId)>>;
    /// Forgets what is past its time: sessions, tries, claims, versions after a year, change rows after 400 days.
    async fn forget_expired(&self, now: Timestamp) -> Result<Swept>;
    /// Takes up to `limit` outbox rows that are due, for `lease_seconds`.
    async fn lease_outbox(&self, now: Timestamp, lease_seconds: u32, limit: usize) -> Result<Vec<OutboxRow>>;
    /// Removes an outbox row that was handled, or says when to try again.
    async fn settle_outbox(&self, id: u64, retry_at: Option<Timestamp>) -> Result<()>;
    /// Makes the derived columns of these contacts anew; answers how many still were what the row says.
    async fn rederive(&self, scope: &Scope, book: BookId, rows: Vec<Rederived>) -> Result<u64>;
    /// Whether the database answers and may be written.
    async fn ready(&self) -> Result<()>;
}

/// The newest numbers of a scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// Of the account's own state.
    pub account: Modseq,
    /// Rises with every change of the account's rights or password, and with every session or token that ends.
    pub access_epoch: u64,
    /// Of each book in the scope, ascending by id.
    pub books: Vec<Head>,
}

/// The newest number of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which.
    pub book: BookId,
    /// A restore starts a new one.
    pub epoch: u64,
    /// The newest.
    pub modseq: Modseq,
}

/// What a living contact is matched by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchRow {
    /// Which.
    pub id: ContactId,
    /// `keys::uid_key`.
    pub uid_key: Vec<u8>,
    /// `keys::match_keys`.
    pub match_keys: Vec<u8>,
}

/// Something that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// What kind of thing.
    pub kind: ChangeKind,
    /// Which.
    pub id: Uuid,
    /// In which book; the contact's for a mark.
    pub book: BookId,
    /// When, in the book's or account's numbers.
    pub modseq: Modseq,
    /// Whether it is not (or no longer) there: binned, purged, moved away, removed.
    pub gone: bool,
}

/// Kinds of things that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// A contact, or the account's mark on one.
    Contact,
    /// A label.
    Label,
    /// A book, or what the account may do in it.
    Book,
    /// The account's settings.
    Account,
}

/// A batch in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRow {
    /// Id, act, what it undoes, summary.
    pub note: BatchNote,
    /// Who; `None` for Rolo itself.
    pub account: Option<AccountId>,
    /// The way in.
    pub door: crate::account::Door,
    /// Which device.
    pub device: Option<String>,
    /// When it began.
    pub at: Timestamp,
    /// How many versions it made.
    pub contacts: u64,
    /// The batch that took it back.
    pub undone_by: Option<BatchId>,
}

/// A contact of which something changed in a book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThenRow {
    /// Which.
    pub contact: ContactId,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its last version of that time; `None`: there is none, or it is no longer kept.
    pub then: Option<ThenAt>,
    /// Where it is now; `None`: it has been removed for good.
    pub now: Option<NowAt>,
    /// When it last went to the bin, if it has been removed for good since.
    pub binned_at: Option<Timestamp>,
}

/// What a contact was at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ThenAt {
    /// The number of that version.
    pub modseq: Modseq,
    /// Where it lived.
    pub book: BookId,
    /// Whether it was in the bin.
    pub binned: bool,
    /// Of its bytes.
    pub revision: Revision,
}

/// What a contact is now, also in a book that is not visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NowAt {
    /// Where it lives.
    pub book: BookId,
    /// Whether it is in the bin.
    pub binned: bool,
    /// Of its bytes.
    pub revision: Revision,
}

/// A label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRow {
    /// Which.
    pub id: LabelId,
    /// Where.
    pub book: BookId,
    /// NFC, trimmed.
    pub name: String,
    /// A hue of `tokens.css`.
    pub hue: Option<u16>,
    /// How many living contacts carry it.
    pub contacts: u64,
    /// Its last change, in the book's numbers.
    pub modseq: Modseq,
    /// Of name and hue.
    pub revision: Revision,
}

/// A book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookRow {
    /// Which.
    pub id: BookId,
    /// The account it belongs to; the organisation when `None`.
    pub owner: Option<AccountId>,
    /// What it is called.
    pub name: String,
    /// What the asking account may do.
    pub right: Right,
    /// How many living contacts it holds, group cards not counted.
    pub contacts: u64,
    /// How many are in its bin.
    pub binned: u64,
    /// A restore starts a new one.
    pub epoch: u64,
    /// The newest number.
    pub modseq: Modseq,
    /// Of its name and owner.
    pub revision: Revision,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationRow {
    /// Which.
    pub id: OrganisationId,
    /// What it is called.
    pub name: String,
    /// JSON: address, web site, zone…
    pub details: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Of name and details.
    pub revision: Revision,
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// Which.
    pub id: AccountId,
    /// Where.
    pub organisation: OrganisationId,
    /// As typed.
    pub email: String,
    /// Its name.
    pub name: String,
    /// What it is there.
    pub role: Role,
    /// A PHC string.
    pub password_hash: String,
    /// JSON of its settings.
    pub settings: String,
    /// Whether it can sign in.
    pub enabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Its own modseq.
    pub modseq: Modseq,
    /// Rises with every change of its rights, password, sessions or tokens.
    pub access_epoch: u64,
    /// Of name, role and settings.
    pub revision: Revision,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// The browser, for people.
    pub device: String,
    /// Where from, for people.
    pub address: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub account: AccountId,
    /// What it is for.
    pub name: String,
    /// What it opens.
    pub kind: TokenKind,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// An import or a job as it was last saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkRow {
    /// An `ImportId` or a `JobId`.
    pub id: Uuid,
    /// `import`, or the job's kind.
    pub kind: String,
    /// Whose tenant.
    pub organisation: OrganisationId,
    /// On whose behalf.
    pub account: AccountId,
    /// The number of this state; the next save expects it.
    pub number: u64,
    /// JSON of its state.
    pub state: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// What became of a claim on an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It is this request's: ids it makes derive from `seed`, the same at each try.
    Ours {
        /// What ids derive from.
        seed: Uuid,
    },
    /// The same request is being answered just now.
    Running,
    /// It was answered before, like this.
    Answered(Answer),
    /// The key was used with another body.
    Other,
}

/// An answer kept for a repeated request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON of the headers worth repeating.
    pub headers: String,
    /// The body.
    pub body: Vec<u8>,
}

/// What `forget_expired` did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Versions thinned away.
    pub versions: u64,
    /// Change rows past 400 days.
    pub changes: u64,
    /// Sessions, tries, claims and once-keys.
    pub small: u64,
}

/// Something to be done outside, later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Rises; of commits on one book, in their order.
    pub id: u64,
    /// Whose tenant.
    pub organisation: OrganisationId,
    /// What happened.
    pub event: String,
    /// JSON.
    pub payload: String,
    /// How often it was taken before.
    pub attempts: u32,
}

/// A contact's derived columns, made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rederived {
    /// Which.
    pub id: ContactId,
    /// Only if it still is.
    pub revision: Revision,
    /// Everything derived; the card itself is not touched.
    pub prepared: crate::contact::Prepared,
}
