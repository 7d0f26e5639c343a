//! `rolo backup`: takes a backup, lists those there are, thins them. `rolo verify`: reads all of one back.

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::Result;
use jiff::Timestamp;
use rolo_core::Error;
use rolo_services::backup::{Archive, Keep, Kept, Made, Passphrase, Place, Step, list, prune};
use serde_json::{Value, json};

use super::{
    cli::{BackupVerb, Common, Prune, Verify, Where},
    task::{Printer, Voice},
};
use crate::{
    admin::{Done, Failed, Said},
    config::Config,
    wire::{Machine, within_data},
};

/// How often progress is told.
const OFTEN: Duration = Duration::from_secs(2);

/// What `rolo backup` asks of whoever holds the data.
pub(crate) struct Request {
    pub(crate) to: Option<PathBuf>,
    pub(crate) export: Option<PathBuf>,
    pub(crate) passphrase_file: Option<PathBuf>,
}

/// Takes one.
pub(crate) async fn take(machine: &Machine, request: Request, voice: &Voice) -> rolo_core::Result<Done> {
    let standing = machine.standing(request.passphrase_file);
    let place = match (request.export, request.to) {
        (Some(file), _) => Place::File(file),
        (None, Some(folder)) => Place::Folder(folder),
        (None, None) if standing.to.as_os_str().is_empty() => return Err(nowhere("--to DIR")),
        (None, None) => standing.place(),
    };
    let told = Told::new(voice.clone());
    let Made { kept, new_passphrase } = standing.make(&place, &|step| told.step(step)).await?;
    let mut text = format!("Backed up into {}: {} ({}).", place.named(), kept.about, short(&kept.id));
    if let Some(file) = &new_passphrase {
        text += &format!(
            "\nIts passphrase is new and stands in {}. Keep a copy of that file elsewhere: without it nothing can be read, \
             and nobody tells you again.",
            file.display()
        );
    }
    let mut json = told_of(&kept);
    json["to"] = place.named().to_string().into();
    json["newPassphraseFile"] = json!(new_passphrase);
    Ok(Done { text, json })
}

/// `rolo backup list`, `rolo backup prune` and `rolo verify` ask nobody who holds the data.
pub(crate) async fn look(common: &Common, config: &Config, verb: BackupVerb) -> Result<ExitCode> {
    let mut printer = Printer::new(common.json);
    let done = match verb {
        BackupVerb::List(at) => listed(common, config, at).await,
        BackupVerb::Prune(prune) => pruned(common, config, prune).await,
    };
    printer.end(done)
}

/// Reads a backup back.
pub(crate) async fn verify(common: &Common, config: &Config, verify: Verify) -> Result<ExitCode> {
    let mut printer = Printer::new(common.json);
    let done = verified(common, config, verify).await;
    printer.end(done)
}

async fn listed(common: &Common, config: &Config, at: Where) -> rolo_core::Result<Done> {
    let (place, passphrase) = opened(common, config, &at)?;
    let all = list(&place, &passphrase).await?;
    let line = |kept: &Kept| format!("{}  {:.0}  {}", short(&kept.id), kept.at, kept.about);
    Ok(Done {
        text: all.iter().map(line).collect::<Vec<_>>().join("\n"),
        json: json!({ "from": place.named().to_string(), "backups": all.iter().map(told_of).collect::<Vec<_>>() }),
    })
}

async fn pruned(common: &Common, config: &Config, ask: Prune) -> rolo_core::Result<Done> {
    let keep: Keep = ask.keep.as_deref().unwrap_or(&config.backup.keep).parse()?;
    let (place, passphrase) = opened(common, config, &ask.at)?;
    if let Place::File(_) = place {
        return Err(Error::invalid("from", "An archive in one file holds one backup: there is nothing to thin."));
    }
    let (gone, stay) = prune(&place, &passphrase, &keep, Timestamp::now()).await?;
    Ok(Done {
        text: format!("{} backups are gone, {} stay.", gone.len(), stay.len()),
        json: json!({
            "gone": gone.iter().map(told_of).collect::<Vec<_>>(),
            "kept": stay.iter().map(told_of).collect::<Vec<_>>(),
        }),
    })
}

async fn verified(common: &Common, config: &Config, ask: Verify) -> rolo_core::Result<Done> {
    let (place, passphrase) = opened(common, config, &ask.at)?;
    let archive = Archive::open(&place, &passphrase, ask.snapshot.as_deref()).await?;
    let said = Noted::default();
    archive.verify(&|step| said.step(step)).await?;
    let (manifest, kept) = (archive.manifest(), archive.kept());
    let tables: serde_json::Map<String, Value> =
        manifest.tables.iter().map(|table| (table.name.clone(), table.rows.into())).collect();
    let mut json = told_of(kept);
    json["rows"] = tables.into();
    json["files"] = manifest.files.len().into();
    Ok(Done { text: format!("The backup {} of {:.0} is whole: {}.", short(&kept.id), kept.at, manifest.line()), json })
}

/// Where an archive is and what opens it.
pub(super) fn opened(common: &Common, config: &Config, at: &Where) -> rolo_core::Result<(Place, Passphrase)> {
    let place = match &at.from {
        Some(path) => Place::of(path),
        None if config.backup.to.is_empty() => return Err(nowhere("--from DIR")),
        None => Place::Folder(within_data(&common.data, &config.backup.to)),
    };
    let file = at.passphrase_file.clone();
    let file = file.unwrap_or_else(|| within_data(&common.data, &config.backup.passphrase_file));
    Ok((place, Passphrase::read(&file)?))
}

fn nowhere(flag: &str) -> Error {
    Error::invalid("backup.to", format!("Say where backups are: {flag}, or backup.to in the configuration."))
}

pub(super) fn short(id: &str) -> &str {
    id.get(..8).unwrap_or(id)
}

pub(super) fn told_of(kept: &Kept) -> Value {
    json!({ "id": kept.id, "at": kept.at, "about": kept.about, "octets": kept.octets, "added": kept.added })
}

/// Absolute, because a server has another folder to start from.
pub(super) fn whole(path: Option<PathBuf>) -> Result<Option<PathBuf>> {
    Ok(path.map(std::path::absolute).transpose()?)
}

/// Progress for whoever runs a command here.
#[derive(Default)]
pub(super) struct Noted(Mutex<Option<Instant>>);

impl Noted {
    pub(super) fn step(&self, step: Step) {
        if is_time(&self.0) {
            // Nobody reads it: then nobody misses it.
            let _ = Printer::new(false).print(Said::Note(line(step)));
        }
    }
}

/// Progress for whoever asked a server.
struct Told {
    voice: Voice,
    last: Mutex<Option<Instant>>,
}

impl Told {
    fn new(voice: Voice) -> Self {
        Self { voice, last: Mutex::default() }
    }

    fn step(&self, step: Step) {
        if is_time(&self.last) {
            self.voice.murmur(line(step));
        }
    }
}

fn is_time(last: &Mutex<Option<Instant>>) -> bool {
    let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let due = last.is_none_or(|last| last.elapsed() >= OFTEN);
    if due {
        *last = Some(Instant::now());
    }
    due
}

fn line(step: Step) -> String {
    format!("{}: {} of {}", step.what, step.done, step.of)
}

impl Printer {
    /// Says how it ended.
    pub(super) fn end(&mut self, done: rolo_core::Result<Done>) -> Result<ExitCode> {
        self.print(match done {
            Ok(done) => Said::Done(done),
            Err(error) => Said::Failed(Failed::from(error)),
        })?;
        Ok(self.code)
    }
}
