//! The gateway's ways: to the API in the same process by a function call, to other servers over HTTP.

use std::{future::Future, path::Path, pin::Pin, sync::Arc};

use anyhow::{Context as _, Result, anyhow};
use http::{Request, Response};
use rolo_api::{Api, ApiParts, HEART_BEAT, SetupCode};
use rolo_core::contracts::{Backups, Restores};
use rolo_gateway::{
    Body, Peer, Proxy, ProxyPlan, Stop, Upstream,
    proxy::{Address, HealthCheck},
};

use crate::{
    config::{Config, Manner, Several},
    wire::Machine,
};

/// The API as the gateway sees it.
pub(crate) struct ApiUpstream {
    api: Api,
}

impl ApiUpstream {
    /// The API over this machine's services, until `stop`.
    pub(crate) fn new(
        machine: &Machine,
        config: &Config,
        setup_code: Option<SetupCode>,
        backups: Option<Arc<dyn Backups>>,
        restores: Option<Arc<dyn Restores>>,
        stop: Stop,
    ) -> Self {
        let public_url = Some(config.server.public_url.clone()).filter(|url| !url.is_empty());
        let search = machine.search.clone();
        let services = machine.services.clone();
        let cache = Some(machine.cache.clone());
        let heart_beat = HEART_BEAT;
        let parts = ApiParts { services, search, cache, setup_code, restores, public_url, heart_beat, backups, stop };
        let api = Api::new(parts);
        if let Some(telemetry) = &machine.telemetry {
            api.tell(Arc::clone(telemetry) as _);
        }
        Self { api }
    }
}

impl Upstream for ApiUpstream {
    fn answer(&self, request: Request<Body>, peer: Peer) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        let peer = rolo_api::Peer { address: peer.address, tls: peer.tls };
        Box::pin(self.api.answer(request, peer))
    }
}

/// Servers elsewhere, which share the work. `health` is what each is asked now and then; nothing when it is empty.
pub(crate) fn proxy(name: &str, urls: &Several, health: &str) -> Result<Arc<Proxy>> {
    let health = Some(health).filter(|path| !path.is_empty()).map(HealthCheck::at);
    Ok(Arc::new(Proxy::new(ProxyPlan { health, ..ProxyPlan::to(addresses(name, urls)?) })))
}

/// The operator's own servers, in the manner that was said of their route.
pub(crate) fn way(name: &str, urls: &Several, manner: &Manner, data: &Path) -> Result<Arc<Proxy>> {
    let plan = manner.plan(ProxyPlan::to(addresses(name, urls)?), data).with_context(|| name.to_owned())?;
    Ok(Arc::new(Proxy::new(plan)))
}

fn addresses(name: &str, urls: &Several) -> Result<Vec<Address>> {
    let addresses =
        urls.iter().map(|url| match url.contains(':') && !url.contains("//") && !url.starts_with("unix:") {
            // Where a server listens may be said without its scheme.
            true => format!("http://{url}").parse::<Address>(),
            false => url.parse(),
        });
    addresses.collect::<Result<_, _>>().map_err(|why| anyhow!("{name}: {why}"))
}
