//! Where the caller is signed in.

use rolo_core::account::session;

use super::shape::{Session, SessionList};
use crate::{
    Api,
    answer::{Answer, Done},
    ask::Ask,
};

pub(super) async fn list(api: Api, ask: Ask) -> Done {
    let current = ask.session();
    let rows = session::list(api.services(), ask.caller()?).await?;
    let items = rows.into_iter().map(|row| Session {
        id: row.id.0,
        device: row.device,
        address: row.address,
        created_at: row.created_at,
        seen_at: row.seen_at,
        current: Some(row.id) == current,
    });
    Answer::json(&SessionList { items: items.collect() })
}
