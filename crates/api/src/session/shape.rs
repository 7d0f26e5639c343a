//! What sessions, tokens and the set-up look like on the wire.

use jiff::Timestamp;
use rolo_core::contracts::restore::RestoreState;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// What signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    pub(crate) email: String,
    pub(crate) password: String,
}

/// The first account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUp {
    /// The one-time code from the console, `XXXX-XXXX`.
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) password: String,
    /// What the organisation is called; your name when absent.
    #[serde(default)]
    pub(crate) organisation: String,
}

/// That there is no account yet, and what Rolo stands on.
#[derive(Serialize, ToSchema)]
#[schema(as = Setup)]
#[serde(deny_unknown_fields)]
pub(crate) struct SetUpState {
    /// Whether the code is still good.
    pub(crate) open: bool,
    pub(crate) services: Vec<ServiceState>,
    /// How far a restore is; `null` where none can be made.
    #[schema(required = true)]
    pub(crate) restore: Option<Restoring>,
}

/// How far a backup that is brought back has come.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restoring {
    /// How many octets of the archive have come.
    pub(crate) octets: u64,
    /// Whether it is being written back. When it is done, there is no set-up any more.
    pub(crate) running: bool,
    /// What it is at: a table's name, `files`, or `parts` and `packs` while it is looked through; empty before.
    pub(crate) what: String,
    /// How much of that is done.
    pub(crate) done: u64,
    /// Of how much.
    pub(crate) of: u64,
    /// Why the last try failed.
    #[schema(required = true)]
    pub(crate) failed: Option<String>,
}

impl Restoring {
    pub(crate) fn of(state: RestoreState) -> Self {
        let RestoreState { octets, running, what, done, of, failed, half: _ } = state;
        Self { octets, running, what, done, of, failed }
    }
}

/// What brings an uploaded backup back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Restore {
    /// The one-time code from the console, `XXXX-XXXX`.
    pub(crate) code: String,
    /// What the backup is encrypted with.
    pub(crate) passphrase: String,
}

/// A backing service.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Service)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceState {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
}

/// Sessions.
#[derive(Serialize, ToSchema)]
#[schema(as = Sessions)]
#[serde(deny_unknown_fields)]
pub(crate) struct SessionList {
    pub(crate) items: Vec<Session>,
}

/// A browser that is signed in.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Session {
    pub(crate) id: Uuid,
    /// "Firefox on Linux".
    pub(crate) device: String,
    pub(crate) address: String,
    pub(crate) created_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub(crate) current: bool,
}

/// A token to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewToken {
    /// What it is for.
    pub(crate) name: String,
    /// What it opens; `api` when absent.
    #[serde(default)]
    pub(crate) kind: TokenFor,
    /// When it ends; never when absent.
    pub(crate) expires_at: Option<Timestamp>,
}

/// What a token opens.
#[derive(Clone, Copy, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TokenFor {
    /// REST.
    #[default]
    Api,
    /// CardDAV: an app password.
    Dav,
}

/// Tokens.
#[derive(Serialize, ToSchema)]
#[schema(as = Tokens)]
#[serde(deny_unknown_fields)]
pub(crate) struct TokenList {
    pub(crate) items: Vec<Token>,
}

/// A token, without its secret.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Token {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) kind: TokenFor,
    pub(crate) created_at: Timestamp,
    #[schema(required = true)]
    pub(crate) expires_at: Option<Timestamp>,
}

/// A token that was just made.
#[derive(Serialize, ToSchema)]
#[schema(as = TokenMade)]
#[serde(deny_unknown_fields)]
pub(crate) struct Made {
    pub(crate) id: Uuid,
    /// Shown this once: send it as `Authorization: Bearer …`.
    pub(crate) secret: String,
}
