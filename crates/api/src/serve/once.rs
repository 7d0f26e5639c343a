//! `Idempotency-Key`: the same request sent again is answered again, not done again (`contract.md` §5).

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt as _;
use http::{HeaderName, HeaderValue, StatusCode, header};
use rolo_core::{
    Error, Seed,
    contracts::database::{Answer as Stored, Claim},
};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    Api,
    answer::{Answer, BATCH, Content, Done, Refusal, whole},
    ask::Ask,
    route::Operation,
};

pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const KEY_OCTETS_MAX: usize = 200;

/// Headers an answer is repeated with.
const REPEATED: [HeaderName; 4] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION, BATCH];

impl Api {
    /// Claims the key, does the work, keeps the answer. As with each change the work goes on when the client hangs up: that is
    /// when it will ask again.
    pub(super) async fn once(&self, operation: &Operation, mut ask: Ask) -> Done {
        let (account, key) = (ask.caller()?.account(), key(&ask)?);
        let body = ask.octets().await?;
        let database = Arc::clone(&self.services().database);
        match database.claim(account, &key, fingerprint(&ask, &body), self.services().clock.now()).await? {
            Claim::Answered(stored) => return Ok(repeated(stored)),
            Claim::Running => {
                return Err(Error::conflict(
                    "The request with this key is still being answered. Wait, then ask again.",
                )
                .into());
            }
            Claim::Other => {
                let why = "This key was used for another request. Take a new one for each.";
                return Err(Error::invalid("Idempotency-Key", why).into());
            }
            Claim::Ours { seed } => {
                ask.seed = Seed(Some(seed));
                ask.set_body(whole(body));
            }
        }
        // A defect in the work gives the claim back, as a refusal does.
        let done = AssertUnwindSafe((operation.run)(self.clone(), ask)).catch_unwind().await;
        let done = done.unwrap_or_else(|_| Err(Error::internal("a handler panicked").into()));
        let kept = done.as_ref().ok().and_then(stored);
        if let Err(error) = database.settle(account, &key, kept).await {
            tracing::warn!(%error, "an answer could not be kept for its repetition");
        }
        done
    }
}

fn key(ask: &Ask) -> Result<String, Refusal> {
    let mut values = ask.headers().get_all(KEY).iter();
    let one = values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok());
    one.filter(|key| !key.is_empty() && key.len() <= KEY_OCTETS_MAX).map(str::to_owned).ok_or_else(|| {
        Error::invalid("Idempotency-Key", format!("Send one key of 1 to {KEY_OCTETS_MAX} ASCII characters.")).into()
    })
}

/// The request a key stands for.
fn fingerprint(ask: &Ask, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let url = ask.parts.uri.path_and_query().map_or("", |url| url.as_str());
    for part in [ask.parts.method.as_str().as_bytes(), url.as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn stored(answer: &Answer) -> Option<Stored> {
    let Content::Whole(body) = &answer.content else { return None };
    let headers: Map<String, Value> = REPEATED
        .iter()
        .filter_map(|name| Some((name.as_str().to_owned(), answer.headers.get(name)?.to_str().ok()?.into())))
        .collect();
    Some(Stored { status: answer.status.as_u16(), headers: Value::Object(headers).to_string(), body: body.to_vec() })
}

fn repeated(stored: Stored) -> Answer {
    let mut answer = Answer::status(StatusCode::from_u16(stored.status).unwrap_or(StatusCode::OK));
    answer.content = Content::Whole(stored.body.into());
    let headers: Map<String, Value> = serde_json::from_str(&stored.headers).unwrap_or_default();
    for name in REPEATED {
        let value = headers.get(name.as_str()).and_then(Value::as_str);
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            answer.headers.insert(name, value);
        }
    }
    answer
}
