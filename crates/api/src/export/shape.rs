//! What an export is asked for on the wire.

use rolo_core::export as core;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Contacts that are to leave as a file.
#[derive(Deserialize, ToSchema)]
#[schema(as = ChosenExport)]
#[serde(deny_unknown_fields)]
pub(super) struct Chosen {
    /// What the file is.
    pub(super) format: Format,
    /// Which contacts, in the order of the file; at most 100,000.
    pub(super) contacts: Vec<Uuid>,
}

/// What contacts can leave as.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[schema(as = ExportFormat)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    GoogleCsv,
    OutlookCsv,
    Vcard3,
    Vcard4,
    #[serde(rename = "jscontact")]
    JsContact,
}

impl From<Format> for core::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::GoogleCsv => Self::GoogleCsv,
            Format::OutlookCsv => Self::OutlookCsv,
            Format::Vcard3 => Self::Vcard3,
            Format::Vcard4 => Self::Vcard4,
            Format::JsContact => Self::JsContact,
        }
    }
}
