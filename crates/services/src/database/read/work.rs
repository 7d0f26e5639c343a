//! Imports, their kept rows, and jobs.

use rolo_core::{
    Error,
    account::Scope,
    contracts::database::WorkRow,
    id::{BatchId, BookId, ImportId, JobId},
    write::KeptRow,
};

use crate::database::{
    fault::Held,
    session::Session,
    value::{Row, bind},
};

const WORK: &str = "select id, kind, organisation, account, number, state, created_at from work";

pub(crate) async fn import(s: &mut Session<'_>, scope: &Scope, id: ImportId) -> Held<Option<WorkRow>> {
    let sql = format!("{WORK} where organisation = ? and id = ? and account = ? and kind = 'import'");
    Ok(s.row(&sql, bind![scope.organisation(), id, scope.account()]).await?.map(read).transpose()?)
}

pub(crate) async fn imports(s: &mut Session<'_>, scope: &Scope, limit: usize) -> Held<Vec<WorkRow>> {
    let sql = format!(
        "{WORK} where organisation = ? and account = ? and kind = 'import' order by created_at desc, id desc limit ?"
    );
    let rows = s.rows(&sql, bind![scope.organisation(), scope.account(), limit]).await?;
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

pub(crate) async fn job(s: &mut Session<'_>, scope: &Scope, id: JobId) -> Held<Option<WorkRow>> {
    let sql = format!("{WORK} where organisation = ? and id = ? and account = ? and kind <> 'import'");
    Ok(s.row(&sql, bind![scope.organisation(), id, scope.account()]).await?.map(read).transpose()?)
}

/// Whoever sees a batch may know what it did to labels: jobs are their account's, what they changed is the book's.
pub(crate) async fn job_of_batch(s: &mut Session<'_>, scope: &Scope, id: BatchId) -> Held<Option<WorkRow>> {
    if super::history::batch(s, scope, id).await?.is_none() {
        return Ok(None);
    }
    let sql = format!("{WORK} where organisation = ? and id = ? and kind <> 'import'");
    Ok(s.row(&sql, bind![scope.organisation(), id]).await?.map(read).transpose()?)
}

pub(crate) async fn unfinished(s: &mut Session<'_>) -> Held<Vec<WorkRow>> {
    let rows = s.rows(&format!("{WORK} where done = 0 order by created_at, id"), &[]).await?;
    Ok(rows.into_iter().map(read).collect::<Result<_, _>>()?)
}

fn read(mut row: Row) -> Result<WorkRow, Error> {
    Ok(WorkRow {
        id: row.id(0)?,
        kind: row.text(1)?,
        organisation: row.id(2)?,
        account: row.id(3)?,
        number: row.count(4)?,
        state: row.text(5)?,
        created_at: row.time(6)?,
    })
}

/// Pages end between fingerprints, so a page may hold more than `limit`.
pub(crate) async fn kept_rows(
    s: &mut Session<'_>,
    scope: &Scope,
    book: BookId,
    after: Option<[u8; 16]>,
    limit: usize,
) -> Held<Vec<KeptRow>> {
    if !scope.sees(book) {
        return Ok(Vec::new());
    }
    let table = "select fingerprint, source_key, contact, model from kept_row where organisation = ? and book = ?";
    let organisation = scope.organisation();
    let mut rows = match &after {
        Some(after) => {
            let sql = format!("{table} and fingerprint > ? order by fingerprint, contact limit ?");
            s.rows(&sql, bind![organisation, book, after, limit]).await?
        }
        None => {
            let sql = format!("{table} order by fingerprint, contact limit ?");
            s.rows(&sql, bind![organisation, book, limit]).await?
        }
    };
    if rows.len() == limit
        && let Some(last) = rows.last().map(|row| row.octets::<16>(0)).transpose()?
    {
        rows.retain(|row| row.octets::<16>(0).is_ok_and(|fingerprint| fingerprint != last));
        let sql = format!("{table} and fingerprint = ? order by contact");
        rows.extend(s.rows(&sql, bind![organisation, book, &last]).await?);
    }
    let mut kept = rows.into_iter().map(read_kept).collect::<Result<Vec<_>, _>>()?;
    kept.sort_by(|a, b| (a.fingerprint, &a.source_key, a.contact).cmp(&(b.fingerprint, &b.source_key, b.contact)));
    Ok(kept)
}

fn read_kept(mut row: Row) -> Result<KeptRow, Error> {
    Ok(KeptRow { fingerprint: row.octets(0)?, source_key: row.blob_or(1)?, contact: row.id(2)?, model: row.text(3)? })
}
