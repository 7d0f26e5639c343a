//! `rolo migrate`: brings an older database up to the schema of this program, or says what that would do.

use std::process::ExitCode;

use anyhow::Result;
use rolo_services::database::{
    self,
    migrate::{Pending, STEPS, Upgrade, pending},
};
use serde_json::json;

use super::{
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
    let Pending { schema, steps } = pending(&reach, STEPS).await?;
    let newest = STEPS.len();
    let mut json = json!({ "schema": schema, "newest": newest, "steps": steps, "applied": false, "copy": null });
    let list = steps.join(", ");
    let text = if steps.is_empty() {
        format!("The database has schema {schema}, the newest this Rolo knows. There is nothing to do.")
    } else if asked.dry_run {
        format!(
            "The database has schema {schema}; rolo migrate would bring it to {newest}: {list}. Nothing was changed."
        )
    } else {
        let upgrade = Upgrade { steps: STEPS, backed_up: asked.backed_up };
        let database = database::open_upgraded(&reach, upgrade).await?;
        json["applied"] = true.into();
        let copy = database.set_aside().map(|path| path.display().to_string());
        let kept =
            copy.as_ref().map(|path| format!(" What it was before is kept in {path}: remove that when all is well."));
        json["copy"] = copy.into();
        format!("The database has schema {newest} now: {list}.{}", kept.unwrap_or_default())
    };
    Printer::new(common.json).print(Said::Done(Done { text, json }))?;
    Ok(ExitCode::SUCCESS)
}
