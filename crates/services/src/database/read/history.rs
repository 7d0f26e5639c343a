//! Versions and batches.

use std::collections::BTreeMap;

use rolo_core::{
    Error,
    account::Scope,
    contact::{Page, VersionRow},
    contracts::database::{BatchRow, NowAt, ThenAt, ThenRow},
    id::{BatchId, BookId, ContactId, Modseq, OrganisationId},
    write::BatchNote,
};
use uuid::Uuid;

use super::contact::{visible, whole};
use crate::database::{
    column::State,
    fault::Held,
    session::Session,
    value::{Bind, Row, bind},
    word,
};

const VERSION: &str = "select contact, book, modseq, at, account, door, device, batch, act, revision, binned, parts, \
                       residue from version";

pub(crate) async fn versions(
    s: &mut Session<'_>,
    scope: &Scope,
    id: ContactId,
    before: Option<Modseq>,
    limit: usize,
) -> Held<Page<VersionRow>> {
    if !visible(s, scope, id).await? {
        return Ok(Page { items: Vec::new(), more: false });
    }
    let sql = format!("{VERSION} where organisation = ? and contact = ? and modseq < ? order by modseq desc limit ?");
    let before = before.map_or(Bind::Int(i64::MAX), Bind::from);
    let values = [Bind::from(scope.organisation()), id.into(), before, (limit + 1).into()];
    let rows = s.rows(&sql, &values).await?;
    page(s, scope, rows, limit).await
}

pub(crate) async fn version(
    s: &mut Session<'_>,
    scope: &Scope,
    id: ContactId,
    modseq: Modseq,
) -> Held<Option<VersionRow>> {
    if !visible(s, scope, id).await? {
        return Ok(None);
    }
    let sql = format!("{VERSION} where organisation = ? and contact = ? and modseq = ?");
    match s.row(&sql, bind![scope.organisation(), id, modseq]).await? {
        Some(row) => read(s, scope, row).await.map(Some),
        None => Ok(None),
    }
}

pub(crate) async fn batch_versions(
    s: &mut Session<'_>,
    scope: &Scope,
    id: BatchId,
    after: Option<ContactId>,
    limit: usize,
) -> Held<Page<VersionRow>> {
    let mut after = after.unwrap_or(ContactId(Uuid::nil()));
    // What is not seen would end a page, and the way behind it: as many pages are read as it takes.
    loop {
        let (rows, more) = batch_page(s, scope.organisation(), id, after, limit).await?;
        let last = rows.last().map(|row| row.id(0)).transpose()?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            if visible(s, scope, row.id(0)?).await? {
                items.push(read(s, scope, row).await?);
            }
        }
        match last {
            Some(last) if more && items.is_empty() => after = last,
            _ => return Ok(Page { items, more }),
        }
    }
}

/// A page of what a batch made, seen or not, and whether there is more.
async fn batch_page(
    s: &mut Session<'_>,
    organisation: OrganisationId,
    id: BatchId,
    after: ContactId,
    limit: usize,
) -> Held<(Vec<Row>, bool)> {
    let order = "order by contact, modseq limit ?";
    let sql = format!("{VERSION} where organisation = ? and batch = ? and contact > ? {order}");
    let mut rows = s.rows(&sql, bind![organisation, id, after, limit + 1]).await?;
    let mut more = rows.len() > limit;
    // A page ends between contacts: what it has of the last one is made whole.
    if more && let Some(last) = rows.get(limit.max(1) - 1).map(|row| row.id::<ContactId>(0)).transpose()? {
        let sql = format!("{VERSION} where organisation = ? and batch = ? and contact = ? order by modseq");
        let whole = s.rows(&sql, bind![organisation, id, last]).await?;
        rows.retain(|row| row.id::<ContactId>(0).is_ok_and(|contact| contact < last));
        rows.extend(whole);
        let sql = "select 1 from version where organisation = ? and batch = ? and contact > ? limit 1";
        more = s.row(sql, bind![organisation, id, last]).await?.is_some();
    }
    Ok((rows, more))
}

/// What changed in a book behind a time, with the last version of then. The book's changes are kept once for each thing,
/// with the time of the newest: what is not among them is as it was.
pub(crate) async fn changed_behind(
    s: &mut Session<'_>,
    scope: &Scope,
    book: BookId,
    at: jiff::Timestamp,
    after: Option<ContactId>,
    limit: usize,
) -> Held<Page<ThenRow>> {
    if !scope.sees(book) {
        return Ok(Page { items: Vec::new(), more: false });
    }
    // The page first, then its versions: TiDB takes no subquery in the condition of a join.
    let sql = "select p.id, p.created_at, p.book, p.state, p.revision, v.modseq, v.book, v.binned, v.revision, p.updated_at \
               from (select b.id, c.created_at, c.book, c.state, c.revision, c.updated_at, \
               (select max(w.modseq) from version w where w.organisation = b.organisation and w.contact = b.id \
               and w.at <= ?) as last \
               from book_change b join contact c on c.organisation = b.organisation and c.id = b.id \
               where b.organisation = ? and b.book = ? and b.kind = 0 and b.at > ? and b.id > ? order by b.id limit ?) p \
               left join version v on v.organisation = ? and v.contact = p.id and v.modseq = p.last order by p.id";
    let (at, after) = (at.as_millisecond(), after.map_or(Uuid::nil(), |after| after.0));
    let rows = s.rows(sql, bind![at, scope.organisation(), book, at, after, limit + 1, scope.organisation()]).await?;
    let more = rows.len() > limit;
    let items = rows.iter().take(limit).map(then).collect::<Result<_, Error>>()?;
    Ok(Page { items, more })
}

