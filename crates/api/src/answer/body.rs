//! Bodies: whole ones, and ones that flow.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use http_body::Frame;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody, combinators::UnsyncBoxBody};

/// Whatever broke while a body was flowing.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body, in either direction.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// A body that is there already.
pub(crate) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(never).boxed_unsync()
}

/// No body.
pub(crate) fn empty() -> Body {
    Empty::new().map_err(never).boxed_unsync()
}

/// A body that flows. An error in the middle cuts the connection, so that nobody takes half a file for a whole one.
pub(crate) fn flowing(chunks: impl Stream<Item = rolo_core::Result<Vec<u8>>> + Send + 'static) -> Body {
    let frames = chunks.map(|chunk| match chunk {
        Ok(octets) => Ok(Frame::data(Bytes::from(octets))),
        Err(error) => {
            tracing::error!(error = ?error, "an answer broke off while it was flowing");
            Err(BoxError::from(error))
        }
    });
    StreamBody::new(frames).boxed_unsync()
}

fn never(never: Infallible) -> BoxError {
    match never {}
}
