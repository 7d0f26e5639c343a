//! `rolo doctor`: looks at the whole machine and says of each thing how it is, and what to do where it is not well.
//!
//! What only the process that holds the data can see (database, files, cache, backups) is looked at there: in the running server,
//! or here when there is none. What stands around it (ports, names, certificates, who reaches the private doors) is looked at from
//! the command itself. Nothing is changed, and nobody outside is asked but the address people type.

mod certificate;
mod front;
mod inside;
mod ports;

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use anyhow::Result;
use futures_util::{StreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{cli::Common, task::Task};
use crate::{
    admin::{self, Done, Said},
    config::Config,
    wire::{Machine, Opening},
};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Finding {
    /// What was looked at: one word.
    name: String,
    state: State,
    /// How it is.
    found: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    cure: String,
}

/// How it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    /// Nothing to do.
    Well,
    /// Works, and somebody should know.
    Note,
    /// Does not work, or is dangerous.
    Ill,
}

impl Finding {
    fn well(name: &str, found: impl Into<String>) -> Self {
        Self { name: name.to_owned(), state: State::Well, found: found.into(), cure: String::new() }
    }

    fn note(name: &str, found: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { name: name.to_owned(), state: State::Note, found: found.into(), cure: cure.into() }
    }

    fn ill(name: &str, found: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { name: name.to_owned(), state: State::Ill, found: found.into(), cure: cure.into() }
    }

    /// For people: one line, or two where there is something to do.
    fn lines(&self) -> String {
        let sign = match self.state {
            State::Well => "well",
            State::Note => "note",
            State::Ill => "ILL ",
        };
        let Self { name, found, cure, .. } = self;
        if cure.is_empty() {
            format!("{sign}  {name}: {found}")
        } else {
            format!("{sign}  {name}: {found}\n      {cure}")
        }
    }
}

/// What the process that holds the data sees of itself.
pub(super) async fn look(machine: &Machine) -> Done {
    Done { text: String::new(), json: json!({ "findings": inside::look(machine).await }) }
}

/// Looks at everything and prints it. Exit code 3 when something is ill.
pub(crate) async fn run(common: &Common, config: &Config) -> Result<ExitCode> {
    let (served, mut findings) = held(common, config).await?;
    findings.extend(ports::look(config, served));
    findings.extend(front::look(config).await);
    let ill: Vec<String> = findings
        .iter()
        .filter(|finding| finding.state == State::Ill)
        .map(|Finding { name, found, cure, .. }| format!("{name}: {found} {cure}"))
        .collect();
    let code = if ill.is_empty() { 0 } else { 3 };
    let mut out = io::stdout().lock();
    if common.json {
        let mut told = json!({ "version": env!("CARGO_PKG_VERSION"), "findings": findings, "ill": ill.len() });
        if let (false, Some(told)) = (ill.is_empty(), told.as_object_mut()) {
            told.insert("error".to_owned(), ill.join("\n").into());
            told.insert("code".to_owned(), code.into());
        }
        writeln!(out, "{told}")?;
    } else {
        for finding in &findings {
            writeln!(out, "{}", finding.lines())?;
        }
    }
    if !ill.is_empty() {
        writeln!(io::stderr(), "rolo: {}", ill.join("\n"))?;
    }
    Ok(ExitCode::from(code))
}

/// What is seen by whoever holds the data, and the process of the server if one does.
async fn held(common: &Common, config: &Config) -> Result<(Option<u32>, Vec<Finding>)> {
    if let Some(socket) = admin::connect(&common.data.join("admin.sock")).await {
        let process = socket.peer_cred().ok().and_then(|peer| peer.pid()).and_then(|pid| u32::try_from(pid).ok());
        let mut findings = vec![Finding::well("server", running(process))];
        admin::ask(socket, &Task::Doctor, stream::empty().boxed(), |said| {
            findings.extend(read(said));
            Ok(())
        })
        .await?;
        return Ok((Some(process.unwrap_or(0)), findings));
    }
    let mut findings = vec![Finding::well("server", "none runs on this data")];
    match Machine::open(&common.data, config, Opening::Existing).await {
        Ok(machine) => findings.extend(inside::look(&machine).await),
        // Where there is no data there is nothing to look at; where it cannot be opened there is all the rest.
        Err(error) if !common.data.is_dir() => return Err(error),
        Err(error) => {
            let cure = "Look at [services] with rolo config.";
            findings.push(Finding::ill("data", format!("{error:#}"), cure));
        }
    }
    Ok((None, findings))
}

fn running(process: Option<u32>) -> String {
    process.map_or_else(|| "runs".to_owned(), |process| format!("runs as process {process}"))
}

fn read(said: Said) -> Vec<Finding> {
    match said {
        Said::Done(Done { json, .. }) => {
            json.get("findings").and_then(|findings| serde_json::from_value(findings.clone()).ok()).unwrap_or_default()
        }
        Said::Failed(failed) => vec![Finding::ill("server", failed.why, "Restart it.")],
        Said::Note(_) | Said::Bytes(_) => Vec::new(),
    }
}