fn then(row: &Row) -> Result<ThenRow, Error> {
    let state = State::read(row.int(3)?)?;
    let (now, binned_at) = match state {
        State::Purged => (None, Some(row.time(9)?)),
        state => (Some(NowAt { book: row.id(2)?, binned: state.is_binned(), revision: row.revision(4)? }), None),
    };
    let then = match row.int_or(5)? {
        None => None,
        Some(_) => {
            Some(ThenAt { modseq: row.modseq(5)?, book: row.id(6)?, binned: row.yes(7)?, revision: row.revision(8)? })
        }
    };
    Ok(ThenRow { contact: row.id(0)?, created_at: row.time(1)?, then, now, binned_at })
}

async fn page(s: &mut Session<'_>, scope: &Scope, mut rows: Vec<Row>, limit: usize) -> Held<Page<VersionRow>> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(read(s, scope, row).await?);
    }
    Ok(Page { items, more })
}

async fn read(s: &mut Session<'_>, scope: &Scope, mut row: Row) -> Held<VersionRow> {
    let (parts, residue) = (row.blob(11)?, row.blob(12)?);
    Ok(VersionRow {
        contact: row.id(0)?,
        book: row.id(1)?,
        modseq: row.modseq(2)?,
        at: row.time(3)?,
        account: row.id_or(4)?,
        door: word::door_of(&row.text(5)?)?,
        device: row.text_or(6)?,
        batch: row.id(7)?,
        act: word::act_of(&row.text(8)?)?,
        revision: row.revision(9)?,
        binned: row.yes(10)?,
        bytes: whole(s, scope.organisation(), &parts, residue).await?,
    })
}

const BATCH: &str = "select id, book, account, door, device, at, act, undoes, undone_by, summary, contacts from batch";

pub(crate) async fn batch(s: &mut Session<'_>, scope: &Scope, id: BatchId) -> Held<Option<BatchRow>> {
    let sql = format!("{BATCH} where organisation = ? and id = ?");
    let rows = s.rows(&sql, bind![scope.organisation(), id]).await?;
    Ok(merged(scope, rows)?.into_iter().next())
}

/// Newest first. Pages end between times, so a page may hold more than `limit`.
pub(crate) async fn batches(
    s: &mut Session<'_>,
    scope: &Scope,
    before: Option<jiff::Timestamp>,
    limit: usize,
) -> Held<Page<BatchRow>> {
    let organisation = scope.organisation();
    let before = before.map_or(i64::MAX, jiff::Timestamp::as_millisecond);
    let mut places: Vec<(&str, Bind<'static>)> = vec![("account", scope.account().into())];
    places.extend(scope.books().map(|(book, _)| ("book", book.into())));
    // Any batch among the newest `limit` of all is among the newest `limit` of its own book or account.
    let mut times = Vec::new();
    for (column, place) in &places {
        let sql = format!(
            "select at, id from batch where organisation = ? and {column} = ? and at < ? order by at desc limit ?"
        );
        for row in s.rows(&sql, &[organisation.into(), *place, before.into(), (limit + 1).into()]).await? {
            times.push((row.int(0)?, row.id::<BatchId>(1)?));
        }
    }
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.dedup();
    let Some((from, _)) = times.get(limit.max(1) - 1).or(times.last()).copied() else {
        return Ok(Page { items: Vec::new(), more: false });
    };
    let mut ids = Vec::new();
    for (column, place) in &places {
        let sql = format!("select id from batch where organisation = ? and {column} = ? and at >= ? and at < ?");
        for row in s.rows(&sql, &[organisation.into(), *place, from.into(), before.into()]).await? {
            ids.push(row.id::<Uuid>(0)?);
        }
    }
    ids.sort_unstable();
    ids.dedup();
    let ids: Vec<Bind<'_>> = ids.into_iter().map(Bind::from).collect();
    let sql = format!("{BATCH} where organisation = ? and id in ({{}})");
    let mut items = merged(scope, super::rows_of(s, &sql, bind![organisation], &ids).await?)?;
    items.sort_by_key(|batch| std::cmp::Reverse((batch.at, batch.note.id)));
    Ok(Page { items, more: times.iter().any(|(at, _)| *at < from) })
}

/// One batch from the rows of those of its books that are in the scope.
fn merged(scope: &Scope, rows: Vec<Row>) -> Held<Vec<BatchRow>> {
    let mut batches: BTreeMap<BatchId, BatchRow> = BTreeMap::new();
    for mut row in rows {
        let (id, book): (BatchId, BookId) = (row.id(0)?, row.id(1)?);
        let account = row.id_or(2)?;
        if !scope.sees(book) && account != Some(scope.account()) {
            continue;
        }
        let (at, contacts) = (row.time(5)?, row.count(10)?);
        if let Some(batch) = batches.get_mut(&id) {
            batch.contacts += contacts;
            batch.at = batch.at.min(at);
            continue;
        }
        let note = BatchNote { id, act: word::act_of(&row.text(6)?)?, undoes: row.id_or(7)?, summary: row.text_or(9)? };
        let door = word::door_of(&row.text(3)?)?;
        let undone_by = row.id_or(8)?;
        let device = row.text_or(4)?;
        batches.insert(id, BatchRow { note, account, door, device, at, contacts, undone_by });
    }
    Ok::<_, Error>(batches.into_values().collect()).map_err(Into::into)
}
