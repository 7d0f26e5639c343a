//! Answering a plan: rank by rank, book by book, row by row.
//!
//! A row is shown at its best rank only, because each stage excludes the one before; so a place is enough to go on from,
//! and nothing is remembered between pages.

use rolo_core::{
    contracts::search::{COUNTED_MAX, Cursor, Hit, Hits, Place},
    id::{BookId, BookKey, ContactId, Modseq, OrganisationId},
    search::{Needle, Plan, Term, one_edit_apart},
};
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::expression::{STAGES, Shelf};

/// Letters of a word that may hold a typo.
const TYPED_CHARS: std::ops::RangeInclusive<usize> = 4..=32;
/// Names one typed word may have meant.
const GUESSES_MAX: usize = 16;
/// Words of a query that are guessed about.
const GUESSED_WORDS_MAX: usize = 6;

/// How the terms of a plan are read. The next one is tried only when the one before finds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    AsTyped,
    Apart,
    WithTypos,
}

const READINGS: [Reading; 3] = [Reading::AsTyped, Reading::Apart, Reading::WithTypos];

struct Shelved {
    key: BookKey,
    number: i64,
    upto: Cursor,
    shelf: Shelf,
}

/// The book's number in this file, and up to where it has been followed.
fn known(connection: &Connection, book: BookKey) -> rusqlite::Result<Option<(i64, Cursor)>> {
    connection
        .prepare_cached("select n, epoch, upto from book where organisation = ?1 and book = ?2")?
        .query_row(params![book.organisation.0.as_bytes(), book.book.0.as_bytes()], |row| {
            Ok((row.get(0)?, cursor_of(row.get(1)?, row.get(2)?)))
        })
        .optional()
}

/// The book's number in this file.
pub(super) fn number(connection: &Connection, book: BookKey) -> rusqlite::Result<Option<i64>> {
    Ok(known(connection, book)?.map(|(number, _)| number))
}

/// Up to where the book has been followed.
pub(super) fn cursor(connection: &Connection, book: BookKey) -> rusqlite::Result<Option<Cursor>> {
    Ok(known(connection, book)?.map(|(_, upto)| upto))
}

/// Up to where each book has been followed.
pub(super) fn cursors(connection: &Connection) -> rusqlite::Result<Vec<(BookKey, Cursor)>> {
    let mut statement = connection.prepare_cached("select organisation, book, epoch, upto from book")?;
    let rows = statement.query_map((), |row| {
        let organisation = OrganisationId(Uuid::from_bytes(row.get(0)?));
        let book = BookId(Uuid::from_bytes(row.get(1)?));
        Ok((BookKey { organisation, book }, cursor_of(row.get(2)?, row.get(3)?)))
    })?;
    rows.collect()
}

/// SQLite's integers are signed: both numbers are kept as their bits.
fn cursor_of(epoch: i64, upto: i64) -> Cursor {
    Cursor { epoch: epoch.cast_unsigned(), upto: Modseq(upto.cast_unsigned()) }
}

/// One page.
pub(super) fn page(connection: &Connection, plan: &Plan, after: Option<Place>, limit: usize) -> rusqlite::Result<Hits> {
    let books = shelved(connection, plan)?;
    // Read before the search: what is written meanwhile is found or not, and nothing is claimed of it.
    let followed = books.iter().map(|book| (book.key, book.upto)).collect();
    Ok(Hits { followed, ..read(connection, plan, &books, after, limit)? })
}

/// The page in the first reading that finds somebody.
fn read(
    connection: &Connection,
    plan: &Plan,
    books: &[Shelved],
    after: Option<Place>,
    limit: usize,
) -> rusqlite::Result<Hits> {
    let start = after.map_or(0, |place| usize::from(place.reading));
    for (at, reading) in READINGS.into_iter().enumerate().skip(start) {
        let Some(terms) = terms(connection, plan, books, reading)? else { continue };
        let counted = count(connection, plan, books, &terms)?;
        if counted > 0 || after.is_some() {
            let mut hits = walk(connection, plan, books, &terms, after, limit)?;
            if let Some(next) = &mut hits.next {
                next.reading = u8::try_from(at).unwrap_or_default();
            }
            hits.total = counted.min(COUNTED_MAX);
            hits.more = counted > COUNTED_MAX;
            return Ok(hits);
        }
    }
    Ok(Hits::default())
}

