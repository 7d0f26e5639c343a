//! Tenants, accounts, what they may do, their sessions and tokens.

use std::collections::BTreeMap;

use rolo_core::{
    Error,
    account::{Right, Role, caller::Rights},
    contracts::database::{AccountRow, OrganisationRow, SessionRow, TokenRow},
    id::{AccountId, BookId, OrganisationId},
};

use crate::database::{
    column::{account_revision, hash, organisation_revision},
    fault::Held,
    session::Session,
    value::{Row, bind},
    word,
};

/// A session ends when it was not used for this long (`contract.md` §6).
pub(crate) const SESSION_IDLE_MS: i64 = 30 * 24 * 3600 * 1000;

pub(crate) async fn organisation(s: &mut Session<'_>, id: OrganisationId) -> Held<Option<OrganisationRow>> {
    let row = s.row("select name, details, created_at from organisation where id = ?", bind![id]).await?;
    let Some(mut row) = row else { return Ok(None) };
    let (name, details) = (row.blob(0)?, row.text(1)?);
    let revision = organisation_revision(&name, &details);
    let name = String::from_utf8(name).map_err(Error::internal)?;
    Ok(Some(OrganisationRow { id, name, details, created_at: row.time(2)?, revision }))
}

pub(crate) async fn has_accounts(s: &mut Session<'_>) -> Held<bool> {
    Ok(s.row("select 1 from account limit 1", &[]).await?.is_some())
}

const ACCOUNT: &str = "select id, organisation, email, name, role, password_hash, settings, enabled, created_at, modseq, \
                       access_epoch from account";

pub(crate) async fn by_email(s: &mut Session<'_>, email_key: &str) -> Held<Option<AccountRow>> {
    let row = s.row(&format!("{ACCOUNT} where email_key = ?"), bind![&hash(email_key.as_bytes())]).await?;
    Ok(row.map(read_account).transpose()?)
}

pub(crate) async fn account(s: &mut Session<'_>, id: AccountId) -> Held<Option<AccountRow>> {
    Ok(s.row(&format!("{ACCOUNT} where id = ?"), bind![id]).await?.map(read_account).transpose()?)
}

pub(crate) async fn accounts(s: &mut Session<'_>, organisation: Option<OrganisationId>) -> Held<Vec<AccountRow>> {
    let rows = match organisation {
        Some(organisation) => s.rows(&format!("{ACCOUNT} where organisation = ?"), bind![organisation]).await?,
        None => s.rows(ACCOUNT, &[]).await?,
    };
    let mut accounts = rows.into_iter().map(read_account).collect::<Result<Vec<_>, _>>()?;
    accounts.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(accounts)
}

fn read_account(mut row: Row) -> Result<AccountRow, Error> {
    let (name, role, settings) = (row.blob(3)?, row.text(4)?, row.text(6)?);
    Ok(AccountRow {
        id: row.id(0)?,
        organisation: row.id(1)?,
        email: row.text(2)?,
        revision: account_revision(&name, &role, &settings),
        name: String::from_utf8(name).map_err(Error::internal)?,
        role: word::role_of(&role)?,
        password_hash: row.text(5)?,
        settings,
        enabled: row.yes(7)?,
        created_at: row.time(8)?,
        modseq: row.modseq(9)?,
        access_epoch: row.count(10)?,
    })
}

/// An account's own book is its to manage; an organisation's is edited by its members and managed by its admins; an entry
/// in `book_access` decides otherwise.
pub(crate) async fn rights(s: &mut Session<'_>, id: AccountId) -> Held<Option<Rights>> {
    let sql = "select organisation, role, settings from account where id = ? and enabled = 1";
    let Some(mut row) = s.row(sql, bind![id]).await? else { return Ok(None) };
    let (organisation, role) = (row.id::<OrganisationId>(0)?, word::role_of(&row.text(1)?)?);
    let region = region(&row.text(2)?);
    let mut books: BTreeMap<BookId, Right> = BTreeMap::new();
    let sql = "select id, owner from book where organisation = ? and (owner is null or owner = ?)";
    for row in s.rows(sql, bind![organisation, id]).await? {
        let own = row.id_or::<AccountId>(1)? == Some(id);
        books.insert(row.id(0)?, if own || role >= Role::Admin { Right::Manage } else { Right::Edit });
    }
    let sql = "select book, may from book_access where organisation = ? and account = ?";
    for mut row in s.rows(sql, bind![organisation, id]).await? {
        books.insert(row.id(0)?, word::right_of(&row.text(1)?)?);
    }
    Ok(Some(Rights { organisation, account: id, role, region, books: books.into_iter().collect() }))
}

/// The one setting the rights carry, for phone numbers typed without a country.
fn region(settings: &str) -> Option<String> {
    let settings: serde_json::Value = serde_json::from_str(settings).ok()?;
    settings.get("region")?.as_str().map(str::to_owned)
}

const SESSION: &str = "select id, account, device, address, created_at, seen_at from session";

pub(crate) async fn session(s: &mut Session<'_>, digest: &[u8; 32], now: jiff::Timestamp) -> Held<Option<SessionRow>> {
    let sql = format!("{SESSION} where digest = ? and seen_at > ?");
    let row = s.row(&sql, bind![digest, now.as_millisecond() - SESSION_IDLE_MS]).await?;
    Ok(row.map(read_session).transpose()?)
}

pub(crate) async fn sessions(s: &mut Session<'_>, account: AccountId) -> Held<Vec<SessionRow>> {
    let sql = format!("{SESSION} where account = ? order by created_at desc, id desc");
    Ok(s.rows(&sql, bind![account]).await?.into_iter().map(read_session).collect::<Result<_, _>>()?)
}

fn read_session(mut row: Row) -> Result<SessionRow, Error> {
    Ok(SessionRow {
        id: row.id(0)?,
        account: row.id(1)?,
        device: row.text(2)?,
        address: row.text(3)?,
        created_at: row.time(4)?,
        seen_at: row.time(5)?,
    })
}

const TOKEN: &str = "select id, account, name, kind, created_at, expires_at from token";

pub(crate) async fn token(s: &mut Session<'_>, digest: &[u8; 32], now: jiff::Timestamp) -> Held<Option<TokenRow>> {
    let sql = format!("{TOKEN} where digest = ? and (expires_at is null or expires_at > ?)");
    Ok(s.row(&sql, bind![digest, now.as_millisecond()]).await?.map(read_token).transpose()?)
}

pub(crate) async fn tokens(s: &mut Session<'_>, account: AccountId) -> Held<Vec<TokenRow>> {
    let sql = format!("{TOKEN} where account = ? order by created_at desc, id desc");
    Ok(s.rows(&sql, bind![account]).await?.into_iter().map(read_token).collect::<Result<_, _>>()?)
}

fn read_token(mut row: Row) -> Result<TokenRow, Error> {
    Ok(TokenRow {
        id: row.id(0)?,
        account: row.id(1)?,
        name: row.text(2)?,
        kind: word::token_kind_of(&row.text(3)?)?,
        created_at: row.time(4)?,
        expires_at: row.time_or(5)?,
    })
}
