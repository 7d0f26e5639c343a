//! `rolo export`: writes contacts to standard output, in any format that can be written.

use futures_util::StreamExt;
use rolo_core::{
    Error, Result,
    export::{self, Format, Selection},
    label,
};
use serde_json::json;

use super::{account::caller, cli::FormatName, task::Voice};
use crate::{admin::Done, wire::Machine};

/// Octets in one piece of output.
const PIECE: usize = 64 * 1024;

/// Writes them.
pub(crate) async fn run(
    machine: &Machine,
    email: &str,
    format: FormatName,
    label: Option<&str>,
    voice: &Voice,
) -> Result<Done> {
    let caller = caller(machine, email).await?;
    let selection = match label {
        None => Selection::All,
        Some(name) => {
            let labels = label::list(&machine.services, &caller).await?;
            let found = labels.into_iter().find(|row| row.name == name || row.id.to_string() == name);
            Selection::Label(found.ok_or(Error::NotFound)?.id)
        }
    };
    let format = match format {
        FormatName::GoogleCsv => Format::GoogleCsv,
        FormatName::OutlookCsv => Format::OutlookCsv,
        FormatName::Vcard3 => Format::Vcard3,
        FormatName::Vcard4 => Format::Vcard4,
        FormatName::Jscontact => Format::JsContact,
    };
    let mut written = 0;
    let (mut file, report) = export::write_reported(&machine.services, &caller, format, selection).await?;
    while let Some(piece) = file.next().await {
        let piece = piece?;
        written += piece.len();
        for part in piece.chunks(PIECE) {
            if !voice.bytes(part).await {
                return Err(Error::internal("whoever read the export has left"));
            }
        }
    }
    let lost = report.lost();
    if !lost.is_empty() {
        let named: Vec<String> = lost.iter().map(ToString::to_string).collect();
        voice.note(format!("This format has no place for: {}. vcard4 holds everything.", named.join(", "))).await;
    }
    let lost: Vec<_> = lost.iter().map(|one| json!({ "what": one.what, "count": one.count })).collect();
    Ok(Done { text: String::new(), json: json!({ "bytes": written, "lost": lost }) })
}
