//! `rolo restore`: writes a backup back. Everything is read and compared before anything is touched; SQLite is filled beside
//! the old database, which is set aside only when the new one is whole.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Result;
use jiff::Timestamp;
use rolo_core::{Error, contracts::Database};
use rolo_services::{
    backup::{Archive, restore_into},
    database::{Lock, OpenOptions, Options, Relational, copy::Epochs, migrate::Upgrade},
    search, storage,
};
use serde_json::json;

use super::{
    backup::{Noted, opened, short, told_of},
    cli::{Common, Restore},
    task::Printer,
};
use crate::{
    admin,
    config::Config,
    wire::{configured, within},
};

/// Where SQLite is filled, beside the database it takes the place of.
pub(crate) const BESIDE: &str = "restoring";
/// The mark that everything of the backup is in it, where a server fills it.
pub(crate) const WHOLE: &str = "whole";

/// Writes it back.
pub(crate) async fn run(common: &Common, config: &Config, ask: Restore) -> Result<ExitCode> {
    let mut printer = Printer::new(common.json);
    printer.end(restored(common, config, ask).await)
}

async fn restored(common: &Common, config: &Config, ask: Restore) -> rolo_core::Result<admin::Done> {
    if admin::connect(&common.data.join("admin.sock")).await.is_some() {
        let data = common.data.display();
        return Err(Error::conflict(format!("A server runs on {data}. Stop it, restore, and start it again.")));
    }
    let (place, passphrase) = opened(common, config, &ask.at)?;
    let archive = Archive::open(&place, &passphrase, ask.snapshot.as_deref()).await?;
    let said = Noted::default();
    archive.verify(&|step| said.step(step)).await?;

    fs::create_dir_all(&common.data).map_err(|error| refused(&common.data, &error))?;
    let url = within(&common.data, &config.services.database);
    let files = storage::open(&within(&common.data, &config.services.storage))?;
    let hear = |step| said.step(step);
    let aside = match url.strip_prefix("sqlite:") {
        Some(path) => {
            let swap = Swap::begin(Path::new(path), ask.replace).await?;
            forget_filled(&swap.folder.join(BESIDE)).await?;
            let filled = Options::of(&format!("sqlite:{}", swap.filled().display()), true);
            restore_into(&archive, &filled, files.as_ref(), Epochs::New, Upgrade::default(), &hear).await?;
            swap.end()?
        }
        None if ask.replace => {
            return Err(Error::invalid(
                "replace",
                "Only SQLite is set aside by itself. Name an empty database in services.database instead.",
            ));
        }
        None => {
            let target = configured(&common.data, config, true);
            restore_into(&archive, &target, files.as_ref(), Epochs::New, Upgrade::default(), &hear).await?;
            None
        }
    };
    // It is made anew from the contacts by whoever serves them.
    search::open(&within(&common.data, &config.services.search))?.clear().await?;

    let kept = archive.kept();
    let mut text = format!("Restored the backup {} of {:.0}: {}.", short(&kept.id), kept.at, kept.about);
    if let Some(aside) = &aside {
        text += &format!("\nWhat was there before is kept in {}.", aside.display());
    }
    let mut json = told_of(kept);
    json["aside"] = json!(aside);
    Ok(admin::Done { text, json })
}

/// Takes away what an earlier try filled beside a database, unless it is still being filled and goes on: a whole one may be of
/// another backup, and of one that was put in place only the marker may be left.
pub(crate) async fn forget_filled(beside: &Path) -> rolo_core::Result<()> {
    let filled = beside.join("rolo.db");
    if let Ok(left) = Relational::open(OpenOptions { path: filled.clone(), create: false })
        && left.seal().await?.is_some()
    {
        return Ok(());
    }
    let marks = [WHOLE, "rolo.id"].map(|name| beside.join(name));
    let files = ["-wal", "-shm", ""].map(|part| with(&filled, part));
    for path in marks.into_iter().chain(files) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refused(&path, &error)),
            _ => {}
        }
    }
    Ok(())
}

/// An SQLite file that takes the place of another.
pub(crate) struct Swap {
    path: PathBuf,
    folder: PathBuf,
    _lock: Lock,
}

impl Swap {
    /// Refuses where somebody's data is, unless it is to be replaced; nothing is touched yet.
    pub(crate) async fn begin(path: &Path, replace: bool) -> rolo_core::Result<Self> {
        let options = OpenOptions { path: path.to_owned(), create: false };
        let folder = options.folder().to_owned();
        fs::create_dir_all(&folder).map_err(|error| refused(&folder, &error))?;
        let occupied = fs::metadata(path).is_ok_and(|file| file.len() > 0);
        if occupied && !replace && has_accounts(options).await? {
            return Err(Error::conflict(format!(
                "{} has accounts. Nothing was changed: say --replace to set it aside and put the backup in its place.",
                path.display()
            )));
        }
        let lock = Lock::take(&folder)?.ok_or_else(|| {
            Error::conflict(format!("Another Rolo is using {}. Stop it first. Nothing was changed.", folder.display()))
        })?;
        Ok(Self { path: path.to_owned(), folder, _lock: lock })
    }

