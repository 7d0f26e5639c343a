//! The data that a process serves. While nobody has an account a backup may be restored into a database of many, by any of its
//! processes. Each then opens the database anew before it answers anything else: what it had opened is another instance's.

use std::{
    future::Future,
    path::Path,
    pin::Pin,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::Duration,
};

use anyhow::Result;
use http::{Request, Response};
use rolo_gateway::{Body, Peer, Stop, Upstream};
use tracing::{error, info};

use super::opened::{Opened, Work};
use crate::{
    config::Config,
    restoring,
    wire::{Held, Machine},
};

/// How often a process that nobody asks looks whether it serves what the database holds.
const OFTEN: Duration = Duration::from_secs(1);

/// What is served.
pub(super) struct Serving {
    config: Config,
    work: Work,
    stop: Stop,
    now: RwLock<Arc<Opened>>,
    /// Whether another instance may come into the database.
    open: AtomicBool,
    /// The name of the one that was opened.
    instance: tokio::sync::Mutex<String>,
    _held: Option<Held>,
}

/// What a database holds, seen from a process that has opened it.
enum Holds {
    /// Nobody yet, or what is being written.
    Nobody,
    /// Somebody has an account in it.
    Somebody,
    /// Another instance, which is whole.
    Another(String),
}

impl Serving {
    /// Opens it.
    pub(super) async fn open(data: &Path, config: &Config, work: Work, stop: &Stop) -> Result<Self> {
        let machine = Opened::machine(data, config, work).await?;
        let held = (work != Work::Later && machine.shared).then(|| Held::take(&machine)).transpose()?;
        let instance = machine.backup.database().instance().await?;
        let open = machine.shared && !machine.services.database.has_accounts().await?;
        if machine.shared && !open {
            restoring::sweep(&machine, config).await;
        }
        let opened = Opened::begin(machine, config, work, stop).await?;
        Ok(Self {
            config: config.clone(),
            work,
            stop: stop.clone(),
            now: RwLock::new(Arc::new(opened)),
            open: AtomicBool::new(open),
            instance: tokio::sync::Mutex::new(instance),
            _held: held,
        })
    }

    /// What was opened last.
    pub(super) fn now(&self) -> Arc<Opened> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks, while another instance may come, until the stop; then everything that works on the data ends.
    pub(super) async fn run(&self) {
        while self.open.load(SeqCst) && !self.stop.is_cancelled() {
            self.look().await;
            tokio::select! {
                () = self.stop.cancelled() => {}
                () = tokio::time::sleep(OFTEN) => {}
            }
        }
        self.stop.cancelled().await;
        self.now().end().await;
    }

    /// Opens the database anew if another instance's data is in it by now.
    async fn look(&self) {
        let mut instance = self.instance.lock().await;
        if !self.open.load(SeqCst) || self.stop.is_cancelled() {
            return;
        }
        let opened = self.now();
        let looked = match holds(&opened.machine, &instance).await {
            // A database that is away says so to whoever asks it for something.
            Err(_) | Ok(Holds::Nobody) => return,
            Ok(Holds::Somebody) => {
                self.open.store(false, SeqCst);
                return restoring::sweep(&opened.machine, &self.config).await;
            }
            Ok(Holds::Another(name)) => self.anew(&opened).await.map(|()| name),
        };
        match looked {
            Ok(name) => {
                info!("the database holds a backup that was restored, and was opened anew");
                *instance = name;
            }
            Err(error) => error!(why = format!("{error:#}"), "the restored database cannot be opened"),
        }
    }

    async fn anew(&self, before: &Opened) -> Result<()> {
        before.end().await;
        let machine = before.machine.anew(&self.config).await?;
        restoring::sweep(&machine, &self.config).await;
        let opened = Opened::begin(machine, &self.config, self.work, &self.stop).await?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(opened);
        Ok(())
    }
}

/// In this order: whoever has an account in a database with the known name was not written by a restore, for that begins with
/// the name; and a name that is another before there is no seal came with a restore that is whole.
async fn holds(machine: &Machine, known: &str) -> rolo_core::Result<Holds> {
    let has_accounts = machine.services.database.has_accounts().await?;
    let database = machine.backup.database();
    let instance = database.instance().await?;
    if instance == known {
        return Ok(if has_accounts { Holds::Somebody } else { Holds::Nobody });
    }
    Ok(if database.seal().await?.is_none() { Holds::Another(instance) } else { Holds::Nobody })
}

impl Upstream for Serving {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        Box::pin(async move {
            if self.open.load(SeqCst) {
                self.look().await;
            }
            self.now().api.answer(request, peer).await
        })
    }
}
