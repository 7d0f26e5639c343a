//! To another book.

use rolo_core::{contact::relocate as verb, id::BookId};

use super::shape::{self, Place};
use crate::{Api, answer::Done, ask::Ask};

pub(super) async fn relocate(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let Place { book } = ask.json().await?;
    let written = verb::relocate(api.services(), ask.caller()?, ask.id("id")?, BookId(book), seen).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}
