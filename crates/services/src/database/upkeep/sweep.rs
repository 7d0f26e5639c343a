//! Forgetting what is past its time. Each call does a bounded piece; the worker calls until nothing is left.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rolo_core::{
    account::Scope,
    contracts::database::Swept,
    id::{BookId, ContactId, OrganisationId},
};

use super::claim;
use crate::database::{
    column::unpack_parts,
    commit,
    fault::Held,
    read::{account::SESSION_IDLE_MS, change::scope_of},
    session::Session,
    value::bind,
};

const DAY_MS: i64 = 24 * 3600 * 1000;
/// History is kept this long; a contact's newest version always is.
const VERSIONS_MS: i64 = 365 * DAY_MS;
/// Changes and tombstones live this long; older sync tokens are refused.
const CHANGES_MS: i64 = 400 * DAY_MS;
/// A key that says "this was committed" outlives any job that could ask again.
const ONCE_MS: i64 = 60 * DAY_MS;
/// Rows of one kind in one call.
const PIECE: i64 = 2_000;

pub(crate) async fn forget_expired(s: &mut Session<'_>, now: Timestamp) -> Held<Swept> {
    let now = now.as_millisecond();
    let mut swept = Swept::default();
    for (sql, before) in [
        ("delete from session where seen_at <= ?", now - SESSION_IDLE_MS),
        ("delete from token where expires_at <= ?", now - 30 * DAY_MS),
        ("delete from attempt where ends_at <= ?", now),
        ("delete from claim where claimed_at <= ?", now - claim::KEPT_MS),
        ("delete from once where at <= ?", now - ONCE_MS),
    ] {
        swept.small += s.execute(sql, bind![before]).await?;
    }
    swept.versions = versions(s, now - VERSIONS_MS).await?;
    swept.changes = changes(s, now - CHANGES_MS).await?;
    Ok(swept)
}

async fn versions(s: &mut Session<'_>, before: i64) -> Held<u64> {
    let sql = "select v.organisation, v.contact, v.modseq, v.parts from version v where v.at < ? and exists \
               (select 1 from version n where n.organisation = v.organisation and n.contact = v.contact \
               and n.modseq > v.modseq) order by v.at limit ?";
    let mut thinned = 0;
    let mut lifted: BTreeMap<(OrganisationId, ContactId), ()> = BTreeMap::new();
    for mut row in s.rows(sql, bind![before, PIECE]).await? {
        let (organisation, contact) = (row.id(0)?, row.id(1)?);
        let sql = "delete from version where organisation = ? and contact = ? and modseq = ?";
        thinned += s.execute(sql, bind![organisation, contact, row.modseq(2)?]).await?;
        if !row.blob(3)?.is_empty() {
            lifted.insert((organisation, contact), ());
        }
    }
    for ((organisation, contact), ()) in lifted {
        release_unheld(s, organisation, contact).await?;
    }
    Ok(thinned)
}

/// Ends the uses of large values that neither the card nor any version left holds.
async fn release_unheld(s: &mut Session<'_>, organisation: OrganisationId, contact: ContactId) -> Held<()> {
    let sql = "select parts from contact where organisation = ? and id = ? \
               union all select parts from version where organisation = ? and contact = ?";
    let mut held = std::collections::HashSet::new();
    for mut row in s.rows(sql, bind![organisation, contact, organisation, contact]).await? {
        held.extend(unpack_parts(&row.blob(0)?).into_iter().map(|part| part.hash.to_vec()));
    }
    let sql = "select hash from large_use where organisation = ? and contact = ? order by hash";
    let mut unheld = Vec::new();
    for mut row in s.rows(sql, bind![organisation, contact]).await? {
        let hash = row.blob(0)?;
        if !held.contains(&hash) {
            unheld.push(hash);
        }
    }
    commit::release(s, organisation, contact, &unheld).await
}

async fn changes(s: &mut Session<'_>, before: i64) -> Held<u64> {
    let mut forgotten = 0;
    for book in s.rows("select organisation, id from book order by id", &[]).await? {
        let (organisation, book): (OrganisationId, BookId) = (book.id(0)?, book.id(1)?);
        let sql = "select max(modseq) from book_change where organisation = ? and book = ? and at < ?";
        let row = s.row(sql, bind![organisation, book, before]).await?;
        let Some(floor) = row.map(|row| row.int_or(0)).transpose()?.flatten() else { continue };
        // Tokens below the floor are refused from now on: locked and raised before a row is removed.
        let sql = "update book set floor = ? where organisation = ? and id = ? and floor < ?";
        s.execute(sql, bind![floor, organisation, book, floor]).await?;
        let sql = "delete from book_change where organisation = ? and book = ? and at < ?";
        forgotten += s.execute(sql, bind![organisation, book, before]).await?;
    }
    Ok(forgotten)
}

/// Contacts that went to the bin before `before`.
pub(crate) async fn binned_before(
    s: &mut Session<'_>,
    before: Timestamp,
    limit: usize,
) -> Held<Vec<(Scope, BookId, ContactId)>> {
    let sql = "select organisation, book, id from contact where deleted_at < ? order by deleted_at, id limit ?";
    let mut binned = Vec::new();
    for row in s.rows(sql, bind![before.as_millisecond(), limit]).await? {
        let book = row.id(1)?;
        binned.push((scope_of(row.id(0)?, book), book, row.id(2)?));
    }
    Ok(binned)
}
