//! `Server-Timing`: which of the article's numbered connections a request used, and for how long (`design.md` §2).
//!
//! 3 is the gateway's way to the API: all the time a request took here. 4 is the cache: kept answers, and rows kept in memory or
//! Redis; it says hit where nobody behind it had to be asked. 5 is the database; where that is on a network it says `numbers` when
//! nothing but the newest numbers was asked for, which is what proves a kept answer to be still so.

use std::{
    fmt::Write as _,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use http::HeaderValue;

use super::journal::Leg;

tokio::task_local! {
    static REQUEST: Arc<Timing>;
}

/// Uses of connections written down of one request.
const LEGS_MAX: usize = 64;

/// What one request used.
#[derive(Debug)]
pub(crate) struct Timing {
    began: Instant,
    /// Whether each use is written down, for a trace.
    told: bool,
    cache: Used,
    misses: AtomicU64,
    database: Used,
    numbers: Used,
    legs: Mutex<Vec<Leg>>,
}

/// How often, and for how long in all.
#[derive(Debug, Default)]
struct Used {
    times: AtomicU64,
    micros: AtomicU64,
}

impl Used {
    fn add(&self, took: Duration) {
        self.times.fetch_add(1, Relaxed);
        self.micros.fetch_add(micros(took), Relaxed);
    }

    fn times(&self) -> u64 {
        self.times.load(Relaxed)
    }

    fn time(&self) -> Duration {
        Duration::from_micros(self.micros.load(Relaxed))
    }
}

/// What was used in all, for the header and the counters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Summary {
    /// Connection 3: since the request came in.
    pub(crate) api: Duration,
    /// Connection 4, and whether nobody behind it was asked.
    pub(crate) cache: Option<(Duration, bool)>,
    /// Connection 5, and whether only for numbers.
    pub(crate) database: Option<(Duration, bool)>,
}

impl Timing {
    /// Of a request that came in just now.
    pub(crate) fn begun(told: bool) -> Arc<Self> {
        Arc::new(Self {
            began: Instant::now(),
            told,
            cache: Used::default(),
            misses: AtomicU64::new(0),
            database: Used::default(),
            numbers: Used::default(),
            legs: Mutex::default(),
        })
    }

    /// Runs a request whose time counts here.
    pub(crate) async fn over<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        REQUEST.scope(Arc::clone(self), work).await
    }

    /// Since the request came in.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// What was used so far. `kept`: whether kept answers were asked for one, and had it.
    pub(crate) fn summary(&self, kept: Option<bool>) -> Summary {
        let rows = self.cache.times() > 0;
        let all_known = rows && self.misses.load(Relaxed) == 0 && self.database.times() == 0;
        let hit = kept == Some(true) || all_known;
        let asked = self.database.times() + self.numbers.times() > 0;
        Summary {
            api: self.elapsed(),
            cache: (kept.is_some() || rows).then(|| (self.cache.time(), hit)),
            database: asked.then(|| (self.database.time() + self.numbers.time(), self.database.times() == 0)),
        }
    }

    /// Each use that was written down.
    pub(crate) fn legs(&self) -> Vec<Leg> {
        std::mem::take(&mut *self.legs.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Kept answers were asked for so long.
    pub(crate) fn asked_answers(&self, began: Instant) {
        let took = began.elapsed();
        self.cache.micros.fetch_add(micros(took), Relaxed);
        self.note(4, began, took);
    }

    fn note(&self, connection: u8, began: Instant, took: Duration) {
        if !self.told {
            return;
        }
        let mut legs = self.legs.lock().unwrap_or_else(PoisonError::into_inner);
        if legs.len() < LEGS_MAX {
            legs.push(Leg { connection, after: began.saturating_duration_since(self.began), took });
        }
    }
}

impl Summary {
    /// As the header says it.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut said = String::with_capacity(64);
        let _ = write!(said, "c3;dur={}", Millis(self.api));
        if let Some((took, hit)) = self.cache {
            let _ = write!(said, ", c4;desc={};dur={}", if hit { "hit" } else { "miss" }, Millis(took));
        }
        if let Some((took, numbers)) = self.database {
            let _ = write!(said, ", c5;{}dur={}", if numbers { "desc=numbers;" } else { "" }, Millis(took));
        }
        HeaderValue::try_from(said).ok()
    }
}

