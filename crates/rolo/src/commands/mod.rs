//! The command line: everything an admin does, one command a file.
//!
//! What works on the data is a [`Task`]. It runs in this process when the data folder is free, and in the running server
//! when that holds it; both ways through [`perform`], so both do the same. With `--json` the last line of output is one JSON
//! object. Exit codes: 0 done, 1 refused, 2 wrong use, 3 a service is down or busy, 4 not found, 5 a conflict:
//! what there may be only one of, such as an address or the owner of a data folder, is taken.

mod account;
mod backup;
mod before;
mod cli;
mod config;
mod doctor;
mod export;
mod import;
mod init;
mod migrate;
mod r#move;
mod rebuild;
mod restore;
mod seed;
mod serve;
mod task;
mod token;
mod trace;

use std::process::ExitCode;

use clap::Parser;
pub(crate) use restore::{BESIDE, Swap, WHOLE, forget_filled};
pub(crate) use task::{Input, Task, Voice, perform};

use self::cli::{Cli, Verb};
use crate::admin::{Failed, Said, exit_code};

/// Runs what the command line asks for.
pub(crate) fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&anyhow::Error::from(error), false),
    };
    let json = cli.common.json;
    match runtime.block_on(dispatch(cli)) {
        Ok(code) => code,
        Err(error) => failed(&error, json),
    }
}

async fn dispatch(cli: Cli) -> anyhow::Result<ExitCode> {
    let config = cli.config()?;
    match cli.verb {
        Verb::Serve(serve) => {
            let again = || cli.common.config(Some(&serve));
            serve::run(&cli.common, config, serve.role, again).await
        }
        Verb::Doctor => doctor::run(&cli.common, &config).await,
        Verb::Trace(ask) => trace::run(&cli.common, ask).await,
        Verb::Init => init::run(&cli.common, config).await,
        Verb::Config(ask) => config::run(&cli.common, &config, ask),
        Verb::Migrate(asked) => migrate::run(&cli.common, config, asked).await,
        Verb::Move(asked) => r#move::run(&cli.common, config, asked).await,
        Verb::Backup(cli::Backup { verb: Some(verb), .. }) => backup::look(&cli.common, &config, verb).await,
        Verb::Verify(verify) => backup::verify(&cli.common, &config, verify).await,
        Verb::Restore(ask) => restore::run(&cli.common, &config, ask).await,
        other => task::run(&cli.common, config, other.job()?).await,
    }
}

/// Says why nothing was begun.
fn failed(error: &anyhow::Error, json: bool) -> ExitCode {
    let code = error.downcast_ref::<rolo_core::Error>().map_or(1, exit_code);
    let failed = Failed { why: format!("{error:#}"), code, more: serde_json::Map::new() };
    // Whoever called may have gone; then nobody is left to tell.
    let _ = task::Printer::new(json).print(Said::Failed(failed));
    ExitCode::from(code)
}
