//! What goes back: an answer that is whole or flows, and the one table from error to problem document.

mod body;
mod headers;
mod packed;
mod refusal;
mod tag;

pub use body::{Body, BoxError};
pub(crate) use body::{empty, flowing, whole};
pub(crate) use headers::dress;
use packed::{packed, takes_gzip};
pub(crate) use refusal::{KINDS, Problem, Refusal};
pub(crate) use tag::{envelope_tag, tag_of};

use bytes::Bytes;
use futures_util::Stream;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use serde::Serialize;

/// What a handler comes to.
pub(crate) type Done = Result<Answer, Refusal>;

/// What is in an answer's body.
pub(crate) enum Content {
    /// All of it.
    Whole(Bytes),
    /// As it comes.
    Flowing(Body),
}

/// An answer on its way out, before the headers every answer carries.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) content: Content,
    /// Whether the answer cache may keep it: everything in it is numbered by what the caller sees.
    pub(crate) keep: bool,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn status(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), content: Content::Whole(Bytes::new()), keep: true }
    }

    /// 204.
    pub(crate) fn nothing() -> Self {
        Self::status(StatusCode::NO_CONTENT)
    }

    /// 200 with this as JSON.
    pub(crate) fn json(value: &impl Serialize) -> Result<Self, Refusal> {
        let bytes = serde_json::to_vec(value).map_err(rolo_core::Error::internal)?;
        Ok(Self::octets("application/json", bytes))
    }

    /// 200 with these octets.
    pub(crate) fn octets(media_type: &'static str, octets: impl Into<Bytes>) -> Self {
        let mut answer = Self::status(StatusCode::OK);
        answer.content = Content::Whole(octets.into());
        answer.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        answer
    }

    /// 200 with a body that flows.
    pub(crate) fn flow(media_type: &'static str, body: Body) -> Self {
        let mut answer = Self::status(StatusCode::OK);
        answer.content = Content::Flowing(body);
        answer.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        answer
    }

    /// 200 with a file of contacts that flows, packed for whoever takes it so.
    pub(crate) fn file<S>(media_type: &'static str, asked: &HeaderMap, chunks: S) -> Self
    where
        S: Stream<Item = rolo_core::Result<Vec<u8>>> + Send + 'static,
    {
        let answer = match takes_gzip(asked) {
            true => Self::flow(media_type, flowing(packed(chunks))).with(header::CONTENT_ENCODING, "gzip"),
            false => Self::flow(media_type, flowing(chunks)),
        };
        answer.with(header::VARY, "Accept-Encoding")
    }

    /// The same with another status.
    #[must_use]
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The same with one more header; a value HTTP cannot carry is left out.
    #[must_use]
    pub(crate) fn with(mut self, name: HeaderName, value: impl AsRef<[u8]>) -> Self {
        if let Ok(value) = HeaderValue::from_bytes(value.as_ref()) {
            self.headers.append(name, value);
        }
        self
    }

    /// The same with the tag of its own body, for `If-None-Match`.
    #[must_use]
    pub(crate) fn tagged(self) -> Self {
        let Content::Whole(body) = &self.content else { return self };
        let tag = tag_of(body);
        self.with(header::ETAG, tag)
    }

    /// The same naming the batch that undo takes back.
    #[must_use]
    pub(crate) fn in_batch(self, batch: Option<rolo_core::id::BatchId>) -> Self {
        match batch {
            Some(batch) => self.with(BATCH, batch.to_string()),
            None => self,
        }
    }

    /// As `http` has it.
    pub(crate) fn into_response(self) -> Response<Body> {
        let mut response = Response::new(match self.content {
            Content::Whole(bytes) => whole(bytes),
            Content::Flowing(body) => body,
        });
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        response
    }
}

/// The batch a write belongs to.
pub(crate) const BATCH: HeaderName = HeaderName::from_static("rolo-batch");
