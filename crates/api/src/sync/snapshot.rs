//! Everything the caller sees, line by line, as it is read.

use futures_util::stream;
use rolo_core::{
    Error, Result, Services,
    account::Caller,
    book,
    contact::{Filter, Sort},
    label,
};
use serde::Serialize;

use super::since::Since;
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    book::Book,
    contact::shape::Line,
    label::Label,
};

/// Contacts read at once.
const CHUNK: usize = 250;

#[derive(Serialize)]
struct First {
    since: String,
    total: u64,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "value", rename_all = "lowercase")]
enum Thing {
    Book(Book),
    Label(Label),
    Contact(Box<Line>),
}

pub(super) async fn get(api: Api, ask: Ask) -> Done {
    let (services, caller) = (api.services().clone(), ask.caller()?.clone());
    // The numbers first: what changes while the rest is read comes again with the first changes.
    let since = Since::now(&services.database.heads(caller.scope()).await?).seal(caller.account());
    let total = services.database.count(caller.scope(), &filter(None)).await?;
    let mut head = Vec::new();
    line(&mut head, &First { since, total })?;
    for row in book::list::list(&services, &caller).await? {
        line(&mut head, &Thing::Book(Book::of(row)))?;
    }
    for row in label::list::list(&services, &caller).await? {
        line(&mut head, &Thing::Label(Label::of(row)))?;
    }
    let start = Reading { services, caller, head: Some(head), after: None, more: true };
    let body = stream::try_unfold(start, async |mut reading| {
        let chunk = reading.next().await?;
        Ok::<_, Error>(chunk.map(|chunk| (chunk, reading)))
    });
    Ok(Answer::file("application/x-ndjson", ask.headers(), body))
}

struct Reading {
    services: Services,
    caller: Caller,
    head: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
    more: bool,
}

impl Reading {
    async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        if let Some(head) = self.head.take() {
            return Ok(Some(head));
        }
        if !self.more {
            return Ok(None);
        }
        let page = self.services.database.list(self.caller.scope(), &filter(self.after.take())).await?;
        self.more = page.more;
        self.after = page.items.last().map(|last| last.key.clone());
        let mut chunk = Vec::with_capacity(page.items.len() * 400);
        for listed in page.items {
            line(&mut chunk, &Thing::Contact(Box::new(Line::of(listed)?)))?;
        }
        Ok(Some(chunk).filter(|chunk| !chunk.is_empty()))
    }
}

fn filter(after: Option<Vec<u8>>) -> Filter {
    Filter { sort: Sort::Id, after, limit: CHUNK, ..Filter::default() }
}

fn line(chunk: &mut Vec<u8>, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *chunk, value).map_err(Error::internal)?;
    chunk.push(b'\n');
    Ok(())
}
