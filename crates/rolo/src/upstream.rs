//! The gateway's way to the API in the same process: a function call.

use std::{future::Future, pin::Pin, sync::Arc};

use http::{Request, Response};
use hyper::body::Incoming;
use rolo_api::{Api, ApiParts, HEART_BEAT, SetupCode};
use rolo_core::contracts::Backups;
use rolo_gateway::{Body, Peer, Stop, Upstream};

use crate::{config::Config, wire::Machine};

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
        stop: Stop,
    ) -> Self {
        let public_url = Some(config.server.public_url.clone()).filter(|url| !url.is_empty());
        let search = machine.search.clone();
        let services = machine.services.clone();
        let cache = Some(machine.cache.clone());
        let heart_beat = HEART_BEAT;
        let parts = ApiParts { services, search, cache, setup_code, public_url, heart_beat, backups, stop };
        Self { api: Api::new(parts) }
    }
}

impl Upstream for ApiUpstream {
    fn answer(
        &self,
        request: Request<Incoming>,
        peer: Peer,
    ) -> Pin<Box<dyn Future<Output = Response<Body>> + Send + '_>> {
        let peer = rolo_api::Peer { address: peer.address, tls: peer.tls };
        Box::pin(self.api.answer(request, peer))
    }
}
