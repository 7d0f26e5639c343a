//! Members inside members that no property has: JSContact's own or somebody's, carried by `JSPROP` (RFC 9555 §3.2), in 2.1
//! and 3.0 by `X-ROLO-JSPROP`, under a pointer to where they belong.
//!
//! A pointer names its member by the id that is read from the card, so it is written last, and anew when the id moves. It
//! says only what no property can: one that would change what the properties say finds no place, and stays a property.
//! A list is carried whole (a pointer must not lead into one) and holds while it says what its property says.

use serde_json::{Map, Value, json};

use super::{
    Card, Model, label,
    lexer::Property,
    model::{
        Address, Anniversary, CustomField, Date, EmailAddress, Gender, LanguagePref, Name, Named, Nickname, Note,
        OnlineService, Organization, PersonalInfo, Phone, Pronouns, Relation, Resource, SpeakToAs, Title,
    },
    normal::{Blobs, normal},
    param::{Meta, param},
    read::country_code,
    relative, text,
};

/// Pointers into one member; more of them stay properties.
const POINTERS_MAX: usize = 200;

/// A member inside a member.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Extra {
    /// The member it is in: `emails`, its id; or `name` alone.
    pub(crate) holder: Vec<String>,
    /// Where in there.
    pub(crate) rest: Vec<String>,
    pub(crate) value: Value,
}

impl Extra {
    pub(crate) fn path(&self) -> Vec<String> {
        [self.holder.as_slice(), &self.rest].concat()
    }
}

/// The steps of a pointer, with or without the slash it may begin with.
pub(crate) fn steps(pointer: &str) -> Vec<String> {
    let pointer = pointer.strip_prefix('/').unwrap_or(pointer);
    pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}

/// Steps as a pointer.
pub(crate) fn written<S: AsRef<str>>(path: &[S]) -> String {
    path.iter().map(|step| step.as_ref().replace('~', "~0").replace('/', "~1")).collect::<Vec<_>>().join("/")
}

/// A property that carries a member: what its pointer and its JSON say.
pub(crate) fn of_property(card: &Card, property: &Property<'_>) -> Option<(Vec<String>, Value)> {
    let meta = Meta::of(property.params);
    let value = text::decoded(property, &meta);
    let (pointer, json) = if property.name.eq_ignore_ascii_case(b"JSPROP") {
        (param(property.params, "JSPTR")?.into_owned(), text::unescaped(&value, card.version))
    } else if property.name.eq_ignore_ascii_case(b"X-ROLO-JSPROP") {
        let mut parts = text::components(&value, card.version).into_iter().map(|list| list.join(","));
        (parts.next()?, parts.next()?)
    } else {
        return None;
    };
    Some((steps(&pointer), serde_json::from_str(&json).ok()?))
}

/// How many steps of a path lead to a member with names of its own; `None` where there is none.
pub(crate) fn holder(path: &[String]) -> Option<usize> {
    let depth = match path.first()?.as_str() {
        "name" | "rolo:gender" => 1,
        // A whole address.
        "addresses" if path.len() == 2 => 1,
        "speakToAs" => {
            if path.get(1).is_some_and(|step| step == "pronouns") {
                3
            } else {
                1
            }
        }
        _ => 2,
    };
    (path.len() > depth && named(&path[..depth]).is_some()).then_some(depth)
}

/// The names a member has properties for.
fn named(holder: &[String]) -> Option<&'static [&'static str]> {
    Some(match holder.first()?.as_str() {
        "name" => Name::NAMED,
        "rolo:gender" => Gender::NAMED,
        "speakToAs" => {
            if holder.len() == 1 {
                SpeakToAs::NAMED
            } else {
                Pronouns::NAMED
            }
        }
        "nicknames" => Nickname::NAMED,
        "organizations" => Organization::NAMED,
        "titles" => Title::NAMED,
        "emails" => EmailAddress::NAMED,
        "phones" => Phone::NAMED,
        "onlineServices" => OnlineService::NAMED,
        "preferredLanguages" => LanguagePref::NAMED,
        "addresses" => Address::NAMED,
        "anniversaries" => Anniversary::NAMED,
        "personalInfo" => PersonalInfo::NAMED,
        "notes" => Note::NAMED,
        "relatedTo" => Relation::NAMED,
        "links" | "media" | "cryptoKeys" | "directories" | "calendars" | "schedulingAddresses" => Resource::NAMED,
        "rolo:customFields" => CustomField::NAMED,
        _ => return None,
    })
}

