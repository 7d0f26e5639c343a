//! One upstream: its resting connections, how much it has to do, and whether it is out.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use http::HeaderValue;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;
use tracing::{info, warn};

use super::{
    Address,
    line::{Line, Way},
};

/// How many connections to one upstream rest at a time.
const RESTING_MAX: usize = 64;
/// How long a connection rests at most.
const REST_TIME: Duration = Duration::from_secs(30);
/// A request that cannot be repeated takes no connection that has rested longer: servers that close after five seconds are
/// common, and what is sent into a connection that is just being closed is lost.
const FRESH_TIME: Duration = Duration::from_secs(4);
/// How long an upstream is out after a failed connection; twice as long after each further one …
const OUT_TIME_FIRST: Duration = Duration::from_secs(1);
/// … but never longer than this.
const OUT_TIME_MAX: Duration = Duration::from_secs(5);
/// So many checks have to fail one after the other before an upstream is out.
const CHECKS_FAILED_MAX: u32 = 2;

/// One upstream.
pub(super) struct Server {
    pub(super) name: Arc<str>,
    /// What it is told as `Host`, unless the visitor's is kept.
    pub(super) authority: HeaderValue,
    way: Way,
    resting: Mutex<VecDeque<Line>>,
    running: AtomicUsize,
    standing: Mutex<Standing>,
    failures: AtomicU64,
}

/// What is known about its health.
#[derive(Default)]
struct Standing {
    out_until: Option<Instant>,
    /// Failed connections one after the other.
    failed: u32,
    /// Failed checks one after the other.
    checks_failed: u32,
}

/// A place at an upstream, held as long as its answer takes.
pub(super) struct Place {
    pub(super) server: Arc<Server>,
}

impl Server {
    pub(super) fn new(address: Address, tls: &Arc<ClientConfig>) -> Self {
        let authority = address.authority();
        Self {
            name: Arc::from(address.to_string()),
            authority: HeaderValue::try_from(authority).unwrap_or_else(|_| HeaderValue::from_static("localhost")),
            way: Way::to(address, tls),
            resting: Mutex::default(),
            running: AtomicUsize::new(0),
            standing: Mutex::default(),
            failures: AtomicU64::new(0),
        }
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn resting(&self) -> MutexGuard<'_, VecDeque<Line>> {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests it is busy with.
    pub(super) fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    /// How many connections to it rest.
    pub(super) fn resting_count(&self) -> usize {
        self.resting().len()
    }

    /// How many connections to it have failed.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Takes a place, unless it has all it may have.
    pub(super) fn place(self: &Arc<Self>, most: usize) -> Option<Place> {
        if self.running.fetch_add(1, Ordering::Relaxed) >= most {
            self.running.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(Place { server: Arc::clone(self) })
    }

    /// Until when it is out; nothing while it is in.
    pub(super) fn out_until(&self, now: Instant) -> Option<Instant> {
        let standing = self.standing();
        match standing.out_until {
            _ if standing.checks_failed >= CHECKS_FAILED_MAX => {
                Some(standing.out_until.unwrap_or(now).max(now + OUT_TIME_FIRST))
            }
            until => until.filter(|until| *until > now),
        }
    }

    /// Whether it may be asked now. Of those who come when it has been out, one tries it, and the others wait for how it went.
    pub(super) fn may_be_asked(&self, now: Instant) -> bool {
        let mut standing = self.standing();
        if standing.checks_failed >= CHECKS_FAILED_MAX || standing.out_until.is_some_and(|until| until > now) {
            return false;
        }
        if standing.failed > 0 {
            standing.out_until = Some(now + OUT_TIME_FIRST);
        }
        true
    }

    /// A new connection to it, made within `time`.
    pub(super) async fn connect(&self, time: Duration) -> io::Result<Line> {
        let connected = timeout(time, self.way.connect()).await;
        let connected = connected.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        match &connected {
            Ok(_) => self.reached(),
            Err(error) => self.not_reached(error),
        }
        connected
    }

    fn reached(&self) {
        let mut standing = self.standing();
        if standing.failed > 0 {
            info!(upstream = %self.name, "an upstream can be reached again");
            standing.failed = 0;
            standing.out_until = None;
        }
    }

    fn not_reached(&self, error: &io::Error) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        let mut standing = self.standing();
        if standing.failed == 0 {
            warn!(upstream = %self.name, error = %error, "an upstream cannot be reached");
        }
        let out = OUT_TIME_FIRST * (1 << standing.failed.min(3));
        standing.failed = standing.failed.saturating_add(1);
        standing.out_until = Some(Instant::now() + out.min(OUT_TIME_MAX));
        drop(standing);
        // None of these leads anywhere any more.
        self.resting().clear();
    }

    /// Notes how a check went: one that goes well brings it back at once.
    pub(super) fn checked(&self, well: bool) {
        let mut standing = self.standing();
        let was_out = standing.checks_failed >= CHECKS_FAILED_MAX;
        if well {
            if was_out {
                info!(upstream = %self.name, "an upstream is well again");
            }
            *standing = Standing::default();
            return;
        }
        standing.checks_failed = standing.checks_failed.saturating_add(1);
        if !was_out && standing.checks_failed >= CHECKS_FAILED_MAX {
            warn!(upstream = %self.name, "an upstream does not answer its checks as it should, and is left out");
        }
    }

    /// A connection that rested and can take a request.
    pub(super) async fn rested(&self, repeatable: bool, time: Duration) -> Option<Line> {
        let most = if repeatable { REST_TIME } else { FRESH_TIME };
        loop {
            let mut line = self.resting().pop_back()?;
            if line.rested() > most {
                // The others have rested longer still.
                if repeatable {
                    self.resting().clear();
                } else {
                    self.resting().push_back(line);
                }
                return None;
            }
            if timeout(time, line.ready()).await.unwrap_or(false) {
                return Some(line);
            }
        }
    }

    /// Puts a connection to rest for the next request.
    pub(super) fn rest(&self, line: Line) {
        let Some(line) = line.at_rest() else { return };
        let mut resting = self.resting();
        while resting.len() >= RESTING_MAX || resting.front().is_some_and(|line| line.rested() > REST_TIME) {
            resting.pop_front();
        }
        resting.push_back(line);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.server.running.fetch_sub(1, Ordering::Relaxed);
    }
}
