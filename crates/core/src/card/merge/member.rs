//! Members that come in several: which sent one is which served one is which stored one, and what changed in it.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::{Client, Side, Sides, carry, members};
use crate::{card::convert::user_of, keys::uid_key};

/// What a member says about its value, and what only some clients keep.
const QUALIFIERS: &[&str] = &[
    "contexts",
    "features",
    "label",
    "rolo:label",
    "pref",
    "vCardParams",
    "vCardName",
    "organizationId",
    "listAs",
    "level",
    "mediaType",
    "sortAs",
    "countryCode",
    "rolo:phonetic",
];

/// A member that was served or sent.
pub(super) struct One {
    pub(super) id: String,
    pub(super) value: Value,
    taken: bool,
}

fn ones(side: &Side, field: &str) -> Vec<One> {
    side.members(field).into_iter().map(|(id, value)| One { id, value, taken: false }).collect()
}

/// Merges one field of members into the wanted model.
pub(super) fn merge(sides: &Sides, field: &str, wanted: &mut Map<String, Value>) {
    let (mut served, mut sent) = (ones(&sides.served, field), ones(&sides.sent, field));
    if served.is_empty() && sent.is_empty() {
        return;
    }
    if carry::is_translation(sides, field, &sent) {
        return;
    }
    if field == "relatedTo" {
        carry::relink(sides, &served, &mut sent);
    }
    carry::tidy(sides, field, &served, &mut sent);
    let pairs = paired(sides, field, &mut served, &mut sent);
    let mut stored = Stored::of(sides, field, wanted);
    for (old, new) in pairs {
        stored.change(sides, field, &served[old], &sent[new]);
    }
    if sides.deletes {
        let carried = carry::carried(sides, field, &served);
        for (at, one) in served.iter().enumerate().filter(|(_, one)| !one.taken) {
            if !carry::loses_member(sides, field, one, carried.map(|carried| carried == at), !sent.is_empty()) {
                stored.delete(one);
            }
        }
    }
    for new in sent.iter().filter(|one| !one.taken) {
        stored.add(sides, field, new);
    }
    stored.put_back(field, wanted);
}

/// The stored members of a field, and which of them each served one is.
struct Stored {
    /// In their order; `None` once deleted.
    members: Vec<Option<(String, Value)>>,
    at: HashMap<String, usize>,
    /// Served id → stored ids.
    of: HashMap<String, Vec<String>>,
    touched: bool,
}

impl Stored {
    fn of(sides: &Sides, field: &str, wanted: &Map<String, Value>) -> Self {
        let mut lines: HashMap<usize, Vec<(&str, Option<usize>)>> = HashMap::new();
        for stored in sides.stored.sources.iter().filter(|source| source.field == field) {
            lines.entry(stored.line).or_default().push((&stored.id, stored.nth));
        }
        let mut of: HashMap<String, Vec<String>> = HashMap::new();
        for served in sides.served.sources.iter().filter(|source| source.field == field) {
            let known = of.entry(served.id.clone()).or_default();
            for line in sides.from.get(served.line).map(Vec::as_slice).unwrap_or_default() {
                for (id, nth) in lines.get(line).map(Vec::as_slice).unwrap_or_default() {
                    // A list is served as a list: the n-th is the n-th.
                    if (nth.is_none() || *nth == served.nth) && known.last().is_none_or(|last| last != id) {
                        known.push((*id).to_owned());
                    }
                }
            }
        }
        let members: Vec<Option<(String, Value)>> = members(wanted, field).into_iter().map(Some).collect();
        let at = members.iter().flatten().enumerate().map(|(at, (id, _))| (id.clone(), at)).collect();
        Self { members, at, of, touched: false }
    }

    /// Where the stored members are that a served one says.
    fn places(&self, served: &One) -> Vec<usize> {
        let own = std::slice::from_ref(&served.id);
        let ids = self.of.get(&served.id).filter(|ids| ids.iter().any(|id| self.at.contains_key(id)));
        let places = ids.map_or(own, Vec::as_slice).iter().filter_map(|id| self.at.get(id).copied());
        places.filter(|at| self.members[*at].is_some()).collect()
    }

