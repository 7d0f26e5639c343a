//! What a server says about its work, on standard error; how much, can be changed while it serves.

use std::io::{self, IsTerminal};

use anyhow::{Context, Result};
use tracing_subscriber::{EnvFilter, Layer as _, Registry, fmt, layer::SubscriberExt, reload, util::SubscriberInitExt};

use crate::config::{self, Format};

/// The running log.
pub(super) struct Log {
    filter: reload::Handle<EnvFilter, Registry>,
}

impl Log {
    /// Starts it, once in the life of the process.
    pub(super) fn start(said: &config::Log) -> Result<Self> {
        let (filter, handle) = reload::Layer::new(filter(said)?);
        let lines = fmt::layer().with_writer(io::stderr);
        let lines = match said.format {
            Format::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
            Format::Json => lines.json().boxed(),
        };
        tracing_subscriber::registry().with(filter).with(lines).init();
        Ok(Self { filter: handle })
    }

    /// Says as much as this from now on.
    pub(super) fn change(&self, said: &config::Log) -> Result<()> {
        self.filter.reload(filter(said)?).context("the log cannot be changed")
    }
}

fn filter(said: &config::Log) -> Result<EnvFilter> {
    EnvFilter::try_new(&said.level).context("log.level is no level and no filter")
}
