//! How the backups stand, for whoever looks after them.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

/// How the backups stand.
#[derive(Serialize, ToSchema)]
#[schema(as = Backups)]
#[serde(deny_unknown_fields)]
pub(crate) struct Standing {
    /// Whether the clock takes any.
    scheduled: bool,
    /// When the last good one was taken.
    #[schema(required = true)]
    good: Option<Timestamp>,
    /// What somebody should look after.
    #[schema(required = true)]
    trouble: Option<Trouble>,
}

/// What is wrong with the backups.
#[derive(Serialize, ToSchema)]
#[schema(as = BackupTrouble)]
#[serde(deny_unknown_fields)]
pub(crate) struct Trouble {
    kind: Kind,
    /// The whole sentence, with the reason.
    why: String,
}

/// Which trouble.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[schema(as = BackupTroubleKind)]
#[serde(rename_all = "snake_case")]
enum Kind {
    /// The last one could not be restored in a test.
    NotWhole,
    /// The last one could not be taken.
    NotTaken,
    /// The last good one is too old, or there is none yet.
    TooOld,
}

pub(super) async fn get(api: Api, _ask: Ask) -> Done {
    let Some(backups) = &api.0.backups else {
        return Answer::json(&Standing { scheduled: false, good: None, trouble: None });
    };
    let state = backups.state().await?;
    let kind = match (&state.not_whole, &state.not_taken) {
        (Some(_), _) => Kind::NotWhole,
        (None, Some(_)) => Kind::NotTaken,
        (None, None) => Kind::TooOld,
    };
    let trouble = state.alert(api.services().clock.now(), backups.longest()).map(|why| Trouble { kind, why });
    Answer::json(&Standing { scheduled: true, good: state.good, trouble })
}
