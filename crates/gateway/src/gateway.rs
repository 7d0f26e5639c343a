//! A gateway at work: its listeners, the plan it follows, and the change from one plan to the next.
//!
//! A new plan's sockets are opened before anything changes; one that cannot be opened leaves all as it was. Each request
//! is answered by the plan that was current when it came in, so no request fails in between.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use arc_swap::ArcSwap;
use tokio::sync::{Mutex, Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::warn;

use crate::{
    Listen, Plan, Stop,
    listen::{self, CONNECTIONS_MAX, Crowd, Door},
};

/// How often files of certificates are looked at.
const LOOK_TIME: Duration = Duration::from_secs(3);

/// A gateway that listens and answers.
pub struct Gateway {
    shared: Arc<Shared>,
    doors: Mutex<Vec<Door>>,
}

/// What listeners and connections share.
pub(crate) struct Shared {
    /// The plan that new requests follow.
    pub(crate) plan: ArcSwap<Plan>,
    /// Room for connections.
    pub(crate) places: Arc<Semaphore>,
    /// How much of it each address has.
    pub(crate) crowd: Arc<Crowd>,
    /// Every connection.
    pub(crate) connections: TaskTracker,
    /// No new connections and requests: what runs may finish.
    pub(crate) closing: CancellationToken,
    /// What still runs is cut off.
    pub(crate) cut: CancellationToken,
    pub(crate) counters: Counters,
}

/// What is counted while serving.
#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) fell_back: AtomicU64,
}

/// What a gateway has counted since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Connections that are open.
    pub connections: usize,
    /// Pages that nobody could draw: the app's own page was served instead.
    pub fell_back: u64,
    /// Connections and requests of addresses that had as many as they may.
    pub turned_away: u64,
}

impl Gateway {
    /// Opens every listener of a plan and begins to answer.
    pub async fn start(plan: Plan) -> io::Result<Self> {
        plan.check()?;
        let mut doors = Vec::new();
        for listen in &plan.listens {
            doors.push(Door::open(listen, &plan)?);
        }
        let shared = Arc::new(Shared {
            plan: ArcSwap::from_pointee(plan),
            places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
            crowd: Arc::default(),
            connections: TaskTracker::new(),
            closing: CancellationToken::new(),
            cut: CancellationToken::new(),
            counters: Counters::default(),
        });
        doors.iter_mut().for_each(|door| door.attend(&shared));
        tokio::spawn(look_after_certificates(Arc::clone(&shared)));
        Ok(Self { shared, doors: Mutex::new(doors) })
    }

    /// Follows another plan. Sockets that stay are kept; when one cannot be opened, all is as before.
    pub async fn reload(&self, plan: Plan) -> io::Result<()> {
        plan.check()?;
        let mut doors = self.doors.lock().await;
        if self.shared.closing.is_cancelled() {
            return Err(io::Error::other("the gateway is stopping"));
        }
        let kept = listen::kept(&doors, &plan.listens);
        let mut opened = Vec::new();
        for (listen, _) in plan.listens.iter().zip(&kept).filter(|(_, kept)| kept.is_none()) {
            opened.push(Door::open(listen, &plan)?);
        }
        let plan = Arc::new(plan);
        // First what is answered, then over which socket: a door with TLS needs the certificates of its plan.
        self.shared.plan.store(Arc::clone(&plan));
        let mut old: Vec<Option<Door>> = doors.drain(..).map(Some).collect();
        let mut opened = opened.into_iter();
        for (listen, kept) in plan.listens.iter().zip(kept) {
            let door = match kept.and_then(|at| old.get_mut(at)).and_then(Option::take) {
                Some(mut door) => {
                    door.speak(listen);
                    Some(door)
                }
                None => opened.next().map(|mut door| {
                    door.attend(&self.shared);
                    door
                }),
            };
            doors.extend(door);
        }
        Ok(())
    }

    /// Where it listens, with the ports that were free for those that named none.
    pub async fn addresses(&self) -> Vec<Listen> {
        self.doors.lock().await.iter().map(Door::listen).collect()
    }

    /// What was counted so far.
    pub fn figures(&self) -> Figures {
        let fell_back = self.shared.counters.fell_back.load(Ordering::Relaxed);
        let turned_away = self.shared.crowd.turned_away();
        Figures { connections: self.shared.connections.len(), fell_back, turned_away }
    }

    /// Answers until `stop`, then lets what runs finish; connections that rest are closed at once.
    pub async fn run(&self, stop: Stop) {
        stop.cancelled().await;
        self.shared.closing.cancel();
        self.doors.lock().await.clear();
        self.shared.connections.close();
        let patience = self.shared.plan.load().patience;
        if tokio::time::timeout(patience.drain, self.shared.connections.wait()).await.is_err() {
            warn!("some answers were cut off: they took longer than the time to stop");
            self.shared.cut.cancel();
            self.shared.connections.wait().await;
        }
        let log = self.shared.plan.load().log.clone();
        log.written().await;
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shared.closing.cancel();
        self.shared.cut.cancel();
    }
}

/// Takes up files of certificates that have changed.
async fn look_after_certificates(shared: Arc<Shared>) {
    loop {
        tokio::select! {
            () = shared.closing.cancelled() => return,
            () = tokio::time::sleep(LOOK_TIME) => {}
        }
        let certificates = shared.plan.load().certificates.clone();
        if certificates.is_empty() {
            continue;
        }
        if let Err(error) = tokio::task::spawn_blocking(move || certificates.refresh()).await {
            warn!(error = %error, "files of certificates could not be looked at");
        }
    }
}
