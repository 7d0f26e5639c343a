//! A new contact.

use http::{StatusCode, header};
use rolo_core::contact::{NewContact, checked, create as verb};

use super::shape::{self, NewEnvelope};
use crate::{
    Api,
    answer::{Done, Refusal},
    ask::Ask,
};

pub(super) async fn create(api: Api, mut ask: Ask) -> Done {
    let new = new_contact("", ask.json::<NewEnvelope>().await?)?;
    let written = verb::create(api.services(), ask.caller()?, new, &ask.seed).await?;
    let status = if written.existed { StatusCode::OK } else { StatusCode::CREATED };
    let place = format!("/v1/contacts/{}", written.value.stored.id);
    Ok(shape::answer(written.value)?.with_status(status).with(header::LOCATION, place).in_batch(written.batch))
}

/// The contact a body asks for; `at` is the pointer to where it stands.
pub(crate) fn new_contact(at: &str, body: NewEnvelope) -> Result<NewContact, Refusal> {
    Ok(NewContact {
        id: shape::chosen(&format!("{at}/id"), body.id)?,
        book: shape::book(body.book),
        kind: body.kind,
        uid: body.uid,
        labels: shape::labels(body.labels),
        starred: body.starred,
        hidden: body.hidden,
        card: checked::model_of(body.card)?,
    })
}
