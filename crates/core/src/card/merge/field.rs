//! The fields of a contact, each merged in its own way.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{Sides, carry, member, name, note, property};

/// Members of the model that hold several, by id.
const MANY: &[&str] = &[
    "organizations",
    "nicknames",
    "titles",
    "emails",
    "phones",
    "onlineServices",
    "preferredLanguages",
    "addresses",
    "anniversaries",
    "personalInfo",
    "relatedTo",
    "links",
    "media",
    "cryptoKeys",
    "directories",
    "calendars",
    "schedulingAddresses",
    "rolo:customFields",
    "speakToAs/pronouns",
];

/// Told by the envelope, or never edited by a client: who made the card, when, under which uid.
const FIXED: &[&str] = &["uid", "prodId", "created", "updated", "@type", "version"];

/// Puts what the client changed onto the stored model.
pub(super) fn all(sides: &Sides, wanted: &mut Map<String, Value>) {
    for field in MANY {
        member::merge(sides, field, wanted);
    }
    for field in ["keywords", "members"] {
        set(sides, field, wanted);
    }
    name::merge(sides, wanted);
    note::merge(sides, wanted);
    property::merge(sides, wanted);
    grammatical_gender(sides, wanted);
    let plain = |key: &&String| {
        !FIXED.contains(&key.as_str())
            && !MANY.contains(&key.as_str())
            && !matches!(key.as_str(), "keywords" | "members" | "name" | "notes" | "vCardProps" | "speakToAs")
    };
    let served = &sides.served.model;
    let sent = &sides.sent.model;
    let keys: Vec<&String> =
        served.keys().chain(sent.keys().filter(|key| !served.contains_key(*key))).filter(plain).collect();
    for key in keys {
        let (old, new) = (served.get(key), sent.get(key));
        if old == new || new.is_none() && (!sides.deletes || carry::loses_scalar(sides, key, old)) {
            continue;
        }
        if key == "rolo:birthdayText" && carry::birthday_stands(sides) {
            continue;
        }
        put(wanted, key, new);
    }
}

fn put(object: &mut Map<String, Value>, key: &str, value: Option<&Value>) {
    match value {
        Some(value) => {
            object.insert(key.to_owned(), value.clone());
        }
        None => {
            object.shift_remove(key);
        }
    }
}

/// Labels and group members: each name for itself.
fn set(sides: &Sides, field: &str, wanted: &mut Map<String, Value>) {
    let (served, sent) = (sides.served.members(field), sides.sent.members(field));
    let old: HashSet<&String> = served.iter().map(|(key, _)| key).collect();
    let new: HashSet<&String> = sent.iter().map(|(key, _)| key).collect();
    let gone: HashSet<&String> = old.iter().copied().filter(|key| sides.deletes && !new.contains(key)).collect();
    let added: Vec<&String> = sent.iter().map(|(key, _)| key).filter(|key| !old.contains(key)).collect();
    if added.is_empty() && gone.is_empty() {
        return;
    }
    let entry = wanted.entry(field.to_owned()).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(set) = entry {
        set.retain(|key, _| !gone.contains(key));
        for key in added {
            set.insert(key.clone(), Value::Bool(true));
        }
    }
}

fn grammatical_gender(sides: &Sides, wanted: &mut Map<String, Value>) {
    const KEY: &str = "grammaticalGender";
    let of = |side: &super::Side| side.model.get("speakToAs").and_then(|speak| speak.get(KEY)).cloned();
    let (old, new) = (of(&sides.served), of(&sides.sent));
    if old == new || new.is_none() && !sides.deletes {
        return;
    }
    let speak = wanted.entry("speakToAs").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(speak) = speak {
        put(speak, KEY, new.as_ref());
    }
}
