//! `[log]`: what Rolo says about its work.

use serde::{Deserialize, Serialize};

use super::setting::section;

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

section! {
    /// What Rolo says about its work, on standard error.
    Log = "log" {
        /// error, warn, info, debug or trace; or a filter such as info,rolo_worker=debug.
        level: String = "info".to_owned(),
        /// text or json.
        format: Format = Format::Text,
    }
}
