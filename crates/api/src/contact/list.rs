//! The list, and the search that looks like one.

use std::str::FromStr;

use rolo_core::{
    Error,
    account::Caller,
    contact::{Filter, Listed, Sort, list as verb},
    contracts::{
        database::Head,
        search::{Cursor, Place},
    },
    id::{BookId, BookKey, LabelId, Modseq},
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
    Answer::json(&ContactPage { items: lines(page.items)?, next, total, more: None, behind: None }).map(Answer::tagged)
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
    let (plan, heads) = plan(api, ask, caller, query).await?;
    let after = ask.place()?.map(|octets| place_of(&octets)).transpose()?;
    let hits = api.0.search.find(&plan, after, limit).await?;
    let ids: Vec<_> = hits.items.iter().map(|hit| hit.id).collect();
    let mut found = api.services().database.listed(caller.scope(), &ids).await?;
    // The index may lag behind the bin.
    found.retain(|listed| listed.deleted_at.is_none());
    let next = hits.next.map(|place| Ok::<_, Error>(ask.bound()?.seal(&octets_of(place)))).transpose()?;
    let (total, more) = (hits.total as u64, hits.more.then_some(true));
    let behind = behind(&heads, &hits.followed).then_some(true);
    let page = ContactPage { items: lines(found)?, next, total, more, behind };
    // Made from the index's numbers, which nobody compares: never kept.
    let mut answer = Answer::json(&page)?.tagged();
    answer.keep = false;
    Ok(answer)
}

/// Whether what these books hold is not all in the index.
fn behind(heads: &[Head], followed: &[(BookKey, Cursor)]) -> bool {
    heads.iter().any(|head| {
        let upto = followed.iter().find(|(key, _)| key.book == head.book).map(|(_, cursor)| *cursor);
        // A book nothing was ever written to is nobody's to follow.
        head.modseq > Modseq(0) && upto.is_none_or(|upto| upto.epoch != head.epoch || upto.upto < head.modseq)
    })
}

/// What the index is asked, and how new the books are in which it is to look.
async fn plan(api: &Api, ask: &Ask, caller: &Caller, query: &Query) -> Result<(Plan, Vec<Head>), Refusal> {
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
    let heads = books.iter().filter(|book| plan.books.iter().any(|key| key.book == book.id));
    let heads = heads.map(|book| Head { book: book.id, epoch: book.epoch, modseq: book.modseq }).collect();
    Ok((plan, heads))
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
    use rolo_core::id::OrganisationId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_index_is_behind_until_it_has_every_book_as_it_is() {
        let organisation = OrganisationId(Uuid::from_u128(9));
        let id = |n| BookId(Uuid::from_u128(n));
        let head = |n, epoch, upto| Head { book: id(n), epoch, modseq: Modseq(upto) };
        let at = |n, epoch, upto| (BookKey { organisation, book: id(n) }, Cursor { epoch, upto: Modseq(upto) });
        let heads = [head(1, 3, 8), head(2, 3, 1), head(3, 3, 0)];
        assert!(!behind(&heads, &[at(1, 3, 8), at(2, 3, 2)]), "further is not behind, an untouched book neither");
        assert!(behind(&heads, &[at(1, 3, 7), at(2, 3, 1)]));
        assert!(behind(&heads, &[at(1, 2, 8), at(2, 3, 1)]), "of another epoch");
        assert!(behind(&heads, &[at(1, 3, 8)]), "never heard of");
        assert!(behind(&heads, &[at(1, 3, 0), at(2, 3, 1)]), "being filled");
    }

    #[test]
    fn a_place_in_a_search_comes_back_as_it_was() {
        let place = Place { reading: 1, stage: 2, book: 70_000, row: -5 };
        assert_eq!(place_of(&octets_of(place)).unwrap(), place);
        for length in 0..14 {
            assert!(place_of(&vec![0; length]).is_err());
        }
    }
}
