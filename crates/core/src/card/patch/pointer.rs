//! The pointers of a card, written last: under the ids its members are read by.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::Value;

use super::Sheet;
use crate::{
    Result,
    card::{
        Card, Model, diff,
        field::Field,
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
    let mut ids: HashMap<Vec<String>, HashMap<String, String>> = HashMap::new();
    let mut out = IndexMap::new();
    for one in extras {
        let mut path = one.path();
        if let Some((id, field)) = one.holder.split_last().filter(|(_, field)| !field.is_empty()) {
            let ids = ids.entry(field.to_vec()).or_insert_with(|| met(keyed(wanted, field), keyed(now, field)));
            let Some(id) = ids.get(id) else { continue };
            path[field.len()].clone_from(id);
        } else if let ([field], [id]) = (one.holder.as_slice(), one.rest.as_slice()) {
            // A whole member, which may not have the id another one is read by.
            let mut twin = 1;
            while field == "addresses" && now.addresses.contains_key(&path[1]) {
                twin += 1;
                path[1] = format!("{id}-{twin}");
            }
        }
        out.insert(path, one.value.clone());
    }
    out
}

/// The members of a field by id, each with what it says; the field's path leads from the model.
fn keyed(model: &Model, field: &[String]) -> Option<IndexMap<String, String>> {
    let (name, deeper) = field.split_first()?;
    let known = model.fields().into_iter().find(|(known, _)| known == name).map(|(_, known)| known);
    if let Some(many) = known.and_then(Field::many).filter(|_| deeper.is_empty()) {
        // One by one: all of them as JSON would be several times the card.
        return Some(many.ids().filter_map(|id| Some((id.clone(), diff::value_key(&many.member(id)?)))).collect());
    }
    let root = known.map(Field::value).or_else(|| model.other.get(name).cloned())?;
    let members = deeper.iter().try_fold(&root, |at, step| at.get(step))?.as_object()?;
    Some(members.iter().map(|(id, value)| (id.clone(), diff::value_key(value))).collect())
}

/// Which member of the one is which of the other: by id and value, by value, then in their order.
fn met(wanted: Option<IndexMap<String, String>>, now: Option<IndexMap<String, String>>) -> HashMap<String, String> {
    let (Some(wanted), Some(now)) = (wanted, now) else { return HashMap::new() };
    let mut ids = HashMap::new();
    let mut taken = HashSet::new();
    for (id, value) in &wanted {
        if now.get(id) == Some(value) {
            ids.insert(id.clone(), id.clone());
            taken.insert(id.as_str());
        }
    }
    let mut open: HashMap<&str, Vec<&str>> = HashMap::new();
    for (id, value) in now.iter().rev().filter(|(id, _)| !taken.contains(id.as_str())) {
        open.entry(value).or_default().push(id);
    }
    for (id, value) in &wanted {
        if ids.contains_key(id) {
            continue;
        }
        if let Some(there) = open.get_mut(value.as_str()).and_then(Vec::pop) {
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
