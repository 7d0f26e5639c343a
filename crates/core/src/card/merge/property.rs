//! Properties without a place in the model: met by name and value, for groups and parameters are what clients lose.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{Side, Sides, carry};
use crate::card::{Card, Model, Version, lexer::Kind, param::Meta, text};

fn props(side: &Side) -> Vec<Value> {
    side.model.get("vCardProps").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn key(property: &Value) -> (String, String) {
    let text = |at: usize| property.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text(0).to_ascii_lowercase(), text(3).trim().to_owned())
}

/// How often each is there.
pub(super) type Counts = HashMap<(String, String), usize>;

fn counted(keys: impl Iterator<Item = (String, String)>) -> Counts {
    let mut counts = Counts::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}

/// Takes one away, if it is there.
fn took(counts: &mut Counts, key: &(String, String)) -> bool {
    match counts.get_mut(key) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    }
}

/// What is on the left and not on the right, as often as it is.
fn beyond(left: &[Value], right: &[Value]) -> Vec<Value> {
    let mut right = counted(right.iter().map(key));
    left.iter().filter(|one| !took(&mut right, &key(one))).cloned().collect()
}

/// New properties of the client's.
pub(super) fn merge(sides: &Sides, wanted: &mut Map<String, Value>) {
    let mut added = beyond(&props(&sides.sent), &props(&sides.served));
    added.retain(|one| !is_label_of(&sides.served, one));
    added.retain(|one| !matches!(key(one).0.as_str(), "prodid" | "rev" | "n" | "fn" | "bday"));
    // A pointer whose member was edited has lost its place there, and keeps it here.
    added.retain(|one| !matches!(key(one).0.as_str(), "jsprop" | "x-rolo-jsprop"));
    if added.is_empty() {
        return;
    }
    for one in &mut added {
        // Its group may be somebody else's here.
        if let Some(Value::Object(params)) = one.get_mut(1) {
            params.shift_remove("group");
        }
    }
    let entry = wanted.entry("vCardProps").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = entry {
        list.extend(added);
    }
}

/// Properties the client took away: name and value as the base has them.
pub(super) fn gone(sides: &Sides) -> Counts {
    if !sides.deletes {
        return Counts::new();
    }
    let mut stored = counted(props(&sides.stored).iter().map(key));
    let gone = beyond(&props(&sides.served), &props(&sides.sent));
    let gone = gone.iter().filter(|one| !carry::loses_property(sides, one) && !is_label_of(&sides.sent, one));
    counted(gone.map(key).filter(|one| took(&mut stored, one)))
}

/// Whether this LABEL found its address on that side.
fn is_label_of(side: &Side, property: &Value) -> bool {
    let (name, value) = key(property);
    name == "label" && side.fulls.contains(&text::unescaped(&value, Version::V30))
}

/// LABELs of no address: one loses its address, or finds it, when another of the same types comes or goes.
pub(super) fn orphans(model: &Map<String, Value>) -> HashSet<String> {
    let props = model.get("vCardProps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let labels = props.iter().map(key).filter(|(name, _)| name == "label");
    labels.map(|(_, value)| text::unescaped(&value, Version::V30)).collect()
}

/// Addresses as they are written on envelopes.
pub(super) fn fulls(model: &Map<String, Value>) -> HashSet<String> {
    let all = model.get("addresses").and_then(Value::as_object);
    let full = |one: &Value| one.get("full")?.as_str().map(str::to_owned);
    all.into_iter().flat_map(|all| all.values()).filter_map(full).collect()
}

/// The model without them.
pub(super) fn forget(wanted: &mut Model, gone: &Counts) {
    let mut gone = gone.clone();
    if !gone.is_empty() {
        wanted.vcard_props.retain(|one| !took(&mut gone, &key(&one.value())));
    }
}

/// The card without them.
pub(super) fn without(stored: &Card, gone: &Counts) -> Card {
    if gone.is_empty() {
        return stored.clone();
    }
    let mut gone = gone.clone();
    let mut bytes = Vec::with_capacity(stored.bytes().len());
    for (index, line) in stored.lexed.lines.iter().enumerate() {
        if line.kind == Kind::Property {
            let property = stored.lexed.property(index);
            let name = String::from_utf8_lossy(property.name).to_ascii_lowercase();
            let value = text::decoded(&property, &Meta::of(property.params)).into_owned();
            let value = if stored.version() == Version::V21 { text::unescaped(&value, Version::V21) } else { value };
            if took(&mut gone, &(name, value.trim().to_owned())) {
                continue;
            }
        }
        bytes.extend_from_slice(stored.lexed.raw(line));
    }
    Card::parse(bytes).unwrap_or_else(|_| stored.clone())
}
