//! What several contacts say together.
//!
//! The first one leads: it keeps its ids and its order. Members that mean the same become one and keep what either says
//! about them; what can be there only once is the leader's, and the other values become members that can be many.

use serde_json::{Map, Value, json};

use crate::{
    card::Model,
    keys::{Phone, display_name, email_key},
};

/// Members of the model that hold several by id, and are united value by value.
const MANY: [&str; 20] = [
    "nicknames",
    "organizations",
    "titles",
    "emails",
    "phones",
    "onlineServices",
    "preferredLanguages",
    "addresses",
    "anniversaries",
    "personalInfo",
    "notes",
    "links",
    "media",
    "cryptoKeys",
    "directories",
    "calendars",
    "schedulingAddresses",
    "localizations",
    "relatedTo",
    "rolo:customFields",
];
/// Those whose id is what they say.
const KEYED: [&str; 2] = ["relatedTo", "localizations"];
/// What is said about a value rather than being it.
const QUALIFIERS: [&str; 9] =
    ["contexts", "features", "label", "rolo:label", "pref", "@type", "vCardParams", "vCardName", "listAs"];
/// What can be there only once, and what it is called when it has to become a field of its own.
const ONCE: [(&str, &str); 3] =
    [("rolo:fileAs", "file as"), ("rolo:birthdayText", "birthday"), ("language", "language")];

/// One model that says all these say. `region` reads numbers written without a country.
pub fn united(models: &[Model], region: Option<&str>) -> Model {
    let Some((first, others)) = models.split_first() else { return Model::default() };
    let mut out = object(first);
    for other in others {
        let mut other = object(other);
        organizations(&mut out, &mut other);
        for field in MANY {
            if let Some(Value::Object(members)) = other.remove(field) {
                members_of(&mut out, field, members, region);
            }
        }
        sets(&mut out, &other);
        once(&mut out, &other);
        bag(&mut out, &other);
    }
    dates(&mut out);
    let mut model: Model = serde_json::from_value(Value::Object(out)).unwrap_or_else(|_| first.clone());
    names(&mut model, models);
    model
}

fn object(model: &Model) -> Map<String, Value> {
    match serde_json::to_value(model) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn entry<'a>(object: &'a mut Map<String, Value>, field: &str) -> Option<&'a mut Map<String, Value>> {
    object.entry(field).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
}

fn members_of(out: &mut Map<String, Value>, field: &str, members: Map<String, Value>, region: Option<&str>) {
    let Some(there) = entry(out, field) else { return };
    // A member of the leader is met once: two equal ones of the other stay two.
    let mut keys: Vec<(String, String)> =
        there.iter().map(|(id, member)| (key(field, id, member, region), id.clone())).collect();
    for (id, member) in members {
        let wanted = key(field, &id, &member, region);
        match keys.iter().position(|(known, _)| *known == wanted) {
            Some(at) => {
                let (_, id) = keys.swap_remove(at);
                if let Some(known) = there.get_mut(&id) {
                    qualified(known, &member);
                }
            }
            None => {
                let id = free(there, id);
                there.insert(id, member);
            }
        }
    }
    if there.is_empty() {
        out.shift_remove(field);
    }
}

/// What two members are the same by.
fn key(field: &str, id: &str, member: &Value, region: Option<&str>) -> String {
    let text = |name: &str| member.get(name).and_then(Value::as_str).unwrap_or_default();
    match field {
        field if KEYED.contains(&field) => id.to_owned(),
        "emails" => email_key(text("address")).unwrap_or_else(|| text("address").trim().to_owned()),
        "phones" => match Phone::parse(text("number"), region) {
            Some(phone) => format!("{} {}", phone.number(), phone.extension.as_deref().unwrap_or_default()),
            None => text("number").trim().to_owned(),
        },
        "notes" => text("note").trim().to_owned(),
        _ => bare(member).to_string(),
    }
}

/// A value without what is said about it, in one order of its names.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut kept: Vec<_> = members.iter().filter(|(name, _)| !QUALIFIERS.contains(&name.as_str())).collect();
            kept.sort_by_key(|(name, _)| *name);
            kept.into_iter().map(|(name, value)| (name.clone(), bare(value))).collect()
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::String(text) => text.trim().into(),
        other => other.clone(),
    }
}

/// Adds what the other one says about the same value.
fn qualified(known: &mut Value, other: &Value) {
    let (Some(known), Some(other)) = (known.as_object_mut(), other.as_object()) else { return };
    for (name, value) in other {
        match (known.get_mut(name), value) {
            (Some(Value::Object(set)), Value::Object(more)) => {
                for (one, flag) in more {
                    set.entry(one.clone()).or_insert_with(|| flag.clone());
                }
            }
            (Some(_), _) => {}
            // Two preferred ones would be none.
            (None, _) if name == "pref" => {}
            (None, value) => drop(known.insert(name.clone(), value.clone())),
        }
    }
}