fn shelved(connection: &Connection, plan: &Plan) -> rusqlite::Result<Vec<Shelved>> {
    let mut books = Vec::with_capacity(plan.books.len());
    for &key in &plan.books {
        if let Some((number, upto)) = known(connection, key)?
            && let Some(shelf) = Shelf::of(number)
        {
            books.push(Shelved { key, number, upto, shelf });
        }
    }
    Ok(books)
}

/// The terms in this reading; `None` when it is no other than the last.
fn terms(
    connection: &Connection,
    plan: &Plan,
    books: &[Shelved],
    reading: Reading,
) -> rusqlite::Result<Option<Vec<Term>>> {
    match reading {
        Reading::AsTyped => Ok(Some(plan.terms.clone())),
        Reading::Apart => Ok(Some(plan.apart.clone()).filter(|apart| !apart.is_empty())),
        Reading::WithTypos => {
            let typed = if plan.apart.is_empty() { &plan.terms } else { &plan.apart };
            let guessed = guessed(connection, books, typed)?;
            Ok(Some(guessed).filter(|guessed| guessed != typed))
        }
    }
}

fn count(connection: &Connection, plan: &Plan, books: &[Shelved], terms: &[Term]) -> rusqlite::Result<usize> {
    let mut statement =
        connection.prepare_cached("select count(*) from (select 1 from token where token match ?1 limit ?2)")?;
    let mut counted = 0;
    for book in books {
        let left = COUNTED_MAX + 1 - counted;
        if left == 0 {
            break;
        }
        if let Some(text) = book.shelf.all(plan, terms) {
            counted += statement.query_row(params![text, signed(left)], |row| row.get::<_, u32>(0))? as usize;
        }
    }
    Ok(counted)
}

fn walk(
    connection: &Connection,
    plan: &Plan,
    books: &[Shelved],
    terms: &[Term],
    after: Option<Place>,
    limit: usize,
) -> rusqlite::Result<Hits> {
    let mut statement = connection.prepare_cached(
        "select token.rowid, doc.id from token cross join doc on doc.row = token.rowid
         where token match ?1 and token.rowid > ?2 order by token.rowid limit ?3",
    )?;
    let mut hits = Hits::default();
    let mut last = None;
    for (stage_at, stage) in (0_u8..).zip(STAGES) {
        for (book_at, book) in (0_u32..).zip(books) {
            let row = match after {
                Some(place) if (stage_at, book_at) < (place.stage, place.book) => continue,
                Some(place) if (stage_at, book_at) == (place.stage, place.book) => place.row,
                _ => 0,
            };
            let Some(text) = book.shelf.stage(plan, terms, stage) else { continue };
            // One more than fits, to know whether there is a next page.
            let left = signed((limit - hits.items.len()).saturating_add(1));
            let rows = statement
                .query_map(params![text, row, left], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 16]>(1)?)))?;
            for found in rows {
                let (row, id) = found?;
                if hits.items.len() == limit {
                    hits.next = last;
                    return Ok(hits);
                }
                hits.items.push(Hit { book: book.key, id: ContactId(Uuid::from_bytes(id)) });
                last = Some(Place { reading: 0, stage: stage_at, book: book_at, row });
            }
        }
    }
    Ok(hits)
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The terms with every name one edit away as a reading more.
fn guessed(connection: &Connection, books: &[Shelved], typed: &[Term]) -> rusqlite::Result<Vec<Term>> {
    let mut terms = typed.to_vec();
    for term in terms.iter_mut().take(GUESSED_WORDS_MAX) {
        for reading in term.readings.clone() {
            for (at, needle) in reading.iter().enumerate() {
                for guess in guesses(connection, books, &needle.token)? {
                    let mut other = reading.clone();
                    other[at] = Needle { token: guess, prefix: false };
                    if !term.readings.contains(&other) {
                        term.readings.push(other);
                    }
                }
            }
        }
    }
    Ok(terms)
}

fn guesses(connection: &Connection, books: &[Shelved], typed: &str) -> rusqlite::Result<Vec<String>> {
    let mut guesses = Vec::new();
    if !TYPED_CHARS.contains(&typed.chars().count()) || !typed.chars().all(char::is_alphabetic) {
        return Ok(guesses);
    }
    let mut statement = connection.prepare_cached("select word from form where book = ?1 and form = ?2 limit 200")?;
    for form in rolo_core::search::deletions(typed) {
        for book in books {
            for word in statement.query_map(params![book.number, form], |row| row.get::<_, String>(0))? {
                let word = word?;
                if guesses.len() < GUESSES_MAX && one_edit_apart(typed, &word) && !guesses.contains(&word) {
                    guesses.push(word);
                }
            }
        }
    }
    Ok(guesses)
}
