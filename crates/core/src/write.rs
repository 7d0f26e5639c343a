//! One way to write: a verb says what must hold together, `Database::commit` makes it true.
//!
//! A [`Write`] is plain data. It begins and ends inside `commit`, which alone takes modseqs, checks preconditions and writes
//! the contact rows, versions, change rows, label memberships and outbox rows that follow, so no verb can forget one.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    account::{By, Caller, MayEdit, MayManage, Right, Role},
    contact::Prepared,
    error::Error,
    id::{
        AccountId, BatchId, BookId, ContactId, ImportId, JobId, LabelId, Modseq, OrganisationId, Revision, SessionId,
        TokenId,
    },
};

/// What must hold together: applied whole or not at all.
#[derive(Clone, Debug)]
pub struct Write {
    /// Who, when, through which door.
    pub by: By,
    /// The batch it belongs to; several writes may share one, and undo takes the batch back.
    pub batch: BatchNote,
    /// If this was committed before under the same key, nothing happens and `commit` answers `Outcome::Repeated`.
    pub once: Option<Uuid>,
    /// In order.
    pub effects: Vec<Effect>,
}

/// How a batch is told in the history. The first write of a batch makes its row; later ones add to its count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchNote {
    /// Its id, also what `Rolo-Batch` says.
    pub id: BatchId,
    /// What kind of doing it is.
    pub act: Act,
    /// The batch it takes back.
    pub undoes: Option<BatchId>,
    /// A short name for the history: a file's name, a label's.
    pub summary: Option<String>,
}

/// What was done to a contact, as the history tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// It was made.
    Create,
    /// It was changed.
    Edit,
    /// It went to the bin.
    Delete,
    /// It came back from the bin, or an earlier version was put back.
    Restore,
    /// It is gone for good.
    Purge,
    /// It changed books.
    Move,
    /// It took in others, or was taken in.
    Merge,
    /// A batch was taken back.
    Undo,
    /// It came from a file.
    Import,
    /// A label was made, renamed, merged or removed.
    Label,
    /// A book went back to what it was at a time; `summary` says when.
    Moment,
    /// Stars, hidden contacts, books, accounts.
    Settings,
}

/// What a contact must be for the write to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// The id must be unused.
    Absent,
    /// It must be living and have this revision.
    Revision(Revision),
    /// It must be living.
    Living,
    /// It must be in the bin.
    Binned,
}

