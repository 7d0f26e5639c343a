//! Large values: kept once by content, for as long as a card or a version holds them.

use rolo_core::{
    Error,
    contact::row::LargeValue,
    id::{ContactId, OrganisationId},
};

use super::{Commit, gathering::Gathering};
use crate::database::{fault::Held, session::Session, value::bind};

impl Commit<'_> {
    pub(super) async fn keep_large(
        &self,
        s: &mut Gathering<'_, '_>,
        contact: ContactId,
        large: &[LargeValue],
    ) -> Held<()> {
        let organisation = self.by.organisation;
        for value in large {
            if value.bytes.is_empty() {
                let sql = "select 1 from large_use where organisation = ? and contact = ? and hash = ?";
                if s.row(sql, bind![organisation, contact, &value.hash]).await?.is_none() {
                    // Naming another contact's value by its hash must not bring it here.
                    return Err(Error::internal("a card names a large value it does not hold").into());
                }
                continue;
            }
            // Writing over an equal row locks it: a purge that is about to remove it waits and then sees our use.
            let sql = "insert into large (organisation, hash, length, bytes) values (?, ?, ?, ?) \
                       on conflict (organisation, hash) do update set length = excluded.length";
            s.execute(sql, bind![organisation, &value.hash, value.bytes.len(), &value.bytes]).await?;
            let sql = "insert into large_use (organisation, contact, hash) values (?, ?, ?) \
                       on conflict (organisation, contact, hash) do nothing";
            s.execute(sql, bind![organisation, contact, &value.hash]).await?;
        }
        Ok(())
    }
}

/// Ends a contact's use of these values, and removes those that nobody uses any more.
pub(crate) async fn release(
    s: &mut Session<'_>,
    organisation: OrganisationId,
    contact: ContactId,
    hashes: &[Vec<u8>],
) -> Held<()> {
    for hash in hashes {
        let sql = "delete from large_use where organisation = ? and contact = ? and hash = ?";
        s.execute(sql, bind![organisation, contact, hash]).await?;
        // Locked first, looked at afterwards: see `keep_large`.
        s.execute("update large set length = length where organisation = ? and hash = ?", bind![organisation, hash])
            .await?;
        let sql = "select 1 from large_use where organisation = ? and hash = ? limit 1";
        if s.row(sql, bind![organisation, hash]).await?.is_none() {
            s.execute("delete from large where organisation = ? and hash = ?", bind![organisation, hash]).await?;
        }
    }
    Ok(())
}

/// Ends every use a contact makes of large values.
pub(crate) async fn release_all(s: &mut Session<'_>, organisation: OrganisationId, contact: ContactId) -> Held<()> {
    let sql = "select hash from large_use where organisation = ? and contact = ? order by hash";
    let rows = s.rows(sql, bind![organisation, contact]).await?;
    let hashes = rows.into_iter().map(|mut row| row.blob(0)).collect::<Result<Vec<_>, _>>()?;
    release(s, organisation, contact, &hashes).await
}
