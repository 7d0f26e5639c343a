//! Sessions: a browser that is signed in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Caller;
use crate::{
    Error, Result, Services,
    contracts::database::{AccountRow, SessionRow},
    id::{BatchId, SessionId},
    write::{Act, Admin, NewSession, Write},
};

/// Days a session lasts without being used.
pub const IDLE_DAYS: u32 = 30;
/// Octets of chance in a session's or token's secret.
const SECRET_BYTES: usize = 32;
/// Characters kept of what a browser says it is.
const DEVICE_CHARS_MAX: usize = 200;

/// A browser, for people to recognise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browser {
    /// "Firefox on Linux".
    pub device: String,
    /// Where from.
    pub address: String,
}

impl Browser {
    /// The device as it is kept: a browser may say anything, and much of it.
    pub(super) fn named(&self) -> String {
        self.device.chars().filter(|c| !c.is_control()).take(DEVICE_CHARS_MAX).collect()
    }
}

/// Somebody who is signed in now.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub account: AccountRow,
    /// Its session.
    pub session: SessionId,
    /// What the cookie holds; shown this once.
    pub secret: String,
}

/// The secret stays out of logs.
impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn")
            .field("account", &self.account.id)
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A new session, to be committed.
pub(super) fn start(services: &Services, account: AccountRow, browser: Browser) -> (Admin, SignedIn) {
    let secret = secret(services);
    let new = NewSession {
        id: SessionId(services.random.id()),
        account: account.id,
        digest: services.secrets.digest(secret.as_bytes()),
        device: browser.named(),
        address: browser.address.chars().take(DEVICE_CHARS_MAX).collect(),
    };
    let signed_in = SignedIn { session: new.id, account, secret };
    (Admin::StartSession(new), signed_in)
}

/// 256 bits of chance as text.
pub(super) fn secret(services: &Services) -> String {
    let mut octets = [0; SECRET_BYTES];
    services.random.fill(&mut octets);
    URL_SAFE_NO_PAD.encode(octets)
}

/// The caller's sessions, newest first.
pub async fn list(services: &Services, caller: &Caller) -> Result<Vec<SessionRow>> {
    services.database.sessions(caller.account()).await
}

/// Ends one of the caller's sessions: signing out, or revoking one on another device.
pub async fn end(services: &Services, caller: &Caller, id: SessionId) -> Result<()> {
    let account = caller.account();
    if !services.database.sessions(account).await?.iter().any(|session| session.id == id) {
        return Err(Error::NotFound);
    }
    let batch = BatchId(services.random.id());
    let write = Write::by(caller, services.clock.now(), batch, Act::Settings);
    services.database.commit(write.and(Admin::EndSession { account, id }.into())).await?;
    Ok(())
}
