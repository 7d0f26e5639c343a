//! Somebody says what the columns are.

use rolo_core::import::{self, Column};

use super::shape::{ColumnPatch, Import};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::{Ask, json::Object},
};

pub(super) async fn map(api: Api, mut ask: Ask) -> Done {
    let ColumnPatch { columns } = ask.json().await?;
    let columns = columns.into_iter().map(|Object(said)| Column {
        index: said.index,
        field: said.field,
        label: said.label.unwrap_or_default(),
        header: String::new(),
        samples: Vec::new(),
        group: 0,
        guessed_by: None,
    });
    let import = import::map(api.services(), ask.caller()?, ask.id("id")?, columns.collect()).await?;
    Answer::json(&Import::of(import))
}