/// One thing a write does.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Stores a card: a new contact, a new version of one, or one that comes back from the bin (`Expect::Binned`).
    SaveContact {
        /// Where it lives.
        into: MayEdit,
        /// Which.
        id: ContactId,
        /// What it must be before.
        expect: Expect,
        /// How the history tells it.
        act: Act,
        /// The card and everything derived from it.
        card: Box<Prepared>,
    },
    /// Puts a living contact into the bin.
    BinContact {
        /// Where it lives.
        from: MayEdit,
        /// Which.
        id: ContactId,
        /// What it must be before.
        expect: Expect,
        /// How the history tells it (`Delete`, `Merge`, `Undo`).
        act: Act,
    },
    /// Removes contact, versions and unshared large values for good; id, `dav_name` and a tombstone stay.
    PurgeContact {
        /// Where it lived.
        from: MayEdit,
        /// Which; must be in the bin.
        id: ContactId,
    },
    /// Moves a living contact to another book; its history follows. Labels are found or made there by name.
    MoveContact {
        /// Where it lives.
        from: MayEdit,
        /// Where it goes.
        into: MayEdit,
        /// Which.
        id: ContactId,
        /// What it must be before.
        expect: Expect,
    },
    /// Sets an account's own marks on a contact. `None` leaves a mark as it is.
    Mark {
        /// Whose.
        account: AccountId,
        /// On which; must be visible in this book.
        book: BookId,
        /// Which.
        contact: ContactId,
        /// A star.
        starred: Option<bool>,
        /// Hidden from the list.
        hidden: Option<bool>,
    },
    /// Makes a label or changes its name and colour. The earlier name is remembered until another label takes it.
    SaveLabel {
        /// Where.
        into: MayEdit,
        /// Which.
        id: LabelId,
        /// `None`: must be new. Otherwise what it must be before (`Some(None)`: any).
        expect: Option<Option<Revision>>,
        /// NFC, trimmed, not empty. Taken by another label of the book: a conflict.
        name: String,
        /// A hue of `tokens.css`, or none.
        hue: Option<u16>,
    },
    /// Removes a label that no living contact carries any more.
    RemoveLabel {
        /// Where.
        from: MayEdit,
        /// Which.
        id: LabelId,
    },
    /// A new book. The organisation's own when `owner` is `None`.
    CreateBook {
        /// Which.
        id: BookId,
        /// Whose.
        owner: Option<AccountId>,
        /// What it is called.
        name: String,
    },
    /// A book's new name.
    RenameBook {
        /// Which.
        book: MayManage,
        /// What it must be before; `None`: any.
        expect: Option<Revision>,
        /// What it is called now.
        name: String,
    },
    /// Removes a book whose contacts are all in the bin or purged; what is left in it is purged with it.
    RemoveBook {
        /// Which.
        book: MayManage,
    },
    /// Overrides what an account may do in a book; `None` takes the override away.
    SetAccess {
        /// Which.
        book: MayManage,
        /// Whose.
        account: AccountId,
        /// What it may do; `None` takes the override away.
        right: Option<Right>,
    },
    /// Everything that is not contacts: tenants, accounts, sessions, work.
    Admin(Admin),
    /// Says that something happened, for whoever acts later (mail, push, media): an outbox row.
    Tell {
        /// What happened: a dotted name, `contact.saved`.
        event: &'static str,
        /// JSON: ids, never personal data.
        payload: String,
    },
}

/// Effects on tenants, accounts, sessions and work.
#[derive(Clone, Debug)]
pub enum Admin {
    /// A new tenant.
    CreateOrganisation {
        /// Which.
        id: OrganisationId,
        /// What it is called.
        name: String,
    },
    /// Changes a tenant's details.
    SaveOrganisation {
        /// Which.
        id: OrganisationId,
        /// What it must be before; `None`: any.
        expect: Option<Revision>,
        /// What it is called.
        name: String,
        /// JSON: address, web site, zone…
        details: String,
    },
    /// A new account.
    CreateAccount(NewAccount),
    /// Changes what is `Some`.
    SaveAccount {
        /// Which.
        id: AccountId,
        /// What it must be before; `None`: any.
        expect: Option<Revision>,
        /// Its name.
        name: Option<String>,
        /// A PHC string. Raises the access epoch and ends every session and token but `keep`.
        password_hash: Option<String>,
        /// JSON of its settings.
        settings: Option<String>,
        /// What it is in the organisation. Raises the access epoch.
        role: Option<Role>,
        /// The session that stays when the password changes.
        keep: Option<SessionId>,
    },
    /// Disables an account for good and ends its sessions and tokens; its books go to the organisation.
    RemoveAccount {
        /// Which.
        id: AccountId,
    },
    /// A new session.
    StartSession(NewSession),
    /// Ends a session. Raises the access epoch.
    EndSession {
        /// Whose.
        account: AccountId,
        /// Which.
        id: SessionId,
    },
    /// A new API token or app password.
    CreateToken(NewToken),
    /// Ends a token. Raises the access epoch.
    RevokeToken {
        /// Whose.
        account: AccountId,
        /// Which.
        id: TokenId,
    },
    /// A new import.
    CreateImport {
        /// Which.
        id: ImportId,
        /// Into which book.
        into: MayEdit,
        /// JSON of its state (`core::import::Import`).
        state: String,
    },
    /// An import's new state; `expect` is the number of its last state, so that two workers cannot both go on.
    SaveImport {
        /// Which.
        id: ImportId,
        /// The number of the state this one follows.
        expect: u64,
        /// JSON of its state.
        state: String,
        /// Whether it has ended: `Database::unfinished` leaves it out.
        done: bool,
    },
    /// Remembers the rows that were imported, for the next import of the same file (`contract.md` §7).
    KeepRows {
        /// Into which book.
        into: MayEdit,
        /// The rows.
        rows: Vec<KeptRow>,
    },
    /// Forgets an import and its state; imported rows stay remembered.
    RemoveImport {
        /// Which.
        id: ImportId,
    },
    /// New work for later.
    CreateJob {
        /// Which.
        id: JobId,
        /// What kind: `undo`, `label.rename`…
        kind: String,
        /// JSON of its state.
        state: String,
    },
    /// Work's new state; `expect` as in `SaveImport`.
    SaveJob {
        /// Which.
        id: JobId,
        /// The number of the state this one follows.
        expect: u64,
        /// JSON of its state.
        state: String,
        /// Whether it has ended.
        done: bool,
    },
}

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Which.
    pub id: AccountId,
    /// Where.
    pub organisation: OrganisationId,
    /// As typed.
    pub email: String,
    /// `keys::email_key` of it: unique in the whole instance.
    pub email_key: String,
    /// Its name.
    pub name: String,
    /// What it is there.
    pub role: Role,
    /// A PHC string.
    pub password_hash: String,
    /// JSON of its settings.
    pub settings: String,
    /// Its first book, made with it.
    pub book: BookId,
    /// What that book is called.
    pub book_name: String,
    /// Refuse when any account exists: the set-up page.
    pub only_first: bool,
}

