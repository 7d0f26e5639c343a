//! Books over HTTP.

mod access;
mod moment;
mod shape;

use http::{StatusCode, header};
use rolo_core::book::{create as made, list as read, remove as removed, rename as renamed};

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    route::Operation,
};
use moment::{BookMoment, NewMoment};
pub(crate) use shape::Book;
use shape::{AccessList, AccessRight, BookList, BookName, NewBook};

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/v1/books", "listBooks", "The books you see")
            .gives::<BookList>(StatusCode::OK, "Your own first, then by name.")
            .cached()
            .by(list),
        Operation::post("/v1/books", "createBook", "Make a book")
            .takes::<NewBook>()
            .in_batch()
            .gives::<Book>(StatusCode::CREATED, "It was made.")
            .by(create),
        Operation::get("/v1/books/{id}", "getBook", "Read a book")
            .gives::<Book>(StatusCode::OK, "The book.")
            .cached()
            .by(get),
        Operation::patch("/v1/books/{id}", "renameBook", "Rename a book")
            .takes_change::<BookName>()
            .seen()
            .in_batch()
            .gives::<Book>(StatusCode::OK, "As it is now.")
            .by(rename),
        Operation::delete("/v1/books/{id}", "removeBook", "Remove an empty book")
            .about("What is left in its bin goes with it.")
            .seen()
            .in_batch()
            .gives_nothing("It is gone.")
            .by(remove),
        Operation::post("/v1/books/{id}/moment", "goBack", "The book as it was at a time")
            .about(
                "A dry run says what would change. Done, it is one batch, so it can be undone. Labels are those the cards \
                 name; stars and hidden contacts stay as they are.",
            )
            .takes::<NewMoment>()
            .in_batch()
            .gives::<BookMoment>(StatusCode::OK, "What it comes to, or that it was done.")
            .gives::<BookMoment>(StatusCode::ACCEPTED, "It goes on in the background: over 1,000 contacts.")
            .by(moment::go_back),
        Operation::get("/v1/books/{id}/access", "listAccess", "Who may do what in a book")
            .about("For those who manage it.")
            .gives::<AccessList>(StatusCode::OK, "Every account of the organisation.")
            .by(access::list),
        Operation::put("/v1/books/{id}/access/{account}", "setAccess", "Say what an account may do in a book")
            .takes_change::<AccessRight>()
            .in_batch()
            .gives_nothing("It holds now.")
            .by(access::set),
        Operation::delete("/v1/books/{id}/access/{account}", "removeAccess", "Leave an account to the rule")
            .about("Members edit the organisation's books and see none of others' own.")
            .in_batch()
            .gives_nothing("There is no exception any more.")
            .by(access::remove),
    ]
}

async fn list(api: Api, ask: Ask) -> Done {
    let rows = read::list(api.services(), ask.caller()?).await?;
    Answer::json(&BookList { items: rows.into_iter().map(Book::of).collect() }).map(Answer::tagged)
}

async fn get(api: Api, ask: Ask) -> Done {
    shape::answer(read::get(api.services(), ask.caller()?, ask.id("id")?).await?)
}

async fn create(api: Api, mut ask: Ask) -> Done {
    let NewBook { name, shared } = ask.json().await?;
    let written = made::create(api.services(), ask.caller()?, made::NewBook { name, shared }, &ask.seed).await?;
    let place = format!("/v1/books/{}", written.value.id);
    let answer = shape::answer(written.value)?.with_status(StatusCode::CREATED);
    Ok(answer.with(header::LOCATION, place).in_batch(written.batch))
}

async fn rename(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let BookName { name } = ask.json().await?;
    let written = renamed::rename(api.services(), ask.caller()?, ask.id("id")?, seen, &name).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}

async fn remove(api: Api, ask: Ask) -> Done {
    let written = removed::remove(api.services(), ask.caller()?, ask.id("id")?, ask.seen()?).await?;
    Ok(Answer::nothing().in_batch(written.batch))
}
