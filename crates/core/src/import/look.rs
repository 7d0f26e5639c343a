//! A look at files, without a book: every row as it would be read, in order.

use std::sync::Arc;

use super::{
    Row,
    file::{Content, Rows, open},
};
use crate::{Result, card::Card, contracts::Storage};

/// Opens uploads, each a name for people and a key in storage, and hands out their rows: a contact, or why there is none.
/// What of JSContact is an object is left to its own reader.
pub async fn look(
    storage: &Arc<dyn Storage>,
    uploads: &[(String, String)],
    mut each: impl FnMut(std::result::Result<Row, String>),
) -> Result<()> {
    for part in open::open(storage, uploads).await?.parts {
        let layout = part.layout();
        let mut rows = Rows::from(storage.as_ref(), &part, part.begin);
        while let Some(item) = rows.next().await? {
            each(match item.content {
                Ok(Content::Cells(record)) => Ok(layout.row(record.cells())),
                Ok(Content::Card(bytes)) => Card::parse(bytes)
                    .map(|card| Row { model: card.model_light(), ..Row::default() })
                    .map_err(|error| error.to_string()),
                Ok(Content::Object(_)) => continue,
                Err(why) => Err(why),
            });
        }
    }
    Ok(())
}