/// Milliseconds with three digits behind the point.
struct Millis(Duration);

impl std::fmt::Display for Millis {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = micros(self.0);
        write!(to, "{}.{:03}", micros / 1000, micros % 1000)
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// Counts the time until `work` answers as connection 5, for the request it belongs to.
pub(crate) async fn in_database<F: Future>(work: F) -> F::Output {
    timed(work, |timing| &timing.database).await
}

/// The same for a question about nothing but the newest numbers.
pub(crate) async fn for_numbers<F: Future>(work: F) -> F::Output {
    timed(work, |timing| &timing.numbers).await
}

async fn timed<F: Future>(work: F, which: impl FnOnce(&Timing) -> &Used) -> F::Output {
    let began = Instant::now();
    let output = work.await;
    let _outside_a_request = REQUEST.try_with(|timing| {
        let took = began.elapsed();
        which(timing).add(took);
        timing.note(5, began, took);
    });
    output
}

/// Counts the time until `work` answers as connection 4, but for what it spent in the database meanwhile.
pub(crate) async fn in_rows<F: Future>(work: F) -> F::Output {
    let Ok(timing) = REQUEST.try_with(Arc::clone) else { return work.await };
    let (began, asked, waited) = (Instant::now(), timing.database.times(), timing.database.time());
    let output = work.await;
    let behind = timing.database.time().saturating_sub(waited);
    let took = began.elapsed().saturating_sub(behind);
    timing.cache.add(took);
    timing.note(4, began, took);
    if timing.database.times() > asked {
        timing.misses.fetch_add(1, Relaxed);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(timing: &Timing, kept: Option<bool>) -> String {
        let header = timing.summary(kept).header().unwrap();
        // Times are whatever they are: only their places are looked at.
        let marks = header.to_str().unwrap().split(", ").map(|one| {
            let (mark, millis) = one.split_once("dur=").unwrap();
            let (whole, parts) = millis.split_once('.').unwrap();
            assert!(whole.parse::<u64>().is_ok() && parts.len() == 3, "{one}");
            mark.trim_end_matches(';').to_owned()
        });
        marks.collect::<Vec<_>>().join(", ")
    }

    #[tokio::test]
    async fn a_request_says_what_it_used() {
        let timing = Timing::begun(true);
        timing.over(async {}).await;
        assert_eq!(said(&timing, None), "c3");
        assert_eq!(said(&timing, Some(true)), "c3, c4;desc=hit");
        timing.over(for_numbers(async {})).await;
        assert_eq!(said(&timing, Some(true)), "c3, c4;desc=hit, c5;desc=numbers");
        timing.over(in_database(async {})).await;
        in_database(async {}).await;
        assert_eq!(timing.database.times(), 1, "work outside a request counts for nobody");
        assert_eq!(said(&timing, Some(false)), "c3, c4;desc=miss, c5");
        let legs = timing.legs();
        assert_eq!(legs.iter().map(|leg| leg.connection).collect::<Vec<_>>(), [5, 5]);
    }

    #[tokio::test]
    async fn rows_that_were_known_are_a_hit_and_those_that_were_asked_for_are_none() {
        let timing = Timing::begun(false);
        timing.over(in_rows(async {})).await;
        assert_eq!(said(&timing, Some(false)), "c3, c4;desc=hit", "no kept answer, and nobody behind was asked");
        timing.over(in_rows(in_database(async {}))).await;
        assert_eq!(said(&timing, None), "c3, c4;desc=miss, c5");
        assert!(timing.legs().is_empty(), "nobody writes a trace of it");
    }

    #[tokio::test]
    async fn what_a_cache_waits_for_is_the_databases() {
        let timing = Timing::begun(false);
        let slowly = || tokio::time::sleep(Duration::from_millis(30));
        timing.over(in_rows(in_database(slowly()))).await;
        let summary = timing.summary(None);
        let (cache, database) = (summary.cache.unwrap().0, summary.database.unwrap().0);
        assert!(cache < database && database <= summary.api, "{summary:?}");
    }
}
