//! From a proof to a [`Caller`]: a session's secret, a token, or an account somebody else has answered for.

use super::{Caller, Door, Right, Role, Scope, caller::Rights};
use crate::{
    Result, Services,
    id::{AccountId, BookId, SessionId, TokenId},
    write::TokenKind,
};

/// What every token starts with, so that a scanner of leaked secrets knows ours.
pub const TOKEN_PREFIX: &str = "rolo_";
/// A secret of ours is never longer.
const SECRET_CHARS_MAX: usize = 128;

/// Who a session's secret belongs to; `None` when it has ended, or its account may no longer sign in.
pub async fn of_session(services: &Services, secret: &str) -> Result<Option<(Caller, SessionId)>> {
    if secret.is_empty() || secret.len() > SECRET_CHARS_MAX || secret.starts_with(TOKEN_PREFIX) {
        return Ok(None);
    }
    let now = services.clock.now();
    let digest = services.secrets.digest(secret.as_bytes());
    let Some(session) = services.database.session(&digest, now).await? else { return Ok(None) };
    let Some(rights) = services.database.rights(session.account).await? else { return Ok(None) };
    services.database.touch_session(session.id, now).await?;
    Ok(Some((Caller::proven(rights, Door::Web, Some(session.device)), session.id)))
}

/// Who a token belongs to. A token opens the door it was made for and no other.
pub async fn of_token(services: &Services, secret: &str, kind: TokenKind) -> Result<Option<(Caller, TokenId)>> {
    if !secret.starts_with(TOKEN_PREFIX) || secret.len() > SECRET_CHARS_MAX {
        return Ok(None);
    }
    let digest = services.secrets.digest(secret.as_bytes());
    let Some(token) = services.database.token(&digest, services.clock.now()).await? else { return Ok(None) };
    if token.kind != kind {
        return Ok(None);
    }
    let Some(rights) = services.database.rights(token.account).await? else { return Ok(None) };
    let door = match kind {
        TokenKind::Api => Door::Api,
        TokenKind::Dav => Door::Dav,
    };
    Ok(Some((Caller::proven(rights, door, Some(token.name)), token.id)))
}

/// The account a job or the command line works for; `None` when it may no longer sign in.
pub async fn of_account(
    services: &Services,
    account: AccountId,
    door: Door,
    device: Option<String>,
) -> Result<Option<Caller>> {
    let rights = services.database.rights(account).await?;
    Ok(rights.map(|rights| Caller::proven(rights, door, device)))
}

/// Rolo itself, sweeping the bin of one book that the database named for it.
pub(crate) fn sweeper(scope: &Scope, book: BookId) -> Caller {
    let rights = Rights {
        organisation: scope.organisation(),
        account: scope.account(),
        role: Role::Member,
        region: None,
        books: vec![(book, Right::Edit)],
    };
    Caller::proven(rights, Door::Job, None)
}