fn free(there: &Map<String, Value>, id: String) -> String {
    if !there.contains_key(&id) {
        return id;
    }
    (2..).map(|n| format!("{id}-{n}")).find(|id| !there.contains_key(id)).unwrap_or(id)
}

/// A title names its organization by id: the id follows where the organization goes.
fn organizations(out: &mut Map<String, Value>, other: &mut Map<String, Value>) {
    let Some(Value::Object(theirs)) = other.get("organizations") else { return };
    let ours = out.get("organizations").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut moved: Vec<(String, String)> = Vec::new();
    let mut taken = ours.clone();
    for (id, organization) in theirs {
        let same = ours.iter().find(|(_, known)| bare(known) == bare(organization)).map(|(id, _)| id.clone());
        let new = same.unwrap_or_else(|| free(&taken, id.clone()));
        taken.insert(new.clone(), Value::Null);
        moved.push((id.clone(), new));
    }
    let Some(Value::Object(titles)) = other.get_mut("titles") else { return };
    for title in titles.values_mut() {
        let Some(at) = title.get_mut("organizationId") else { continue };
        if let Some((_, new)) = moved.iter().find(|(old, _)| at.as_str() == Some(old)) {
            *at = new.as_str().into();
        }
    }
}

/// Labels, and the members of a group.
fn sets(out: &mut Map<String, Value>, other: &Map<String, Value>) {
    for field in ["keywords", "members"] {
        let Some(Value::Object(more)) = other.get(field) else { continue };
        let Some(there) = entry(out, field) else { continue };
        for (name, flag) in more {
            there.entry(name.clone()).or_insert_with(|| flag.clone());
        }
    }
}

/// What can be there once: the leader's; another value becomes a field of its own.
fn once(out: &mut Map<String, Value>, other: &Map<String, Value>) {
    for (field, label) in ONCE {
        match (out.get(field).cloned(), other.get(field)) {
            (None, Some(value)) => drop(out.insert(field.to_owned(), value.clone())),
            (Some(known), Some(value)) if known != *value => {
                if let Some(text) = value.as_str() {
                    custom(out, label, text);
                }
            }
            _ => {}
        }
    }
    for field in ["rolo:gender", "speakToAs"] {
        let Some(value) = other.get(field) else { continue };
        match out.get_mut(field) {
            None => drop(out.insert(field.to_owned(), value.clone())),
            Some(known) => {
                let before = known.clone();
                spoken(known, value);
                let lost: Vec<String> = told(value).into_iter().filter(|text| !told(known).contains(text)).collect();
                if before != *value && !lost.is_empty() {
                    custom(out, if field == "speakToAs" { "pronouns" } else { "gender" }, &lost.join(", "));
                }
            }
        }
    }
    // What this version has no name for.
    for (name, value) in other {
        let known = name.starts_with('@')
            || MANY.contains(&name.as_str())
            || ["version", "uid", "kind", "created", "updated", "prodId", "name", "keywords", "members", "vCardProps"]
                .contains(&name.as_str());
        if !known && !out.contains_key(name) {
            out.insert(name.clone(), value.clone());
        }
    }
}

/// Pronouns are many, their grammar is one.
fn spoken(known: &mut Value, other: &Value) {
    let (Some(known), Some(other)) = (known.as_object_mut(), other.as_object()) else { return };
    for (name, value) in other {
        match (known.get_mut(name), value) {
            (None, value) => drop(known.insert(name.clone(), value.clone())),
            (Some(Value::Object(there)), Value::Object(more)) => {
                for (id, one) in more {
                    if !there.values().any(|known| bare(known) == bare(one)) {
                        let id = free(there, id.clone());
                        there.insert(id, one.clone());
                    }
                }
            }
            _ => {}
        }
    }
}

/// Every text in a value.
fn told(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Object(members) => {
            members.iter().filter(|(name, _)| !name.starts_with('@')).flat_map(|(_, value)| told(value)).collect()
        }
        _ => Vec::new(),
    }
}

fn custom(out: &mut Map<String, Value>, label: &str, value: &str) {
    let Some(fields) = entry(out, "rolo:customFields") else { return };
    let field = json!({ "label": label, "value": value });
    if !fields.values().any(|known| bare_field(known) == bare_field(&field)) {
        let id = free(fields, "merged".to_owned());
        fields.insert(id, field);
    }
}

