//! Several contacts that are one.

use rolo_core::{contact::checked, id::ContactId, merge as verb};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::shape,
};

/// Contacts to be merged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMerge {
    /// At least two.
    contacts: Vec<Uuid>,
    /// Which of them stays; the first when absent.
    into: Option<Uuid>,
    /// What it shall say; everything they say when absent.
    #[schema(value_type = Option<Object>)]
    card: Option<Value>,
}

/// Contacts that could be merged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MergePreview {
    /// At least two.
    contacts: Vec<Uuid>,
}

/// What merging would make.
#[derive(Serialize, ToSchema)]
#[schema(as = MergePreviewed)]
#[serde(deny_unknown_fields)]
pub(super) struct Preview {
    /// A JSContact Card that keeps everything.
    #[schema(value_type = Object)]
    card: Value,
}

pub(super) async fn merge(api: Api, mut ask: Ask) -> Done {
    let NewMerge { contacts, into, card } = ask.json().await?;
    let card = card.map(checked::model_of).transpose()?;
    let into = into.map(ContactId);
    let written = verb::merge(api.services(), ask.caller()?, &ids(contacts), into, card, &ask.seed).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}

pub(super) async fn preview(api: Api, mut ask: Ask) -> Done {
    let MergePreview { contacts } = ask.json().await?;
    let model = verb::preview(api.services(), ask.caller()?, &ids(contacts)).await?;
    let mut card = serde_json::to_value(model).map_err(rolo_core::Error::internal)?;
    if let Value::Object(members) = &mut card {
        for name in ["uid", "kind", "keywords", "created", "updated"] {
            members.remove(name);
        }
    }
    Answer::json(&Preview { card })
}

fn ids(contacts: Vec<Uuid>) -> Vec<ContactId> {
    contacts.into_iter().map(ContactId).collect()
}
