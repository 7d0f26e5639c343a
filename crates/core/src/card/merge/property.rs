//! Properties without a place in the model: met by name and value, for groups and parameters are what clients lose.

use serde_json::{Map, Value};

use super::{Side, Sides, carry};
use crate::card::{Card, lexer::Kind, text};

fn props(side: &Side) -> Vec<Value> {
    side.model.get("vCardProps").and_then(Value::as_array).cloned().unwrap_or_default()
}

fn key(property: &Value) -> (String, String) {
    let text = |at: usize| property.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text(0).to_ascii_lowercase(), text(3).trim().to_owned())
}

/// What is on the left and not on the right, as often as it is.
fn beyond(left: &[Value], right: &[Value]) -> Vec<Value> {
    let mut right: Vec<(String, String)> = right.iter().map(key).collect();
    let mut out = Vec::new();
    for one in left {
        match right.iter().position(|other| *other == key(one)) {
            Some(at) => {
                right.swap_remove(at);
            }
            None => out.push(one.clone()),
        }
    }
    out
}

/// New properties of the client's.
pub(super) fn merge(sides: &Sides, wanted: &mut Map<String, Value>) {
    let mut added = beyond(&props(&sides.sent), &props(&sides.served));
    added.retain(|one| !matches!(key(one).0.as_str(), "prodid" | "rev" | "n" | "fn" | "bday"));
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
pub(super) fn gone(sides: &Sides) -> Vec<(String, String)> {
    if !sides.deletes {
        return Vec::new();
    }
    let stored: Vec<(String, String)> = props(&sides.stored).iter().map(key).collect();
    beyond(&props(&sides.served), &props(&sides.sent))
        .iter()
        .filter(|one| !carry::loses_property(sides, one))
        .map(key)
        .filter(|one| stored.contains(one))
        .collect()
}

/// The card without them.
pub(super) fn without(stored: &Card, gone: &[(String, String)]) -> Card {
    if gone.is_empty() {
        return stored.clone();
    }
    let mut gone = gone.to_vec();
    let mut bytes = Vec::with_capacity(stored.bytes().len());
    for (index, line) in stored.lexed.lines.iter().enumerate() {
        let raw = stored.lexed.raw(line);
        if line.kind == Kind::Property {
            let property = stored.lexed.property(index);
            let name = String::from_utf8_lossy(property.name).to_ascii_lowercase();
            let meta = crate::card::param::Meta::of(property.params);
            let value = text::decoded(&property, &meta).trim().to_owned();
            if let Some(at) = gone.iter().position(|(one, text)| *one == name && *text == value) {
                gone.swap_remove(at);
                continue;
            }
        }
        bytes.extend_from_slice(raw);
    }
    Card::parse(bytes).unwrap_or_else(|_| stored.clone())
}
