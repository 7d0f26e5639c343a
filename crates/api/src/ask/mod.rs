//! What comes in: a request read strictly, so that a handler meets only what it asked for.

pub(crate) mod cookie;
pub(crate) mod cursor;
pub(crate) mod json;
pub(crate) mod origin;
pub(crate) mod query;
pub(crate) mod seen;

use std::{
    str::FromStr,
    sync::{Mutex, PoisonError},
};

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, TryStreamExt, future};
use http::{HeaderMap, header, request::Parts};
use http_body_util::{BodyExt as _, BodyStream};
use rolo_core::{Error, Seed, Seen, account::Caller, id::SessionId};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{
    Peer,
    answer::{Body, Refusal, empty},
    ask::{cursor::Bound, query::Query},
};

/// Who asks, proven.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) caller: Caller,
    /// The session of the cookie; `None` for a token.
    pub(crate) session: Option<SessionId>,
}

/// A request on its way to a handler.
pub(crate) struct Ask {
    pub(crate) parts: Parts,
    pub(crate) peer: Peer,
    /// The operation's name, which cursors are bound to.
    pub(crate) operation: &'static str,
    /// What stands at the path's `{names}`.
    pub(crate) path: Vec<(String, String)>,
    pub(crate) query: Query,
    pub(crate) known: Option<Known>,
    /// Where new ids come from.
    pub(crate) seed: Seed,
    /// Behind a lock only because a body is nobody's to share.
    pub(crate) body: Mutex<Body>,
    /// How long the body may be.
    pub(crate) body_max: u64,
}

impl Ask {
    /// Who asks. Operations that need someone are never reached without.
    pub(crate) fn caller(&self) -> Result<&Caller, Error> {
        self.known.as_ref().map(|known| &known.caller).ok_or(Error::NotSignedIn)
    }

    /// The session that asks, if it is one.
    pub(crate) fn session(&self) -> Option<SessionId> {
        self.known.as_ref().and_then(|known| known.session)
    }

    /// An id in the path. What is no id is simply not there.
    pub(crate) fn id<T: FromStr>(&self, name: &str) -> Result<T, Error> {
        self.part(name).and_then(|text| text.parse().ok()).ok_or(Error::NotFound)
    }

    /// A part of the path.
    pub(crate) fn part(&self, name: &str) -> Option<&str> {
        self.path.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The version a write was made against; it must be said.
    pub(crate) fn seen(&self) -> Result<Seen, Refusal> {
        seen::read(self.headers())?.ok_or_else(|| Error::Unseen.into())
    }

    /// What cursors of this request's query have in common.
    pub(crate) fn bound(&self) -> Result<Bound, Error> {
        let mut parameters = self.query.without_page();
        parameters.extend(self.path.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        Ok(Bound::new(self.caller()?.account(), self.operation, &parameters))
    }

    /// The place the request's cursor stands for, if it has one.
    pub(crate) fn place(&self) -> Result<Option<Vec<u8>>, Error> {
        self.query.text("cursor").map(|cursor| self.bound()?.open(cursor)).transpose()
    }

    /// The body as JSON of this shape.
    pub(crate) async fn json<T: DeserializeOwned>(&mut self) -> Result<T, Refusal> {
        json::typed(self.value().await?)
    }

    /// The body as JSON.
    pub(crate) async fn value(&mut self) -> Result<Value, Refusal> {
        self.media_type(&["application/json", "application/merge-patch+json"])?;
        json::strict(&self.octets().await?)
    }

    /// Refuses a body of another media type; answers which of `spoken` it is.
    pub(crate) fn media_type(&self, spoken: &[&'static str]) -> Result<&'static str, Refusal> {
        let said = self.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let mut parts = said.split(';').map(str::trim);
        let essence = parts.next().unwrap_or("");
        let utf8 = parts.all(|part| {
            part.split_once('=').is_none_or(|(name, value)| {
                !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
            })
        });
        match spoken.iter().find(|name| name.eq_ignore_ascii_case(essence)) {
            Some(name) if utf8 => Ok(name),
            _ => {
                let why = format!("Send {} in UTF-8 and say so in Content-Type.", spoken.join(" or "));
                Err(Refusal::from(Error::Unsupported { why }).at("Content-Type"))
            }
        }
    }

    /// The whole body. Too long: refused before it is read where its length is said, else at the first octet too many.
    pub(crate) async fn octets(&mut self) -> Result<Bytes, Refusal> {
        self.not_too_long()?;
        let most = self.body_max;
        let mut body = self.take_body();
        let mut octets = BytesMut::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|_| broken_off())?.into_data() else { continue };
            if (octets.len() + data.len()) as u64 > most {
                return Err(too_long(most).into());
            }
            octets.extend_from_slice(&data);
        }
        Ok(octets.freeze())
    }

    /// The body as it comes.
    pub(crate) fn chunks(&mut self) -> Result<impl Stream<Item = Result<Vec<u8>, Error>> + Send + 'static, Refusal> {
        self.not_too_long()?;
        let frames = TryStreamExt::map_err(BodyStream::new(self.take_body()), |_| {
            Error::invalid("", "The upload broke off. Send it again.")
        });
        Ok(frames.try_filter_map(|frame| future::ready(Ok(frame.into_data().ok().map(Vec::from)))))
    }

    pub(crate) fn set_body(&mut self, body: Body) {
        self.body = Mutex::new(body);
    }

    fn take_body(&mut self) -> Body {
        let body = self.body.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(body, empty())
    }

    fn not_too_long(&self) -> Result<(), Error> {
        let said =
            self.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if said.is_some_and(|length| length > self.body_max) { Err(too_long(self.body_max)) } else { Ok(()) }
    }
}

fn too_long(most: u64) -> Error {
    const KIB: u64 = 1024;
    let said = match most {
        most if most >= KIB * KIB => format!("{} MiB", most / KIB / KIB),
        most => format!("{} KiB", most / KIB),
    };
    Error::too_large(format!("A body has at most {said} here."))
}

fn broken_off() -> Refusal {
    Refusal::malformed("", "The body broke off.")
}
