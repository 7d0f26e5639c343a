//! A request's body on its way to an upstream: its size bounded, and watched so that it cannot stand still for ever.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::time::{Instant, timeout, timeout_at};

use super::{PhaseTimes, hop};
use crate::{
    trouble::Trouble,
    upstream::{Body, BoxError},
};

/// Of a body nobody wants any more, so much is still read: a visitor who is told why must be able to read it.
const DRAINED_OCTETS_MAX: u64 = 1024 * 1024;
/// For no longer than this.
const DRAIN_TIME: Duration = Duration::from_secs(2);

/// A request's body, or none.
pub(super) struct Sending {
    body: Option<Body>,
    progress: Option<Progress>,
    octets_max: u64,
    left: u64,
    /// How much is left of what was announced. Whoever sends it may not ask for more once it is all there.
    announced: Option<u64>,
}

/// How far a body has come; shared by who sends it and who waits for the answer.
#[derive(Clone)]
pub(super) struct Progress(Arc<Mutex<State>>);

struct State {
    phase: Phase,
    since: Instant,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The visitor has to send more.
    Visitor,
    /// The upstream has to take more.
    Upstream,
    /// All of it was taken.
    Sent,
    /// It ended, but not as it should.
    Failed(Trouble),
}

impl Sending {
    /// A body to send, or none if it has none. The error is what is wrong with it already.
    pub(super) fn new(body: Body, announced: Option<u64>, octets_max: u64) -> Result<Self, (Trouble, Body)> {
        if announced.is_some_and(|octets| octets > octets_max) {
            return Err((Trouble::TooLarge(octets_max), body));
        }
        if body.is_end_stream() {
            return Ok(Self::none());
        }
        let state = State { phase: Phase::Upstream, since: Instant::now() };
        let progress = Progress(Arc::new(Mutex::new(state)));
        Ok(Self { body: Some(body), progress: Some(progress), octets_max, left: octets_max, announced })
    }

    /// No body.
    pub(super) fn none() -> Self {
        Self { body: None, progress: None, octets_max: 0, left: 0, announced: None }
    }

    /// Whether there is nothing to send.
    pub(super) fn is_none(&self) -> bool {
        self.body.is_none()
    }

    /// How far it has come; nothing to watch if there is nothing to send.
    pub(super) fn progress(&self) -> Option<Progress> {
        self.progress.clone()
    }

    /// The body itself again, for whoever does not send it.
    pub(super) fn into_body(mut self) -> Body {
        self.body.take().unwrap_or_else(|| crate::upstream::full(Bytes::new()))
    }

    fn now(&self, phase: Phase) {
        if let Some(progress) = &self.progress {
            *progress.state() = State { phase, since: Instant::now() };
        }
    }
}

impl Progress {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether all of it was sent.
    pub(super) fn is_done(&self) -> bool {
        self.state().phase == Phase::Sent
    }

    /// What was wrong with the body itself, if anything was.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        match self.state().phase {
            Phase::Failed(trouble) => Some(trouble),
            _ => None,
        }
    }

    /// Waits for the answer as long as the body moves; then, once it is sent, for the first octet of the answer.
    pub(super) async fn watch<T>(&self, answer: impl Future<Output = T>, times: &PhaseTimes) -> Result<T, Trouble> {
        let mut answer = pin!(answer);
        loop {
            let (until, _) = self.until(times);
            if let Ok(answer) = timeout_at(until, answer.as_mut()).await {
                return Ok(answer);
            }
            let (until, late) = self.until(times);
            if until <= Instant::now() {
                return Err(late);
            }
        }
    }

    /// When this phase has taken too long, and what that is called.
    fn until(&self, times: &PhaseTimes) -> (Instant, Trouble) {
        let state = self.state();
        match state.phase {
            Phase::Visitor => (state.since + times.send, Trouble::Stalled),
            Phase::Upstream => (state.since + times.send, Trouble::Late),
            Phase::Sent | Phase::Failed(_) => (state.since + times.first_octet, Trouble::Late),
        }
    }
}