/// Members of members that are objects of their own: parts of them may have no property.
const INNER: &[&str] = &["contexts", "features", "relation", "sortAs", "date", "place", "author"];

/// Lists that are carried whole.
fn is_list(holder: &str, key: &str) -> bool {
    matches!((holder, key), ("name" | "addresses", "components") | ("organizations", "units"))
}

/// Whether no property says what stands at this place of a member.
fn is_free(holder: &[String], rest: &[String]) -> bool {
    let (Some(kind), Some(names)) = (holder.first(), named(holder)) else { return false };
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    if is_place(holder) {
        return rest.len() == 1;
    }
    match rest.as_slice() {
        // `vCardName` and the like tell of properties that are there.
        [key] if !names.contains(key) => *key != "@type" && !key.starts_with("vCard"),
        ["isOrdered"] => matches!(kind.as_str(), "name" | "addresses"),
        ["phoneticSystem"] => kind == "name",
        ["label"] => matches!(kind.as_str(), "media" | "cryptoKeys" | "addresses"),
        ["countryCode" | "pref"] | ["contexts", _] if kind == "addresses" => true,
        [key] => is_list(kind, key),
        ["contexts", word] => !is_context(word),
        ["features", word] => !label::is_feature(word),
        ["relation", word] => !relative::is_kind(word),
        ["sortAs", word] if kind == "name" => !matches!(*word, "surname" | "given"),
        ["date", key] => *key == "calendarScale" || !Date::NAMED.contains(key) && *key != "@type",
        ["place", key] => !matches!(*key, "full" | "@type"),
        ["author", key] => !matches!(*key, "uri" | "name" | "@type"),
        _ => false,
    }
}

/// Whether it holds whole addresses, and not parts of one.
fn is_place(holder: &[String]) -> bool {
    matches!(holder, [field] if field == "addresses")
}

/// Whether an address tells its country by a code: without a part, a place or a zone it has no property, and is carried whole.
fn has_code(address: &Value) -> bool {
    address.get("countryCode").and_then(Value::as_str).is_some_and(|code| !code.trim().is_empty())
}

/// Whether this part of an address has a property as soon as the address has any: then what the normal form does not
/// have was not meant to be there.
fn stands_beside(normal: &Map<String, Value>, rest: &[String], value: &Value) -> bool {
    if normal.get("components").and_then(Value::as_array).is_none_or(Vec::is_empty) {
        return false;
    }
    match rest {
        [key] if key == "countryCode" => value.as_str().is_some_and(|code| country_code(code).is_some()),
        [key] => key == "label" || key == "pref",
        [_, word] => is_context(word),
        _ => false,
    }
}

fn is_context(word: &str) -> bool {
    matches!(word, "private" | "work" | "billing" | "delivery")
}

