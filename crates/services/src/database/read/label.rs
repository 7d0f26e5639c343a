//! Labels and books.

use rolo_core::{
    Error,
    account::Scope,
    contracts::database::{BookRow, LabelRow},
    id::{AccountId, BookId, LabelId},
};

use super::rows_of;
use crate::database::{
    column::{book_revision, hash, label_revision},
    fault::Held,
    session::Session,
    value::{Bind, Row, bind},
};

pub(crate) async fn labels(s: &mut Session<'_>, scope: &Scope) -> Held<Vec<LabelRow>> {
    let sql = "select id, book, name, hue, contacts, modseq from label where organisation = ? and book in ({})";
    let rows = rows_of(s, sql, bind![scope.organisation()], &books_of(scope)).await?;
    let mut labels = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    labels.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(labels)
}

pub(crate) async fn label(s: &mut Session<'_>, scope: &Scope, id: LabelId) -> Held<Option<LabelRow>> {
    let sql = "select id, book, name, hue, contacts, modseq from label where organisation = ? and id = ?";
    let label = s.row(sql, bind![scope.organisation(), id]).await?.map(read).transpose()?;
    Ok(label.filter(|label| scope.sees(label.book)))
}

pub(crate) async fn named(s: &mut Session<'_>, scope: &Scope, book: BookId, name: &str) -> Held<Option<LabelId>> {
    if !scope.sees(book) {
        return Ok(None);
    }
    let sql = "select label from label_name where organisation = ? and book = ? and name_key = ?";
    let row = s.row(sql, bind![scope.organisation(), book, &hash(name.as_bytes())]).await?;
    Ok(row.map(|row| row.id(0)).transpose()?)
}

fn read(mut row: Row) -> Result<LabelRow, Error> {
    let (name, hue) = (row.blob(2)?, row.int_or(3)?);
    Ok(LabelRow {
        id: row.id(0)?,
        book: row.id(1)?,
        revision: label_revision(&name, hue),
        name: String::from_utf8(name).map_err(Error::internal)?,
        hue: hue.map(|hue| u16::try_from(hue).map_err(Error::internal)).transpose()?,
        contacts: row.count(4)?,
        modseq: row.modseq(5)?,
    })
}

pub(crate) async fn books(s: &mut Session<'_>, scope: &Scope) -> Held<Vec<BookRow>> {
    let sql = "select id, owner, name, contacts, binned, epoch, modseq, created_at from book where organisation = ? and id in ({})";
    let rows = rows_of(s, sql, bind![scope.organisation()], &books_of(scope)).await?;
    let mut books = Vec::with_capacity(rows.len());
    for mut row in rows {
        let (id, owner, name) = (row.id(0)?, row.id_or::<AccountId>(1)?, row.blob(2)?);
        let Some((_, right)) = scope.books().find(|(book, _)| *book == id) else { continue };
        books.push(BookRow {
            id,
            owner,
            revision: book_revision(&name, owner),
            name: String::from_utf8(name).map_err(Error::internal)?,
            right,
            contacts: row.count(3)?,
            binned: row.count(4)?,
            epoch: row.count(5)?,
            modseq: row.modseq(6)?,
            created_at: row.time(7)?,
        });
    }
    let own = |book: &BookRow| book.owner == Some(scope.account());
    books.sort_by(|a, b| own(b).cmp(&own(a)).then_with(|| (&a.name, a.id).cmp(&(&b.name, b.id))));
    Ok(books)
}

fn books_of(scope: &Scope) -> Vec<Bind<'static>> {
    scope.books().map(|(book, _)| book.into()).collect()
}
