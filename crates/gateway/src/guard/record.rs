//! What one connection did so far: the requests that run on it, whose answers wait for their reader, how many were cut, and
//! how much it may still send without asking for anything.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use http::{Method, Response, Version};
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

use super::{Bounds, body::Leaving};
use crate::{Patience, upstream::Body};

/// What the frames and headers of one request may take on the wire, with the windows and acknowledgements it brings about.
const REQUEST_OCTETS: u64 = 256 * 1024;

/// How many answers of one HTTP/2 connection may have a piece in hand that their reader has not taken. Others are not asked
/// for theirs until then.
const PIECES_MAX: usize = 16;

/// The record of one connection.
pub(crate) struct Record {
    patience: Patience,
    bounds: Bounds,
    /// Room for pieces of answers.
    pieces: Arc<Semaphore>,
    /// Octets that may be read from it until now.
    fair: AtomicU64,
    state: Mutex<State>,
    /// Tells whoever drives the connection to look at once.
    look: Notify,
}

struct State {
    /// Since when nothing runs; `None` while something does.
    quiet_since: Option<Instant>,
    asked: bool,
    running: usize,
    /// Answers on their way, by number: since when they wait for their reader.
    answers: Vec<Answer>,
    cuts: u32,
    cuts_since: Instant,
    /// Since when it is to go.
    leave: Option<Instant>,
    end: Option<&'static str>,
}

#[derive(Clone, Copy)]
enum Answer {
    Free,
    Moving,
    Waiting(Instant),
}

/// What is to be done about a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing; look again then.
    Fine(Instant),
    /// Told to go, and let finish what runs.
    Leave,
    /// Closed at once, and why.
    End(&'static str),
}

impl Record {
    pub(crate) fn new(patience: Patience, bounds: Bounds) -> Self {
        let now = Instant::now();
        let state = State {
            quiet_since: Some(now),
            asked: false,
            running: 0,
            answers: Vec::new(),
            cuts: 0,
            cuts_since: now,
            leave: None,
            end: None,
        };
        let pieces = Arc::new(Semaphore::new(PIECES_MAX));
        Self {
            patience,
            bounds,
            pieces,
            fair: AtomicU64::new(bounds.chatter_max),
            state: Mutex::new(state),
            look: Notify::new(),
        }
    }

    pub(super) fn patience(&self) -> &Patience {
        &self.patience
    }

    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// A request begins.
    pub(super) fn begin(this: &Arc<Self>, method: &Method, version: Version) -> Running {
        this.sent(REQUEST_OCTETS);
        let mut state = this.state();
        state.running += 1;
        state.quiet_since = None;
        state.asked = true;
        drop(state);
        Running {
            record: Arc::clone(this),
            h2: version == Version::HTTP_2,
            answer: None,
            whole: *method == Method::HEAD,
        }
    }

    /// So many octets were rightly sent.
    pub(super) fn sent(&self, octets: u64) {
        self.fair.fetch_add(octets, Relaxed);
    }

    /// HTTP is over on this connection; what comes now is not counted.
    pub(super) fn switched(&self) {
        self.fair.store(u64::MAX, Relaxed);
    }

    /// Whether it sent more than it had reason to.
    pub(super) fn is_chatter(&self, read: u64, granted: u64) -> bool {
        read > self.fair.load(Relaxed).saturating_add(granted)
    }

    /// It is told to go when what runs is done.
    pub(super) fn leave(&self) {
        self.state().leave.get_or_insert_with(Instant::now);
        self.look.notify_one();
    }

    /// Whether it goes on asking although it was told to go.
    pub(super) fn overstays(&self) -> bool {
        self.state().leave.is_some_and(|since| since.elapsed() > LINGER)
    }

    /// Comes back when there is something to look at before its time.
    pub(super) async fn changed(&self) {
        self.look.notified().await;
    }

    /// What is to be done now.
    pub(super) fn verdict(&self, now: Instant) -> Verdict {
        let state = self.state();
        if let Some(why) = state.end {
            return Verdict::End(why);
        }
        let Patience { headers, idle, stall, .. } = self.patience;
        let waiting = state.answers.iter().filter_map(|answer| match answer {
            Answer::Waiting(since) => Some(*since + stall),
            Answer::Free | Answer::Moving => None,
        });
        let stalled = waiting.min();
        if stalled.is_some_and(|end| end <= now) {
            return Verdict::End("it does not read an answer");
        }
        let quiet = state.quiet_since.map(|since| since + if state.asked { idle } else { headers });
        if quiet.is_some_and(|end| end <= now) {
            return if state.asked { Verdict::Leave } else { Verdict::End("it asked for nothing in time") };
        }
        if state.leave.is_some() {
            return Verdict::Leave;
        }
        let soonest = [stalled, quiet].into_iter().flatten().min();
        Verdict::Fine(soonest.map_or(now + stall, |end| end.min(now + stall)))
    }