/// A session to be started.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// `Secrets::digest` of the cookie's secret.
    pub digest: [u8; 32],
    /// The browser, for people.
    pub device: String,
    /// Where from, for people.
    pub address: String,
}

/// A token to be made.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Which.
    pub id: TokenId,
    /// Whose.
    pub account: AccountId,
    /// `Secrets::digest` of the secret.
    pub digest: [u8; 32],
    /// What it is for.
    pub name: String,
    /// `api` or `dav`.
    pub kind: TokenKind,
    /// When it ends, in milliseconds since 1970; `None`: never.
    pub expires_at: Option<i64>,
}

/// What a token opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    /// REST.
    Api,
    /// CardDAV.
    Dav,
}

/// A row of a file as it was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptRow {
    /// Hash of the canonical row (`card-map.md` §6).
    pub fingerprint: [u8; 16],
    /// What the file called the contact, however its other cells change (UID or source id), if it did.
    pub source_key: Option<Vec<u8>>,
    /// The contact it became.
    pub contact: ContactId,
    /// The model the row said, as JSON, for the three-way update.
    pub model: String,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds now.
    Committed(Committed),
    /// It was committed before under the same `once` key; nothing was changed now.
    Repeated,
}

/// What a commit numbered and made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The new modseq of each book touched, ascending by id.
    pub books: Vec<(BookId, Modseq)>,
    /// The account's new modseq, if its own state was touched.
    pub account: Option<Modseq>,
    /// Labels that were made because a card named them.
    pub labels: Vec<LabelId>,
}

impl Write {
    /// An empty write in a batch of its own.
    pub fn new(by: By, id: BatchId, act: Act) -> Self {
        Self { by, batch: BatchNote { id, act, undoes: None, summary: None }, once: None, effects: Vec::new() }
    }

    /// An empty write by this caller.
    pub fn by(caller: &Caller, at: jiff::Timestamp, id: BatchId, act: Act) -> Self {
        Self::new(caller.by(at), id, act)
    }

    /// Adds an effect.
    #[must_use]
    pub fn and(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

impl From<Admin> for Effect {
    fn from(admin: Admin) -> Self {
        Self::Admin(admin)
    }
}

impl Outcome {
    /// The commit; a repetition where none can be is a defect.
    pub fn committed(self) -> Result<Committed, Error> {
        match self {
            Self::Committed(committed) => Ok(committed),
            Self::Repeated => Err(Error::internal("a write without a once-key was answered as repeated")),
        }
    }
}
