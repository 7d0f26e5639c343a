//! `rolo init`: makes the data folder without starting.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;

use super::cli::Common;
use crate::{
    admin,
    config::Config,
    wire::{Machine, Opening},
};

/// Makes what is not there; what is there stays.
pub(crate) async fn run(common: &Common, config: Config) -> Result<ExitCode> {
    // A server that answers there has made it, and holds it.
    if admin::connect(&common.data.join("admin.sock")).await.is_none() {
        Machine::open(&common.data, &config, Opening::OrNew).await?;
    }
    let mut out = io::stdout().lock();
    if common.json {
        writeln!(out, "{}", serde_json::json!({ "data": common.data }))?;
    } else {
        writeln!(out, "The data folder {} is ready.", common.data.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
