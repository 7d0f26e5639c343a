//! What differs between two models, member by member; and such differences put onto a third model, or turned round.
//!
//! History, undo, import updates and merges all speak in these changes. A member is found by its id, else by kind and
//! value, so that a change outlives the new id an edited value gets. A change whose `before` is no longer there is left,
//! and said so.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Model, model::Unplaced, onto::Onto};

/// One difference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Where, as a person can read it: `phones/ab12`, `name`, `keywords/Family`.
    pub path: String,
    /// The member of the model: `phones`, `name`, `speakToAs/pronouns`…
    pub field: String,
    /// The id within it, where it holds several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// What was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// A change that was not put onto a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Left {
    /// The change.
    pub change: Change,
    /// A sentence that says why.
    pub why: String,
}

/// Members of the model that hold several, by id.
const MANY: &[&str] = &[
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
    "relatedTo",
    "links",
    "media",
    "cryptoKeys",
    "directories",
    "calendars",
    "schedulingAddresses",
    "localizations",
    "rolo:customFields",
    "keywords",
    "members",
];

/// Members whose key is all there is to say: found by it alone.
pub(super) const KEYED: &[&str] = &["relatedTo", "localizations", "keywords", "members"];

/// What a member says about its value rather than being it.
const QUALIFIERS: &[&str] = &[
    "contexts",
    "features",
    "label",
    "rolo:label",
    "pref",
    "@type",
    "vCardParams",
    "vCardName",
    "organizationId",
    "listAs",
];

/// The members of one field by their ids.
type Field = Vec<(Option<String>, Value)>;

/// What of a model another does not say just so, as fields in their order.
fn fields(model: &Model, other: &Model) -> Vec<(String, Field)> {
    let mut out = Vec::new();
    for ((name, field), (_, there)) in model.fields().into_iter().zip(other.fields()) {
        if field.is_absent() || field.same(there) {
            continue;
        }
        if name == "vCardProps" {
            out.push((name.to_owned(), unshared(&model.vcard_props, &other.vcard_props)));
        } else if let Some((many, there)) = field.many().zip(there.many()) {
            let changed = many.ids().filter(|id| !many.same(id, there));
            let members = changed.filter_map(|id| Some((Some(id.clone()), many.member(id)?)));
            out.push((name.to_owned(), members.collect()));
        } else {
            told(name, field.value(), &mut out);
        }
    }
    let own = model.other.iter().filter(|(name, value)| other.other.get(*name) != Some(*value));
    out.extend(own.map(|(name, value)| (name.clone(), vec![(None, value.clone())])));
    out
}

/// Those properties that are not there as often in the other list.
fn unshared(list: &[Unplaced], other: &[Unplaced]) -> Field {
    let mut more: HashMap<&Unplaced, i64> = HashMap::new();
    list.iter().for_each(|one| *more.entry(one).or_default() += 1);
    other.iter().for_each(|one| *more.entry(one).or_default() -= 1);
    list.iter().filter(|one| more.get(one) != Some(&0)).map(|one| (None, one.value())).collect()
}

/// A field that is one value; some are objects of several.
fn told(name: &str, value: Value, out: &mut Vec<(String, Field)>) {
    match value {
        Value::Object(members) if MANY.contains(&name) => {
            out.push((name.to_owned(), members.into_iter().map(|(id, value)| (Some(id), value)).collect()));
        }
        Value::Object(mut members) if name == "speakToAs" => {
            if let Some(Value::Object(pronouns)) = members.remove("pronouns") {
                let pronouns = pronouns.into_iter().map(|(id, value)| (Some(id), value)).collect();
                out.push(("speakToAs/pronouns".to_owned(), pronouns));
            }
            for (key, value) in members {
                out.push((format!("speakToAs/{key}"), vec![(None, value)]));
            }
        }
        value => out.push((name.to_owned(), vec![(None, value)])),
    }
}

/// Whether two values say the same: `@type` and `version` say nothing of a contact.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let told = |object: &Map<String, Value>| object.keys().filter(|key| *key != "@type").count();
            told(left) == told(right)
                && left
                    .iter()
                    .filter(|(key, _)| *key != "@type")
                    .all(|(key, one)| right.get(key).is_some_and(|other| same(one, other)))
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (left, right) => left == right,
    }
}

