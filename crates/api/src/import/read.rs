//! Imports, one import, its report.

use http::header;
use rolo_core::{id::ImportId, import};

use super::shape::{Import, ImportList};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

/// Imports that are listed.
const LISTED: usize = 100;

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let imports = import::list(api.services(), ask.caller()?, LISTED).await?;
    Answer::json(&ImportList { items: imports.into_iter().map(Import::of).collect(), next: None })
}

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let import = import::get(api.services(), ask.caller()?, ask.id("id")?).await?;
    Answer::json(&Import::of(import))
}

pub(super) async fn report(api: Api, ask: Ask) -> Done {
    let id: ImportId = ask.id("id")?;
    let chunks = import::report(api.services(), ask.caller()?, id).await?;
    let answer = Answer::file("text/csv; charset=utf-8", ask.headers(), chunks);
    Ok(answer.with(header::CONTENT_DISPOSITION, "attachment; filename=\"import-report.csv\""))
}
