//! Into the bin.

use rolo_core::contact::delete as verb;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn delete(api: Api, ask: Ask) -> Done {
    let written = verb::delete(api.services(), ask.caller()?, ask.id("id")?, ask.seen()?).await?;
    Ok(Answer::nothing().in_batch(written.batch))
}
