//! Backups by the clock: taken, tried out by restoring them, and somebody is told when that fails.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Result;

/// How backups stand. Kept where every process of an instance sees it, so that a restart forgets nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BackupState {
    /// Since when the clock is followed.
    pub since: Option<Timestamp>,
    /// When one was last begun.
    pub begun: Option<Timestamp>,
    /// When one was last tried out.
    pub tried: Option<Timestamp>,
    /// When the newest good one was taken: the one that the last test restore found whole, or, where none is made, the last.
    pub good: Option<Timestamp>,
    /// Why the last one could not be taken.
    pub not_taken: Option<String>,
    /// Why the last test restore failed.
    pub not_whole: Option<String>,
}

impl BackupState {
    /// What somebody should know: the last try failed, or the last good one is older than `longest`.
    pub fn alert(&self, now: Timestamp, longest: SignedDuration) -> Option<String> {
        if let Some(why) = &self.not_whole {
            return Some(format!("The last backup could not be restored in a test. {why}"));
        }
        if let Some(why) = &self.not_taken {
            return Some(format!("The last backup could not be taken. {why}"));
        }
        let last = self.good.or(self.since)?;
        if now.duration_since(last) <= longest {
            return None;
        }
        let hours = now.duration_since(last).as_hours();
        Some(match self.good {
            Some(_) => format!("The last good backup is {hours} hours old."),
            None => format!("There is no good backup yet, after {hours} hours."),
        })
    }
}

/// The backups of this instance.
#[async_trait]
pub trait Backups: Send + Sync {
    /// Takes one and forgets those that the rule does not keep. Answers when it was taken.
    async fn take(&self) -> Result<Timestamp>;

    /// Restores the newest into scratch and compares it with what its source was. Answers when it was taken.
    async fn try_out(&self) -> Result<Timestamp>;

    /// How they stand, whichever process takes them.
    async fn state(&self) -> Result<BackupState>;

    /// Keeps how they stand.
    async fn note(&self, state: BackupState) -> Result<()>;

    /// How old the last good one may be.
    fn longest(&self) -> SignedDuration;

    /// What somebody should know of them now.
    async fn alert(&self, now: Timestamp) -> Result<Option<String>> {
        Ok(self.state().await?.alert(now, self.longest()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_speaks_up_when_a_try_failed_or_the_last_good_one_is_too_old() {
        let hour = |hours: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
        let longest = SignedDuration::from_hours(26);
        let state = BackupState { since: Some(hour(0)), ..BackupState::default() };
        assert_eq!(state.alert(hour(26), longest), None);
        assert!(state.alert(hour(27), longest).unwrap().contains("no good backup yet, after 27 hours"));
        let good = BackupState { good: Some(hour(24)), ..state };
        assert_eq!(good.alert(hour(50), longest), None);
        assert!(good.alert(hour(51), longest).unwrap().contains("27 hours old"));
        let failed = BackupState { not_taken: Some("The disk is full.".into()), ..good.clone() };
        assert!(failed.alert(hour(25), longest).unwrap().ends_with("taken. The disk is full."));
        let broken = BackupState { not_whole: Some("Damaged.".into()), ..good };
        assert!(broken.alert(hour(25), longest).unwrap().ends_with("in a test. Damaged."));
        assert_eq!(BackupState::default().alert(hour(99), longest), None, "nobody asked for backups");
    }
}
