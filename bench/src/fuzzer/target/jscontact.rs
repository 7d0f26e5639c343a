//! A JSContact card, as the API and files bring it: read, drawn as a vCard, told again.

use rolo_core::{
    card::{
        Card, Drawing,
        jscontact::{from_jscontact, to_jscontact},
    },
    contact::checked::checked,
};
use serde_json::Value;

const DRAWING: Drawing<'_> = Drawing { product: "-//Rolo//EN", uid: Some("u"), now: None };

pub(crate) fn read(input: &[u8]) {
    let Ok(value) = serde_json::from_slice::<Value>(input) else { return };
    let Ok(model) = from_jscontact(value) else { return };
    if checked(&model, None).is_err() {
        return;
    }
    let Ok(card) = Card::drawn(&model, DRAWING) else { return };
    let told = to_jscontact(&card, None);
    assert!(from_jscontact(told).is_ok(), "what is told can be read");
}

/// Invented people, told.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    let told = |card: &Vec<u8>| Some(to_jscontact(&Card::parse(card.as_slice()).ok()?, None).to_string().into_bytes());
    super::card::made_up().iter().filter_map(told).collect()
}
