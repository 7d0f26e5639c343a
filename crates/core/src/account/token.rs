//! API tokens and app passwords: made once, shown once, ended at any time.

use jiff::Timestamp;

use super::{Caller, proof::TOKEN_PREFIX, session};
use crate::{
    Error, Result, Services,
    contracts::database::TokenRow,
    id::{BatchId, TokenId},
    write::{Act, Admin, NewToken, TokenKind, Write},
};

/// Characters of a token's name.
const NAME_CHARS_MAX: usize = 100;
/// Tokens of one account.
const TOKENS_MAX: usize = 100;

/// A token that was made.
#[derive(Clone, PartialEq, Eq)]
pub struct Made {
    /// Which.
    pub id: TokenId,
    /// `rolo_` and 256 bits of chance; shown this once.
    pub secret: String,
}

/// The secret stays out of logs.
impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Makes a token for the caller's own account.
pub async fn create(
    services: &Services,
    caller: &Caller,
    name: &str,
    kind: TokenKind,
    expires_at: Option<Timestamp>,
) -> Result<Made> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid("/name", format!("Name it in 1 to {NAME_CHARS_MAX} characters, for its device.")));
    }
    let now = services.clock.now();
    if expires_at.is_some_and(|end| end <= now) {
        return Err(Error::invalid("/expires_at", "This time is over already."));
    }
    if services.database.tokens(caller.account()).await?.len() >= TOKENS_MAX {
        return Err(Error::conflict(format!("An account has at most {TOKENS_MAX} tokens. Revoke one first.")));
    }
    let secret = format!("{TOKEN_PREFIX}{}", session::secret(services));
    let new = NewToken {
        id: TokenId(services.random.id()),
        account: caller.account(),
        digest: services.secrets.digest(secret.as_bytes()),
        name: name.to_owned(),
        kind,
        expires_at: expires_at.map(Timestamp::as_millisecond),
    };
    let made = Made { id: new.id, secret };
    let write = Write::by(caller, now, BatchId(services.random.id()), Act::Settings);
    services.database.commit(write.and(Admin::CreateToken(new).into())).await?;
    Ok(made)
}

/// The caller's tokens, newest first.
pub async fn list(services: &Services, caller: &Caller) -> Result<Vec<TokenRow>> {
    services.database.tokens(caller.account()).await
}

/// Ends one of the caller's tokens.
pub async fn revoke(services: &Services, caller: &Caller, id: TokenId) -> Result<()> {
    let account = caller.account();
    if !services.database.tokens(account).await?.iter().any(|token| token.id == id) {
        return Err(Error::NotFound);
    }
    let write = Write::by(caller, services.clock.now(), BatchId(services.random.id()), Act::Settings);
    services.database.commit(write.and(Admin::RevokeToken { account, id }.into())).await?;
    Ok(())
}
