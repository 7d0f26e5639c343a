//! `[worker]`: what happens later, as a process of its own.

use super::{setting::section, several::Several};

section! {
    /// What happens later, as a process of its own: rolo serve worker. It needs a networked database.
    Worker = "worker" {
        /// Where it answers /healthz, /readyz and /metrics to whoever watches over it. Empty: nowhere.
        listen: Several = Several::default(),
    }
}