impl hyper::body::Body for Sending {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let Some(body) = self.body.as_mut() else { return Poll::Ready(None) };
        let polled = Pin::new(body).poll_frame(context);
        if polled.is_pending() {
            // Only the first time: being asked again is no progress.
            if let Some(progress) = &self.progress
                && progress.state().phase != Phase::Visitor
            {
                self.now(Phase::Visitor);
            }
        }
        match ready!(polled) {
            None => {
                self.body = None;
                self.now(Phase::Sent);
                Poll::Ready(None)
            }
            Some(Err(error)) => {
                self.body = None;
                self.now(Phase::Failed(Trouble::Unsound("What you sent broke off, or was not sound.")));
                Poll::Ready(Some(Err(error)))
            }
            Some(Ok(frame)) => Poll::Ready(Some(self.passed(frame))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(|body| body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), |body| body.size_hint())
    }
}

impl Sending {
    /// A frame, if it is within the limit.
    fn passed(&mut self, frame: Frame<Bytes>) -> Result<Frame<Bytes>, BoxError> {
        let octets = frame.data_ref().map_or(0, |data| data.len() as u64);
        let Some(left) = self.left.checked_sub(octets) else {
            self.now(Phase::Failed(Trouble::TooLarge(self.octets_max)));
            return Err("the body is larger than it may be".into());
        };
        self.left = left;
        self.announced = self.announced.map(|announced| announced.saturating_sub(octets));
        let ended = self.announced == Some(0) || self.body.as_ref().is_none_or(|body| body.is_end_stream());
        self.now(if ended { Phase::Sent } else { Phase::Upstream });
        match frame.into_trailers() {
            Ok(mut trailers) => {
                hop::strip_trailers(&mut trailers);
                Ok(Frame::trailers(trailers))
            }
            Err(frame) => Ok(frame),
        }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        if let Some(body) = self.body.take() {
            drain(body);
        }
    }
}

/// Reads what is left of a body nobody wants, a little of it: closing a connection with unread octets in it would take the
/// answer from the visitor that says why.
pub(super) fn drain(mut body: Body) {
    if body.is_end_stream() {
        return;
    }
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    runtime.spawn(timeout(DRAIN_TIME, async move {
        let mut octets = 0;
        while let Some(Ok(frame)) = body.frame().await {
            octets += frame.data_ref().map_or(0, |data| data.len() as u64);
            if octets > DRAINED_OCTETS_MAX {
                break;
            }
        }
    }));
}

#[cfg(test)]
mod tests {
    use http_body_util::StreamBody;

    use super::*;

    /// A body of pieces that does not know before its end that it ends.
    fn pieces(pieces: &[&'static str]) -> Body {
        let frames: Vec<Result<_, BoxError>> =
            pieces.iter().map(|piece| Ok(Frame::data(Bytes::from_static(piece.as_bytes())))).collect();
        StreamBody::new(futures_util::stream::iter(frames)).boxed_unsync()
    }

    #[tokio::test]
    async fn what_was_announced_is_sent_when_it_is_all_there() {
        let mut sending = Sending::new(pieces(&["hel", "lo"]), Some(5), 10).ok().unwrap();
        let progress = sending.progress().unwrap();
        for done in [false, true] {
            assert!(sending.frame().await.unwrap().is_ok());
            assert_eq!(progress.is_done(), done);
        }
    }

    #[tokio::test]
    async fn what_was_not_announced_is_sent_when_it_ends() {
        let mut sending = Sending::new(pieces(&["hello"]), None, 10).ok().unwrap();
        let progress = sending.progress().unwrap();
        assert!(sending.frame().await.unwrap().is_ok() && !progress.is_done());
        assert!(sending.frame().await.is_none() && progress.is_done());
    }

    #[tokio::test]
    async fn what_is_too_large_is_no_whole_body() {
        let mut sending = Sending::new(pieces(&["hello", "hello!"]), None, 10).ok().unwrap();
        let progress = sending.progress().unwrap();
        assert!(sending.frame().await.unwrap().is_ok());
        assert!(sending.frame().await.unwrap().is_err());
        assert_eq!((progress.trouble(), progress.is_done()), (Some(Trouble::TooLarge(10)), false));
        assert!(Sending::new(pieces(&["hello"]), Some(11), 10).is_err());
    }
}