    /// Where the new one is filled. What an earlier try left there goes on.
    fn filled(&self) -> PathBuf {
        self.folder.join(BESIDE).join("rolo.db")
    }

    /// Puts the new one in place; answers where the old one is.
    pub(crate) fn end(self) -> rolo_core::Result<Option<PathBuf>> {
        let aside = self.folder.join(format!("before-restore-{}", Timestamp::now().strftime("%Y%m%dT%H%M%SZ")));
        fs::create_dir_all(&aside).map_err(|error| refused(&aside, &error))?;
        let marker = self.folder.join("rolo.id");
        if marker.exists() {
            fs::copy(&marker, aside.join("rolo.id")).map_err(|error| refused(&marker, &error))?;
        }
        let moves = self.moves(&aside);
        let replaced = moves.iter().any(|(from, _)| *from == self.path);
        for (n, (from, to)) in moves.iter().enumerate() {
            if let Err(error) = fs::rename(from, to) {
                // Back to what it was, as far as that goes; what cannot go back is in the folder that is named.
                for (from, to) in moves[..n].iter().rev() {
                    let _ = fs::rename(to, from);
                }
                return Err(refused(from, &error));
            }
        }
        let settled = fs::File::open(&self.folder).and_then(|folder| folder.sync_all());
        settled.map_err(|error| refused(&self.folder, &error))?;
        // Only scratch is left in it.
        let _ = fs::remove_dir_all(self.folder.join(BESIDE));
        if replaced {
            return Ok(Some(aside));
        }
        // An empty database, or the marker of one that was lost.
        let _ = fs::remove_dir_all(&aside);
        Ok(None)
    }

    /// What goes where, in an order that may break off anywhere: the marker stays, and is the last to be taken the place of,
    /// so that what is opened meanwhile is the old one, the new one or a refusal, and never an empty one in their place.
    fn moves(&self, aside: &Path) -> Vec<(PathBuf, PathBuf)> {
        let filled = self.filled();
        let old = self.path.file_name().map(|name| aside.join(name));
        let old =
            old.into_iter().flat_map(|old| ["", "-wal", "-shm"].map(|part| (with(&self.path, part), with(&old, part))));
        let new = ["-wal", "-shm", ""].map(|part| (with(&filled, part), with(&self.path, part)));
        let marker = (filled.with_file_name("rolo.id"), self.folder.join("rolo.id"));
        old.chain(new).chain([marker]).filter(|(from, _)| from.exists()).collect()
    }
}

/// What cannot be opened may hold anything.
async fn has_accounts(options: OpenOptions) -> rolo_core::Result<bool> {
    let path = options.path.clone();
    let database = Relational::open(options).map_err(|error| match error {
        Error::Invalid { why, .. } => Error::conflict(format!(
            "{why} To restore in its place, say --replace: {} is then set aside.",
            path.display()
        )),
        other => other,
    })?;
    database.has_accounts().await
}

fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn refused(path: &Path, error: &std::io::Error) -> Error {
    match error.kind() {
        std::io::ErrorKind::StorageFull => Error::Full,
        _ => Error::invalid(
            "data",
            format!("{} cannot be used: {error}. What was there is still there.", path.display()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The instance that a start would find there; none where it is refused.
    async fn found(path: &Path) -> Option<String> {
        match Relational::open(OpenOptions { path: path.to_owned(), create: true }) {
            Ok(opened) => Some(opened.instance().await.unwrap()),
            Err(_) => None,
        }
    }

    #[tokio::test]
    async fn whenever_it_breaks_off_the_old_one_opens_or_the_new_one_or_none() {
        let mut seen = Vec::new();
        for n in 0.. {
            let home = tempfile::tempdir().unwrap();
            let path = home.path().join("rolo.db");
            let old = found(&path).await;
            let swap = Swap::begin(&path, true).await.unwrap();
            let new = found(&swap.filled()).await;
            let aside = home.path().join("aside");
            fs::create_dir(&aside).unwrap();
            let moves = swap.moves(&aside);
            drop(swap);
            for (from, to) in moves.iter().take(n) {
                fs::rename(from, to).unwrap();
            }
            seen.push(match found(&path).await {
                None => "refused",
                now if now == old => "old",
                now if now == new => "new",
                _ => "empty",
            });
            if n == moves.len() {
                // The control: without the marker, an empty one takes their place.
                fs::remove_file(&path).unwrap();
                fs::remove_file(home.path().join("rolo.id")).unwrap();
                let now = found(&path).await;
                assert!(now.is_some() && now != old && now != new);
                break;
            }
        }
        assert_eq!(seen, ["old", "refused", "new", "new"]);
    }
}
