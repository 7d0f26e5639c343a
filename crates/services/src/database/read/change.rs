//! What changed behind a number, and the newest numbers.

use std::collections::{BTreeSet, HashMap};

use rolo_core::{
    Error,
    account::{Caller, Door, Right, Role, Scope, caller::Rights},
    contact::Page,
    contracts::database::{ChangeRow, Head, Heads},
    id::{AccountId, BookId, Modseq, OrganisationId},
};
use uuid::Uuid;

use crate::database::{
    fault::Held,
    session::Session,
    value::{Bind, Row, bind},
    word,
};

pub(crate) async fn changes(
    s: &mut Session<'_>,
    scope: &Scope,
    book: BookId,
    since: Modseq,
    limit: usize,
) -> Held<Page<ChangeRow>> {
    if !scope.sees(book) {
        return Err(Error::NotFound.into());
    }
    let organisation = scope.organisation();
    let sql = "select floor from book where organisation = ? and id = ?";
    let floor = s.row(sql, bind![organisation, book]).await?.ok_or(Error::NotFound)?.modseq(0)?;
    if since < floor {
        return Err(Error::Gone.into());
    }
    let table = "select kind, id, modseq, gone, book from book_change where organisation = ? and book = ? ";
    page(s, table, [organisation.into(), book.into()], since, limit).await
}

pub(crate) async fn account_changes(
    s: &mut Session<'_>,
    scope: &Scope,
    since: Modseq,
    limit: usize,
) -> Held<Page<ChangeRow>> {
    let table = "select kind, id, modseq, gone, book from account_change where organisation = ? and account = ? ";
    page(s, table, [scope.organisation().into(), scope.account().into()], since, limit).await
}

/// Up to `limit` rows and what belongs to the same number as the last of them.
async fn page(
    s: &mut Session<'_>,
    table: &str,
    place: [Bind<'static>; 2],
    since: Modseq,
    limit: usize,
) -> Held<Page<ChangeRow>> {
    let [first, second] = place;
    let sql = format!("{table}and modseq > ? order by modseq, kind, id limit ?");
    let mut rows = s.rows(&sql, &[first, second, since.into(), (limit + 1).into()]).await?;
    let mut more = rows.len() > limit;
    if more && let Some(last) = rows.get(limit.max(1) - 1).map(|row| row.modseq(2)).transpose()? {
        rows.retain(|row| row.modseq(2).is_ok_and(|modseq| modseq < last));
        let sql = format!("{table}and modseq = ? order by kind, id");
        rows.extend(s.rows(&sql, &[first, second, last.into()]).await?);
        let sql = format!("{table}and modseq > ? limit 1");
        more = s.row(&sql, &[first, second, last.into()]).await?.is_some();
    }
    Ok(Page { items: rows.into_iter().map(read).collect::<Result<_, _>>()?, more })
}

fn read(row: Row) -> Result<ChangeRow, Error> {
    Ok(ChangeRow {
        kind: word::change_kind_of(row.int(0)?)?,
        id: row.id(1)?,
        book: row.id(4)?,
        modseq: row.modseq(2)?,
        gone: row.yes(3)?,
    })
}

/// The newest numbers of scopes of one tenant, in one statement: over a network each costs a journey.
pub(crate) async fn heads(s: &mut Session<'_>, scopes: &[Scope]) -> Held<Vec<Heads>> {
    let Some(organisation) = scopes.first().map(Scope::organisation) else { return Ok(Vec::new()) };
    let accounts: BTreeSet<AccountId> = scopes.iter().map(Scope::account).collect();
    let books: BTreeSet<BookId> = scopes.iter().flat_map(|scope| scope.books().map(|(book, _)| book)).collect();
    let (account_marks, mut values) = super::list_of(accounts.into_iter().map(Bind::from).collect());
    let (book_marks, books) = super::list_of(books.into_iter().map(Bind::from).collect());
    values.push(organisation.into());
    values.extend(books);
    let sql = format!(
        "select id, modseq, access_epoch from account where id in ({account_marks}) \
         union all select id, modseq, epoch from book where organisation = ? and id in ({book_marks})"
    );
    let rows = s.rows(&sql, &values).await?;
    let numbers = rows.iter().map(|row| Ok((row.id::<Uuid>(0)?, (row.modseq(1)?, row.count(2)?))));
    let numbers: HashMap<Uuid, (Modseq, u64)> = numbers.collect::<Result<_, Error>>()?;
    let of = |scope: &Scope| {
        let (account, access_epoch) = numbers.get(&scope.account().0).copied().unwrap_or_default();
        let head = |(book, _): (BookId, Right)| {
            numbers.get(&book.0).map(|(modseq, epoch)| Head { book, epoch: *epoch, modseq: *modseq })
        };
        Heads { account, access_epoch, books: scope.books().filter_map(head).collect() }
    };
    Ok(scopes.iter().map(of).collect())
}

/// Three numbers of which one changes with every commit that moves a book's or an account's number.
pub(crate) async fn mark(s: &mut Session<'_>) -> Held<[i64; 3]> {
    let whole = if let Session::MySql(_) = s { "signed" } else { "bigint" };
    let sql = format!(
        "select (select count(*) from book), (select cast(coalesce(sum(modseq), 0) as {whole}) from book), \
         (select cast(coalesce(sum(modseq + access_epoch), 0) as {whole}) from account)"
    );
    let row = s.row(&sql, &[]).await?.ok_or_else(|| Error::internal("a count has no row"))?;
    Ok([row.int(0)?, row.int(1)?, row.int(2)?])
}

/// Every book with its tenant.
pub(crate) async fn books(s: &mut Session<'_>) -> Held<Vec<(OrganisationId, Head)>> {
    let rows = s.rows("select organisation, id, epoch, modseq from book order by id", &[]).await?;
    Ok(rows.iter().map(|row| Ok((row.id(0)?, head(row, 1)?))).collect::<Result<_, Error>>()?)
}

/// Every account with its numbers.
pub(crate) async fn accounts(s: &mut Session<'_>) -> Held<Vec<(AccountId, Modseq, u64)>> {
    let rows = s.rows("select id, modseq, access_epoch from account", &[]).await?;
    Ok(rows.iter().map(|row| Ok((row.id(0)?, row.modseq(1)?, row.count(2)?))).collect::<Result<_, Error>>()?)
}

fn head(row: &Row, first: usize) -> Result<Head, Error> {
    Ok(Head { book: row.id(first)?, epoch: row.count(first + 1)?, modseq: row.modseq(first + 2)? })
}

/// The scope of Rolo itself: one book, nobody's marks.
pub(crate) fn scope_of(organisation: OrganisationId, book: BookId) -> Scope {
    let rights = Rights {
        organisation,
        account: AccountId(Uuid::nil()),
        role: Role::Owner,
        region: None,
        books: vec![(book, Right::Manage)],
    };
    Caller::proven(rights, Door::Job, None).scope().clone()
}