    fn change(&mut self, sides: &Sides, field: &str, served: &One, sent: &One) {
        let keyed = field == "relatedTo" && uid_key(&served.id) != uid_key(&sent.id);
        if served.value == sent.value && !keyed {
            return;
        }
        let Some(at) = self.places(served).first().copied() else { return self.add(sides, field, sent) };
        let Some((id, value)) = &mut self.members[at] else { return };
        let before = (id.clone(), value.clone());
        if let (Value::Object(stored), Value::Object(old), Value::Object(new)) =
            (&mut *value, &served.value, &sent.value)
        {
            let by_param = sides.param_labels.get(field).is_some_and(|ids| ids.contains(&served.id));
            let lost =
                |key: &str| by_param && key == "label" && sides.client != Client::Other && !new.contains_key(key);
            apply(sides, field, stored, old, new, &lost);
        }
        if keyed && !self.at.contains_key(&sent.id) {
            self.at.insert(sent.id.clone(), at);
            id.clone_from(&sent.id);
        }
        self.touched |= before != (id.clone(), value.clone());
    }

    fn delete(&mut self, served: &One) {
        for at in self.places(served) {
            self.members[at] = None;
            self.touched = true;
        }
    }

    fn add(&mut self, sides: &Sides, field: &str, sent: &One) {
        let mut value = sent.value.clone();
        if let (Client::Apple, Value::Object(object)) = (sides.client, &mut value) {
            object.shift_remove("pref");
        }
        let mut id = sent.id.clone();
        // What was deleted here may come back under the same id.
        if let Some(at) = self.at.get(&id).copied().filter(|at| self.members[*at].is_none()) {
            self.members[at] = Some((id, value));
            return;
        }
        let mut twin = self.members.len();
        while self.at.contains_key(&id) {
            if field == "relatedTo" {
                return;
            }
            twin += 1;
            id = format!("{}-{twin}", sent.id);
        }
        self.at.insert(id.clone(), self.members.len());
        self.members.push(Some((id, value)));
        self.touched = true;
    }

    fn put_back(self, field: &str, wanted: &mut Map<String, Value>) {
        if !self.touched {
            return;
        }
        let members = Value::Object(self.members.into_iter().flatten().collect());
        match field.split_once('/') {
            Some((outer, inner)) => {
                let outer = wanted.entry(outer.to_owned()).or_insert_with(|| Value::Object(Map::new()));
                outer[inner] = members;
            }
            None => {
                wanted.insert(field.to_owned(), members);
            }
        }
    }
}

/// Which served member each sent one is: by value and label, by id, by value alone, then by label in their order.
fn paired(sides: &Sides, field: &str, served: &mut [One], sent: &mut [One]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let by: [&dyn Fn(&One) -> String; 4] = [
        &|one| format!("{}\n{}", value_key(field, &one.id, &one.value), one.value),
        &|one| format!("{}\n{}", value_key(field, &one.id, &one.value), label_key(field, &one.value)),
        &|one| value_key(field, &one.id, &one.value),
        &|one| label_key(field, &one.value),
    ];
    for (pass, key) in by.iter().enumerate() {
        if pass == 3 {
            // A value that changed little has its old id where only what is beside it changed.
            let id = |one: &One| one.id.clone();
            pair(&id, served, sent, &mut pairs);
            carry::pair_carried(sides, field, served, sent, &mut pairs);
        }
        pair(key, served, sent, &mut pairs);
    }
    pairs
}

fn pair(key: &dyn Fn(&One) -> String, served: &mut [One], sent: &mut [One], pairs: &mut Vec<(usize, usize)>) {
    let mut open: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, one) in sent.iter().enumerate().rev().filter(|(_, one)| !one.taken) {
        open.entry(key(one)).or_default().push(at);
    }
    for (at, one) in served.iter_mut().enumerate().filter(|(_, one)| !one.taken) {
        if let Some(other) = open.get_mut(&key(one)).and_then(Vec::pop) {
            one.taken = true;
            sent[other].taken = true;
            pairs.push((at, other));
        }
    }
}

pub(super) fn take(served: &mut One, sent: &mut One) {
    served.taken = true;
    sent.taken = true;
}

pub(super) fn is_taken(one: &One) -> bool {
    one.taken
}

