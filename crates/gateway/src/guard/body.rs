//! Bodies on their way: a request's that must not come too slowly, and an answer's that must be taken.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::PollSemaphore;

use super::{
    pace::Pace,
    record::{Record, Running},
};
use crate::upstream::{Body, BoxError};

/// The largest piece of an answer that is handed to HTTP/2 at once: what lies there is out of our sight.
const PIECE_OCTETS_MAX: usize = 16 * 1024;

/// Whether a body came too slowly.
#[derive(Clone, Default)]
pub(super) struct Late(Arc<AtomicBool>);

impl Late {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Relaxed)
    }

    fn set(&self) {
        self.0.store(true, Relaxed);
    }
}

/// A request's body, with the time it takes.
pub(crate) struct Arriving {
    body: Incoming,
    /// None when there is nothing to come.
    watch: Option<Watch>,
}

struct Watch {
    record: Arc<Record>,
    pace: Pace,
    late: Late,
}

impl Arriving {
    /// Watches the body of a request, if it has one.
    pub(super) fn new(body: Incoming, record: &Arc<Record>) -> (Self, Option<Late>) {
        if body.is_end_stream() {
            return (Self { body, watch: None }, None);
        }
        let late = Late::default();
        let pace = Pace::new(record.patience().body, record.bounds().rate_min);
        let watch = Watch { record: Arc::clone(record), pace, late: late.clone() };
        (Self { body, watch: Some(watch) }, Some(late))
    }
}

impl http_body::Body for Arriving {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let this = &mut *self;
        let Some(watch) = this.watch.as_mut().filter(|watch| !watch.late.is_set()) else { return Poll::Ready(None) };
        let outcome = Pin::new(&mut this.body).poll_frame(context);
        let octets = match &outcome {
            Poll::Ready(Some(Ok(frame))) => frame.data_ref().map_or(0, Bytes::len) as u64,
            _ => 0,
        };
        // Each frame has a head; tiny ones are h2's to refuse.
        watch.record.sent(octets * 2);
        if watch.pace.watch(context, &outcome, octets).is_ready() {
            watch.late.set();
            watch.record.leave();
            return Poll::Ready(Some(Err("the body comes too slowly".into())));
        }
        outcome.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// An answer's body, and whether it moves.
pub(crate) struct Leaving {
    body: Body,
    running: Running,
    /// Only HTTP/2 has several at a time, and hands out before it is asked.
    pieces: Option<Pieces>,
}

/// What is handed out piece by piece, as long as there is room for one.
struct Pieces {
    room: PollSemaphore,
    /// Room for the piece that is in hand.
    held: Option<OwnedSemaphorePermit>,
    /// What was taken from the body and does not fit into one piece.
    rest: Bytes,
}

impl Leaving {
    pub(super) fn new(body: Body, running: Running) -> Self {
        let pieces = running.is_h2().then(|| {
            let room = PollSemaphore::new(running.pieces());
            Pieces { room, held: None, rest: Bytes::new() }
        });
        Self { body, running, pieces }
    }
}

impl http_body::Body for Leaving {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let Self { body, running, pieces } = &mut *self;
        let Some(pieces) = pieces else { return Pin::new(body).poll_frame(context) };
        // Asked again: the piece before was taken. What is left of it keeps its room.
        running.waits(false);
        let room = match pieces.held.take().filter(|_| !pieces.rest.is_empty()) {
            Some(held) => Some(held),
            None => ready!(pieces.room.poll_acquire(context)),
        };
        let frame = match pieces.next(body, context) {
            Poll::Ready(Some(Ok(frame))) => frame,
            Poll::Ready(None) => {
                running.whole();
                return Poll::Ready(None);
            }
            // Who waits for the body needs no room.
            other => return other,
        };
        pieces.held = room;
        running.waits(true);
        if pieces.rest.is_empty() && body.is_end_stream() {
            running.whole();
        }
        Poll::Ready(Some(Ok(frame)))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.as_ref().is_none_or(|pieces| pieces.rest.is_empty()) && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.pieces.as_ref().map_or(0, |pieces| pieces.rest.len() as u64);
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + rest);
        }
        hint.set_lower(hint.lower() + rest);
        hint
    }
}

impl Pieces {
    /// The next piece: of what is left over, else of the body.
    fn next(&mut self, body: &mut Body, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.rest.is_empty() {
            match ready!(Pin::new(body).poll_frame(context)).map(|frame| frame.map(Frame::into_data)) {
                Some(Ok(Ok(data))) if data.len() > PIECE_OCTETS_MAX => self.rest = data,
                Some(Ok(Ok(data))) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Some(Ok(Err(other))) => return Poll::Ready(Some(Ok(other))),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE_OCTETS_MAX));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }
}
