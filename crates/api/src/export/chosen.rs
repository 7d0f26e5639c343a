//! Contacts that somebody has chosen leave as a file: more than an address can name.

use rolo_core::{export::Selection, id::ContactId};

use super::{flow, shape::Chosen};
use crate::{Api, answer::Done, ask::Ask};

pub(super) async fn write(api: Api, mut ask: Ask) -> Done {
    let Chosen { format, contacts } = ask.json().await?;
    let contacts = contacts.into_iter().map(ContactId).collect();
    flow(&api, &ask, format.into(), Selection::Contacts(contacts)).await
}
