//! `Server-Timing`: which of the article's numbered connections a request used (`design.md` §2).
//!
//! 3 is the gateway's way to the API, 4 the cache, 5 the database; 5 says for how long.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use http::HeaderValue;

tokio::task_local! {
    static REQUEST: Arc<Timing>;
}

/// What one request used.
#[derive(Debug, Default)]
pub(crate) struct Timing {
    database_calls: AtomicU64,
    database_micros: AtomicU64,
}

impl Timing {
    /// Runs a request whose database time counts here.
    pub(crate) async fn over<F: Future>(self: &Arc<Self>, work: F) -> F::Output {
        REQUEST.scope(Arc::clone(self), work).await
    }

    /// As the header says it. `cached`: whether the answer cache was asked, and had it.
    pub(crate) fn header(&self, cached: Option<bool>) -> Option<HeaderValue> {
        let mut said = "c3".to_owned();
        if let Some(hit) = cached {
            said.push_str(if hit { ", c4;desc=hit" } else { ", c4;desc=miss" });
        }
        if self.database_calls.load(Relaxed) > 0 {
            let micros = self.database_micros.load(Relaxed);
            said.push_str(&format!(", c5;dur={}.{:03}", micros / 1000, micros % 1000));
        }
        HeaderValue::from_str(&said).ok()
    }
}

/// Counts the time until `work` answers as time in the database, for the request it belongs to.
pub(crate) async fn in_database<F: Future>(work: F) -> F::Output {
    let began = Instant::now();
    let output = work.await;
    let _outside_a_request = REQUEST.try_with(|timing| {
        timing.database_calls.fetch_add(1, Relaxed);
        timing.database_micros.fetch_add(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX), Relaxed);
    });
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_request_says_what_it_used() {
        let timing = Arc::new(Timing::default());
        timing.over(async {}).await;
        assert_eq!(timing.header(None).unwrap(), "c3");
        assert_eq!(timing.header(Some(true)).unwrap(), "c3, c4;desc=hit");
        timing.over(in_database(async {})).await;
        in_database(async {}).await;
        assert_eq!(timing.database_calls.load(Relaxed), 1, "work outside a request counts for nobody");
        assert!(timing.header(Some(false)).unwrap().to_str().unwrap().starts_with("c3, c4;desc=miss, c5;dur="));
    }
}
