//! Tenants, accounts, sessions and tokens.

use rolo_core::{
    Error,
    account::Role,
    contracts::database::ChangeKind,
    id::{AccountId, BookId, Modseq, OrganisationId, Revision, SessionId, TokenId},
    write::{NewAccount, NewSession, NewToken},
};
use uuid::Uuid;

use super::{Commit, OpenAccount, gathering::Gathering, touch::everyone};
use crate::database::{
    column::{account_revision, hash, organisation_revision},
    fault::{Held, taken},
    value::bind,
    word,
};

/// What changes of an account: what is `Some`.
pub(super) struct Change<'c> {
    pub(super) name: &'c Option<String>,
    pub(super) password_hash: &'c Option<String>,
    pub(super) settings: &'c Option<String>,
    pub(super) role: Option<Role>,
    pub(super) keep: Option<SessionId>,
}

impl Commit<'_> {
    pub(super) async fn create_organisation(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: OrganisationId,
        name: &str,
    ) -> Held<()> {
        let sql = "insert into organisation (id, name, details, created_at) values (?, ?, '{}', ?)";
        s.execute(sql, bind![id, name.as_bytes(), self.at]).await?;
        Ok(())
    }

    pub(super) async fn save_organisation(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: OrganisationId,
        expect: Option<Revision>,
        name: &str,
        details: &str,
    ) -> Held<()> {
        if id != self.by.organisation {
            return Err(taken());
        }
        // Written before it is read: the row lock decides between two who saw the same revision.
        s.execute("update organisation set created_at = created_at where id = ?", bind![id]).await?;
        let row = s.row("select name, details from organisation where id = ?", bind![id]).await?;
        let mut row = row.ok_or_else(taken)?;
        let now = organisation_revision(&row.blob(0)?, &row.text(1)?);
        if expect.is_some_and(|seen| seen != now) {
            return Err(Error::conflict("This has changed since you saw it. Load it again.").into());
        }
        let sql = "update organisation set name = ?, details = ? where id = ?";
        s.execute(sql, bind![name.as_bytes(), details, id]).await?;
        Ok(())
    }

    pub(super) async fn create_account(&mut self, s: &mut Gathering<'_, '_>, new: &NewAccount) -> Held<()> {
        if new.only_first {
            if s.row("select 1 from account limit 1", &[]).await?.is_some() {
                return Err(Error::conflict("Rolo is already set up. Sign in instead.").into());
            }
            // Of two who set up at the same time, one finds this row taken.
            s.execute("insert into meta (name, value) values ('first-account', ?)", bind![new.id]).await?;
        }
        if s.row("select 1 from organisation where id = ?", bind![new.organisation]).await?.is_none() {
            return Err(taken());
        }
        let sql = "insert into account (id, organisation, email, email_key, name, role, password_hash, settings, enabled, \
                   created_at, modseq, access_epoch) values (?, ?, ?, ?, ?, ?, ?, ?, 1, ?, 1, 1)";
        let email_key = hash(new.email_key.as_bytes());
        let values = bind![
            new.id,
            new.organisation,
            new.email.as_bytes(),
            &email_key,
            new.name.as_bytes(),
            word::role(new.role),
            &new.password_hash,
            &new.settings,
            self.at,
        ];
        s.execute(sql, values).await?;
        self.accounts.insert(new.id, OpenAccount { modseq: Modseq(1), access_epoch: 1, numbered: true });
        self.insert_book(s, new.organisation, new.book, Some(new.id), &new.book_name).await?;
        self.tell_seers(s, &[new.id], new.book, false).await
    }

    pub(super) async fn save_account(
        &mut self,
        s: &mut Gathering<'_, '_>,
        id: AccountId,
        expect: Option<Revision>,
        change: Change<'_>,
    ) -> Held<()> {
        let sql = "select name, role, settings, password_hash from account where id = ? and enabled = 1";
        let mut row = s.row(sql, bind![id]).await?.ok_or_else(taken)?;
        let (name, role, settings, password) = (row.blob(0)?, row.text(1)?, row.text(2)?, row.text(3)?);
        if expect.is_some_and(|seen| seen != account_revision(&name, &role, &settings)) {
            return Err(Error::conflict("This account has changed since you saw it. Load it again.").into());
        }
        let sql = "update account set name = ?, role = ?, settings = ?, password_hash = ? where id = ?";
        let name = change.name.as_deref().map_or(name.as_slice(), str::as_bytes);
        let role = change.role.map_or(role.as_str(), |role| word::role(role));
        let settings = change.settings.as_deref().unwrap_or(&settings);
        let password = change.password_hash.as_deref().unwrap_or(&password);
        s.execute(sql, bind![name, role, settings, password, id]).await?;
        if change.password_hash.is_some() {
            end_all(s, id, change.keep).await?;
        }
        self.account_changed(s, id, ChangeKind::Account, id.0, BookId(Uuid::nil()), false).await
    }

    pub(super) async fn remove_account(&mut self, s: &mut Gathering<'_, '_>, id: AccountId) -> Held<()> {
        let organisation = self.by.organisation;
        let sql = "update account set enabled = 0 where id = ? and organisation = ? and enabled = 1";
        if s.execute(sql, bind![id, organisation]).await? == 0 {
            return Err(taken());
        }
        end_all(s, id, None).await?;
        let sql = "delete from book_access where organisation = ? and account = ?";
        s.execute(sql, bind![organisation, id]).await?;
        let sql = "select id from book where organisation = ? and owner = ? order by id";
        let books = s.rows(sql, bind![organisation, id]).await?;
        let heirs = everyone(s.session().await?, organisation).await?;
        for book in books {
            let book: BookId = book.id(0)?;
            let sql = "update book set owner = ? where organisation = ? and id = ?";
            s.execute(sql, bind![Option::<Uuid>::None, organisation, book]).await?;
            self.changed(s, book, ChangeKind::Book, book.0, false).await?;
            self.tell_seers(s, &heirs, book, false).await?;
        }
        self.account_changed(s, id, ChangeKind::Account, id.0, BookId(Uuid::nil()), true).await
    }

    pub(super) async fn start_session(&mut self, s: &mut Gathering<'_, '_>, new: &NewSession) -> Held<()> {
        let organisation = home(s, new.account).await?;
        let sql = "insert into session (id, organisation, account, digest, device, address, created_at, seen_at) \
                   values (?, ?, ?, ?, ?, ?, ?, ?)";
        let (device, address) = (new.device.as_bytes(), new.address.as_bytes());
        let values = bind![new.id, organisation, new.account, &new.digest, device, address, self.at, self.at];
        s.execute(sql, values).await?;
        Ok(())
    }

    pub(super) async fn end_session(
        &mut self,
        s: &mut Gathering<'_, '_>,
        account: AccountId,
        id: SessionId,
    ) -> Held<()> {
        s.execute("delete from session where id = ? and account = ?", bind![id, account]).await?;
        Ok(())
    }

    pub(super) async fn create_token(&mut self, s: &mut Gathering<'_, '_>, new: &NewToken) -> Held<()> {
        let organisation = home(s, new.account).await?;
        let sql = "insert into token (id, organisation, account, digest, name, kind, created_at, expires_at) \
                   values (?, ?, ?, ?, ?, ?, ?, ?)";
        let (name, kind) = (new.name.as_bytes(), word::token_kind(new.kind));
        let values = bind![new.id, organisation, new.account, &new.digest, name, kind, self.at, new.expires_at];
        s.execute(sql, values).await?;
        Ok(())
    }

    pub(super) async fn revoke_token(
        &mut self,
        s: &mut Gathering<'_, '_>,
        account: AccountId,
        id: TokenId,
    ) -> Held<()> {
        s.execute("delete from token where id = ? and account = ?", bind![id, account]).await?;
        Ok(())
    }
}

/// Where a living account belongs.
async fn home(s: &mut Gathering<'_, '_>, account: AccountId) -> Held<OrganisationId> {
    let row = s.row("select organisation from account where id = ? and enabled = 1", bind![account]).await?;
    Ok(row.ok_or_else(taken)?.id(0)?)
}

/// Ends every session and token of an account but `keep`.
async fn end_all(s: &mut Gathering<'_, '_>, account: AccountId, keep: Option<SessionId>) -> Held<()> {
    let keep = keep.map_or(Uuid::nil(), |keep| keep.0);
    s.execute("delete from session where account = ? and id <> ?", bind![account, keep]).await?;
    s.execute("delete from token where account = ?", bind![account]).await?;
    Ok(())
}