/// What of a model its normal form, which is what properties can say, does not have.
pub(crate) fn extras(model: &Model, normal: &Model) -> Vec<Extra> {
    let mut out = Vec::new();
    for ((field, one), (_, there)) in model.fields().into_iter().zip(normal.fields()) {
        if one.is_absent() || one.same(there) {
            continue;
        }
        match (field, one.many().zip(there.many())) {
            ("name" | "rolo:gender" | "speakToAs", _) => {
                let there = Some(there.value()).filter(Value::is_object).unwrap_or_else(|| json!({}));
                whole(field, &one.value(), &there, &mut out);
            }
            (_, Some((many, there))) if named(&[field.to_owned(), String::new()]).is_some() => {
                for id in many.ids().filter(|id| !many.same(id, there)) {
                    if let Some(value) = many.member(id) {
                        member(vec![field.to_owned(), id.clone()], value, there.member(id), &mut out);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

/// Those of a member that is there once.
fn whole(field: &str, value: &Value, normal: &Value, out: &mut Vec<Extra>) {
    let holder = [field.to_owned()];
    if let (Value::Object(member), Value::Object(normal)) = (value, normal) {
        walk(&holder, member, normal, out);
    }
    let members = |value: &'_ Value| value.get("pronouns").and_then(Value::as_object).cloned();
    if let Some(pronouns) = members(value).filter(|_| field == "speakToAs") {
        let mut there = members(normal).unwrap_or_default();
        for (id, value) in pronouns {
            let normal = there.get_mut(&id).map(Value::take);
            member(vec![field.to_owned(), "pronouns".to_owned(), id], value, normal, out);
        }
    }
}

/// Those of one of many.
fn member(holder: Vec<String>, value: Value, normal: Option<Value>, out: &mut Vec<Extra>) {
    match (&value, &normal) {
        (Value::Object(member), Some(Value::Object(normal))) => walk(&holder, member, normal, out),
        (_, None) if holder[0] == "addresses" && has_code(&value) => {
            out.push(Extra { holder: vec![holder[0].clone()], rest: vec![holder[1].clone()], value });
        }
        _ => {}
    }
}

fn walk(holder: &[String], member: &Map<String, Value>, normal: &Map<String, Value>, out: &mut Vec<Extra>) {
    let ordered = member.get("isOrdered") == Some(&Value::Bool(true));
    for (key, value) in member.iter().filter(|(_, value)| says_something(value)) {
        let there = normal.get(key);
        let mut push = |rest: Vec<String>, value: &Value| {
            let beside = holder[0] == "addresses" && stands_beside(normal, &rest, value);
            if is_free(holder, &rest) && !beside {
                out.push(Extra { holder: holder.to_vec(), rest, value: value.clone() });
            }
        };
        match (value, there) {
            (Value::Object(inner), there) if INNER.contains(&key.as_str()) => {
                for (word, value) in inner.iter().filter(|(_, value)| says_something(value)) {
                    if there.and_then(|there| there.get(word)).is_none() {
                        push(vec![key.clone(), word.clone()], value);
                    }
                }
            }
            (Value::Array(list), there) if is_list(&holder[0], key) => {
                if ordered || is_more(list, there.and_then(Value::as_array)) {
                    push(vec![key.clone()], value);
                }
            }
            (value, None) => push(vec![key.clone()], value),
            (_, Some(_)) => {}
        }
    }
}

fn says_something(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

/// Whether a list says more than its normal form: its order says nothing unless it is said to.
fn is_more(list: &[Value], normal: Option<&Vec<Value>>) -> bool {
    let told = |list: &[Value]| {
        let mut told: Vec<String> = list
            .iter()
            .filter(|one| {
                !one.get("value").or(one.get("name")).and_then(Value::as_str).unwrap_or_default().trim().is_empty()
            })
            .map(|one| {
                let mut parts: Vec<String> = one
                    .as_object()
                    .into_iter()
                    .flatten()
                    .filter(|(key, value)| *key != "@type" && says_something(value))
                    .map(|(key, value)| {
                        format!(
                            "{key}:{}",
                            value.as_str().map_or_else(
                                || value.to_string(),
                                |text| text.trim().replace("\r\n", "\n").replace('\r', "\n")
                            )
                        )
                    })
                    .collect();
                parts.sort_unstable();
                parts.join("\u{0}")
            })
            .collect();
        told.sort_unstable();
        told
    };
    told(list) != told(normal.map(Vec::as_slice).unwrap_or_default())
}

/// Puts extras where their members are, as far as they say nothing else than the properties do; says which fit.
pub(crate) fn placed(model: &mut Map<String, Value>, extras: &[Extra]) -> Vec<bool> {
    let mut fits = vec![false; extras.len()];
    let mut by_holder: indexmap::IndexMap<&[String], Vec<usize>> = indexmap::IndexMap::new();
    for (at, one) in extras.iter().enumerate() {
        let own = by_holder.entry(&one.holder).or_default();
        let told = !is_place(&one.holder) || has_code(&one.value);
        if own.len() < POINTERS_MAX && told && is_free(&one.holder, &one.rest) {
            own.push(at);
        }
    }
    for (holder, own) in by_holder {
        place(model, holder, extras, own, &mut fits);
    }
    // Made for what turned out not to fit.
    for field in ["name", "addresses", "rolo:gender"] {
        if model.get(field).and_then(Value::as_object).is_some_and(Map::is_empty) {
            model.shift_remove(field);
        }
    }
    fits
}

/// Those of one member: all at once where they all fit, else each that does.
fn place(model: &mut Map<String, Value>, holder: &[String], extras: &[Extra], own: Vec<usize>, fits: &mut [bool]) {
    let Some(slot) = find(model, holder) else { return };
    if is_place(holder) {
        return place_whole(slot, extras, own, fits);
    }
    let all = own.iter().try_fold(slot.clone(), |member, at| with(&member, &extras[*at]));
    if let Some(all) = all.filter(|all| same(holder, slot, all)) {
        *slot = all;
        own.iter().for_each(|at| fits[*at] = true);
        return;
    }
    let listed = own.iter().any(|at| is_list(&holder[0], &extras[*at].rest[0]));
    let mut unlisted = false;
    for at in own {
        let one = &extras[at];
        // Whether parts are in order, and what stands between them, says nothing of other parts.
        if listed && unlisted && matches!(one.rest[0].as_str(), "isOrdered" | "defaultSeparator") {
            continue;
        }
        match with(slot, one).filter(|member| same(holder, slot, member)) {
            Some(member) => {
                *slot = member;
                fits[at] = true;
            }
            None => unlisted |= is_list(&holder[0], &one.rest[0]),
        }
    }
}

/// Whole members, each for itself: no property says anything of them.
fn place_whole(slot: &mut Value, extras: &[Extra], own: Vec<usize>, fits: &mut [bool]) {
    let Value::Object(members) = slot else { return };
    for at in own {
        let one = &extras[at];
        let Some(id) = one.rest.first().filter(|id| !members.contains_key(*id)) else { continue };
        if same(&one.holder, &json!({}), &json!({ id.as_str(): one.value })) {
            members.insert(id.clone(), one.value.clone());
            fits[at] = true;
        }
    }
}

fn find<'v>(model: &'v mut Map<String, Value>, holder: &[String]) -> Option<&'v mut Value> {
    let (first, path) = holder.split_first()?;
    if path.is_empty() {
        // What is only told by pointers has no property to begin with.
        return Some(model.entry(first.clone()).or_insert_with(|| json!({})));
    }
    path.iter().try_fold(model.get_mut(first)?, |at, step| at.get_mut(step))
}

/// The member with an extra put in; `None` where something stands there already.
fn with(member: &Value, extra: &Extra) -> Option<Value> {
    let mut member = member.clone();
    let (last, path) = extra.rest.split_last()?;
    let mut at = member.as_object_mut()?;
    for step in path {
        at = at.entry(step.clone()).or_insert_with(|| json!({})).as_object_mut()?;
    }
    if at.contains_key(last) && !is_list(&extra.holder[0], last) {
        return None;
    }
    at.insert(last.clone(), extra.value.clone());
    Some(member)
}

/// Whether two forms of a member say the same by property.
fn same(holder: &[String], before: &Value, after: &Value) -> bool {
    let model = |value: &Value| -> Option<Model> {
        let nested = holder.iter().rev().fold(value.clone(), |value, step| json!({ step.as_str(): value }));
        let model = serde_json::from_value(nested).ok()?;
        Some(normal(model, &mut Blobs::new()))
    };
    matches!((model(before), model(after)), (Some(before), Some(after)) if before == after)
}

/// The normal form of a model with what it carries by pointers.
pub(crate) fn normal_with(model: &Model, blobs: &mut Blobs) -> Model {
    let normal = normal(model.clone(), blobs);
    let extras = extras(model, &normal);
    if extras.is_empty() { normal } else { put_back(normal, &extras) }
}

/// A normal model with these extras, where their members are still there.
pub(crate) fn put_back(model: Model, extras: &[Extra]) -> Model {
    let Ok(Value::Object(mut object)) = serde_json::to_value(&model) else { return model };
    placed(&mut object, extras);
    serde_json::from_value(Value::Object(object)).unwrap_or(model)
}
