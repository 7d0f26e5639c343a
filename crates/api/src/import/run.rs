//! An import runs, stops, is forgotten.

use http::StatusCode;
use rolo_core::import::{self, Policy};

use super::shape::{Choice, Import, Run};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn run(api: Api, mut ask: Ask) -> Done {
    let Run { check } = ask.json().await?;
    let policy = match check {
        Choice::Skip => Policy::Skip,
        Choice::New => Policy::New,
        Choice::Update => Policy::Update,
    };
    let import = import::run(api.services(), ask.caller()?, ask.id("id")?, policy).await?;
    Ok(Answer::json(&Import::of(import))?.with_status(StatusCode::ACCEPTED))
}

pub(super) async fn cancel(api: Api, ask: Ask) -> Done {
    let import = import::cancel(api.services(), ask.caller()?, ask.id("id")?).await?;
    Answer::json(&Import::of(import))
}

pub(super) async fn remove(api: Api, ask: Ask) -> Done {
    import::remove(api.services(), ask.caller()?, ask.id("id")?).await?;
    Ok(Answer::nothing())
}