/// What a member is, without what qualifies it.
fn value_key(field: &str, id: &str, value: &Value) -> String {
    match field {
        "relatedTo" => return uid_key(id).into_owned(),
        "onlineServices" => return handle(value),
        _ => {}
    }
    let Value::Object(object) = value else { return value.to_string() };
    let mut parts: Vec<(&String, &Value)> =
        object.iter().filter(|(key, _)| !QUALIFIERS.contains(&key.as_str())).collect();
    parts.sort_by_key(|(key, _)| *key);
    serde_json::to_string(&parts).unwrap_or_default()
}

/// What an edited member keeps: its label, kind, service.
fn label_key(field: &str, value: &Value) -> String {
    let mut parts: Vec<String> = ["contexts", "features", "label", "rolo:label", "kind", "relation"]
        .iter()
        .map(|key| match value.get(*key) {
            Some(Value::Object(set)) => {
                let mut words: Vec<&String> = set.keys().collect();
                words.sort_unstable();
                format!("{words:?}")
            }
            Some(value) => value.to_string(),
            None => String::new(),
        })
        .collect();
    if field == "onlineServices" {
        parts.push(value.get("service").and_then(Value::as_str).unwrap_or_default().to_lowercase());
    }
    parts.join("\n")
}

/// Who is reached by a messenger or profile, whichever property says it.
pub(super) fn handle(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    match (text("uri"), text("user")) {
        (Some(uri), _) if uri.starts_with("http") => uri.to_owned(),
        (Some(uri), _) => user_of(uri),
        (None, user) => user.unwrap_or_default().to_owned(),
    }
}

/// Puts what changed between served and sent onto the stored member.
fn apply(
    sides: &Sides,
    field: &str,
    stored: &mut Map<String, Value>,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
    lost: &dyn Fn(&str) -> bool,
) {
    let same_handle =
        field == "onlineServices" && handle(&Value::Object(old.clone())) == handle(&Value::Object(new.clone()));
    for key in old.keys().chain(new.keys().filter(|key| !old.contains_key(*key))) {
        let (was, is) = (old.get(key), new.get(key));
        if was == is || lost(key) || carry::ignores(sides, field, key, old, new) {
            continue;
        }
        match key.as_str() {
            "components" if field == "addresses" => parts(stored, was, is),
            "uri" | "user" | "service" if same_handle => {}
            // A property of an older dialect holds the user alone.
            "uri" if field == "onlineServices" && !stored.contains_key("uri") && !old.contains_key("user") => {
                if let Some(uri) = is.and_then(Value::as_str) {
                    stored.insert("user".to_owned(), user_of(uri).into());
                }
            }
            "vCardName" | "organizationId" => {}
            _ => match is {
                Some(is) => {
                    stored.insert(key.clone(), is.clone());
                }
                None => {
                    stored.shift_remove(key);
                }
            },
        }
    }
}

fn kinds(parts: Option<&Value>) -> Vec<(&str, &str)> {
    let all = parts.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().filter_map(|part| Some((part.get("kind")?.as_str()?, part.get("value")?.as_str()?))).collect()
}

/// Parts of an address that changed; a changed street empties the finer parts that spelled it.
fn parts(stored: &mut Map<String, Value>, was: Option<&Value>, is: Option<&Value>) {
    const FINER: &[&str] =
        &["room", "floor", "number", "building", "block", "subdistrict", "district", "landmark", "direction"];
    let (was, is) = (kinds(was), kinds(is));
    let mut out: Vec<Value> = stored.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
    let changed = |kind: &str| {
        let of = |list: &[(&str, &str)]| {
            list.iter().filter(|(one, _)| *one == kind).map(|(_, value)| (*value).to_owned()).collect::<Vec<_>>()
        };
        (of(&was) != of(&is)).then(|| of(&is))
    };
    let mut every: Vec<&str> = was.iter().chain(&is).map(|(kind, _)| *kind).collect();
    every.sort_unstable();
    every.dedup();
    for kind in every {
        let Some(values) = changed(kind) else { continue };
        let coarse = matches!(kind, "name" | "apartment");
        let at = out.iter().position(|part| part["kind"] == kind).unwrap_or(out.len());
        out.retain(|part| {
            part["kind"] != kind && !(coarse && part["kind"].as_str().is_some_and(|one| FINER.contains(&one)))
        });
        for value in values.into_iter().rev() {
            out.insert(at.min(out.len()), serde_json::json!({ "kind": kind, "value": value }));
        }
    }
    if out.is_empty() {
        stored.shift_remove("components");
    } else {
        stored.insert("components".to_owned(), Value::Array(out));
    }
}