/// How many values were looked at: what tells a search of all members for each change.
#[cfg(test)]
mod value_keys {
    thread_local! {
        static COUNT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    pub(super) fn one() {
        COUNT.set(COUNT.get() + 1);
    }

    pub(super) fn take() -> usize {
        COUNT.take()
    }
}

/// The value of a member without what qualifies it: what finds it again under another id.
pub(crate) fn value_key(value: &Value) -> String {
    #[cfg(test)]
    value_keys::one();
    match value {
        Value::Object(object) => {
            let mut parts: Vec<(&String, &Value)> =
                object.iter().filter(|(key, _)| !QUALIFIERS.contains(&key.as_str())).collect();
            parts.sort_by_key(|(key, _)| *key);
            serde_json::to_string(&parts).unwrap_or_default()
        }
        value => value.to_string(),
    }
}

fn change(field: &str, id: Option<&String>, before: Option<Value>, after: Option<Value>) -> Change {
    let path = match id {
        Some(id) => format!("{field}/{id}"),
        None => field.to_owned(),
    };
    Change { path, field: field.to_owned(), id: id.cloned(), before, after }
}

/// What differs, in the order of the fields: changed and gone members first, then new ones.
pub fn diff(before: &Model, after: &Model) -> Vec<Change> {
    let old = fields(before, after);
    let mut new: HashMap<String, Field> = HashMap::new();
    let mut order: Vec<String> = old.iter().map(|(name, _)| name.clone()).collect();
    let there: HashSet<String> = order.iter().cloned().collect();
    for (name, field) in fields(after, before) {
        if !there.contains(&name) {
            order.push(name.clone());
        }
        new.insert(name, field);
    }
    let mut old: HashMap<String, Field> = old.into_iter().collect();
    let mut changes = Vec::new();
    for name in order {
        let (before, after) = (old.remove(&name).unwrap_or_default(), new.remove(&name).unwrap_or_default());
        if matches!(name.as_str(), "@type" | "version") {
            continue;
        }
        if name == "vCardProps" {
            bag(&name, before, after, &mut changes);
        } else {
            members(&name, before, after, &mut changes);
        }
    }
    changes
}

fn members(field: &str, before: Field, after: Field, changes: &mut Vec<Change>) {
    let mut after: indexmap::IndexMap<Option<String>, Option<Value>> =
        after.into_iter().map(|(id, new)| (id, Some(new))).collect();
    let mut gone = Vec::new();
    for (id, old) in before {
        match after.get_mut(&id).and_then(Option::take) {
            Some(new) if same(&old, &new) => {}
            Some(new) => changes.push(change(field, id.as_ref(), Some(old), Some(new))),
            None => gone.push((id, old)),
        }
    }
    let after: Field = after.into_iter().filter_map(|(id, new)| Some((id, new?))).collect();
    // Another id, the same value: the same member.
    let mut by_value: HashMap<String, Vec<(Option<String>, Value)>> = HashMap::new();
    if !KEYED.contains(&field) && !gone.is_empty() {
        for (id, new) in after.iter().rev() {
            by_value.entry(value_key(new)).or_default().push((id.clone(), new.clone()));
        }
    }
    let mut met = HashSet::new();
    for (id, old) in gone {
        match by_value.get_mut(&value_key(&old)).and_then(Vec::pop) {
            Some((other, new)) => {
                if !same(&old, &new) {
                    changes.push(change(field, id.as_ref(), Some(old), Some(new)));
                }
                met.insert(other);
            }
            None => changes.push(change(field, id.as_ref(), Some(old), None)),
        }
    }
    for (id, new) in after {
        if !met.contains(&id) {
            changes.push(change(field, id.as_ref(), None, Some(new)));
        }
    }
}

/// Properties without a place: a bag, compared as wholes.
fn bag(field: &str, before: Field, after: Field, changes: &mut Vec<Change>) {
    let mut count: HashMap<String, i64> = HashMap::new();
    for (_, one) in &after {
        *count.entry(one.to_string()).or_default() += 1;
    }
    for (_, one) in before {
        match count.get_mut(&one.to_string()) {
            Some(left) if *left > 0 => *left -= 1,
            _ => changes.push(change(field, None, Some(one), None)),
        }
    }
    for (_, one) in after {
        if let Some(left) = count.get_mut(&one.to_string()).filter(|left| **left > 0) {
            *left -= 1;
            changes.push(change(field, None, None, Some(one)));
        }
    }
}

/// The same changes backwards.
pub fn inverse(changes: &[Change]) -> Vec<Change> {
    changes
        .iter()
        .rev()
        .map(|one| Change { before: one.after.clone(), after: one.before.clone(), ..one.clone() })
        .collect()
}

pub(super) const CHANGED_SINCE: &str = "It has been changed again since.";
pub(super) const GONE_SINCE: &str = "It is no longer there.";

/// Puts changes onto a model. What has changed again since is left as it is, and listed.
pub fn apply(changes: &[Change], onto: &Model) -> (Model, Vec<Left>) {
    let mut left = Vec::new();
    let Ok(Value::Object(object)) = serde_json::to_value(onto) else { return (onto.clone(), left) };
    let mut changed = Onto::new(object);
    for one in changes {
        if let Err(why) = changed.put(one) {
            left.push(Left { change: one.clone(), why: why.to_owned() });
        }
    }
    match serde_json::from_value(Value::Object(changed.done())) {
        Ok(model) => (model, left),
        Err(_) => {
            let unfit = |one: &Change| Left { change: one.clone(), why: "It does not fit this contact.".to_owned() };
            (onto.clone(), changes.iter().map(unfit).collect())
        }
    }
}

/// Three ways: what is there now, with the difference between `before` and `after`.
pub(super) fn merged(
    before: Option<&Value>,
    after: Option<&Value>,
    now: Option<&Value>,
) -> Result<Option<Value>, &'static str> {
    let equal = |left: Option<&Value>, right: Option<&Value>| match (left, right) {
        (Some(left), Some(right)) => same(left, right),
        (None, None) => true,
        _ => false,
    };
    if equal(now, before) || equal(now, after) {
        return Ok(after.cloned());
    }
    let (Some(Value::Object(before)), Some(Value::Object(after)), Some(Value::Object(now))) = (before, after, now)
    else {
        return Err(if now.is_none() { GONE_SINCE } else { CHANGED_SINCE });
    };
    let mut out = now.clone();
    let mut gone = HashSet::new();
    for key in before.keys().chain(after.keys().filter(|key| !before.contains_key(*key))) {
        let (old, new) = (before.get(key), after.get(key));
        if equal(old, new) {
            continue;
        }
        let result = match (key.as_str(), parts(old), parts(new), parts(now.get(key))) {
            ("components", Some(old), Some(new), Some(now)) => {
                merged(Some(&old), Some(&new), Some(&now))?.map(unparted)
            }
            _ => merged(old, new, now.get(key))?,
        };
        match result {
            Some(value) => {
                out.insert(key.clone(), value);
            }
            None => {
                gone.insert(key);
            }
        }
    }
    out.retain(|key, _| !gone.contains(key));
    Ok(Some(Value::Object(out)))
}

