//! Contacts by id: as REST answers them, as lines of a list, and as bytes.

use std::collections::HashMap;

use rolo_core::{
    Error,
    account::Scope,
    contact::{Listed, Stored, StoredCard},
    contracts::database::MatchRow,
    id::{BookId, ContactId, OrganisationId},
};
use uuid::Uuid;

use super::rows_of;
use crate::database::{
    column::{Part, unpack_labels, unpack_parts},
    fault::Held,
    session::Session,
    value::{Bind, Row, bind},
};

const STORED: &str = "select c.id, c.book, c.kind, c.uid, c.dav_name, c.revision, c.modseq, c.created_at, c.updated_at, \
                      c.deleted_at, c.labels, m.starred, m.hidden, c.model from contact c \
                      left join mark m on m.organisation = c.organisation and m.contact = c.id and m.account = ? \
                      where c.organisation = ? and c.id in ({}) and c.state <> 4";

const CARD: &str = "select c.id, c.book, c.dav_name, c.uid, c.revision, c.modseq, c.deleted_at, c.parts, c.residue \
                    from contact c where c.organisation = ? and c.id in ({}) and c.state <> 4";

const LINE: &str = "select c.id, c.book, c.kind, c.revision, c.modseq, c.updated_at, c.deleted_at, c.labels, c.summary, \
                    m.starred, m.hidden from contact c \
                    left join mark m on m.organisation = c.organisation and m.contact = c.id and m.account = ? \
                    where c.organisation = ? and c.id in ({}) and c.state <> 4";

pub(crate) async fn stored(s: &mut Session<'_>, scope: &Scope, ids: &[ContactId]) -> Held<Vec<Stored>> {
    let rows = rows_of(s, STORED, bind![scope.account(), scope.organisation()], &binds(ids)).await?;
    ordered(scope, ids, rows, read_stored)
}

fn read_stored(mut row: Row) -> Held<Stored> {
    Ok(Stored {
        id: row.id(0)?,
        book: row.id(1)?,
        kind: row.text(2)?,
        uid: row.text(3)?,
        dav_name: row.text(4)?,
        revision: row.revision(5)?,
        modseq: row.modseq(6)?,
        created_at: row.time(7)?,
        updated_at: row.time(8)?,
        deleted_at: row.time_or(9)?,
        labels: unpack_labels(&row.blob(10)?),
        starred: row.int_or(11)? == Some(1),
        hidden: row.int_or(12)? == Some(1),
        model: row.text(13)?,
    })
}

pub(crate) async fn lines(s: &mut Session<'_>, scope: &Scope, ids: &[ContactId]) -> Held<Vec<Listed>> {
    let rows = rows_of(s, LINE, bind![scope.account(), scope.organisation()], &binds(ids)).await?;
    ordered(scope, ids, rows, |mut row| {
        Ok(Listed {
            id: row.id(0)?,
            book: row.id(1)?,
            kind: row.text(2)?,
            revision: row.revision(3)?,
            modseq: row.modseq(4)?,
            updated_at: row.time(5)?,
            deleted_at: row.time_or(6)?,
            labels: unpack_labels(&row.blob(7)?),
            summary: row.text(8)?,
            starred: row.int_or(9)? == Some(1),
            hidden: row.int_or(10)? == Some(1),
            key: row.octets::<16>(0)?.to_vec(),
        })
    })
}

pub(crate) async fn cards(s: &mut Session<'_>, scope: &Scope, ids: &[ContactId]) -> Held<Vec<StoredCard>> {
    let rows = rows_of(s, CARD, bind![scope.organisation()], &binds(ids)).await?;
    let mut cards = Vec::with_capacity(rows.len());
    for mut row in rows.into_iter().filter(|row| sees(scope, row)) {
        let (parts, residue) = (row.blob(7)?, row.blob(8)?);
        let bytes = whole(s, scope.organisation(), &parts, residue).await?;
        let card = StoredCard {
            id: row.id(0)?,
            book: row.id(1)?,
            dav_name: row.text(2)?,
            uid: row.text(3)?,
            revision: row.revision(4)?,
            modseq: row.modseq(5)?,
            deleted_at: row.time_or(6)?,
            bytes,
        };
        cards.push((card.id, card));
    }
    Ok(in_order(ids, cards))
}

