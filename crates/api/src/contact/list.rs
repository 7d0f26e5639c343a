//! The list, and the search that looks like one.

use std::str::FromStr;

use rolo_core::{
    Error,
    account::Caller,
    contact::{Filter, Listed, Sort, list as verb},
    contracts::search::Place,
    id::{BookId, BookKey, LabelId},
    search::{Plan, Query},
};

use super::shape::{ContactPage, Line};
use crate::{
    Api,
    answer::{Answer, Done, Refusal},
    ask::Ask,
};

/// Lines of a page when nothing is said.
const USUAL: usize = 50;

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(USUAL, verb::LIMIT_MAX)?;
    let asked = match ask.query.text("q") {
        Some(q) => Some(Query::parse(q, ask.caller()?.region())?).filter(|query| !query.is_empty()),
        None => None,
    };
    match asked {
        Some(query) => search(&api, &ask, &query, limit).await,
        None => page(&api, &ask, limit).await,
    }
}

async fn page(api: &Api, ask: &Ask, limit: usize) -> Done {
    let filter = Filter {
        label: ask.query.parsed::<LabelId>("label", "a label's id")?,
        starred: ask.query.flag("starred")?,
        hidden: Some(ask.query.flag("hidden")?.unwrap_or(false)),
        sort: ask
            .query
            .parsed::<Sorted>("sort", "given, family, company, updated or id")?
            .map_or(Sort::Given, |sorted| sorted.0),
        after: ask.place()?,
        limit,
        ..Filter::default()
    };
    let book = ask.query.parsed::<BookId>("book", "a book's id")?;
    let (page, total) = verb::page_of(api.services(), ask.caller()?, book, &filter).await?;
    let next = next(ask, &page.items, page.more)?;
    Answer::json(&ContactPage { items: lines(page.items)?, next, total, more: None }).map(Answer::tagged)
}

/// Where the page behind these lines begins.
pub(crate) fn next(ask: &Ask, items: &[Listed], more: bool) -> Result<Option<String>, Error> {
    let last = items.last().filter(|_| more);
    last.map(|last| Ok(ask.bound()?.seal(&last.key))).transpose()
}

pub(crate) fn lines(items: Vec<Listed>) -> Result<Vec<Line>, Error> {
    items.into_iter().map(Line::of).collect()
}

async fn search(api: &Api, ask: &Ask, query: &Query, limit: usize) -> Done {
    for name in ["starred", "hidden", "sort"] {
        if ask.query.text(name).is_some() {
            return Err(
                Error::invalid(name, "A search is narrowed by label and book only, and ordered best first.").into()
            );
        }
    }
    let caller = ask.caller()?;
    let plan = plan(api, ask, caller, query).await?;
    let after = ask.place()?.map(|octets| place_of(&octets)).transpose()?;
    let hits = api.0.search.find(&plan, after, limit).await?;
    let ids: Vec<_> = hits.items.iter().map(|hit| hit.id).collect();
    let mut found = api.services().database.listed(caller.scope(), &ids).await?;
    // The index may lag behind the bin.
    found.retain(|listed| listed.deleted_at.is_none());
    let next = hits.next.map(|place| Ok::<_, Error>(ask.bound()?.seal(&octets_of(place)))).transpose()?;
    let page = ContactPage { items: lines(found)?, next, total: hits.total as u64, more: hits.more.then_some(true) };
    // Made from the index's numbers, which nobody compares: never kept.
    let mut answer = Answer::json(&page)?.tagged();
    answer.keep = false;
    Ok(answer)
}

async fn plan(api: &Api, ask: &Ask, caller: &Caller, query: &Query) -> Result<Plan, Refusal> {
    let database = &api.services().database;
    let books = database.books(caller.scope()).await?;
    let labels = database.labels(caller.scope()).await?;
    let organisation = caller.organisation();
    let keys: Vec<_> = books.iter().map(|book| (BookKey { organisation, book: book.id }, book.name.as_str())).collect();
    let names: Vec<_> = labels.iter().map(|label| (label.id, label.name.as_str())).collect();
    let mut plan = Plan::new(query, &keys, &names);
    if let Some(book) = ask.query.parsed::<BookId>("book", "a book's id")? {
        caller.scope().only(book)?;
        plan.books.retain(|key| key.book == book);
    }
    if let Some(label) = ask.query.parsed::<LabelId>("label", "a label's id")? {
        labels.iter().find(|known| known.id == label).ok_or(Error::NotFound)?;
        plan.labels.push(vec![label]);
    }
    Ok(plan)
}

fn octets_of(place: Place) -> Vec<u8> {
    let mut octets = vec![place.reading, place.stage];
    octets.extend_from_slice(&place.book.to_be_bytes());
    octets.extend_from_slice(&place.row.to_be_bytes());
    octets
}

fn place_of(octets: &[u8]) -> Result<Place, Error> {
    let unknown = || Error::invalid("cursor", "This cursor is not one of this query. Start from the first page.");
    let [reading, stage, rest @ ..] = octets else { return Err(unknown()) };
    let (book, row) = rest.split_first_chunk::<4>().ok_or_else(unknown)?;
    let row = row.try_into().map_err(|_| unknown())?;
    Ok(Place { reading: *reading, stage: *stage, book: u32::from_be_bytes(*book), row: i64::from_be_bytes(row) })
}

/// An order a client may ask for.
struct Sorted(Sort);

impl FromStr for Sorted {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(Self(match text {
            "given" => Sort::Given,
            "family" => Sort::Family,
            "company" => Sort::Company,
            "updated" => Sort::Updated,
            "id" => Sort::Id,
            _ => return Err(()),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_search_comes_back_as_it_was() {
        let place = Place { reading: 1, stage: 2, book: 70_000, row: -5 };
        assert_eq!(place_of(&octets_of(place)).unwrap(), place);
        for length in 0..14 {
            assert!(place_of(&vec![0; length]).is_err());
        }
    }
}
