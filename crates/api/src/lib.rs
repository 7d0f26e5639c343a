//! REST, `/v1`: turns HTTP into a verb of `core`, and back. No SQL, no rules of its own.
//!
//! Requests come in by a function call ([`Api::answer`]), from the gateway of the same process or from a listener. The
//! answer cache is asked first, by one small function in front of the router; whatever it does not have goes the long way:
//! route, who asks, where from, the body, the verb.

mod account;
mod answer;
mod ask;
mod batch;
mod binned;
mod book;
mod cache;
mod contact;
mod export;
mod import;
mod instance;
mod label;
mod organisation;
mod route;
mod serve;
mod session;
mod setup;
mod sync;
mod watch;

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock, atomic::AtomicU64},
    time::Duration,
};

use rolo_core::{
    Services,
    contracts::{Backups, Cache, Database, Restores, search::SearchIndex},
};

pub use answer::{Body, BoxError};
pub use setup::SetupCode;
pub use tokio_util::sync::CancellationToken;
pub use watch::{Journal, Journey, Leg, Timed};

use crate::{
    cache::{Answers, Callers},
    route::{Operation, Router},
    sync::Listeners,
    watch::{Kept, counters::Counters},
};

/// Who is at the other end of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The address the connection came from, or the one a trusted proxy vouches for.
    pub address: SocketAddr,
    /// Whether the connection is encrypted.
    pub tls: bool,
}

/// What the API is made of.
pub struct ApiParts {
    /// The backing services.
    pub services: Services,
    /// The search index.
    pub search: Arc<dyn SearchIndex>,
    /// What stands in front of the database, if anything does: for readiness and metrics.
    pub cache: Option<Arc<dyn Cache>>,
    /// What the set-up page asks for; `None` when an account exists already.
    pub setup_code: Option<SetupCode>,
    /// What brings a backup back while nobody has an account; `None` where that is not offered.
    pub restores: Option<Arc<dyn Restores>>,
    /// Where browsers find Rolo (`https://contacts.example`), if that is not what `Host` says.
    pub public_url: Option<String>,
    /// A listener that heard nothing for this long is told that the line still stands.
    pub heart_beat: Duration,
    /// The backups that the clock takes, if it takes any.
    pub backups: Option<Arc<dyn Backups>>,
    /// Ends what would never end by itself: whoever listens is sent away when the process stops.
    pub stop: CancellationToken,
}

/// How often a silent line shows that it lives, where nothing else is said: proxies cut silent ones after a minute.
pub const HEART_BEAT: Duration = Duration::from_secs(20);

/// The REST door. Cheap to clone.
#[derive(Clone)]
pub struct Api(Arc<Inner>);

struct Inner {
    services: Services,
    search: Arc<dyn SearchIndex>,
    cache: Option<Arc<dyn Cache>>,
    heart_beat: Duration,
    setup_code: Option<SetupCode>,
    restores: Option<Arc<dyn Restores>>,
    public_url: Option<String>,
    router: Router,
    openapi: bytes::Bytes,
    docs: instance::Docs,
    backups: Option<Arc<dyn Backups>>,
    stop: CancellationToken,
    listeners: Listeners,
    callers: Callers,
    answers: Answers,
    counters: Counters,
    requests: AtomicU64,
    journal: OnceLock<Arc<dyn Journal>>,
}

impl Api {
    /// A door to these services.
    pub fn new(parts: ApiParts) -> Self {
        let chapters = route::operations();
        let document = route::openapi::document(&chapters);
        let docs = instance::Docs::of(&chapters, &document);
        let operations: Vec<Operation> = chapters.into_iter().flat_map(|(_, operations)| operations).collect();
        let counters = Counters::new(operations.iter().map(|operation| operation.id));
        let ApiParts { services, search, cache, setup_code, restores, public_url, heart_beat, backups, stop } = parts;
        // Behind a row cache the one who made it times the database; without one it is timed here.
        let database: Arc<dyn Database> = match cache {
            Some(_) => Arc::new(Kept(Arc::clone(&services.database))),
            None => Arc::new(Timed::new(Arc::clone(&services.database), false)),
        };
        Self(Arc::new(Inner {
            services: Services { database, ..services },
            search,
            cache,
            heart_beat,
            setup_code,
            restores,
            public_url,
            router: Router::new(operations),
            openapi: bytes::Bytes::from(document.to_string()),
            docs,
            backups,
            stop,
            listeners: Listeners::default(),
            callers: Callers::new(),
            answers: Answers::new(),
            counters,
            requests: AtomicU64::new(0),
            journal: OnceLock::new(),
        }))
    }

    /// Tells the way of each request to this journal from now on; the first stays.
    pub fn tell(&self, journal: Arc<dyn Journal>) {
        let _ = self.0.journal.set(journal);
    }

    /// The OpenAPI document, as `crates/api/openapi.json` holds it.
    pub fn openapi() -> String {
        let document = route::openapi::document(&route::operations());
        let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
        text.push('\n');
        text
    }

    fn services(&self) -> &Services {
        &self.0.services
    }

    fn stopping(&self) -> &CancellationToken {
        &self.0.stop
    }

    fn listeners(&self) -> &Listeners {
        &self.0.listeners
    }
}
