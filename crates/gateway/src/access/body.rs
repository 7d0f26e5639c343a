//! An answer's body whose octets are counted on their way out.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, SizeHint};

use super::Entry;
use crate::upstream::{Body, BoxError};

/// The answer with a body that tells `entry` what leaves.
pub(super) fn watched(response: Response<Body>, mut entry: Entry) -> Response<Body> {
    if response.body().is_end_stream() {
        entry.ended();
        return response;
    }
    response.map(|body| Watched { body, entry }.boxed_unsync())
}

struct Watched {
    body: Body,
    entry: Entry,
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                let octets = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.entry.sent(octets);
                if self.body.is_end_stream() {
                    self.entry.ended();
                }
            }
            Some(Err(_)) => {}
            None => self.entry.ended(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
