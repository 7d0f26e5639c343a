//! `rolo migrate`: brings an older database up to the schema of this program, or says what that would do. A backup is taken
//! first, as the program before would have taken it.

use std::process::ExitCode;

use anyhow::Result;
use rolo_services::database::{
    self, Options,
    migrate::{Pending, Upgrade, pending},
};
use serde_json::json;

use super::{
    before::Before,
    cli::{Common, Migrate},
    task::Printer,
};
use crate::{
    admin::{Done, Said},
    config::Config,
    wire::configured,
};

/// Applies what is to come; with `--dry-run` only names it.
pub(crate) async fn run(common: &Common, config: Config, asked: Migrate) -> Result<ExitCode> {
    let reach = configured(&common.data, &config, false);
    let before = Before::of(common, &config, asked.no_backup);
    let mut printer = Printer::new(common.json);
    let mut note = |said| Ok(printer.print(Said::Note(said))?);
    let done = upgraded(&reach, &before, asked.dry_run, Upgrade::default(), &mut note).await?;
    printer.print(Said::Done(done))?;
    Ok(printer.code)
}

async fn upgraded(
    reach: &Options,
    before: &Before,
    dry_run: bool,
    known: Upgrade,
    note: &mut dyn FnMut(String) -> Result<()>,
) -> Result<Done> {
    let Pending { schema, steps } = pending(reach, known.steps).await?;
    let newest = known.steps.len();
    let mut json = json!({
        "schema": schema, "newest": newest, "steps": steps, "applied": false, "backup": null, "copy": null
    });
    let list = steps.join(", ");
    let text = if steps.is_empty() {
        format!("The database has schema {schema}, the newest this Rolo knows. There is nothing to do.")
    } else if dry_run {
        format!(
            "The database has schema {schema}; rolo migrate would bring it to {newest}: {list}. Nothing was changed."
        )
    } else {
        before.is_possible()?;
        if schema > 0 {
            let database = database::open_upgraded(reach, known.up_to(schema)).await?;
            json["backup"] = before.take(&database, note).await?;
        }
        let database = database::open_upgraded(reach, Upgrade { backed_up: true, ..known }).await?;
        json["applied"] = true.into();
        let copy = database.set_aside().map(|path| path.display().to_string());
        let kept =
            copy.as_ref().map(|path| format!(" What it was before is kept in {path}: remove that when all is well."));
        json["copy"] = copy.into();
        format!("The database has schema {newest} now: {list}.{}", kept.unwrap_or_default())
    };
    Ok(Done { text, json })
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use rolo_services::{
        backup::{Passphrase, Place, list},
        database::migrate::{STEPS, Step},
    };
    use tempfile::TempDir;

    use super::*;

    /// This program knows no second schema yet.
    const LATER: &str = "alter table mark add column pinned integer;";

    fn known() -> Upgrade {
        let later = Step { name: "9999_later", sqlite: LATER, mysql: LATER, postgres: LATER };
        Upgrade { steps: Box::leak(STEPS.iter().copied().chain([later]).collect()), ..Upgrade::default() }
    }

    /// A database of the schema before, in a folder whose configuration says this.
    async fn earlier(config: &str) -> (TempDir, Common, Config) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("rolo.toml"), config).unwrap();
        let common = Common { data: folder.path().to_owned(), config: None, json: false };
        let config = common.config(None).unwrap();
        drop(database::open(&configured(&common.data, &config, true)).await.unwrap());
        (folder, common, config)
    }

    async fn run(common: &Common, config: &Config, reason: Option<&str>) -> Result<(Done, String)> {
        let before = Before::of(common, config, reason.map(str::to_owned));
        let mut said = String::new();
        let mut note = |line: String| {
            said += &line;
            Ok(())
        };
        let reach = configured(&common.data, config, false);
        let done = upgraded(&reach, &before, false, known(), &mut note).await?;
        Ok((done, said))
    }

    fn copies(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        entries.filter(|name| name.contains("schema-")).count()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_backup_of_what_was_is_taken_first_and_only_once() {
        let (folder, common, config) = earlier("[backup]\nto = \"backups\"\n").await;
        let (done, said) = run(&common, &config, None).await.unwrap();
        assert_eq!((done.json["applied"].as_bool(), done.json["schema"].as_u64()), (Some(true), Some(1)));
        assert!(said.contains("Taking a backup into") && said.contains("Keep a copy of that file"), "{said}");
        let passphrase = Passphrase::read(&folder.path().join("backup.passphrase")).unwrap();
        let kept = list(&Place::Folder(folder.path().join("backups")), &passphrase).await.unwrap();
        assert_eq!((kept.len(), Some(&*kept[0].id)), (1, done.json["backup"]["id"].as_str()));
        assert!(kept[0].about.contains("schema 1,"), "{}", kept[0].about);
        let (again, said) = run(&common, &config, None).await.unwrap();
        assert!(again.text.contains("nothing to do") && said.is_empty(), "{said}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn without_a_backup_nothing_is_changed_unless_somebody_says_why() {
        let (folder, common, config) = earlier("").await;
        for (reason, why) in [(None, "backup.to names no folder"), (Some(" "), "why none is taken")] {
            let refused = run(&common, &config, reason).await.map(drop).unwrap_err().to_string();
            assert!(refused.contains(why) && refused.contains("Nothing was changed"), "{refused}");
        }
        // One that cannot be taken is none.
        let (full, other, to_a_file) = earlier("[backup]\nto = \"taken\"\n").await;
        fs::write(full.path().join("taken"), "a file").unwrap();
        run(&other, &to_a_file, None).await.map(drop).unwrap_err();
        for (folder, common, config) in [(&folder, &common, &config), (&full, &other, &to_a_file)] {
            assert_eq!(copies(folder.path()), 0);
            let found = pending(&configured(&common.data, config, false), known().steps).await.unwrap();
            assert_eq!((found.schema, found.steps), (1, vec!["9999_later"]));
        }
        let (done, said) = run(&common, &config, Some("the disk was copied at noon")).await.unwrap();
        assert_eq!(done.json["backup"]["none"], "the disk was copied at noon");
        assert!(said.contains("the disk was copied at noon"), "{said}");
    }
}
