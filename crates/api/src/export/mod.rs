//! Exports over HTTP: a file that flows.

mod chosen;
mod shape;

use http::{StatusCode, header};
use rolo_core::{
    Error,
    export::{self, Format, Selection},
    id::{ContactId, LabelId},
};

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    route::{Kind, Operation, may, must},
};
use shape::Chosen;

/// Ids of 36 letters with what JSON puts around them, for as many contacts as can be chosen.
const EXPORT_BODY: u64 = 4 * 1024 * 1024;
/// As many ids as an address can name.
const CONTACTS_URL_MAX: usize = 1_000;

const FORMATS: &[&str] = &["google-csv", "outlook-csv", "vcard3", "vcard4", "jscontact"];

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/exports", "exportContacts", "Contacts as a file")
            .about("All contacts you see; or those of a label; or a selection.")
            .query([
                must("format", Kind::OneOf(FORMATS), "What the file is."),
                may("label", Kind::Id, "Only with this label."),
                may(
                    "contacts",
                    Kind::Text,
                    "Only these: ids, with commas between them; at most 1,000. More are sent by `POST`.",
                ),
            ])
            .gives_media(StatusCode::OK, "text/csv", "A table.")
            .gives_media(StatusCode::OK, "text/vcard", "Cards.")
            .gives_media(StatusCode::OK, "application/json", "A list of JSContact Cards.")
            .by(write),
        Operation::post("/v1/exports", "exportChosen", "Chosen contacts as a file")
            .about("Up to 100,000 contacts by id, in this order, each once. Nothing is written.")
            .takes::<Chosen>()
            .up_to(EXPORT_BODY)
            .never_again("A file is not kept, so this cannot be answered again. Leave the key out and ask again.")
            .gives_media(StatusCode::OK, "text/csv", "A table.")
            .gives_media(StatusCode::OK, "text/vcard", "Cards.")
            .gives_media(StatusCode::OK, "application/json", "A list of JSContact Cards.")
            .by(chosen::write),
    ]
}

async fn write(api: Api, ask: Ask) -> Done {
    let format: Format = ask.query.required("format")?.parse()?;
    flow(&api, &ask, format, selection(&ask)?).await
}

/// The file, as it is written.
async fn flow(api: &Api, ask: &Ask, format: Format, selection: Selection) -> Done {
    let chunks = export::write(api.services(), ask.caller()?, format, selection).await?;
    let file = format!("attachment; filename=\"{}\"", format.file_name());
    Ok(Answer::file(format.media_type(), ask.headers(), chunks).with(header::CONTENT_DISPOSITION, file))
}

fn selection(ask: &Ask) -> Result<Selection, Error> {
    let label = ask.query.parsed::<LabelId>("label", "a label's id")?;
    match (label, ask.query.text("contacts")) {
        (Some(_), Some(_)) => Err(Error::invalid("contacts", "Export a label or a selection, not both.")),
        (Some(label), None) => Ok(Selection::Label(label)),
        (None, Some(ids)) => {
            let ids = ids.split(',').map(|id| id.parse::<ContactId>()).collect::<Result<Vec<_>, _>>();
            let ids =
                ids.map_err(|_| Error::invalid("contacts", "These must be contacts' ids, with commas between them."))?;
            if ids.len() > CONTACTS_URL_MAX {
                let why = format!("An address names at most {CONTACTS_URL_MAX} contacts. Send more by POST.");
                return Err(Error::invalid("contacts", why));
            }
            Ok(Selection::Contacts(ids))
        }
        (None, None) => Ok(Selection::All),
    }
}
