//! An edit of a card: what comes out is a card, says what the edit said, and saying it again changes nothing.
//!
//! The last eight octets of the input decide the edit; the rest is the card.

use std::collections::HashSet;

use fastrand::Rng;
use rolo_core::card::{Card, Model};
use serde_json::{Map, Value, json};

/// Texts that an edit may bring: what has to be escaped, folded, labelled or refused.
const TEXTS: &[&str] = &[
    "",
    " ",
    "Ann",
    "a;b,c\\d",
    "two\nlines",
    "\r\nEND:VCARD\r\nBEGIN:VCARD",
    "\u{0}",
    "日本語の名前",
    "e\u{301}\u{202e}",
    "x:y\"z^'",
    "http://a.example/?q=1;2,3",
    "tel:+43-660",
    "+43 (0) 660 / 12 34",
    "a@b.example",
    "work",
    "private",
    "mobile",
    "birth",
    "image/png",
    "data:image/png;base64,iVBORw0KGgo=",
    "1985-04-12",
    "_$!<Home>!$_",
    "item1",
    "given",
    "surname",
    "urn:uuid:1",
    "Card",
    "group",
];

/// By how many octets of JSON an edit may make a card longer, or put them under another name. What a request brings is an
/// input too: an edit that says all addresses again as something else is one that the fuzzer was not given.
const GROWTH_MAX: usize = 4 * 1024;

pub(crate) fn read(input: &[u8]) {
    let (bytes, tail) = input.split_at(input.len().saturating_sub(8));
    let Ok(card) = Card::parse(bytes) else { return };
    // One model at a time, as in a verb.
    {
        let same = card.edited(&card.model(), None);
        assert!(same.is_ok_and(|same| same.card.bytes() == bytes), "no edit leaves every byte");
    }
    let seed = tail.iter().fold(0_u64, |seed, octet| seed << 8 | u64::from(*octet));
    let model = card.model();
    let mut wanted = None;
    // What is wanted is given to an edit, and its JSON is the fuzzer's: neither is what an edit takes.
    allocation_counter::opt_out(|| wanted = changed(&model, &mut Rng::with_seed(seed)));
    drop(model);
    let edited = wanted.as_ref().and_then(|wanted| card.edited(wanted, None).ok());
    allocation_counter::opt_out(|| drop(wanted));
    drop(card);
    let Some(edited) = edited else { return };
    let again = edited.card.edited(&edited.card.model(), None);
    assert!(again.is_ok_and(|again| again.card == edited.card), "an edited card takes its own model without a change");
}

/// The model with a few members changed, as JSON: every place of it can be reached.
fn changed(model: &Model, dice: &mut Rng) -> Option<Model> {
    let mut value = serde_json::to_value(model).ok()?;
    let before = value.to_string().len();
    let names: HashSet<String> = value.as_object()?.keys().cloned().collect();
    for _ in 0..dice.usize(1..5) {
        change(&mut value, dice, 0);
    }
    let grown = value.to_string().len().saturating_sub(before);
    let brought: usize = value
        .as_object()?
        .iter()
        .filter(|(name, _)| !names.contains(*name))
        .map(|(_, value)| value.to_string().len())
        .sum();
    (grown.max(brought) <= GROWTH_MAX).then(|| serde_json::from_value(value).ok()).flatten()
}

fn change(value: &mut Value, dice: &mut Rng, depth: usize) {
    match value {
        Value::Object(map) if depth == 0 && dice.u32(0..4) == 0 => member(map, dice),
        Value::Object(map) => object(map, dice, depth),
        Value::Array(items) if !items.is_empty() => {
            let at = dice.usize(..items.len());
            match dice.u32(0..4) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => change(&mut items[at], dice, depth + 1),
            }
        }
        Value::String(kept) => {
            let other = TEXTS[dice.usize(..TEXTS.len())];
            match dice.u32(0..3) {
                0 => kept.push_str(other),
                1 => *kept = other.repeat(dice.usize(1..30)),
                _ => other.clone_into(kept),
            }
        }
        Value::Number(_) => *value = json!(dice.u32(0..200)),
        Value::Bool(_) | Value::Null | Value::Array(_) => {}
    }
}

fn object(map: &mut Map<String, Value>, dice: &mut Rng, depth: usize) {
    if map.is_empty() {
        return;
    }
    let at = dice.usize(..map.len());
    let Some((key, value)) = map.iter().nth(at).map(|(key, value)| (key.clone(), value.clone())) else { return };
    match dice.u32(0..6) {
        0 => drop(map.remove(&key)),
        1 => drop(map.insert(format!("{key}-2"), value)),
        2 => drop(map.insert(TEXTS[dice.usize(..TEXTS.len())].to_owned(), value)),
        _ => {
            if let Some(value) = map.get_mut(&key) {
                change(value, dice, depth + 1);
            }
        }
    }
}

/// A member that the card may not have had.
fn member(map: &mut Map<String, Value>, dice: &mut Rng) {
    let text = TEXTS[dice.usize(..TEXTS.len())];
    let (key, value) = match dice.u32(0..10) {
        0 => ("emails", json!({ "n": { "address": text, "contexts": { "work": true } } })),
        1 => ("phones", json!({ "n": { "number": text, "label": text } })),
        2 => ("notes", json!({ "n": { "note": text.repeat(40) } })),
        3 => ("nicknames", json!({ "n": { "name": text } })),
        4 => ("keywords", json!({ text: true, "Family": true })),
        5 => ("organizations", json!({ "n": { "name": text, "units": [{ "name": text }] } })),
        6 => ("anniversaries", json!({ "n": { "kind": "birth", "date": { "month": 2, "day": 29 } } })),
        7 => ("addresses", json!({ "n": { "components": [{ "kind": "locality", "value": text }], "full": text } })),
        8 => ("media", json!({ "n": { "kind": "photo", "uri": "data:image/png;base64,iVBORw0KGgo=" } })),
        _ => ("name", json!({ "components": [{ "kind": "given", "value": text }], "full": text })),
    };
    match map.get_mut(key) {
        Some(Value::Object(kept)) => kept.extend(value.as_object().cloned().unwrap_or_default()),
        _ => drop(map.insert(key.to_owned(), value)),
    }
}

/// Cards with an edit each.
pub(crate) fn made_up() -> Vec<Vec<u8>> {
    let mut cards = super::card::made_up();
    for (number, card) in cards.iter_mut().enumerate() {
        card.extend_from_slice(&(number as u64).to_be_bytes());
    }
    cards
}
