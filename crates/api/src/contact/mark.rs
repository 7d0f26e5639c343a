//! The caller's own marks.

use rolo_core::{
    Result, Written,
    contact::{Contact, mark},
};

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn star(api: Api, ask: Ask) -> Done {
    done(mark::star(api.services(), ask.caller()?, ask.id("id")?, true).await)
}

pub(super) async fn unstar(api: Api, ask: Ask) -> Done {
    done(mark::star(api.services(), ask.caller()?, ask.id("id")?, false).await)
}

pub(super) async fn hide(api: Api, ask: Ask) -> Done {
    done(mark::hide(api.services(), ask.caller()?, ask.id("id")?, true).await)
}

pub(super) async fn show(api: Api, ask: Ask) -> Done {
    done(mark::hide(api.services(), ask.caller()?, ask.id("id")?, false).await)
}

fn done(written: Result<Written<Contact>>) -> Done {
    Ok(Answer::nothing().in_batch(written?.batch))
}
