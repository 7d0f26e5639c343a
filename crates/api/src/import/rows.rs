//! Rows with their verdicts.

use rolo_core::{Error, id::ImportId, import};

use super::shape::{Row, RowPage, verdict};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

/// Rows of a page.
const ROWS_MAX: usize = 200;

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(50, ROWS_MAX)?;
    let (services, caller, id): (_, _, ImportId) = (api.services(), ask.caller()?, ask.id("id")?);
    let unknown = || Error::invalid("verdict", "This must be new, update, same, check or refused.");
    let wanted = ask.query.text("verdict").map(|text| verdict(text).ok_or_else(unknown)).transpose()?;
    let after = ask.place()?.map(|place| row(&place)).transpose()?;
    let counts = import::get(services, caller, id).await?;
    let total = match wanted {
        None => counts.rows,
        Some(import::Verdict::New) => counts.counts.new,
        Some(import::Verdict::Update) => counts.counts.update,
        Some(import::Verdict::Same) => counts.counts.same,
        Some(import::Verdict::Check) => counts.counts.check,
        Some(import::Verdict::Refused) => counts.counts.refused,
    };
    let page = import::rows(services, caller, id, wanted, after, limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|last| Ok::<_, Error>(ask.bound()?.seal(&last.row.to_be_bytes()))).transpose()?;
    Answer::json(&RowPage { items: page.items.into_iter().map(Row::of).collect(), next, total })
}

fn row(place: &[u8]) -> Result<u64, Error> {
    let octets = place.try_into().map_err(|_| Error::invalid("cursor", "This cursor is not one of this query."))?;
    Ok(u64::from_be_bytes(octets))
}
