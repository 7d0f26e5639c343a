//! Labels over HTTP.

mod shape;

use http::{StatusCode, header};
use rolo_core::{
    id::{BookId, LabelId},
    label::{create as made, list as read, merge as merged, remove as removed, save as saved},
};

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    route::{Kind, Operation, may},
};
pub(crate) use shape::Label;
use shape::{LabelInto, LabelList, LabelPatch, NewLabel};

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/labels", "listLabels", "The labels of the books you see")
            .gives::<LabelList>(StatusCode::OK, "By name.")
            .cached()
            .by(list),
        Operation::post("/v1/labels", "createLabel", "Make a label")
            .takes::<NewLabel>()
            .in_batch()
            .gives::<Label>(StatusCode::CREATED, "It was made.")
            .gives::<Label>(StatusCode::OK, "It was there already.")
            .by(create),
        Operation::get("/v1/labels/{id}", "getLabel", "Read a label")
            .gives::<Label>(StatusCode::OK, "The label.")
            .cached()
            .by(get),
        Operation::patch("/v1/labels/{id}", "patchLabel", "Rename or recolour a label")
            .about("Its contacts follow: up to 1,000 at once, more in the background.")
            .takes_change::<LabelPatch>()
            .seen()
            .in_batch()
            .gives::<Label>(StatusCode::OK, "As it is now.")
            .by(patch),
        Operation::delete("/v1/labels/{id}", "removeLabel", "Remove a label")
            .query([may("contacts", Kind::Flag, "Whether its contacts go to the bin with it; false when absent.")])
            .seen()
            .in_batch()
            .gives_nothing("It is gone.")
            .by(remove),
        Operation::post("/v1/labels/{id}/merge", "mergeLabel", "Merge a label into another of its book")
            .takes::<LabelInto>()
            .in_batch()
            .gives::<Label>(StatusCode::OK, "The label its contacts carry now.")
            .by(merge),
    ]
}

async fn list(api: Api, ask: Ask) -> Done {
    let rows = read::list(api.services(), ask.caller()?).await?;
    Answer::json(&LabelList { items: rows.into_iter().map(Label::of).collect() }).map(Answer::tagged)
}

async fn get(api: Api, ask: Ask) -> Done {
    shape::answer(read::get(api.services(), ask.caller()?, ask.id("id")?).await?)
}

async fn create(api: Api, mut ask: Ask) -> Done {
    let body: NewLabel = ask.json().await?;
    let id = crate::contact::shape::chosen("/id", body.id)?.map(|id| LabelId(id.0));
    let wanted = made::NewLabel { id, book: BookId(body.book), name: body.name, hue: body.hue };
    let written = made::create(api.services(), ask.caller()?, wanted, &ask.seed).await?;
    let status = if written.existed { StatusCode::OK } else { StatusCode::CREATED };
    let place = format!("/v1/labels/{}", written.value.id);
    Ok(shape::answer(written.value)?.with_status(status).with(header::LOCATION, place).in_batch(written.batch))
}

async fn patch(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let body: LabelPatch = ask.json().await?;
    let change = saved::Change { name: body.name, hue: body.hue };
    let written = saved::save(api.services(), ask.caller()?, ask.id("id")?, seen, change).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}

async fn remove(api: Api, ask: Ask) -> Done {
    let with_contacts = ask.query.flag("contacts")?.unwrap_or(false);
    let written = removed::remove(api.services(), ask.caller()?, ask.id("id")?, ask.seen()?, with_contacts).await?;
    Ok(Answer::nothing().in_batch(written.batch))
}

async fn merge(api: Api, mut ask: Ask) -> Done {
    let LabelInto { into } = ask.json().await?;
    let written = merged::merge(api.services(), ask.caller()?, ask.id("id")?, LabelId(into)).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}
