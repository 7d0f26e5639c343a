//! Backups by the clock, and test restores of them. What fails is said at once, in the log and wherever an admin looks.

use std::{sync::Arc, time::Duration};

use cronexpr::{Crontab, FallbackTimezoneOption, ParseOptions};
use jiff::{SignedDuration, Timestamp};
use rolo_core::{
    Error, Result, Services,
    contracts::backup::{BackupState, Backups},
};
use tokio_util::sync::CancellationToken;

use crate::pace::Pace;

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(20);
/// How often the log says again that something is wrong.
const AGAIN: SignedDuration = SignedDuration::from_hours(6);

/// When backups are taken and tried out.
#[derive(Clone)]
pub struct Plan {
    backups: Arc<dyn Backups>,
    take: Crontab,
    try_out: Option<Crontab>,
}

impl Plan {
    /// Cron expressions, in UTC unless they name a zone; an empty `try_out`: never.
    pub fn new(backups: Arc<dyn Backups>, take: &str, try_out: &str) -> Result<Self> {
        let try_out = Some(try_out).filter(|text| !text.trim().is_empty());
        Ok(Self {
            backups,
            take: cron("backup.schedule", take)?,
            try_out: try_out.map(|text| cron("backup.test", text)).transpose()?,
        })
    }
}

fn cron(field: &str, text: &str) -> Result<Crontab> {
    let mut options = ParseOptions::default();
    options.fallback_timezone_option = FallbackTimezoneOption::UTC;
    cronexpr::parse_crontab_with(text, options).map_err(|_| {
        Error::invalid(
            field,
            format!("{field} is no cron expression: {text:?}. Every night at three is \"0 3 * * *\", or \"0 3 * * * Europe/Berlin\"."),
        )
    })
}

/// Works until stopped.
pub(crate) async fn run(services: &Services, plan: &Plan, stop: &CancellationToken) {
    let pace = Pace::new(services, stop);
    let mut said: Option<Timestamp> = None;
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            passed = pass(services, plan) => if let Err(error) = passed {
                tracing::error!(error = ?error, "how backups stand cannot be kept");
            },
        }
        let now = services.clock.now();
        // While the database is away the pass has said so.
        match plan.backups.alert(now).await.unwrap_or_default() {
            Some(why) if said.is_none_or(|said| now.duration_since(said) >= AGAIN) => {
                tracing::error!(why, "backups need a look");
                said = Some(now);
            }
            Some(_) => {}
            None => said = None,
        }
        if !pace.rest(LOOK).await {
            return;
        }
    }
}

/// Does what is due.
pub async fn pass(services: &Services, plan: &Plan) -> Result<()> {
    let now = services.clock.now();
    let mut state = plan.backups.state().await?;
    let since = match state.since {
        Some(since) => since,
        None => {
            state.since = Some(now);
            plan.backups.note(state.clone()).await?;
            now
        }
    };
    if is_due(&plan.take, state.begun.unwrap_or(since), now) {
        state.begun = Some(now);
        plan.backups.note(state.clone()).await?;
        taken(&mut state, plan.backups.take().await, plan.try_out.is_some());
        plan.backups.note(state.clone()).await?;
    }
    let Some(try_out) = &plan.try_out else { return Ok(()) };
    if is_due(try_out, state.tried.unwrap_or(since), now) {
        state.tried = Some(now);
        plan.backups.note(state.clone()).await?;
        tried(&mut state, plan.backups.try_out().await);
        plan.backups.note(state).await?;
    }
    Ok(())
}

fn is_due(cron: &Crontab, last: Timestamp, now: Timestamp) -> bool {
    // An expression that never comes true (the 30th of February) is never due.
    cron.find_next(last).is_ok_and(|next| next.timestamp() <= now)
}

fn taken(state: &mut BackupState, outcome: Result<Timestamp>, is_tried: bool) {
    match outcome {
        Ok(at) => {
            tracing::info!(at = %at, "a backup was taken");
            state.not_taken = None;
            if !is_tried {
                state.good = Some(at);
            }
        }
        // Another process is at it: what it makes is as good.
        Err(Error::Conflict { why }) => tracing::info!(why, "no backup was taken here"),
        Err(error) => {
            tracing::error!(error = ?error, "the backup could not be taken");
            state.not_taken = Some(error.to_string());
        }
    }
}

fn tried(state: &mut BackupState, outcome: Result<Timestamp>) {
    match outcome {
        Ok(at) => {
            tracing::info!(at = %at, "a backup was restored in a test and is the same");
            state.not_whole = None;
            state.good = Some(at);
        }
        Err(Error::Conflict { why }) => tracing::info!(why, "no backup was tried out here"),
        Err(error) => {
            tracing::error!(error = ?error, "the backup could not be restored in a test");
            state.not_whole = Some(error.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_hour_is_due_once_the_process_is_back() {
        let nightly = cron("backup.schedule", "0 3 * * *").unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert!(!is_due(&nightly, at("2026-11-20T03:00:10Z"), at("2026-11-21T02:59:59Z")));
        assert!(is_due(&nightly, at("2026-11-20T03:00:10Z"), at("2026-11-21T03:00:00Z")));
        assert!(is_due(&nightly, at("2026-11-10T03:00:10Z"), at("2026-11-21T12:00:00Z")));
        let berlin = cron("backup.schedule", "0 3 * * * Europe/Berlin").unwrap();
        assert!(is_due(&berlin, at("2026-11-20T12:00:00Z"), at("2026-11-21T02:00:00Z")));
        let never = cron("backup.schedule", "0 3 30 2 *").unwrap();
        assert!(!is_due(&never, at("2020-11-20T12:00:00Z"), at("2026-11-21T02:00:00Z")));
        for wrong in ["", "nightly", "0 25 * * *", "* * *"] {
            assert!(cron("backup.schedule", wrong).unwrap_err().to_string().contains("Every night"), "{wrong}");
        }
    }
}
