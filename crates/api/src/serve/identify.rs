//! Who asks: the session of the cookie or the token of the header, proven by the database or remembered from just now.

use http::{HeaderMap, header};
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error,
    account::{self, Caller},
    contracts::database::Heads,
    id::SessionId,
    write::TokenKind,
};

use crate::{
    Api, Peer,
    answer::Refusal,
    ask::{Known, cookie},
    cache::{Remembered, TRUSTED_SECONDS},
    route::{Operation, Who},
};

/// What a request shows to prove who asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof<'a> {
    Session(&'a str),
    Token(&'a str),
}

impl<'a> Proof<'a> {
    /// A token wins over a cookie. `Authorization` of another scheme proves nothing, and the cookie does not step in.
    fn of(headers: &'a HeaderMap, tls: bool) -> Option<Self> {
        let Some(said) = headers.get(header::AUTHORIZATION) else {
            return cookie::read(headers, tls).map(Self::Session);
        };
        let (scheme, secret) = said.to_str().ok()?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| Self::Token(secret.trim()))
    }

    /// A session's secret sent as a token is another thing, and the reverse: they are remembered apart.
    fn digest(self, api: &Api) -> [u8; 32] {
        let (kind, secret) = match self {
            Self::Session(secret) => (b's', secret),
            Self::Token(secret) => (b't', secret),
        };
        let mut octets = Vec::with_capacity(secret.len() + 1);
        octets.push(kind);
        octets.extend_from_slice(secret.as_bytes());
        api.services().secrets.digest(&octets)
    }
}

impl Api {
    /// Who asks, if that was proven just now and is still so, with the newest numbers.
    pub(super) async fn remembered(&self, headers: &HeaderMap, tls: bool) -> Option<(Remembered, Heads)> {
        let digest = Proof::of(headers, tls)?.digest(self);
        self.still(&digest).await
    }

    async fn still(&self, digest: &[u8; 32]) -> Option<(Remembered, Heads)> {
        let remembered = self.0.callers.get(digest, self.services().clock.now())?;
        let heads = self.services().database.heads(remembered.known.caller.scope()).await.ok()?;
        (heads.access_epoch == remembered.access_epoch).then_some((remembered, heads))
    }

    /// Who asks, as the operation needs it.
    pub(super) async fn identify(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        peer: Peer,
    ) -> Result<Option<(Known, Heads)>, Refusal> {
        if operation.who == Who::Anyone {
            return Ok(None);
        }
        let proven = match Proof::of(headers, peer.tls) {
            Some(proof) => self.proven(proof).await?,
            None => None,
        };
        match (operation.who, proven) {
            (Who::Operator, Some((known, heads))) => {
                known.caller.may_administer()?;
                Ok(Some((known, heads)))
            }
            (Who::Operator, None) if here(headers, peer) => Ok(None),
            (_, Some(proven)) => Ok(Some(proven)),
            (_, None) => Err(Error::NotSignedIn.into()),
        }
    }

    async fn proven(&self, proof: Proof<'_>) -> Result<Option<(Known, Heads)>, Error> {
        let digest = proof.digest(self);
        if let Some((remembered, heads)) = self.still(&digest).await {
            return Ok(Some((remembered.known, heads)));
        }
        self.0.callers.forget(&digest);
        let Some((first, _, _)) = self.asked(proof).await? else { return Ok(None) };
        // The epoch is read before the rights that are kept under it: a right that changes in between makes the epoch old,
        // never the right.
        let epoch = self.services().database.heads(first.scope()).await?.access_epoch;
        let Some((caller, session, until)) = self.asked(proof).await? else { return Ok(None) };
        let heads = self.services().database.heads(caller.scope()).await?;
        let known = Known { caller, session };
        self.0.callers.keep(digest, Remembered { known: known.clone(), access_epoch: epoch, until });
        Ok(Some((known, heads)))
    }

    async fn asked(&self, proof: Proof<'_>) -> Result<Option<(Caller, Option<SessionId>, Timestamp)>, Error> {
        let services = self.services();
        let now = services.clock.now();
        let soon = now + SignedDuration::from_secs(TRUSTED_SECONDS);
        match proof {
            Proof::Session(secret) => {
                let known = account::of_session(services, secret).await?;
                Ok(known.map(|(caller, session)| (caller, Some(session), soon)))
            }
            Proof::Token(secret) => {
                let Some((caller, _)) = account::of_token(services, secret, TokenKind::Api).await? else {
                    return Ok(None);
                };
                let row = services.database.token(&services.secrets.digest(secret.as_bytes()), now).await?;
                let ends = row.and_then(|row| row.expires_at);
                Ok(Some((caller, None, ends.map_or(soon, |ends| ends.min(soon)))))
            }
        }
    }
}

/// Whether the request comes from this machine and from nobody through it.
fn here(headers: &HeaderMap, peer: Peer) -> bool {
    peer.address.ip().to_canonical().is_loopback()
        && !headers.contains_key(header::FORWARDED)
        && !headers.contains_key("x-forwarded-for")
        && !headers.contains_key("x-real-ip")
}
