//! What changed since a point in time: each thing once, as it is now.

use std::collections::{BTreeMap, HashMap};

use rolo_core::{
    Error, Result, Services,
    account::Caller,
    book,
    contact::Listed,
    contracts::database::{ChangeKind, ChangeRow, Heads},
    id::{BookId, ContactId, Modseq},
    label,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::since::Since;
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    book::Book,
    contact::shape::Line,
    label::Label,
};

/// What changed, and from where to go on.
#[derive(Serialize, ToSchema)]
#[schema(as = Changes)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeList {
    items: Vec<Change>,
    since: String,
    /// Whether there is more behind `since`.
    more: bool,
}

/// Something that changed.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(rename = "type")]
    kind: Thing,
    id: Uuid,
    book: Uuid,
    modseq: u64,
    /// Whether it is not, or no longer, there.
    gone: bool,
    /// As the snapshot says it; `null` when it is gone, and for the account, which is read at its own address.
    value: Value,
}

/// What changed.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Thing {
    Contact,
    Label,
    Book,
    Account,
}

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(500, 1_000)?;
    let (services, caller) = (api.services(), ask.caller()?);
    let since = Since::open(caller.account(), ask.query.required("since")?)?;
    let heads = services.database.heads(caller.scope()).await?;
    let mut read = Read { services, caller, limit, rows: Vec::new(), next: since.clone(), more: false };
    read.account(&since, &heads).await?;
    read.books(&since, &heads).await?;
    let Read { rows, next, more, .. } = read;
    let items = told(services, caller, rows).await?;
    Answer::json(&ChangeList { items, since: next.seal(caller.account()), more })
}

/// Change rows of the account and its books, up to a page full.
struct Read<'a> {
    services: &'a Services,
    caller: &'a Caller,
    limit: usize,
    rows: Vec<ChangeRow>,
    next: Since,
    more: bool,
}

impl Read<'_> {
    async fn account(&mut self, since: &Since, heads: &Heads) -> Result<()> {
        let page = self.services.database.account_changes(self.caller.scope(), since.account, self.limit).await?;
        self.next.account = upto(&page.items, page.more, heads.account);
        self.more |= page.more;
        self.rows.extend(page.items);
        Ok(())
    }

    async fn books(&mut self, since: &Since, heads: &Heads) -> Result<()> {
        for head in &heads.books {
            // A book that became visible since is read from its beginning.
            let seen = since.of(head.book, head.epoch)?.unwrap_or_default();
            if seen >= head.modseq {
                self.next.set(head.book, head.epoch, seen);
                continue;
            }
            let room = self.limit.saturating_sub(self.rows.len());
            if room == 0 {
                self.more = true;
                self.next.set(head.book, head.epoch, seen);
                continue;
            }
            let page = self.services.database.changes(self.caller.scope(), head.book, seen, room).await?;
            self.next.set(head.book, head.epoch, upto(&page.items, page.more, head.modseq));
            self.more |= page.more;
            self.rows.extend(page.items);
        }
        Ok(())
    }
}

/// Up to where a page has read: to its last row, or when it was the last page to the head that was asked for before it.
fn upto(rows: &[ChangeRow], more: bool, head: Modseq) -> Modseq {
    let last = rows.iter().map(|row| row.modseq).max().unwrap_or_default();
    if more { last } else { last.max(head) }
}

/// Each thing once, with its value as it is now.
async fn told(services: &Services, caller: &Caller, rows: Vec<ChangeRow>) -> Result<Vec<Change>> {
    let mut once: BTreeMap<(ChangeKind, Uuid), ChangeRow> = BTreeMap::new();
    for row in rows {
        let known = once.entry((row.kind, row.id)).or_insert_with(|| row.clone());
        // A contact that moved is gone from one book and there in another: being there counts.
        if !row.gone || known.gone && row.modseq > known.modseq {
            *known = row;
        }
    }
    let values = Values::read(services, caller, once.keys()).await?;
    once.into_values().map(|row| values.told(row)).collect()
}

/// What is there now, by id.
struct Values {
    contacts: HashMap<Uuid, Listed>,
    labels: HashMap<Uuid, Label>,
    books: HashMap<Uuid, Book>,
}

impl Values {
    async fn read(
        services: &Services,
        caller: &Caller,
        keys: impl Iterator<Item = &(ChangeKind, Uuid)> + Clone,
    ) -> Result<Self> {
        let has = |kind| keys.clone().any(|(other, _)| *other == kind);
        let ids: Vec<ContactId> =
            keys.clone().filter(|(kind, _)| *kind == ChangeKind::Contact).map(|(_, id)| ContactId(*id)).collect();
        let mut contacts = HashMap::with_capacity(ids.len());
        for ids in ids.chunks(1_000) {
            let listed = services.database.listed(caller.scope(), ids).await?;
            contacts.extend(listed.into_iter().filter(|line| line.deleted_at.is_none()).map(|line| (line.id.0, line)));
        }
        let labels = if has(ChangeKind::Label) { label::list::list(services, caller).await? } else { Vec::new() };
        let books = if has(ChangeKind::Book) { book::list::list(services, caller).await? } else { Vec::new() };
        Ok(Self {
            contacts,
            labels: labels.into_iter().map(|row| (row.id.0, Label::of(row))).collect(),
            books: books.into_iter().map(|row| (row.id.0, Book::of(row))).collect(),
        })
    }

    fn told(&self, row: ChangeRow) -> Result<Change> {
        let (kind, value) = match row.kind {
            ChangeKind::Contact => {
                let line = self.contacts.get(&row.id).cloned();
                let book = line.as_ref().map_or(row.book, |line| line.book);
                let value = line.map(|line| json(&Line::of(line)?)).transpose()?;
                return Ok(change(Thing::Contact, &row, book, value));
            }
            ChangeKind::Label => (Thing::Label, self.labels.get(&row.id).map(json).transpose()?),
            ChangeKind::Book => (Thing::Book, self.books.get(&row.id).map(json).transpose()?),
            ChangeKind::Account => {
                return Ok(Change { gone: false, ..change(Thing::Account, &row, row.book, None) });
            }
        };
        Ok(change(kind, &row, row.book, value))
    }
}

fn change(kind: Thing, row: &ChangeRow, book: BookId, value: Option<Value>) -> Change {
    let gone = value.is_none();
    Change { kind, id: row.id, book: book.0, modseq: row.modseq.0, gone, value: value.unwrap_or(Value::Null) }
}

fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(Error::internal)
}