pub(crate) async fn match_keys(
    s: &mut Session<'_>,
    scope: &Scope,
    book: BookId,
    after: Option<ContactId>,
    limit: usize,
) -> Held<Vec<MatchRow>> {
    if !scope.sees(book) {
        return Ok(Vec::new());
    }
    let sql = "select id, uid_key, match_keys from contact where organisation = ? and book = ? and id > ? \
               and state in (0, 1) order by id limit ?";
    let after = after.map_or(Uuid::nil(), |after| after.0);
    let rows = s.rows(sql, bind![scope.organisation(), book, after, limit]).await?;
    let read =
        |mut row: Row| Ok::<_, Error>(MatchRow { id: row.id(0)?, uid_key: row.blob(1)?, match_keys: row.blob(2)? });
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

pub(crate) async fn large(s: &mut Session<'_>, scope: &Scope, id: ContactId, hash: [u8; 32]) -> Held<Option<Vec<u8>>> {
    if !visible(s, scope, id).await? {
        return Ok(None);
    }
    let sql = "select l.bytes from large_use u join large l on l.organisation = u.organisation and l.hash = u.hash \
               where u.organisation = ? and u.contact = ? and u.hash = ?";
    let row = s.row(sql, bind![scope.organisation(), id, &hash]).await?;
    Ok(row.map(|mut row| row.blob(0)).transpose()?)
}

/// Whether a contact, living or in the bin, is in the scope.
pub(crate) async fn visible(s: &mut Session<'_>, scope: &Scope, id: ContactId) -> Held<bool> {
    let sql = "select id, book from contact where organisation = ? and id = ? and state <> 4";
    Ok(s.row(sql, bind![scope.organisation(), id]).await?.is_some_and(|row| sees(scope, &row)))
}

/// The bytes of a card with its large values put back.
pub(crate) async fn whole(
    s: &mut Session<'_>,
    organisation: OrganisationId,
    parts: &[u8],
    residue: Vec<u8>,
) -> Held<Vec<u8>> {
    let parts = unpack_parts(parts);
    if parts.is_empty() {
        return Ok(residue);
    }
    let mut values = Vec::with_capacity(parts.len());
    for part in parts {
        let sql = "select bytes from large where organisation = ? and hash = ?";
        let row = s.row(sql, bind![organisation, &part.hash]).await?;
        let mut row = row.ok_or_else(|| Error::unavailable("database", "a large value was purged meanwhile"))?;
        values.push((part, row.blob(0)?));
    }
    put_back(&residue, &values).ok_or_else(|| Error::internal("a large value has no place in its card").into())
}

fn put_back(residue: &[u8], values: &[(Part, Vec<u8>)]) -> Option<Vec<u8>> {
    let length = residue.len() + values.iter().map(|(_, value)| value.len()).sum::<usize>();
    let mut bytes = Vec::with_capacity(length);
    let mut at = 0;
    for (part, value) in values {
        bytes.extend_from_slice(residue.get(at..part.offset)?);
        bytes.extend_from_slice(value);
        at = part.offset;
    }
    bytes.extend_from_slice(residue.get(at..)?);
    Some(bytes)
}

fn binds(ids: &[ContactId]) -> Vec<Bind<'static>> {
    ids.iter().map(|id| Bind::from(*id)).collect()
}

/// Rows start with the contact's id and its book.
fn sees(scope: &Scope, row: &Row) -> bool {
    row.id(1).is_ok_and(|book| scope.sees(book))
}

fn ordered<T: Clone>(scope: &Scope, ids: &[ContactId], rows: Vec<Row>, read: impl Fn(Row) -> Held<T>) -> Held<Vec<T>> {
    let rows = rows.into_iter().filter(|row| sees(scope, row));
    let found = rows.map(|row| Ok((row.id(0)?, read(row)?))).collect::<Held<Vec<_>>>()?;
    Ok(in_order(ids, found))
}

/// In the order asked for; an id asked for twice is answered twice.
fn in_order<T: Clone>(ids: &[ContactId], found: Vec<(ContactId, T)>) -> Vec<T> {
    let found: HashMap<ContactId, T> = found.into_iter().collect();
    ids.iter().filter_map(|id| found.get(id).cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_values_go_back_where_they_were() {
        let part = |offset| Part { offset, hash: [0; 32] };
        let values = [(part(1), b"XX".to_vec()), (part(1), b"Y".to_vec()), (part(3), b"Z".to_vec())];
        assert_eq!(put_back(b"abc", &values).unwrap(), b"aXXYbcZ");
        assert!(put_back(b"abc", &[(part(4), b"Z".to_vec())]).is_none());
        assert!(put_back(b"abc", &[(part(2), b"Z".to_vec()), (part(1), b"Z".to_vec())]).is_none());
    }
}
