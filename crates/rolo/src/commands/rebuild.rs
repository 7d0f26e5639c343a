//! `rolo rebuild`: makes everything derived anew.

use rolo_core::{Result, card::Card, contact::prepare, contracts::database::Rederived, id::ContactId};
use serde_json::json;

use super::task::Voice;
use crate::{admin::Done, wire::Machine};

/// How many contacts are derived anew in one commit.
const CHUNK: usize = 500;

/// Makes models, summaries and keys from the cards, then the search index from them.
pub(crate) async fn rebuild(machine: &Machine, voice: &Voice) -> Result<Done> {
    let database = &machine.services.database;
    let mut changed = 0;
    let mut seen = 0;
    for (scope, head) in database.all_books().await? {
        let mut after: Option<ContactId> = None;
        loop {
            let rows = database.match_keys(&scope, head.book, after, CHUNK).await?;
            let Some(last) = rows.last().map(|row| row.id) else { break };
            let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
            let cards = database.cards(&scope, &ids).await?;
            seen += cards.len();
            let derived = cards.into_iter().map(|stored| {
                let card = Card::parse(stored.bytes)?;
                Ok(Rederived { id: stored.id, revision: stored.revision, prepared: prepare(&card, &stored.uid) })
            });
            changed += database.rederive(&scope, head.book, derived.collect::<Result<Vec<_>>>()?).await?;
            after = Some(last);
            voice.note(format!("{seen} cards read")).await;
        }
    }
    machine.search.clear().await?;
    rolo_core::search::catch_up(database.as_ref(), machine.search.as_ref()).await?;
    Ok(Done {
        text: format!("{seen} cards read, {changed} derived anew, search index filled."),
        json: json!({ "cards": seen, "changed": changed }),
    })
}
