//! Following a book: documents in, documents out, and how far we came, in one transaction.

use rolo_core::{
    contracts::search::Cursor,
    id::{BookKey, ContactId},
    search::{Document, deletions},
};
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{expression::Shelf, find};

/// Letters of a name that a typo is looked for in. Shorter ones are one edit from too many others.
const WORD_CHARS: std::ops::RangeInclusive<usize> = 3..=32;

/// Applies documents and removals and remembers the cursor, if the book has come as far as `since`.
pub(super) fn apply(
    connection: &mut Connection,
    book: BookKey,
    since: Option<Cursor>,
    upto: Cursor,
    docs: &[Document],
    gone: &[ContactId],
) -> rusqlite::Result<bool> {
    let transaction = connection.transaction()?;
    if find::cursor(&transaction, book)? != since {
        return Ok(false);
    }
    if since.is_some_and(|old| old.epoch != upto.epoch) {
        remove_book(&transaction, book)?;
    }
    let number = remember(&transaction, book, upto)?;
    let shelf = Shelf::of(number).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, number))?;
    for id in gone {
        if let Some(row) = row_of(&transaction, number, *id)? {
            remove(&transaction, row)?;
        }
    }
    for doc in docs {
        put(&transaction, number, shelf, doc)?;
    }
    transaction.commit()?;
    Ok(true)
}

/// Forgets a book.
pub(super) fn forget(connection: &mut Connection, book: BookKey) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    remove_book(&transaction, book)?;
    transaction.commit()
}

fn remember(transaction: &Transaction<'_>, book: BookKey, cursor: Cursor) -> rusqlite::Result<i64> {
    // SQLite's integers are signed: both numbers are kept as their bits.
    let (epoch, upto) = (cursor.epoch.cast_signed(), cursor.upto.0.cast_signed());
    transaction
        .prepare_cached(
            "insert into book (organisation, book, epoch, upto) values (?1, ?2, ?3, ?4)
             on conflict (organisation, book) do update set epoch = ?3, upto = ?4",
        )?
        .execute(params![book.organisation.0.as_bytes(), book.book.0.as_bytes(), epoch, upto])?;
    find::number(transaction, book)?.ok_or(rusqlite::Error::QueryReturnedNoRows)
}

fn row_of(transaction: &Transaction<'_>, book: i64, id: ContactId) -> rusqlite::Result<Option<i64>> {
    transaction
        .prepare_cached("select row from doc where book = ?1 and id = ?2")?
        .query_row(params![book, id.0.as_bytes()], |row| row.get(0))
        .optional()
}

fn remove(transaction: &Transaction<'_>, row: i64) -> rusqlite::Result<()> {
    transaction.prepare_cached("delete from token where rowid = ?1")?.execute([row])?;
    transaction.prepare_cached("delete from doc where row = ?1")?.execute([row])?;
    Ok(())
}

fn put(transaction: &Transaction<'_>, book: i64, shelf: Shelf, doc: &Document) -> rusqlite::Result<()> {
    let row = match row_of(transaction, book, doc.id)? {
        Some(row) => row,
        None => {
            transaction
                .prepare_cached("insert into doc (book, id) values (?1, ?2)")?
                .execute(params![book, doc.id.0.as_bytes()])?;
            transaction.last_insert_rowid()
        }
    };
    transaction
        .prepare_cached(
            "insert or replace into token (rowid, name, phones, emails, rest, marks) values (?, ?, ?, ?, ?, ?)",
        )?
        .execute(params![
            row,
            shelf.column(&doc.name),
            shelf.phones(&doc.phones),
            shelf.column(&doc.emails),
            shelf.column(&doc.rest),
            shelf.marks(&doc.features, doc.labels.iter().map(|label| label.0)),
        ])?;
    doc.name.iter().try_for_each(|word| learn(transaction, book, word))
}

/// Keeps the forms of a name's word with one letter deleted, for typos. They stay when the last contact of that name goes:
/// a guess that finds nobody costs one look.
fn learn(transaction: &Transaction<'_>, book: i64, word: &str) -> rusqlite::Result<()> {
    if !WORD_CHARS.contains(&word.chars().count()) || !word.chars().any(char::is_alphabetic) {
        return Ok(());
    }
    let known = transaction
        .prepare_cached("insert or ignore into word (book, word) values (?1, ?2)")?
        .execute(params![book, word])?
        == 0;
    if known {
        return Ok(());
    }
    let mut insert = transaction.prepare_cached("insert or ignore into form (book, form, word) values (?1, ?2, ?3)")?;
    deletions(word).iter().try_for_each(|form| insert.execute(params![book, form, word]).map(drop))
}

fn remove_book(transaction: &Transaction<'_>, book: BookKey) -> rusqlite::Result<()> {
    let Some(number) = find::number(transaction, book)? else { return Ok(()) };
    let rows: Vec<i64> = transaction
        .prepare_cached("select row from doc where book = ?1")?
        .query_map([number], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    rows.into_iter().try_for_each(|row| remove(transaction, row))?;
    for table in ["word", "form"] {
        transaction.execute(&format!("delete from {table} where book = ?1"), [number])?;
    }
    transaction.execute("delete from book where n = ?1", [number])?;
    Ok(())
}
