//! Imports and jobs: state that only the one who has its last number may replace.

use rolo_core::{
    Error,
    id::{BookId, ImportId},
    write::KeptRow,
};
use uuid::Uuid;

use super::{Commit, gathering::Gathering};
use crate::database::{
    fault::{Held, taken},
    value::bind,
};

impl Commit<'_> {
    pub(super) async fn create_work(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: Uuid,
        kind: &str,
        book: Option<BookId>,
        state: &str,
    ) -> Held<()> {
        let sql = "insert into work (organisation, id, kind, account, book, number, done, created_at, state) \
                   values (?, ?, ?, ?, ?, 1, 0, ?, ?)";
        let account = self.by.account.map_or(Uuid::nil(), |account| account.0);
        s.execute(sql, bind![self.by.organisation, id, kind, account, book, self.at, state]).await?;
        Ok(())
    }

    pub(super) async fn save_work(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: Uuid,
        import: bool,
        expect: u64,
        state: &str,
        done: bool,
    ) -> Held<()> {
        let sql = if import {
            "update work set number = number + 1, state = ?, done = ? \
             where organisation = ? and id = ? and number = ? and kind = 'import'"
        } else {
            "update work set number = number + 1, state = ?, done = ? \
             where organisation = ? and id = ? and number = ? and kind <> 'import'"
        };
        if s.execute(sql, bind![state, done, self.by.organisation, id, expect]).await? == 0 {
            return Err(Error::conflict("Someone else has gone on with this work.").into());
        }
        Ok(())
    }

    pub(super) async fn remove_import(&mut self, s: &mut Gathering<'_, '_>, id: ImportId) -> Held<()> {
        let sql = "delete from work where organisation = ? and id = ? and kind = 'import'";
        if s.execute(sql, bind![self.by.organisation, id]).await? == 0 {
            return Err(taken());
        }
        Ok(())
    }

    pub(super) async fn keep_rows(&mut self, s: &mut Gathering<'_, '_>, book: BookId, rows: &[KeptRow]) -> Held<()> {
        let sql = "insert into kept_row (organisation, book, fingerprint, contact, source_key, model) \
                   values (?, ?, ?, ?, ?, ?) on conflict (organisation, book, fingerprint, contact) \
                   do update set source_key = excluded.source_key, model = excluded.model";
        for row in rows {
            let source_key = row.source_key.as_deref();
            let values = bind![self.by.organisation, book, &row.fingerprint, row.contact, source_key, &row.model];
            s.later(sql, values).await?;
        }
        Ok(())
    }
}
