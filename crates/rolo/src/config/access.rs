//! `[access_log]`: what is written down of each request.

use serde::{Deserialize, Serialize};

use super::setting::section;

/// How a line of the access log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AccessFormat {
    /// None is written.
    Off,
    /// As web servers have always written it.
    Common,
    /// The same with referrer and browser behind it.
    Combined,
    /// One JSON object a line.
    Json,
}

section! {
    /// What is written down of each request that came in by a listener of this process.
    AccessLog = "access_log" {
        /// off, common, combined or json.
        format: AccessFormat = AccessFormat::Off,
        /// The file it goes to; opened again on SIGHUP. Empty: standard output. Relative paths lie in the data folder.
        file: String = String::new(),
    }
}
