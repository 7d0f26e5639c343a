//! `[api]`: the API server as a process of its own.

use super::{setting::section, several::Several};

section! {
    /// The API as a process of its own, rolo serve api: a private door, which only gateways and SSR servers know.
    Api = "api" {
        /// Where it listens. Beyond this machine anybody who reaches the port reaches the API in the clear.
        listen: Several = Several::from("127.0.0.1:3333"),
        /// Where the processes gateway and ssr find it, one or several. Empty: where it listens.
        url: Several = Several::default(),
    }
}

impl Api {
    /// Where it is found: where it is said to be, else where it listens.
    pub(crate) fn place(&self) -> &Several {
        if self.url.is_empty() { &self.listen } else { &self.url }
    }
}
