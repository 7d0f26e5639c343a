//! A contact's history, and the way back to a version.

use rolo_core::{
    Error,
    history::{self, Told},
    id::Modseq,
};
use serde_json::Value;

use super::shape::{self, Changed, Person, Version, VersionPage, word};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(20, 100)?;
    let before = ask.place()?.map(|place| modseq(&place)).transpose()?;
    let page = history::versions(api.services(), ask.caller()?, ask.id("id")?, before, limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|last| Ok::<_, Error>(ask.bound()?.seal(&last.modseq.0.to_be_bytes()))).transpose()?;
    Answer::json(&VersionPage { items: page.items.into_iter().map(version).collect(), next }).map(Answer::tagged)
}

fn modseq(place: &[u8]) -> Result<Modseq, Error> {
    let octets = place.try_into().map_err(|_| Error::invalid("cursor", "This cursor is not one of this query."))?;
    Ok(Modseq(u64::from_be_bytes(octets)))
}

fn version(told: Told) -> Version {
    let by = told.account.zip(told.by).map(|(id, name)| Person { id: id.0, name });
    Version {
        modseq: told.modseq.0,
        at: told.at,
        by,
        door: word(&told.door),
        device: told.device,
        batch: told.batch.0,
        act: word(&told.act),
        changes: told.changes.into_iter().map(changed).collect(),
    }
}

/// A change as `history` and imports tell it.
pub(crate) fn changed(change: rolo_core::card::Change) -> Changed {
    let label = |value: &Option<Value>| {
        let value = value.as_ref()?;
        ["label", "rolo:label"].iter().find_map(|name| value.get(name)?.as_str().map(str::to_owned))
    };
    Changed {
        label: label(&change.after).or_else(|| label(&change.before)),
        path: change.path,
        before: change.before.unwrap_or(Value::Null),
        after: change.after.unwrap_or(Value::Null),
    }
}

pub(super) async fn put_back(api: Api, ask: Ask) -> Done {
    let modseq = Modseq(ask.id("modseq")?);
    let written = history::put_back(api.services(), ask.caller()?, ask.id("id")?, modseq, ask.seen()?).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}