    /// Whether it may still linger after it was told to go: only for what runs.
    pub(super) fn is_quiet(&self) -> bool {
        self.state().running == 0
    }

    fn cut(&self, state: &mut State) {
        let now = Instant::now();
        if now.saturating_duration_since(state.cuts_since) > self.bounds.cut_time {
            (state.cuts, state.cuts_since) = (0, now);
        }
        state.cuts += 1;
        if state.cuts > self.bounds.cuts_max {
            state.end = Some("it opens streams and cuts them");
            self.look.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request from its headers to the last octet of its answer.
pub(crate) struct Running {
    record: Arc<Record>,
    h2: bool,
    /// The number of its answer among those on their way.
    answer: Option<usize>,
    whole: bool,
}

impl Running {
    /// Watches an answer go. On HTTP/1 there is one at a time, and the stream sees whether it moves.
    pub(super) fn leaving(mut self, response: Response<Body>) -> Response<Leaving> {
        if self.h2 {
            let mut state = self.record.state();
            let waiting = Answer::Waiting(Instant::now());
            let free = state.answers.iter().position(|answer| matches!(answer, Answer::Free));
            if let Some(free) = free {
                state.answers[free] = waiting;
            } else {
                state.answers.push(waiting);
            }
            self.answer = Some(free.unwrap_or(state.answers.len() - 1));
        }
        response.map(|body| Leaving::new(body, self))
    }

    pub(super) fn is_h2(&self) -> bool {
        self.h2
    }

    /// Room for pieces of the connection's answers.
    pub(super) fn pieces(&self) -> Arc<Semaphore> {
        Arc::clone(&self.record.pieces)
    }

    /// All of it was handed out.
    pub(super) fn whole(&mut self) {
        self.whole = true;
    }

    /// Whether the next move is the reader's.
    pub(super) fn waits(&self, waits: bool) {
        let Some(number) = self.answer else { return };
        if let Some(answer) = self.record.state().answers.get_mut(number) {
            *answer = if waits { Answer::Waiting(Instant::now()) } else { Answer::Moving };
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.record.state();
        if let Some(answer) = self.answer.and_then(|number| state.answers.get_mut(number)) {
            *answer = Answer::Free;
        }
        state.running -= 1;
        if state.running == 0 {
            state.quiet_since = Some(Instant::now());
            if state.leave.is_some() {
                self.record.look.notify_one();
            }
        }
        if self.h2 && !self.whole {
            self.record.cut(&mut state);
        }
    }
}

/// How long one that was told to go may take to say goodbye when nothing runs any more.
pub(super) const LINGER: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use super::*;

    const H2: Version = Version::HTTP_2;

    fn record(bounds: Bounds) -> Arc<Record> {
        Arc::new(Record::new(Patience::default(), bounds))
    }

    fn after(record: &Record, time: Duration) -> Verdict {
        record.verdict(Instant::now() + time)
    }

    #[test]
    fn who_never_asks_is_closed_and_who_has_asked_is_told_to_go() {
        let record = record(Bounds::default());
        assert!(matches!(record.verdict(Instant::now()), Verdict::Fine(_)));
        assert!(matches!(after(&record, record.patience().headers), Verdict::End(_)));
        drop(Record::begin(&record, &Method::HEAD, H2));
        assert!(matches!(after(&record, record.patience().headers), Verdict::Fine(_)));
        assert_eq!(after(&record, record.patience().idle), Verdict::Leave);
    }

    #[test]
    fn an_answer_that_runs_keeps_its_connection_and_one_that_is_not_taken_does_not() {
        let record = record(Bounds::default());
        let running = Record::begin(&record, &Method::GET, H2);
        let long = record.patience().idle * 100;
        assert!(matches!(after(&record, long), Verdict::Fine(_)));
        let answer = running.leaving(Response::new(crate::upstream::full("news".into())));
        assert!(matches!(after(&record, record.patience().stall), Verdict::End(_)));
        drop(answer);
        assert!(matches!(record.verdict(Instant::now()), Verdict::Fine(_)));
    }

    #[test]
    fn who_opens_streams_to_cut_them_is_closed() {
        let record = record(Bounds { cuts_max: 3, ..Bounds::default() });
        for _ in 0..3 {
            drop(Record::begin(&record, &Method::GET, H2));
        }
        assert!(matches!(record.verdict(Instant::now()), Verdict::Fine(_)));
        drop(Record::begin(&record, &Method::GET, H2));
        assert!(matches!(record.verdict(Instant::now()), Verdict::End(_)));
    }
}
