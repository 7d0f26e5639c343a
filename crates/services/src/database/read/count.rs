//! How many a list would give: kept counts where there are, otherwise counted.

use rolo_core::{account::Scope, contact::Filter, id::BookId};

use super::list::query;
use crate::database::{fault::Held, session::Session, value::bind};

pub(crate) async fn count(s: &mut Session<'_>, scope: &Scope, filter: &Filter) -> Held<u64> {
    let mut total = 0_u64;
    for (book, _) in scope.books() {
        total += in_book(s, scope, filter, book).await?;
    }
    Ok(total)
}

async fn in_book(s: &mut Session<'_>, scope: &Scope, filter: &Filter, book: BookId) -> Held<u64> {
    // Few contacts have a mark: those without are all but those with.
    if filter.starred != Some(false) && filter.hidden == Some(false) {
        let all = each(s, scope, &Filter { hidden: None, ..filter.clone() }, book).await?;
        let hidden = each(s, scope, &Filter { hidden: Some(true), ..filter.clone() }, book).await?;
        return Ok(all.saturating_sub(hidden));
    }
    if filter.starred == Some(false) && filter.hidden.is_none() {
        let all = each(s, scope, &Filter { starred: None, ..filter.clone() }, book).await?;
        let starred = each(s, scope, &Filter { starred: Some(true), ..filter.clone() }, book).await?;
        return Ok(all.saturating_sub(starred));
    }
    each(s, scope, filter, book).await
}

async fn each(s: &mut Session<'_>, scope: &Scope, filter: &Filter, book: BookId) -> Held<u64> {
    let plain = filter.kind.is_none() && filter.starred.is_none() && filter.hidden.is_none();
    let organisation = scope.organisation();
    let kept = match (plain, filter.label, filter.binned) {
        (true, None, binned) => {
            let sql = "select contacts, binned from book where organisation = ? and id = ?";
            Some(s.row(sql, bind![organisation, book]).await?.map(|row| row.count(usize::from(binned))))
        }
        (true, Some(label), false) => {
            let sql = "select contacts from label where organisation = ? and book = ? and id = ?";
            Some(s.row(sql, bind![organisation, book, label]).await?.map(|row| row.count(0)))
        }
        _ => None,
    };
    if let Some(kept) = kept {
        return Ok(kept.transpose()?.unwrap_or(0));
    }
    let query = query(s, scope, filter, book).await?;
    let mut sql = format!("select count(*){}", query.sql);
    let mut values = query.values;
    if let Some(kind) = &filter.kind {
        sql.push_str(" and c.kind = ?");
        values.push(kind.as_bytes().into());
        return Ok(s.row(&sql, &values).await?.map(|row| row.count(0)).transpose()?.unwrap_or(0));
    }
    Ok(s.row(&sql, &values).await?.map(|row| row.count(0)).transpose()?.unwrap_or(0))
}
