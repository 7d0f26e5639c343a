//! An upstream's answer on its way to the visitor: as it comes, piece by piece, and never silently short.

use std::{
    future::Future as _,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Response, Version, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::{hop, line::Line, sending::Progress, server::Place};
use crate::{
    access::AnsweredBy,
    upstream::{Body, BoxError, full},
};

/// What an answer holds on to until it has left.
pub(super) struct Held {
    pub(super) line: Line,
    pub(super) place: Place,
    /// How far the request's body is: an upstream may answer before it has read it.
    pub(super) progress: Option<Progress>,
}

/// The answer as the visitor gets it.
pub(super) fn hand_back(response: Response<Incoming>, held: Held, between: Duration) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let keeps = !hop::connection_says(&parts.headers, "close");
    let trailers = hop::announced_trailers(&parts.headers);
    let chunked = parts.headers.contains_key(header::TRANSFER_ENCODING);
    hop::strip_answer(&mut parts.headers);
    if chunked {
        // Two lengths are one too many: chunks say how long a body is.
        parts.headers.remove(header::CONTENT_LENGTH);
        if let Some(trailers) = trailers {
            parts.headers.insert(header::TRAILER, trailers);
        }
    }
    parts.version = Version::HTTP_11;
    parts.extensions.insert(AnsweredBy(held.place.server.name.clone()));
    if body.is_end_stream() {
        held.let_go(keeps);
        return Response::from_parts(parts, full(Bytes::new()));
    }
    // Events may be hours apart.
    let between = (!is_event_stream(&parts.headers)).then_some(between);
    let body = Coming { body, held: Some((held, keeps)), between, end: None };
    Response::from_parts(parts, body.boxed_unsync())
}

fn is_event_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |kind| kind.as_bytes());
    kind.get(..17).is_some_and(|kind| kind.eq_ignore_ascii_case(b"text/event-stream"))
}

impl Held {
    /// Lets go of the connection: it rests if both request and answer are through.
    fn let_go(self, keeps: bool) {
        if keeps && self.progress.is_none_or(|progress| progress.is_done()) {
            self.place.server.rest(self.line);
        }
    }
}

/// A body as it comes. The upstream is read only when the visitor takes what came before.
struct Coming {
    body: Incoming,
    held: Option<(Held, bool)>,
    between: Option<Duration>,
    /// When the upstream is given up; set while nothing comes.
    end: Option<Pin<Box<Sleep>>>,
}

impl hyper::body::Body for Coming {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) else {
            let Some(between) = this.between else { return Poll::Pending };
            let end = this.end.get_or_insert_with(|| Box::pin(sleep(between)));
            ready!(end.as_mut().poll(context));
            end.as_mut().reset(Instant::now() + between);
            this.held = None;
            return Poll::Ready(Some(Err("the upstream stopped in the middle of its answer".into())));
        };
        this.end = None;
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if this.body.is_end_stream()
                    && let Some((held, keeps)) = this.held.take()
                {
                    held.let_go(keeps);
                }
                Some(Ok(frame))
            }
            // What began is broken off, so that nobody takes a part for the whole.
            Some(Err(error)) => {
                this.held = None;
                Some(Err(error.into()))
            }
            None => {
                if let Some((held, keeps)) = this.held.take() {
                    held.let_go(keeps);
                }
                None
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
