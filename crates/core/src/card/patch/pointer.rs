//! The pointers of a card, written last: under the ids its members are read by.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::Sheet;
use crate::{
    Result,
    card::{
        Card, Model, diff,
        normal::{Blobs, normal},
        pointer::{Extra, of_property},
        read::Weight,
        write::other,
    },
};

/// Lines of members on the card itself, by name; the first of each.
pub(super) fn alone(card: &Card) -> HashMap<String, usize> {
    let mut lines = HashMap::new();
    for property in card.lexed.properties() {
        if let Some((mut path, _)) = of_property(card, &property).filter(|(path, _)| path.len() == 1) {
            lines.entry(path.swap_remove(0)).or_insert(property.index);
        }
    }
    lines
}

impl Card {
    /// The card with exactly these extras in their pointers: `wanted` says which member each belongs to, `known` are the
    /// pointers that had found their place before.
    pub(crate) fn pointed(&self, wanted: &Model, extras: &[Extra], known: &[Extra]) -> Result<Self> {
        if extras.is_empty() && known.is_empty() {
            return Ok(self.clone());
        }
        let now = normal(self.reading(Weight::Named).model, &mut Blobs::new());
        let mut wanted = moved(extras, wanted, &now);
        let known: HashSet<Vec<String>> = known.iter().map(Extra::path).chain(wanted.keys().cloned()).collect();
        let mut sheet = Sheet::new(self);
        let mut touched = false;
        for property in self.lexed.properties() {
            let Some((path, value)) = of_property(self, &property).filter(|(path, _)| known.contains(path)) else {
                continue;
            };
            if wanted.get(&path) == Some(&value) {
                wanted.shift_remove(&path);
                continue;
            }
            touched = true;
            match wanted.shift_remove(&path).map(|value| other::pointer(&path, &value, self.version())) {
                Some(draft) if sheet.name(property.index) == draft.name => {
                    sheet.line(property.index).set_value(None, &draft.value, self.version());
                }
                Some(draft) => {
                    sheet.delete(property.index);
                    sheet.insert(property.index, &draft, None);
                }
                None => sheet.delete(property.index),
            }
        }
        for (path, value) in wanted {
            let place = sheet.place("X-ROLO-JSPROP");
            sheet.insert(place, &other::pointer(&path, &value, self.version()), None);
            touched = true;
        }
        if touched { Self::parse(sheet.render()) } else { Ok(self.clone()) }
    }
}

/// Extras by their whole path, under the ids their members have in the card.
fn moved(extras: &[Extra], wanted: &Model, now: &Model) -> IndexMap<Vec<String>, Value> {
    let (wanted, now) = (asked(extras, wanted), asked(extras, now));
    let mut ids: HashMap<Vec<String>, HashMap<String, String>> = HashMap::new();
    let mut out = IndexMap::new();
    for one in extras {
        let mut path = one.path();
        if let Some((id, field)) = one.holder.split_last().filter(|(_, field)| !field.is_empty()) {
            let ids = ids.entry(field.to_vec()).or_insert_with(|| met(members(&wanted, field), members(&now, field)));
            let Some(id) = ids.get(id) else { continue };
            path[field.len()].clone_from(id);
        } else if let ([field], [id]) = (one.holder.as_slice(), one.rest.as_slice()) {
            // A whole member, which may not have the id another one is read by.
            let is_taken =
                |id: &String| members(&now, std::slice::from_ref(field)).is_some_and(|all| all.contains_key(id));
            let mut twin = 1;
            while field == "addresses" && is_taken(&path[1]) {
                twin += 1;
                path[1] = format!("{id}-{twin}");
            }
        }
        out.insert(path, one.value.clone());
    }
    out
}

/// Of a model those members that an extra is in.
fn asked(extras: &[Extra], model: &Model) -> Value {
    let names: HashSet<&str> = extras.iter().filter_map(|one| one.holder.first()).map(String::as_str).collect();
    let fields = model.fields().into_iter().filter(|(name, _)| names.contains(name));
    let unknown = model.other.iter().filter(|(name, _)| names.contains(name.as_str()));
    let unknown = unknown.map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(fields.map(|(name, field)| (name.to_owned(), field.value())).chain(unknown).collect())
}

fn members<'v>(model: &'v Value, field: &[String]) -> Option<&'v Map<String, Value>> {
    field.iter().try_fold(model, |at, step| at.get(step))?.as_object()
}

/// Which member of the one is which of the other: by id and value, by value, then in their order.
fn met(wanted: Option<&Map<String, Value>>, now: Option<&Map<String, Value>>) -> HashMap<String, String> {
    let (Some(wanted), Some(now)) = (wanted, now) else { return HashMap::new() };
    let mut ids = HashMap::new();
    let mut taken = HashSet::new();
    for (id, value) in wanted {
        if now.get(id).is_some_and(|there| diff::value_key(there) == diff::value_key(value)) {
            ids.insert(id.clone(), id.clone());
            taken.insert(id.as_str());
        }
    }
    let mut open: HashMap<String, Vec<&str>> = HashMap::new();
    for (id, value) in now.iter().rev().filter(|(id, _)| !taken.contains(id.as_str())) {
        open.entry(diff::value_key(value)).or_default().push(id);
    }
    for (id, value) in wanted {
        if ids.contains_key(id) {
            continue;
        }
        if let Some(there) = open.get_mut(&diff::value_key(value)).and_then(Vec::pop) {
            ids.insert(id.clone(), there.to_owned());
            taken.insert(there);
        }
    }
    let mut rest = now.keys().filter(|id| !taken.contains(id.as_str()));
    for id in wanted.keys() {
        if !ids.contains_key(id)
            && let Some(there) = rest.next()
        {
            ids.insert(id.clone(), there.clone());
        }
    }
    ids
}
