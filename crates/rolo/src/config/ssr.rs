//! `[ssr]`: the server that draws pages, as a process of its own or within this one.

use super::{setting::section, several::Several};

section! {
    /// What draws the first page on the server. As a process of its own, rolo serve ssr, it is a private door.
    Ssr = "ssr" {
        /// Whether pages are drawn on the server; without, the browser draws them.
        enabled: bool = true,
        /// Where it listens as a process of its own.
        listen: Several = Several::from("127.0.0.1:4040"),
        /// Where the process gateway finds it, one or several. Empty: where it listens.
        url: Several = Several::default(),
    }
}

impl Ssr {
    /// Where it is found: where it is said to be, else where it listens.
    pub(crate) fn place(&self) -> &Several {
        if self.url.is_empty() { &self.listen } else { &self.url }
    }
}
