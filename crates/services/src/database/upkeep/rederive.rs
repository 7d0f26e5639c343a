//! Derived columns made anew, after a rule of deriving them has changed. No card is touched, so no version is made; the
//! book's followers are told, because what lists show has changed.

use rolo_core::{
    Error,
    account::Scope,
    contracts::database::{Head, Rederived},
    id::{BookId, Modseq},
};

use crate::database::{column::hash, commit::HeadChange, fault::Held, session::Session, value::bind};

pub(crate) async fn rederive(
    s: &mut Session<'_>,
    scope: &Scope,
    book: BookId,
    rows: &[Rederived],
    at: i64,
) -> Held<(u64, Option<HeadChange>)> {
    if !scope.sees(book) || rows.is_empty() {
        return Ok((0, None));
    }
    let organisation = scope.organisation();
    s.execute("update book set modseq = modseq + 1 where organisation = ? and id = ?", bind![organisation, book])
        .await?;
    let row =
        s.row("select epoch, modseq from book where organisation = ? and id = ?", bind![organisation, book]).await?;
    let row = row.ok_or(Error::NotFound)?;
    let head = Head { book, epoch: row.count(0)?, modseq: row.modseq(1)? };
    let mut changed = 0;
    for row in rows {
        if derived(s, scope, book, row, head.modseq).await? {
            changed += 1;
            let sql = "insert into book_change (organisation, book, kind, id, modseq, gone, at) \
                       values (?, ?, 0, ?, ?, 0, ?) on conflict (organisation, book, kind, id) do update set \
                       modseq = excluded.modseq, at = excluded.at";
            s.execute(sql, bind![organisation, book, row.id, head.modseq, at]).await?;
        }
    }
    Ok((changed, Some(HeadChange::Book(organisation, head))))
}

async fn derived(s: &mut Session<'_>, scope: &Scope, book: BookId, row: &Rederived, modseq: Modseq) -> Held<bool> {
    let card = &row.prepared;
    let uid_live = hash(&card.uid_key);
    let sql = "update contact set modseq = ?, uid_key = ?, uid_live = case when uid_live is null then null else ? end, \
               sort_given = ?, sort_family = ?, sort_company = ?, key_version = ?, summary = ?, match_keys = ?, model = ? \
               where organisation = ? and book = ? and id = ? and revision = ? and state <> 4";
    let values = bind![
        modseq,
        &card.uid_key,
        &uid_live,
        &card.sort.given,
        &card.sort.family,
        &card.sort.company,
        i64::from(card.key_version),
        &card.summary,
        &card.match_keys,
        &card.model,
        scope.organisation(),
        book,
        row.id,
        row.revision,
    ];
    Ok(s.execute(sql, values).await? == 1)
}