/// A field of one's own is its label too.
fn bare_field(field: &Value) -> (Option<&Value>, Option<&Value>) {
    (field.get("label"), field.get("value"))
}

/// Properties without a place: each once.
fn bag(out: &mut Map<String, Value>, other: &Map<String, Value>) {
    let Some(Value::Array(more)) = other.get("vCardProps") else { return };
    let there = out.entry("vCardProps").or_insert_with(|| Value::Array(Vec::new()));
    let Some(there) = there.as_array_mut() else { return };
    for property in more {
        if !there.contains(property) {
            there.push(property.clone());
        }
    }
}

/// A person is born once and dies once: another date becomes a field of its own, unless it only knows less.
fn dates(out: &mut Map<String, Value>) {
    for (kind, label) in [("birth", "birthday"), ("death", "date of death")] {
        let Some(dates) = out.get("anniversaries").and_then(Value::as_object) else { return };
        let of_kind = |member: &Value| member.get("kind").and_then(Value::as_str) == Some(kind);
        let all: Vec<(String, Value)> = dates
            .iter()
            .filter(|(_, member)| of_kind(member))
            .map(|(id, member)| (id.clone(), member.clone()))
            .collect();
        // The one that knows most stays; the leader's among equals.
        let known =
            |member: &Value| ["year", "month", "day"].iter().filter(|part| part_of(member, part).is_some()).count();
        let most = all.iter().map(|(_, member)| known(member)).max().unwrap_or_default();
        let Some((kept, best)) = all.iter().find(|(_, member)| known(member) == most).cloned() else { continue };
        for (id, member) in all.into_iter().filter(|(id, _)| *id != kept) {
            if let Some(dates) = out.get_mut("anniversaries").and_then(Value::as_object_mut) {
                dates.shift_remove(&id);
                if let (Some(place), Some(there)) = (member.get("place"), dates.get_mut(&kept))
                    && there.get("place").is_none()
                {
                    there["place"] = place.clone();
                }
            }
            let agrees = ["year", "month", "day"]
                .iter()
                .all(|part| part_of(&member, part).is_none() || part_of(&member, part) == part_of(&best, part));
            if !agrees || member.pointer("/date/utc").is_some() && member.get("date") != best.get("date") {
                custom(out, label, &written(&member));
            }
        }
    }
}

fn part_of<'a>(member: &'a Value, part: &str) -> Option<&'a Value> {
    member.get("date").and_then(|date| date.get(part))
}

/// A date as people sort it: `1984-08-20`, `--08-20`, `1984`.
fn written(member: &Value) -> String {
    if let Some(utc) = member.pointer("/date/utc").and_then(Value::as_str) {
        return utc.to_owned();
    }
    let part = |name| part_of(member, name).and_then(Value::as_u64);
    match (part("year"), part("month"), part("day")) {
        (Some(year), Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        (None, Some(month), Some(day)) => format!("--{month:02}-{day:02}"),
        (Some(year), Some(month), None) => format!("{year:04}-{month:02}"),
        (Some(year), ..) => format!("{year:04}"),
        _ => String::new(),
    }
}

/// The most complete name; the others are what it is called too.
fn names(model: &mut Model, models: &[Model]) {
    let weight = |name: &crate::card::model::Name| {
        let parts = name.components.iter().filter(|part| part.kind != "separator" && !part.value.trim().is_empty());
        let (count, length) = parts.fold((0, 0), |(n, length), part| (n + 1, length + part.value.chars().count()));
        (count, length, name.full.as_deref().map_or(0, |full| full.chars().count()))
    };
    let all = models.iter().filter_map(|model| model.name.as_ref());
    // The leader's among equals: `max_by_key` would take the last.
    let best = all.fold(None, |best: Option<&crate::card::model::Name>, name| match best {
        Some(known) if weight(known) >= weight(name) => Some(known),
        _ => Some(name),
    });
    model.name = best.cloned();
    let shown = display_name(model);
    let same = |one: &str, other: &str| one.trim().to_lowercase() == other.trim().to_lowercase();
    for other in models.iter().filter(|other| other.name.is_some()) {
        let called = display_name(other);
        let known = same(&called, &shown)
            || model.nicknames.values().any(|nickname| same(&nickname.name, &called))
            || model
                .organizations
                .values()
                .any(|company| company.name.as_deref().is_some_and(|name| same(name, &called)));
        if called.is_empty() || known {
            continue;
        }
        let id = (1..).map(|n| format!("called-{n}")).find(|id| !model.nicknames.contains_key(id)).unwrap_or_default();
        model.nicknames.insert(id, crate::card::model::Nickname { name: called, ..Default::default() });
    }
}

#[cfg(test)]
mod tests;
