//! Lines of a list, by keyset: one query for each visible book, merged by key.
//!
//! A key is the sort key followed by the contact's id; both compare octet by octet, so all databases page alike.

use rolo_core::{
    Error,
    account::Scope,
    contact::{Filter, Listed, Page, Sort},
    id::BookId,
};

use crate::database::{
    column::unpack_labels,
    fault::Held,
    session::Session,
    value::{Bind, Row, bind},
};

/// A label or mark that more of a book's contacts have than one in this many is looked up line by line.
const RARE: u64 = 20;

pub(crate) async fn list(s: &mut Session<'_>, scope: &Scope, filter: &Filter) -> Held<Page<Listed>> {
    let after = filter.after.as_deref().map(|key| After::read(filter.sort, key)).transpose()?;
    let mut items = Vec::new();
    for (book, _) in scope.books() {
        let query = query(s, scope, filter, book).await?;
        for row in page(s, scope, filter, book, &query, after.as_ref()).await? {
            items.push(line(book, filter.sort, row)?);
        }
    }
    items.sort_by(|a: &Listed, b: &Listed| {
        let order = parts(&a.key).cmp(&parts(&b.key));
        if falls(filter.sort) { order.reverse() } else { order }
    });
    let more = items.len() > filter.limit;
    items.truncate(filter.limit);
    Ok(Page { items, more })
}

/// The sort key and the id: one sort key may be the beginning of another.
fn parts(key: &[u8]) -> (&[u8], &[u8]) {
    key.split_at(key.len().saturating_sub(16))
}

/// How the contacts of a filter are found in one book: a `from` and a `where`, with their values.
pub(crate) struct Query {
    pub(crate) sql: String,
    pub(crate) values: Vec<Bind<'static>>,
}

/// `from … where …` of a filter in one book, the key aside. Contacts are `c`, the account's marks `m`.
pub(crate) async fn query(s: &mut Session<'_>, scope: &Scope, filter: &Filter, book: BookId) -> Held<Query> {
    let organisation = scope.organisation();
    let rare = match filter.label {
        Some(label) => {
            let sql = "select l.contacts, b.contacts from label l join book b on b.organisation = l.organisation \
                       and b.id = l.book where l.organisation = ? and l.book = ? and l.id = ?";
            let row = s.row(sql, bind![organisation, book, label]).await?;
            row.map(|row| Ok::<_, Error>(row.count(0)?.saturating_mul(RARE) < row.count(1)?))
                .transpose()?
                .unwrap_or(true)
        }
        None => false,
    };
    let mut sql = String::from(" from ");
    let mut values = Vec::new();
    let marked = filter.starred == Some(true) || filter.hidden == Some(true);
    // What is rare leads: `cross join` is the one spelling of a join whose order SQLite keeps.
    if rare {
        sql.push_str("label_member l cross join ");
    } else if marked {
        sql.push_str("mark k cross join ");
    }
    sql.push_str(
        "contact c left join mark m on m.organisation = c.organisation and m.contact = c.id and m.account = ? where ",
    );
    values.push(scope.account().into());
    if let Some(label) = filter.label {
        if rare {
            sql.push_str("l.organisation = ? and l.book = ? and l.label = ? and l.contact = c.id and ");
            values.extend_from_slice(bind![organisation, book, label]);
        } else {
            sql.push_str(
                "exists (select 1 from label_member l where l.organisation = c.organisation and l.book = c.book \
                 and l.label = ? and l.contact = c.id) and ",
            );
            values.push(label.into());
        }
    }
    if marked && !rare {
        let column = if filter.starred == Some(true) { "starred" } else { "hidden" };
        sql.push_str("k.organisation = ? and k.account = ? and k.");
        sql.push_str(column);
        sql.push_str(" = 1 and k.contact = c.id and ");
        values.extend_from_slice(bind![organisation, scope.account()]);
    }
    sql.push_str("c.organisation = ? and c.book = ? and c.state = ");
    values.extend_from_slice(bind![organisation, book]);
    sql.push_str(match (filter.binned, filter.kind.as_deref() == Some("group")) {
        (false, false) => "0",
        (false, true) => "1",
        (true, false) => "2",
        (true, true) => "3",
    });
    for (column, wanted) in [("starred", filter.starred), ("hidden", filter.hidden)] {
        if let Some(wanted) = wanted {
            sql.push_str(&format!(" and coalesce(m.{column}, 0) = {}", u8::from(wanted)));
        }
    }
    Ok(Query { sql, values })
}

