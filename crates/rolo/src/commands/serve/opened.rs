//! What a process has opened of the data, the API over it, and what works on it beside the listeners.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use anyhow::Result;
use rolo_api::SetupCode;
use rolo_gateway::Stop;
use tokio::task::JoinHandle;
use tracing::{error, warn};

use crate::{
    admin,
    config::Config,
    restoring::{self, Restoring},
    setup,
    upstream::ApiUpstream,
    wire::{Machine, Opening},
};

/// What is done in a process with the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Requests and what comes later.
    All,
    /// Requests; what comes later too, where no other process could do it.
    Api,
    /// What comes later.
    Later,
}

/// Everything that was opened together, and ends together.
pub(super) struct Opened {
    pub(super) machine: Arc<Machine>,
    pub(super) api: ApiUpstream,
    /// The code of the set-up page, while nobody has an account.
    pub(super) code: Option<String>,
    pub(super) restoring: Option<Restoring>,
    stop: Stop,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Opened {
    /// Opens the data.
    pub(super) async fn machine(data: &Path, config: &Config, work: Work) -> Result<Machine> {
        if work != Work::Later {
            restoring::settle(data, config).await?;
        }
        let machine = Machine::open(data, config, Opening::OrNew).await?;
        Ok(Machine { works: true, ..machine })
    }

    /// Begins what works on it, until the stop.
    pub(super) async fn begin(machine: Machine, config: &Config, work: Work, stop: &Stop) -> Result<Self> {
        let (machine, stop) = (Arc::new(machine), stop.child_token());
        let (mut tasks, mut code) = (Vec::new(), None);
        let backups = machine.backups();
        if work != Work::Api || !machine.shared {
            if let Some(backups) = &backups
                && let Err(error) = backups.take_over().await
            {
                warn!(error = ?error, "how backups stood before cannot be written into the database yet");
            }
            tasks.push(tokio::spawn(machine.worker()?.run(stop.clone())));
        }
        if work != Work::Later {
            tasks.push(tokio::spawn(Arc::clone(&machine).follow(stop.clone())));
            code = setup::code(&machine).await?;
            tasks.extend(commands(&machine.data.join("admin.sock"), &machine, &stop));
        }
        let restoring = code.is_some().then(|| Restoring::new(&machine, config));
        let restores = restoring.clone().map(|restoring| Arc::new(restoring) as _);
        let backups = backups.map(|backups| backups as _);
        let proof = code.as_deref().map(SetupCode::new);
        let api = ApiUpstream::new(&machine, config, proof, backups, restores, stop.clone());
        Ok(Self { machine, api, code, restoring, stop, tasks: Mutex::new(tasks) })
    }

    /// Waits until what works on it has ended, and nobody listens to its news any more.
    pub(super) async fn end(&self) {
        self.stop.cancel();
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks {
            if let Err(error) = task.await {
                error!(error = %error, "a role ended in a panic");
            }
        }
    }
}

/// Commands beside this server, until the stop.
fn commands(path: &Path, machine: &Arc<Machine>, stop: &Stop) -> Option<JoinHandle<()>> {
    match admin::open(path) {
        Ok(socket) => {
            let (path, machine, stop) = (path.to_owned(), Arc::clone(machine), stop.clone());
            Some(tokio::spawn(async move { admin::serve(socket, &path, machine, stop).await }))
        }
        Err(error) => {
            error!(error = %error, "commands beside this server will not work: the admin socket could not be opened");
            None
        }
    }
}
