//! Whether the backing services answer, asked at once and not for long.

use std::{future::Future, time::Duration};

use futures_util::future;
use rolo_core::search::{Plan, Query};

use crate::{Api, session::ServiceState};

/// A service that takes longer is down to whoever waits.
const PATIENCE: Duration = Duration::from_secs(2);

/// One service.
pub(crate) struct Probe {
    pub(crate) name: &'static str,
    pub(crate) ok: bool,
    /// Whether nothing can be served without it. Lists need no search index, and nothing needs a cache.
    pub(crate) needed: bool,
}

impl Probe {
    pub(crate) fn state(&self) -> ServiceState {
        ServiceState { name: self.name, ok: self.ok }
    }
}

impl Api {
    /// Asks every backing service.
    pub(crate) async fn probe(&self) -> Vec<Probe> {
        let services = self.services();
        let nothing = Plan::new(&Query::default(), &[], &[]);
        let (database, storage, search, cache, backup) = future::join5(
            answers(services.database.ready()),
            answers(services.storage.length("ready")),
            answers(self.0.search.find(&nothing, None, 1)),
            async {
                match &self.0.cache {
                    Some(cache) => answers(cache.works()).await,
                    None => true,
                }
            },
            async {
                let backups = self.0.backups.as_ref()?;
                let alert = tokio::time::timeout(PATIENCE, backups.alert(services.clock.now())).await;
                Some(matches!(alert, Ok(Ok(None))))
            },
        )
        .await;
        let mut probes = vec![
            Probe { name: "database", ok: database, needed: true },
            Probe { name: "storage", ok: storage, needed: true },
            Probe { name: "search", ok: search, needed: false },
            Probe { name: "cache", ok: cache, needed: false },
        ];
        probes.extend(backup.map(|ok| Probe { name: "backup", ok, needed: false }));
        probes
    }
}

async fn answers<T>(work: impl Future<Output = rolo_core::Result<T>>) -> bool {
    matches!(tokio::time::timeout(PATIENCE, work).await, Ok(Ok(_)))
}
