//! The name: part by part, and the full name as what it is composed of.

use serde_json::{Map, Value};

use super::{Client, Side, Sides};
use crate::card::{Model, write::name::recomposed};

type Parts = Vec<(String, String)>;

fn name(side: &Side) -> Map<String, Value> {
    side.model.get("name").and_then(Value::as_object).cloned().unwrap_or_default()
}

fn of_kind(name: &Map<String, Value>, kind: &str, key: &str) -> Vec<String> {
    let parts = name.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let fitting = parts.iter().filter(|part| part["kind"] == kind);
    fitting.filter_map(|part| part.get(key)?.as_str().map(str::to_owned)).collect()
}

/// Whether the full name is what the parts compose in some usual order.
fn is_composed(name: &Map<String, Value>) -> bool {
    let model = serde_json::from_value::<Model>(serde_json::json!({ "name": name })).unwrap_or_default();
    let full = name.get("full").and_then(Value::as_str).unwrap_or_default();
    full.is_empty() || recomposed(full, &model, &model).is_some()
}

/// Puts what the client changed in the name onto the wanted one.
pub(super) fn merge(sides: &Sides, wanted: &mut Map<String, Value>) {
    let (served, sent, mut stored) = (name(&sides.served), name(&sides.sent), name(&sides.stored));
    if served == sent {
        return;
    }
    let mut parts: Parts = Vec::new();
    for part in stored.get("components").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        parts.push((
            part["kind"].as_str().unwrap_or_default().to_owned(),
            part["value"].as_str().unwrap_or_default().to_owned(),
        ));
    }
    let mut sounds = Map::new();
    let mut changed = false;
    for kind in ["title", "given", "given2", "surname", "surname2", "generation", "credential"] {
        let (was, is) = (of_kind(&served, kind, "value"), of_kind(&sent, kind, "value"));
        if was != is && (sides.deletes || !is.is_empty()) {
            changed = true;
            fold_away(kind, &served, &mut parts);
            parts.retain(|(one, _)| one != kind);
            parts.extend(is.into_iter().map(|value| (kind.to_owned(), value)));
        }
        let (was, is) = (of_kind(&served, kind, "phonetic"), of_kind(&sent, kind, "phonetic"));
        let unheard = is.is_empty() && (!sides.deletes || sides.client != Client::Other && !sides.sounds_served);
        let kept = if was == is || unheard { of_kind(&stored, kind, "phonetic") } else { is };
        changed |= kept != of_kind(&stored, kind, "phonetic");
        if let Some(sound) = kept.first() {
            sounds.insert(kind.to_owned(), sound.clone().into());
        }
    }
    if changed {
        let components = parts.into_iter().map(|(kind, value)| {
            let mut part = serde_json::json!({ "kind": kind, "value": value });
            if let Some(sound) = sounds.shift_remove(&kind) {
                part["phonetic"] = sound;
            }
            part
        });
        stored.insert("components".to_owned(), components.collect());
    }
    full(sides, &served, &sent, &mut stored, changed);
    sort_as(sides, &served, &sent, &mut stored);
    if stored.is_empty() {
        wanted.shift_remove("name");
    } else {
        wanted.insert("name".to_owned(), Value::Object(stored));
    }
}

/// What 3.0 folded into the part that changed is said by the new text.
fn fold_away(kind: &str, served: &Map<String, Value>, parts: &mut Parts) {
    let inner = match kind {
        "surname" => "surname2",
        "credential" => "generation",
        _ => return,
    };
    if of_kind(served, inner, "value").is_empty() {
        parts.retain(|(one, _)| one != inner);
    }
}

fn full(
    sides: &Sides,
    served: &Map<String, Value>,
    sent: &Map<String, Value>,
    stored: &mut Map<String, Value>,
    changed: bool,
) {
    let (was, is) = (served.get("full"), sent.get("full"));
    if was == is {
        return;
    }
    // Apple composes it anew at every edit and lets nobody type it.
    let follows =
        changed && is_composed(served) && is_composed(sent) || sides.client == Client::Apple && is_composed(sent);
    if follows || is.is_none() && (!sides.deletes || sides.client != Client::Other) {
        return;
    }
    match is {
        Some(is) => {
            stored.insert("full".to_owned(), is.clone());
        }
        None => {
            stored.shift_remove("full");
        }
    }
}

fn sort_as(sides: &Sides, served: &Map<String, Value>, sent: &Map<String, Value>, stored: &mut Map<String, Value>) {
    match (served.get("sortAs"), sent.get("sortAs")) {
        (was, is) if was == is => {}
        (_, Some(is)) => {
            stored.insert("sortAs".to_owned(), is.clone());
        }
        (_, None) if sides.deletes && sides.client == Client::Other => {
            stored.shift_remove("sortAs");
        }
        _ => {}
    }
}
