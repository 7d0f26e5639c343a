//! Long work: large undos, labels of thousands, full bins, imports. Unfinished work is found again after a start and goes on
//! where its last commit left it.

mod batch;
mod import;

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use rolo_core::{Result, Services, contracts::database::WorkRow};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::pace::{Pace, back_off};

/// How often to look without having seen a commit: work that another process has taken in waits no longer.
const LONGEST: Duration = Duration::from_secs(2);

/// Works until stopped.
pub(crate) async fn run(services: &Services, stop: &CancellationToken) {
    let mut pace = Pace::new(services, stop);
    let mut failures = Failures::default();
    loop {
        let go_on = match pass(services, &mut failures).await {
            Ok(0) => pace.next(LONGEST).await,
            Ok(_) => !stop.is_cancelled(),
            Err(error) => {
                tracing::warn!(error = ?error, "unfinished work cannot be read");
                pace.rest(LONGEST).await
            }
        };
        if !go_on {
            return;
        }
    }
}

/// Work that failed, and when it may be tried again.
#[derive(Default)]
pub struct Failures(HashMap<Uuid, (u32, Instant)>);

impl Failures {
    fn waits(&self, id: Uuid) -> bool {
        self.0.get(&id).is_some_and(|(_, until)| *until > Instant::now())
    }

    fn add(&mut self, id: Uuid) -> u32 {
        let entry = self.0.entry(id).or_insert((0, Instant::now()));
        entry.0 += 1;
        entry.1 = Instant::now() + back_off(entry.0);
        entry.0
    }
}

/// One step of every unfinished piece of work; says how many went on.
pub async fn pass(services: &Services, failures: &mut Failures) -> Result<usize> {
    let mut moved = 0;
    let rows = services.database.unfinished().await?;
    failures.0.retain(|id, _| rows.iter().any(|row| row.id == *id));
    for row in rows.iter().filter(|row| !failures.waits(row.id)).collect::<Vec<_>>() {
        match advance(services, row).await {
            Ok(true) => moved += 1,
            Ok(false) => {}
            Err(error) => {
                let attempts = failures.add(row.id);
                tracing::warn!(job.id = %row.id, job.kind = row.kind, job.attempts = attempts, error = ?error, "work waits");
            }
        }
    }
    Ok(moved)
}

/// Whether it went on. Work of another kind is somebody else's.
async fn advance(services: &Services, row: &WorkRow) -> Result<bool> {
    match row.kind.as_str() {
        "undo" | "bin.empty" | "label.members" | "label.note" => batch::advance(services, row).await,
        "import" => import::advance(services, row).await,
        _ => Ok(false),
    }
}