async fn page(
    s: &mut Session<'_>,
    scope: &Scope,
    filter: &Filter,
    book: BookId,
    query: &Query,
    after: Option<&After>,
) -> Held<Vec<Row>> {
    debug_assert!(scope.sees(book));
    let column = column(filter.sort);
    let mut sql = format!(
        "select c.id, c.kind, c.revision, c.modseq, c.updated_at, c.deleted_at, c.labels, c.summary, m.starred, \
         m.hidden, {column}{}",
        query.sql
    );
    let mut values = query.values.clone();
    if let Some(kind) = &filter.kind {
        sql.push_str(" and c.kind = ?");
        values.push(kind.as_bytes().into());
    }
    let (than, way) = if falls(filter.sort) { ("<", " desc") } else { (">", "") };
    match after {
        None => {}
        Some(After { key: None, id }) => {
            sql.push_str(&format!(" and c.id {than} ?"));
            values.push(Bind::Id(*id));
        }
        // The first half is for the index (MySQL reads no range out of the second), the second half is the rule.
        Some(After { key: Some(key), id }) => {
            sql.push_str(&format!(" and {column} {than}= ? and ({column}, c.id) {than} (?, ?)"));
            values.extend_from_slice(&[key.bind(), key.bind(), Bind::Id(*id)]);
        }
    }
    match filter.sort {
        Sort::Id => sql.push_str(" order by c.id limit ?"),
        _ => sql.push_str(&format!(" order by {column}{way}, c.id{way} limit ?")),
    }
    values.push((filter.limit + 1).into());
    s.rows(&sql, &values).await
}

/// Where a page goes on.
struct After {
    key: Option<Key>,
    id: [u8; 16],
}

enum Key {
    Octets(Vec<u8>),
    Time(i64),
}

impl Key {
    fn bind(&self) -> Bind<'_> {
        match self {
            Self::Octets(octets) => octets.into(),
            Self::Time(at) => (*at).into(),
        }
    }
}

impl After {
    fn read(sort: Sort, key: &[u8]) -> Held<Self> {
        let wrong = || Error::invalid("cursor", "This cursor is of another list. Start again without one.");
        let (key, id) = key.split_last_chunk::<16>().ok_or_else(wrong)?;
        let key = match sort {
            Sort::Id => key.is_empty().then_some(None),
            Sort::Given | Sort::Family | Sort::Company => Some(Some(Key::Octets(key.to_vec()))),
            Sort::Updated | Sort::Deleted => {
                key.try_into().ok().map(|octets| Some(Key::Time(i64::from_be_bytes(octets))))
            }
        };
        Ok(Self { key: key.ok_or_else(wrong)?, id: *id })
    }
}

fn column(sort: Sort) -> &'static str {
    match sort {
        Sort::Given => "c.sort_given",
        Sort::Family => "c.sort_family",
        Sort::Company => "c.sort_company",
        Sort::Updated => "c.updated_at",
        Sort::Deleted => "c.deleted_at",
        Sort::Id => "c.id",
    }
}

/// Newest first.
fn falls(sort: Sort) -> bool {
    matches!(sort, Sort::Updated | Sort::Deleted)
}

fn line(book: BookId, sort: Sort, mut row: Row) -> Held<Listed> {
    let id = row.octets::<16>(0)?;
    let mut key = match sort {
        Sort::Id => Vec::new(),
        Sort::Updated | Sort::Deleted => row.int_or(10)?.unwrap_or_default().to_be_bytes().to_vec(),
        Sort::Given | Sort::Family | Sort::Company => row.blob(10)?,
    };
    key.extend(id);
    Ok(Listed {
        id: row.id(0)?,
        book,
        kind: row.text(1)?,
        revision: row.revision(2)?,
        modseq: row.modseq(3)?,
        updated_at: row.time(4)?,
        deleted_at: row.time_or(5)?,
        labels: unpack_labels(&row.blob(6)?),
        starred: row.int_or(8)? == Some(1),
        hidden: row.int_or(9)? == Some(1),
        summary: row.text(7)?,
        key,
    })
}
