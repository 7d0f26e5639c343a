//! `rolo serve`: every role in this process, or one of them; prints one line when it answers.
//!
//! SIGHUP reads the configuration again: what the gateway does, what is logged and certificates change without a failed
//! request; a configuration that is wrong changes nothing. SIGTERM and Ctrl-C let running answers finish.

mod certify;
mod door;
mod figures;
mod listen;
mod log;
mod opened;
mod plan;
mod process;
mod serving;

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, Result};
use rolo_gateway::{Gateway, Listen, Stop};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing::{error, info, warn};

use self::{log::Log, process::Process};
use super::cli::{Common, Role};
use crate::{config::Config, restoring};

/// Serves until SIGTERM or Ctrl-C. `again` reads the configuration as it is by then.
pub(crate) async fn run(
    common: &Common,
    config: Config,
    role: Option<Role>,
    again: impl Fn() -> Result<Config>,
) -> Result<ExitCode> {
    let log = Log::start(&config.log)?;
    let mut signals = Signals::listen()?;
    let stop = Stop::new();
    let mut process = Process::start(role, common, &config, &stop).await?;
    let plan = process.plan(&config)?;
    let gateway = match plan.listens.is_empty() {
        true => None,
        false => Some(Arc::new(Gateway::start(plan).await.map_err(taken)?)),
    };
    let place = match &gateway {
        Some(gateway) => gateway.addresses().await.first().map(Listen::to_string).unwrap_or_default(),
        None => "worker".to_owned(),
    };
    if let Some(gateway) = &gateway {
        process.watch(gateway, &place);
        process.certify(&stop);
    }
    if let Err(error) = announce(&place, &config, process.code().as_deref()) {
        warn!(error = %error, "whoever started this program does not listen to it");
    }

    let told = async {
        let restored = loop {
            let order = tokio::select! {
                order = signals.next() => order,
                () = process.restored() => break true,
            };
            match order {
                Order::ReadAgain => read_again(&process, gateway.as_deref(), &log, &config, &again, &stop).await,
                Order::Stop => break false,
            }
        };
        info!("stopping: answers that are running may finish");
        stop.cancel();
        restored
    };
    let answering = async {
        if let Some(gateway) = &gateway {
            gateway.run(stop.clone()).await;
        }
    };
    let (restored, ()) = tokio::join!(told, answering);
    process.end().await;
    if restored {
        return Err(restoring::start_again()).context("the backup is restored; start Rolo again to use it");
    }
    Ok(ExitCode::SUCCESS)
}

fn taken(error: io::Error) -> anyhow::Error {
    if error.kind() != io::ErrorKind::AddrInUse {
        return error.into();
    }
    anyhow::Error::from(error).context("the address is taken: choose another with --listen")
}

/// Takes up the configuration as it is now, or says why not and goes on as before.
async fn read_again(
    process: &Process,
    gateway: Option<&Gateway>,
    log: &Log,
    started: &Config,
    again: &impl Fn() -> Result<Config>,
    stop: &Stop,
) {
    let taken_up = async {
        let mut fresh = again()?;
        // What services and API were made with holds until the next start, and the gateway must not contradict it.
        fresh.server.public_url.clone_from(&started.server.public_url);
        let plan = process.plan(&fresh)?;
        if let Some(gateway) = gateway {
            gateway.reload(plan).await?;
            process.certify(stop);
        }
        log.change(&fresh.log)?;
        anyhow::Ok(())
    };
    match taken_up.await {
        Ok(()) => info!("the configuration was read again and holds"),
        Err(why) => {
            error!(why = format!("{why:#}"), "the configuration was not taken up: what was so before goes on");
            return;
        }
    }
    let Ok(fresh) = again() else { return };
    for name in started.changed(&fresh).iter().filter(|name| !holds_at_once(process.role(), name)) {
        warn!(setting = name, "this was changed and holds from the next start on");
    }
}

/// Whether a change of this setting needs no start.
fn holds_at_once(role: Option<Role>, name: &str) -> bool {
    let gateway = matches!(role, None | Some(Role::Gateway));
    match name {
        "server.public_url" | "log.format" | "ssr.enabled" => false,
        "api.listen" => role == Some(Role::Api),
        "ssr.listen" => role == Some(Role::Ssr),
        "worker.listen" => role == Some(Role::Worker),
        "api.url" | "ssr.url" => role == Some(Role::Gateway),
        "server.behind_proxy" | "server.trusted_proxies" | "log.level" => true,
        _ if name.starts_with("access_log.") => true,
        _ => gateway && ["server.", "tls.", "site["].iter().any(|own| name.starts_with(own)),
    }
}

/// The one line programs wait for, after what a person needs to begin.
fn announce(place: &str, config: &Config, code: Option<&str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if let Some(code) = code {
        let public = config.server.public_url.trim_end_matches('/');
        let url = if public.is_empty() { place } else { public };
        writeln!(out, "Nobody has an account here yet. Open {url}/setup and type this code: {code}")?;
    }
    writeln!(out, "ready {place}")?;
    out.flush()
}

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    ReadAgain,
    Stop,
}

/// The signals this process knows. Listened for from the first moment: unheard, SIGHUP would end it.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

impl Signals {
    fn listen() -> Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be listened for");
        Ok(Self {
            terminate: listen(SignalKind::terminate())?,
            interrupt: listen(SignalKind::interrupt())?,
            hangup: listen(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Order {
        tokio::select! {
            _ = self.terminate.recv() => Order::Stop,
            _ = self.interrupt.recv() => Order::Stop,
            _ = self.hangup.recv() => Order::ReadAgain,
        }
    }
}
