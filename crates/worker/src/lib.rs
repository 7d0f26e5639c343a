//! What happens later: outside effects, long work, the sweeps of the night, and the search index that follows.
//!
//! Each role is a loop of small passes over rows the database keeps, so that a crash at any moment loses nothing: what was
//! not settled is taken again. Nothing in here decides anything; verbs of `core` do.

pub mod jobs;
pub mod outbox;
pub mod pace;
pub mod schedule;
pub mod search;

use std::sync::Arc;

use rolo_core::{Services, contracts::search::SearchIndex};
use tokio_util::sync::CancellationToken;

use outbox::Handlers;
use schedule::backup::Plan;

/// All the worker's roles.
#[derive(Clone)]
pub struct Worker {
    services: Services,
    search: Option<Arc<dyn SearchIndex>>,
    backup: Option<Plan>,
    handlers: Handlers,
}

impl Worker {
    /// A worker; without a search index nothing follows the changes.
    pub fn new(services: Services, search: Option<Arc<dyn SearchIndex>>) -> Self {
        Self { handlers: Handlers::of(&services), services, search, backup: None }
    }

    /// The same, which also takes backups.
    #[must_use]
    pub fn backing_up(self, plan: Option<Plan>) -> Self {
        Self { backup: plan, ..self }
    }

    /// Works until `stop` is cancelled, then ends after the pass at hand.
    pub async fn run(self, stop: CancellationToken) {
        let follow = async {
            if let Some(index) = &self.search {
                search::run(&self.services, index.as_ref(), &stop).await;
            }
        };
        let backup = async {
            if let Some(plan) = &self.backup {
                schedule::backup::run(&self.services, plan, &stop).await;
            }
        };
        tokio::join!(
            outbox::run(&self.services, &self.handlers, &stop),
            jobs::run(&self.services, &stop),
            schedule::run(&self.services, &stop),
            follow,
            backup,
        );
    }
}
