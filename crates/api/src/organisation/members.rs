//! Who belongs to an organisation.

use jiff::Timestamp;
use rolo_core::{Error, contracts::database::AccountRow, id::AccountId, organisation::members as verb};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
    contact::shape::word,
};

/// Members of an organisation.
#[derive(Serialize, ToSchema)]
#[schema(as = Members)]
#[serde(deny_unknown_fields)]
pub(super) struct MemberList {
    items: Vec<Member>,
    #[schema(required = true)]
    next: Option<String>,
    /// How many there are in all.
    total: u64,
}

/// Somebody who belongs to it.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Member {
    account: Uuid,
    name: String,
    email: String,
    /// `owner`, `admin` or `member`.
    role: String,
    /// When the account was made.
    since: Timestamp,
}

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let limit = ask.query.limit(50, verb::LIMIT_MAX)?;
    let after = ask.place()?.map(|place| after(&place)).transpose()?;
    let (page, total) = verb::members(api.services(), ask.caller()?, ask.id("id")?, after, limit).await?;
    let last = page.items.last().filter(|_| page.more);
    let next = last.map(|last| Ok::<_, Error>(ask.bound()?.seal(&place(last)))).transpose()?;
    Answer::json(&MemberList { items: page.items.into_iter().map(member).collect(), next, total }).map(Answer::tagged)
}

/// The id, then the name.
fn place(last: &AccountRow) -> Vec<u8> {
    [last.id.0.as_bytes().as_slice(), last.name.as_bytes()].concat()
}

fn after(place: &[u8]) -> Result<verb::After, Error> {
    let read = || {
        let (id, name) = place.split_first_chunk::<16>()?;
        Some((String::from_utf8(name.to_vec()).ok()?, AccountId(Uuid::from_bytes(*id))))
    };
    read().ok_or_else(|| Error::invalid("cursor", "This cursor is not one of this query."))
}

fn member(row: AccountRow) -> Member {
    Member { account: row.id.0, name: row.name, email: row.email, role: word(&row.role), since: row.created_at }
}