/// Components by their kind, so that two edits of different parts of a name both hold.
fn parts(components: Option<&Value>) -> Option<Value> {
    let mut out = Map::new();
    for part in components?.as_array()? {
        let kind = part.get("kind")?.as_str()?.to_owned();
        if let Value::Array(list) = out.entry(kind).or_insert_with(|| Value::Array(Vec::new())) {
            list.push(part.clone());
        }
    }
    Some(Value::Object(out))
}

fn unparted(parts: Value) -> Value {
    let Value::Object(parts) = parts else { return parts };
    parts.into_iter().flat_map(|(_, list)| list.as_array().cloned().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model(value: Value) -> Model {
        serde_json::from_value(value).unwrap()
    }

    fn phones(list: &[(&str, &str, Option<&str>)]) -> Model {
        let members: Map<String, Value> = list
            .iter()
            .map(|(id, number, label)| {
                let mut phone = json!({ "number": number });
                if let Some(label) = label {
                    phone["label"] = json!(label);
                }
                ((*id).to_owned(), phone)
            })
            .collect();
        model(json!({ "phones": members }))
    }

    #[test]
    fn members_are_met_by_id_then_by_value() {
        let before = phones(&[("a", "1", None), ("b", "2", None), ("c", "3", None)]);
        let after = phones(&[("a", "1", Some("Boat")), ("new", "2", None), ("d", "4", None)]);
        let paths: Vec<_> = diff(&before, &after)
            .into_iter()
            .map(|one| (one.path, one.before.is_some(), one.after.is_some()))
            .collect();
        assert_eq!(
            paths,
            [
                ("phones/a".to_owned(), true, true),
                ("phones/c".to_owned(), true, false),
                ("phones/d".to_owned(), false, true),
            ]
        );
        assert!(diff(&before, &before).is_empty());
        assert!(diff(&model(json!({"@type": "Card", "version": "1.0"})), &Model::default()).is_empty());
    }

    #[test]
    fn an_undo_keeps_later_changes_to_other_things() {
        let before = phones(&[("a", "1", None), ("b", "2", None)]);
        let after = phones(&[("a", "9", None)]);
        let undo = inverse(&diff(&before, &after));
        // The edited number has a new id by now, and a label it got later.
        let later = phones(&[("z", "9", Some("Boat")), ("y", "7", None)]);
        let (got, left) = apply(&undo, &later);
        assert!(left.is_empty(), "{left:?}");
        let numbers: Vec<_> =
            got.phones.values().map(|phone| (phone.number.as_str(), phone.label.as_deref())).collect();
        assert_eq!(numbers, [("1", Some("Boat")), ("7", None), ("2", None)]);
    }

    #[test]
    fn what_was_changed_again_is_left_and_said() {
        let before = phones(&[("a", "1", Some("Boat"))]);
        let after = phones(&[("a", "1", Some("Car"))]);
        let (got, left) = apply(&inverse(&diff(&before, &after)), &phones(&[("a", "1", Some("House"))]));
        assert_eq!(got.phones["a"].label.as_deref(), Some("House"));
        assert_eq!((left.len(), left[0].change.path.as_str()), (1, "phones/a"));
        let (_, left) = apply(&inverse(&diff(&before, &after)), &Model::default());
        assert_eq!(left[0].why, GONE_SINCE);
    }

    #[test]
    fn two_parts_of_a_name_change_apart() {
        let name = |given: &str, surname: &str| {
            model(
                json!({"name": {"components": [{"kind": "given", "value": given}, {"kind": "surname", "value": surname}]}}),
            )
        };
        let changes = diff(&name("Ann", "Lee"), &name("Anna", "Lee"));
        let (got, left) = apply(&changes, &name("Ann", "Roe"));
        assert!(left.is_empty());
        assert_eq!(got, name("Anna", "Roe"));
    }

    /// Emails, labels, properties without a place and members of somebody's own, each a thousandfold.
    fn thousands(from: usize, note: &str) -> Model {
        let ids = || from..from + 4_000;
        let set: Map<String, Value> = ids().map(|n| (format!("l{n}"), json!(true))).collect();
        let emails: Map<String, Value> = ids()
            .map(|n| (format!("{note}{n}"), json!({"address": format!("p{n}@x.example"), "label": note})))
            .collect();
        let props: Vec<Value> = ids().map(|n| json!(["x-a", {}, "text", n.to_string()])).collect();
        let mut all = json!({"keywords": set, "emails": emails, "vCardProps": props});
        for n in ids() {
            all[format!("example.com:a/{n}")] = json!(n);
        }
        model(all)
    }

    #[test]
    fn thousands_of_changes_are_put_on_and_taken_back() {
        let (before, after) = (thousands(0, "a"), thousands(2_000, "b"));
        let changes = diff(&before, &after);
        assert_eq!(changes.len(), 4 * 4_000 + 2_000, "gone and new of each, and 2,000 other labels of e-mails");
        value_keys::take();
        let (got, left) = apply(&changes, &before);
        assert!(left.is_empty() && diff(&got, &after).is_empty());
        let (back, left) = apply(&inverse(&changes), &got);
        assert!(left.is_empty() && diff(&back, &before).is_empty());
        let keys = value_keys::take();
        assert!(keys < 200_000, "{keys} members were looked at");
    }

    #[test]
    fn twins_of_one_id_get_numbers() {
        let add = |number: &str| change("phones", Some(&"a".to_owned()), None, Some(json!({ "number": number })));
        let changes: Vec<Change> = (0..4).map(|n| add(&n.to_string())).chain([add("2")]).collect();
        let (got, left) = apply(&changes, &phones(&[("a", "9", None), ("a-3", "8", None)]));
        let numbers: Vec<_> = got.phones.iter().map(|(id, phone)| (id.as_str(), phone.number.as_str())).collect();
        assert!(left.is_empty());
        assert_eq!(numbers, [("a", "9"), ("a-3", "8"), ("a-2", "0"), ("a-4", "1"), ("a-5", "2"), ("a-6", "3")]);
    }

    #[test]
    fn labels_and_scalars_come_and_go() {
        let before = model(json!({"keywords": {"A": true}, "kind": "org"}));
        let after = model(json!({"keywords": {"B": true}, "rolo:fileAs": "x"}));
        let changes = diff(&before, &after);
        assert_eq!(apply(&changes, &before).0, after);
        assert_eq!(apply(&inverse(&changes), &after).0, before);
    }
}
