//! One contact.

use rolo_core::contact::read;

use super::shape;
use crate::{Api, answer::Done, ask::Ask};

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    shape::answer(read::get(api.services(), ask.caller()?, ask.id("id")?).await?)
}
