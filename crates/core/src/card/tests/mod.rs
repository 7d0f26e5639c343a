//! Tests of the card as a whole: habits of other programs, the worked edits, properties.

mod beside;
mod carried;
mod dialects;
mod envelope;
mod habits;
mod properties;
mod worked;

use super::*;

/// A card of these lines, CRLF at each end.
pub(crate) fn card(version: &str, lines: &[&str]) -> Card {
    let mut text = format!("BEGIN:VCARD\r\nVERSION:{version}\r\n");
    for line in lines {
        text += line;
        text += "\r\n";
    }
    Card::parse((text + "END:VCARD\r\n").into_bytes()).unwrap()
}

/// The model as JSON.
pub(crate) fn json(card: &Card) -> serde_json::Value {
    serde_json::to_value(card.model()).unwrap()
}

/// The members of one kind, without their ids.
pub(crate) fn members(card: &Card, field: &str) -> Vec<serde_json::Value> {
    let json = json(card);
    json[field].as_object().map(|members| members.values().cloned().collect()).unwrap_or_default()
}
