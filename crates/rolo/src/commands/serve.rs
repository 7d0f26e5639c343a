//! `rolo serve`: opens the data, starts every role in this process, prints one line when it answers.

use std::{
    io::{self, Write},
    net::{SocketAddr, ToSocketAddrs},
    process::ExitCode,
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use rolo_api::SetupCode;
use rolo_core::contracts::Backups;
use rolo_gateway::{Listener, Site, Stop};
use tokio::signal::unix::{SignalKind, signal};
use tracing::{error, info, warn};

use super::cli::{Common, Serve};
use crate::{
    admin,
    config::{Config, Format},
    setup,
    upstream::ApiUpstream,
    web,
    wire::{Machine, Opening},
};

/// What the gateway hands to the API; every other path is the web app's.
const API_PATHS: [&str; 5] = ["/v1", "/healthz", "/readyz", "/metrics", "/version"];

/// Serves until SIGTERM or Ctrl-C.
pub(crate) async fn run(common: &Common, config: Config, _serve: Serve) -> Result<ExitCode> {
    log(&config)?;
    let address = address(&config)?;
    let machine = Machine::open(&common.data, &config, Opening::OrNew).await?;
    let machine = Arc::new(Machine { works: true, ..machine });
    let listener =
        Listener::bind(address).await.with_context(|| format!("{address} is taken: choose another with --listen"))?;
    let url = format!("http://{}", listener.address()?);

    let code = setup::code(&machine).await?;
    let stop = Stop::new();
    let backups = machine.backups();
    let worker = tokio::spawn(machine.worker(backups.clone())?.run(stop.clone()));
    let path = common.data.join("admin.sock");
    let socket = match admin::open(&path) {
        Ok(socket) => Some(socket),
        Err(error) => {
            error!(error = %error, "commands beside this server will not work: the admin socket could not be opened");
            None
        }
    };
    let commands = tokio::spawn({
        let (machine, stop) = (Arc::clone(&machine), stop.clone());
        async move {
            if let Some(socket) = socket {
                admin::serve(socket, &path, machine, stop).await;
            }
        }
    });
    let site = site(&machine, &config, code.as_deref(), backups, stop.clone());
    let gateway = tokio::spawn(rolo_gateway::serve(listener, Arc::new(site), stop.clone()));

    announce(&url, code.as_deref())?;
    wait_for_the_end().await?;
    info!("stopping: answers that are running may finish");
    stop.cancel();
    for role in [gateway, worker, commands] {
        if let Err(error) = role.await {
            error!(error = %error, "a role ended in a panic");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn site(machine: &Machine, config: &Config, code: Option<&str>, backups: Option<Arc<dyn Backups>>, stop: Stop) -> Site {
    let files = web::files();
    if files.is_empty() {
        warn!("this program was built without the web app: only the API answers");
    }
    let api = Arc::new(ApiUpstream::new(machine, config, code.map(SetupCode::new), backups, stop));
    API_PATHS.iter().fold(Site::new(files), |site, path| site.route(path, Arc::clone(&api) as _))
}

/// Where to listen. Beyond loopback only behind a proxy that has TLS: passwords must not travel in the clear.
fn address(config: &Config) -> Result<SocketAddr> {
    let listen = &config.server.listen;
    let address = listen.to_socket_addrs().ok().and_then(|mut found| found.next());
    let address =
        address.with_context(|| format!("{listen} is no address to listen on: write it as 127.0.0.1:8080"))?;
    if !address.ip().is_loopback() && !config.server.behind_proxy {
        bail!(
            "{address} can be reached from other machines, and Rolo has no certificate yet: passwords would travel in the clear. \
             Listen on 127.0.0.1, or put a proxy with TLS in front and say --behind-proxy."
        );
    }
    Ok(address)
}

/// The one line programs wait for, after what a person needs to begin.
fn announce(url: &str, code: Option<&str>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if let Some(code) = code {
        writeln!(out, "Nobody has an account here yet. Open {url}/setup and type this code: {code}")?;
    }
    writeln!(out, "ready {url}")?;
    out.flush()
}

async fn wait_for_the_end() -> io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

fn log(config: &Config) -> Result<()> {
    let filter =
        tracing_subscriber::EnvFilter::try_new(&config.log.level).context("log.level is no level and no filter")?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match config.log.format {
        Format::Text => lines.with_ansi(io::IsTerminal::is_terminal(&io::stderr())).init(),
        Format::Json => lines.json().init(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listening_on(listen: &str, behind_proxy: bool) -> Result<SocketAddr> {
        let mut config = Config::default();
        config.server.listen = listen.to_owned();
        config.server.behind_proxy = behind_proxy;
        address(&config)
    }

    #[test]
    fn beyond_loopback_it_refuses_without_a_proxy() {
        assert!(listening_on("127.0.0.1:0", false).is_ok());
        assert!(listening_on("[::1]:8080", false).is_ok());
        assert!(listening_on("0.0.0.0:8080", false).unwrap_err().to_string().contains("--behind-proxy"));
        assert!(listening_on("0.0.0.0:8080", true).is_ok());
        assert!(listening_on("nowhere", false).is_err());
    }
}
