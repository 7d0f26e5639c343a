//! What a label looks like on the wire.

use rolo_core::{Error, contracts::database::LabelRow};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::{Answer, Refusal, envelope_tag};

/// A label of a book.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Label {
    id: Uuid,
    book: Uuid,
    name: String,
    /// Its colour, in degrees.
    #[schema(required = true)]
    hue: Option<u16>,
    /// Living contacts that carry it.
    contacts: u64,
    modseq: u64,
    revision: String,
}

impl Label {
    pub(crate) fn of(row: LabelRow) -> Self {
        Self {
            id: row.id.0,
            book: row.book.0,
            name: row.name,
            hue: row.hue,
            contacts: row.contacts,
            modseq: row.modseq.0,
            revision: row.revision.to_string(),
        }
    }
}

/// A label as an answer, tagged with its revision.
pub(super) fn answer(row: LabelRow) -> Result<Answer, Refusal> {
    let revision = row.revision;
    let body = serde_json::to_vec(&Label::of(row)).map_err(Error::internal)?;
    let tag = envelope_tag(revision, &body);
    Ok(Answer::octets("application/json", body).with(http::header::ETAG, tag))
}

/// Labels.
#[derive(Serialize, ToSchema)]
#[schema(as = Labels)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelList {
    pub(crate) items: Vec<Label>,
}

/// A label to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewLabel {
    /// A UUID version 7, chosen so that a repetition makes nothing new.
    pub(crate) id: Option<Uuid>,
    pub(crate) book: Uuid,
    pub(crate) name: String,
    /// Its colour, in degrees.
    pub(crate) hue: Option<u16>,
}

/// In what a label shall differ.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelPatch {
    pub(crate) name: Option<String>,
    /// `null` takes the colour away.
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<u16>)]
    pub(crate) hue: Option<Option<u16>>,
}

/// Where a label's contacts shall go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LabelInto {
    pub(crate) into: Uuid,
}

/// A member that was said, even as `null`.
fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<u16>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}
