//! The client's changes onto a card that has changed since: what both changed becomes the client's, and is told.

use serde_json::{Map, Value};

use crate::card::{Model, apply, diff, diff::Change};

/// The newest model with what differs between `before` and `after`, and the paths where the newest had changed too.
pub(super) fn put_onto(before: &Model, after: &Model, newest: &Model) -> (Model, Vec<String>) {
    let changes = diff(before, after);
    let (model, left) = apply(&changes, newest);
    if left.is_empty() {
        return (model, Vec::new());
    }
    let Ok(Value::Object(mut object)) = serde_json::to_value(&model) else { return (model, Vec::new()) };
    let mut overruled = Vec::new();
    for one in left {
        // Deleted here, deleted there: nothing is left to overrule.
        if force(&one.change, &mut object) {
            overruled.push(one.change.path);
        }
    }
    (serde_json::from_value(Value::Object(object)).unwrap_or(model), overruled)
}

fn force(change: &Change, object: &mut Map<String, Value>) -> bool {
    let mut steps: Vec<&str> = change.field.split('/').collect();
    let id = change.id.clone();
    if let Some(id) = &id {
        steps.push(id);
    }
    let Some((last, path)) = steps.split_last() else { return false };
    let mut at = object;
    for step in path {
        let next = at.entry((*step).to_owned()).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(next) = next else { return false };
        at = next;
    }
    match &change.after {
        Some(after) => at.insert((*last).to_owned(), after.clone()).as_ref() != Some(after),
        None => at.shift_remove(*last).is_some(),
    }
}
