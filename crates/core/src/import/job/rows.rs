//! Rows with their verdicts, a page at a time.

use std::sync::Arc;

use serde::Serialize;

use super::{
    check::{read_item, take},
    mark::{Mark, marks},
    state::{Held, Saved},
    wanted::outcome,
};
use crate::{
    Error, Result, Services,
    account::Caller,
    card::Change,
    contact::row::Page,
    id::{ContactId, ImportId},
    import::{
        file::Rows,
        matching::{
            Decision, Read, Reading, Verdict, Why,
            groups::Groups,
            matcher::{Known, base, starless},
            planned,
        },
    },
    keys,
};

/// Marks read at once.
const MARKS: usize = 4_096;
/// Rows of one page.
const ROWS_MAX: usize = 200;

/// A row with its verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Verdicted {
    /// Its place among the rows of all files, from 1.
    pub row: u64,
    /// What becomes of it, or became.
    pub verdict: Verdict,
    /// The name in the row.
    pub name: String,
    /// Why, in sentences.
    pub why: String,
    /// What would change.
    pub changes: Vec<Change>,
    /// The contact it is compared with.
    pub contact: Option<ContactId>,
    /// What was decided about it.
    pub decision: Option<Decision>,
}

/// Rows behind `after` (a row's number), only those of a verdict if one is given.
pub async fn rows(
    services: &Services,
    caller: &Caller,
    id: ImportId,
    verdict: Option<Verdict>,
    after: Option<u64>,
    limit: usize,
) -> Result<Page<Verdicted>> {
    let held = Held::of(services, caller, id).await?;
    let (saved, key) = (&held.saved, held.verdicts_key());
    let groups = held.groups(services).await?;
    let limit = limit.clamp(1, ROWS_MAX);
    let mut page = Page { items: Vec::new(), more: false };
    let mut from = after.unwrap_or(0);
    while from < saved.rows {
        for mark in marks(services.storage.as_ref(), &key, from, MARKS).await? {
            let now = outcome_now(saved, from, &mark);
            from += 1;
            if verdict.is_some_and(|wanted| wanted != now) {
                continue;
            }
            if page.items.len() == limit {
                page.more = true;
                return Ok(page);
            }
            page.items.push(verdicted(services, caller, (saved, &groups), from - 1, &mark).await?);
        }
    }
    Ok(page)
}

/// Before the run a row is what the check said; a decision does not hide it from its list.
fn outcome_now(saved: &Saved, row: u64, mark: &Mark) -> Verdict {
    if row < saved.done { outcome(saved, row, mark) } else { mark.verdict }
}

async fn verdicted(
    services: &Services,
    caller: &Caller,
    (saved, groups): (&Saved, &Arc<Groups>),
    row: u64,
    mark: &Mark,
) -> Result<Verdicted> {
    let verdict = outcome_now(saved, row, mark);
    let why = saved.turned.get(&row).filter(|_| row < saved.done).map_or(mark.why, |(_, why)| Why::from_number(*why));
    let decision = saved.decisions.get(&row).map(|decided| decided.decision);
    let mut told = Verdicted {
        row: row + 1,
        verdict,
        name: String::new(),
        why: String::new(),
        changes: Vec::new(),
        contact: mark.contact,
        decision,
    };
    let read = match read_at(services, saved, groups, mark).await? {
        Err(why) => return Ok(Verdicted { why, ..told }),
        Ok(read) => read,
    };
    told.name = read.name();
    let scope = caller.scope().only(saved.book)?;
    let known = match mark.contact {
        Some(id) => match services.database.card(&scope, id).await? {
            Some(card) => Some((id, Known::of(&card.bytes, caller.region())?)),
            None => None,
        },
        None => None,
    };
    let other = known.as_ref().map_or_else(|| told.name.clone(), |(_, known)| keys::display_name(&known.model));
    if row >= saved.done
        && matches!(mark.verdict, Verdict::Update | Verdict::Check)
        && let Some((id, known)) = &known
    {
        let earlier = match mark.base {
            Some(fingerprint) => base(services, &scope, saved.book, fingerprint, *id).await?,
            None => None,
        };
        told.changes =
            planned(earlier.as_ref().map(starless).as_ref(), &read.row.model, &known.model, caller.region()).changes;
    }
    let mut sentences = vec![match verdict {
        Verdict::New if why == Why::Plain || why == Why::Done => fields(&read),
        _ => why.sentence(&other),
    }];
    sentences.extend(read.row.notes.iter().cloned());
    sentences.retain(|sentence| !sentence.is_empty());
    told.why = sentences.join(" ");
    Ok(told)
}

/// `Card with 5 fields, labels Fair and Suppliers.`
pub(super) fn fields(read: &Read) -> String {
    let object = serde_json::to_value(&read.row.model).unwrap_or_default();
    let count: usize = object
        .as_object()
        .map(|members| {
            let of = |name: &str, value: &serde_json::Value| match value {
                _ if matches!(
                    name,
                    "keywords" | "uid" | "kind" | "prodId" | "updated" | "created" | "@type" | "version"
                ) =>
                {
                    0
                }
                serde_json::Value::Object(members)
                    if name != "name" && members.values().all(serde_json::Value::is_object) =>
                {
                    members.len()
                }
                serde_json::Value::Array(list) => list.len(),
                _ => 1,
            };
            members.iter().map(|(name, value)| of(name, value)).sum()
        })
        .unwrap_or(0);
    let labels: Vec<&str> = read.row.model.keywords.keys().map(String::as_str).collect();
    let card = if count == 1 { "Card with 1 field".to_owned() } else { format!("Card with {count} fields") };
    match labels.as_slice() {
        [] => format!("{card}."),
        [one] => format!("{card}, label {one}."),
        [first @ .., last] => format!("{card}, labels {} and {last}.", first.join(", ")),
    }
}

/// Reads one row again.
async fn read_at(
    services: &Services,
    saved: &Saved,
    groups: &Arc<Groups>,
    mark: &Mark,
) -> Result<Result<Read, String>> {
    let lost = || Error::internal("a row of an import is not where it was checked");
    let part = saved.parts.get(usize::from(mark.part)).ok_or_else(lost)?;
    let mut rows = Rows::from(services.storage.as_ref(), part, mark.at);
    let items = take(&mut rows, 1).await?;
    let item = items.first().filter(|item| item.at == mark.at).ok_or_else(lost)?;
    Ok(read_item(&Reading::of(part, groups.clone()), item))
}
