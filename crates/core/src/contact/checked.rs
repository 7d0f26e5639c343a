//! Whether a contact somebody wants may be one: sizes, dates, and text a vCard can carry.
//!
//! Every limit stands here and in `docs/limits.md`. A card that came in with more than a limit may keep it: only growing
//! further is refused. Errors name the member by a JSON pointer.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{Error, Result, card::Model};

/// Octets of a contact without photos and other files.
pub const CONTACT_BYTES_MAX: usize = 1 << 20;
/// Octets of one text.
pub const TEXT_BYTES_MAX: usize = 64 << 10;
/// Characters of one part of a name.
pub const NAME_PART_CHARS_MAX: usize = 1_000;
/// Members of one kind: e-mails, phones…
pub const MEMBERS_MAX: usize = 200;
/// How deep a contact's JSON may nest.
pub const DEPTH_MAX: usize = 32;
/// Octets of one inline photo, sound or key, as written.
pub const FILE_BYTES_MAX: usize = 16 << 20;

/// Members that say nothing about whom the contact is.
const SILENT: [&str; 9] = ["@type", "version", "uid", "kind", "keywords", "created", "updated", "prodId", "language"];

/// A model out of JSON; a member of a wrong type is named by its pointer below `/card`.
pub fn model_of(value: Value) -> Result<Model> {
    let Value::Object(members) = value else {
        return Err(Error::invalid("/card", "A card is a JSON object."));
    };
    for (name, why) in [
        ("uid", "The UID stands beside the card, not in it."),
        ("kind", "The kind stands beside the card, not in it."),
        ("keywords", "Labels stand beside the card, not in it."),
        ("created", "Rolo keeps this time itself; leave it out of the card."),
        ("updated", "Rolo keeps this time itself; leave it out of the card."),
    ] {
        if members.get(name).is_some_and(|value| !value.is_null()) {
            return Err(Error::invalid(format!("/card/{name}"), why));
        }
    }
    let value = Value::Object(members);
    match Model::deserialize(&value) {
        Ok(model) => Ok(model),
        Err(_) => Err(Error::invalid(
            format!("/card{}", misfit(&value)),
            "This has another type than a JSContact card has here.",
        )),
    }
}

/// Where the first member stands that makes a model unreadable: all members are optional, so each is tried alone.
fn misfit(value: &Value) -> String {
    let fails = |path: &[Step<'_>], value: &Value| Model::deserialize(&alone(path, value)).is_err();
    let mut path = Vec::new();
    let mut at = value;
    while path.len() < DEPTH_MAX {
        let next = match at {
            Value::Object(members) => {
                members.iter().map(|(name, child)| (Step::Name(name), child)).find(|(step, child)| {
                    let mut longer = path.clone();
                    longer.push(*step);
                    fails(&longer, child)
                })
            }
            Value::Array(items) => {
                items.iter().enumerate().map(|(n, child)| (Step::Item(n), child)).find(|(step, child)| {
                    let mut longer = path.clone();
                    longer.push(*step);
                    fails(&longer, child)
                })
            }
            _ => None,
        };
        let Some((step, child)) = next else { break };
        path.push(step);
        at = child;
    }
    path.iter().map(Step::pointer).collect()
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Name(&'a str),
    Item(usize),
}

impl Step<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Name(name) => format!("/{}", escaped(name)),
            Self::Item(n) => format!("/{n}"),
        }
    }
}

/// A JSON value with nothing in it but `value` at `path`.
fn alone(path: &[Step<'_>], value: &Value) -> Value {
    path.iter().rev().fold(value.clone(), |inner, step| match step {
        Step::Name(name) => Value::Object(Map::from_iter([((*name).to_owned(), inner)])),
        Step::Item(_) => Value::Array(vec![inner]),
    })
}

/// A token of a JSON pointer (RFC 6901 §3).
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Checks a wanted model against what the card says `now` (`None`: a new contact).
pub fn checked(wanted: &Model, now: Option<&Model>) -> Result<()> {
    few(wanted, now)?;
    let value = json(wanted);
    let before = now.map(json);
    let Value::Object(members) = &value else { return Err(Error::internal("a model is not an object")) };
    if !says_something(members) && before.as_ref().and_then(Value::as_object).is_none_or(says_something) {
        return Err(Error::invalid(
            "/card",
            "A contact needs at least a name, a company, an e-mail address or a number.",
        ));
    }
    let mut text = 0;
    for (name, member) in members {
        let kept = before.as_ref().and_then(|before| before.get(name));
        if kept == Some(member) {
            continue;
        }
        let pointer = format!("/card/{}", escaped(name));
        count(&pointer, member, kept)?;
        Reader { text: &mut text }.value(&pointer, member, kept, 1)?;
    }
    if text > CONTACT_BYTES_MAX {
        return Err(Error::too_large("A contact without its photos may hold 1 MiB."));
    }
    facts(wanted, now)
}

fn json(model: &Model) -> Value {
    serde_json::to_value(model).unwrap_or_default()
}

/// Whether anything is left when bookkeeping is left out.
fn says_something(members: &Map<String, Value>) -> bool {
    fn told(value: &Value) -> bool {
        match value {
            Value::String(text) => !text.trim().is_empty(),
            Value::Number(_) => true,
            Value::Array(items) => items.iter().any(told),
            Value::Object(members) => {
                members.iter().any(|(name, value)| !name.starts_with('@') && name != "kind" && told(value))
            }
            Value::Bool(_) | Value::Null => false,
        }
    }
    members.iter().any(|(name, value)| !SILENT.contains(&name.as_str()) && (told(value) || keyed(name, value)))
}

/// Members whose keys are what they say.
fn keyed(name: &str, value: &Value) -> bool {
    matches!(name, "members" | "relatedTo") && value.as_object().is_some_and(|members| !members.is_empty())
}

/// Counts members before anything is made of them.
fn few(wanted: &Model, now: Option<&Model>) -> Result<()> {
    let before = now.map(Model::fields);
    for (at, (name, field)) in wanted.fields().into_iter().enumerate() {
        let there = before.as_ref().map(|fields| fields[at].1);
        let most = there.map_or(0, |there| there.count()).max(MEMBERS_MAX);
        if field.count() > most && name != "members" && name != "keywords" {
            let why = format!("A contact holds at most {MEMBERS_MAX} of a kind.");
            return Err(Error::invalid(format!("/card/{name}"), why));
        }
    }
    Ok(())
}

fn count(pointer: &str, member: &Value, kept: Option<&Value>) -> Result<()> {
    let size = |value: &Value| match value {
        Value::Object(members) => members.len(),
        Value::Array(items) => items.len(),
        _ => 0,
    };
    let most = kept.map_or(0, size).max(MEMBERS_MAX);
    // A group card lists everybody who is in it.
    if size(member) > most && pointer != "/card/members" && pointer != "/card/keywords" {
        return Err(Error::invalid(pointer, format!("A contact holds at most {MEMBERS_MAX} of a kind.")));
    }
    Ok(())
}

struct Reader<'a> {
    text: &'a mut usize,
}

impl Reader<'_> {
    fn value(&mut self, pointer: &str, value: &Value, kept: Option<&Value>, depth: usize) -> Result<()> {
        if kept == Some(value) {
            return Ok(());
        }
        if depth > DEPTH_MAX {
            return Err(Error::invalid(pointer, format!("A contact nests at most {DEPTH_MAX} deep.")));
        }
        match value {
            Value::String(text) => self.string(pointer, text),
            Value::Array(items) => items.iter().enumerate().try_for_each(|(n, item)| {
                let kept = kept.and_then(|kept| kept.get(n));
                self.value(&format!("{pointer}/{n}"), item, kept, depth + 1)
            }),
            Value::Object(members) => members.iter().try_for_each(|(name, member)| {
                let pointer = format!("{pointer}/{}", escaped(name));
                self.string(&pointer, name)?;
                self.value(&pointer, member, kept.and_then(|kept| kept.get(name)), depth + 1)
            }),
            Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        }
    }

    fn string(&mut self, pointer: &str, text: &str) -> Result<()> {
        if let Some(stray) = text.chars().find(|c| c.is_ascii_control() && !matches!(c, '\n' | '\r' | '\t')) {
            let why = format!("The character U+{:04X} cannot be kept in a contact. Take it out.", stray as u32);
            return Err(Error::invalid(pointer, why));
        }
        if text.starts_with("data:") && pointer.ends_with("/uri") {
            return match text.len() > FILE_BYTES_MAX {
                true => {
                    Err(Error::too_large("A photo may hold 16 MiB as it is sent. Make it smaller, then try again."))
                }
                false => Ok(()),
            };
        }
        *self.text += text.len();
        match text.len() > TEXT_BYTES_MAX {
            true => Err(Error::invalid(pointer, "A text may hold 64 KiB.")),
            false => Ok(()),
        }
    }
}

/// What the types cannot say: ranges, and files that are there.
fn facts(wanted: &Model, now: Option<&Model>) -> Result<()> {
    let parts = wanted.name.iter().flat_map(|name| &name.components);
    for (n, part) in parts.enumerate() {
        if part.value.chars().count() > NAME_PART_CHARS_MAX {
            let why = format!("A part of a name may have {NAME_PART_CHARS_MAX} characters.");
            return Err(Error::invalid(format!("/card/name/components/{n}/value"), why));
        }
    }
    for (id, anniversary) in &wanted.anniversaries {
        let known = now.and_then(|now| now.anniversaries.get(id)) == Some(anniversary);
        if let Some(date) = anniversary.date.as_ref().filter(|_| !known) {
            let pointer = format!("/card/anniversaries/{}/date", escaped(id));
            in_range(&pointer, "year", date.year, 1..=9999)?;
            in_range(&pointer, "month", date.month, 1..=12)?;
            in_range(&pointer, "day", date.day, 1..=days_in(date.month, date.year))?;
        }
    }
    files(wanted, now)
}

fn in_range(pointer: &str, part: &str, value: Option<u32>, range: std::ops::RangeInclusive<u32>) -> Result<()> {
    match value {
        Some(value) if !range.contains(&value) => {
            let why = format!("There is no {part} {value} here. It goes from {} to {}.", range.start(), range.end());
            Err(Error::invalid(format!("{pointer}/{part}"), why))
        }
        _ => Ok(()),
    }
}

fn days_in(month: Option<u32>, year: Option<u32>) -> u32 {
    match (month, year) {
        (Some(4 | 6 | 9 | 11), _) => 30,
        (Some(2), Some(year)) if !year.is_multiple_of(4) || year.is_multiple_of(100) && !year.is_multiple_of(400) => 28,
        (Some(2), _) => 29,
        _ => 31,
    }
}

/// A file by reference must be one of this contact's own.
fn files(wanted: &Model, now: Option<&Model>) -> Result<()> {
    let owned = |uri: &str| {
        now.is_some_and(|now| now.media.values().chain(now.crypto_keys.values()).any(|resource| resource.uri == uri))
    };
    let media = wanted.media.iter().map(|(id, resource)| ("media", id, resource));
    let keys = wanted.crypto_keys.iter().map(|(id, resource)| ("cryptoKeys", id, resource));
    for (kind, id, resource) in media.chain(keys) {
        if resource.uri.starts_with("rolo:blob:") && !owned(&resource.uri) {
            let pointer = format!("/card/{kind}/{}/uri", escaped(id));
            return Err(Error::invalid(pointer, "This contact has no such file. Send the file itself as a data: URI."));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn model(value: Value) -> Model {
        serde_json::from_value(value).unwrap()
    }

    fn refused(value: Value) -> String {
        match checked(&model(value), None) {
            Err(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrong_type_is_named_by_its_pointer() {
        let field = |value| match model_of(value) {
            Err(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        };
        assert_eq!(
            field(json!({"emails": {"a": {"address": "x@y"}, "b/c": {"address": 5}}})),
            "/card/emails/b~1c/address"
        );
        assert_eq!(
            field(json!({"name": {"components": [{"kind": "given", "value": "A"}, {"value": {}}]}})),
            "/card/name/components/1/value"
        );
        assert_eq!(field(json!({"phones": []})), "/card/phones");
        assert_eq!(field(json!("Ann")), "/card");
        assert_eq!(field(json!({"keywords": {"A": true}})), "/card/keywords");
        assert!(model_of(json!({"name": {"full": "Ann"}, "x:odd": {"deep": [1, null]}})).is_ok());
    }

    #[test]
    fn a_company_an_address_or_a_relation_is_enough_and_nothing_is_not() {
        for enough in [
            json!({"organizations": {"a": {"name": "Acme"}}}),
            json!({"emails": {"a": {"address": "ann@example.org"}}}),
            json!({"relatedTo": {"Ann": {}}}),
            json!({"anniversaries": {"a": {"kind": "birth", "date": {"month": 2, "day": 29}}}}),
            json!({"name": {"full": "آنا لي"}}),
        ] {
            checked(&model(enough), None).unwrap();
        }
        for nothing in [
            json!({}),
            json!({"name": {"full": "  "}}),
            json!({"uid": "x", "kind": "org", "keywords": {"A": true}}),
            json!({"emails": {"a": {"@type": "EmailAddress", "address": "", "contexts": {"work": true}}}}),
        ] {
            assert_eq!(refused(nothing), "/card");
        }
    }

    #[test]
    fn sizes_dates_and_control_characters() {
        assert_eq!(refused(json!({"name": {"full": "Ann\u{0}"}})), "/card/name/full");
        assert_eq!(refused(json!({"notes": {"a": {"note": "x".repeat(TEXT_BYTES_MAX + 1)}}})), "/card/notes/a/note");
        let many: Map<String, Value> = (0..=MEMBERS_MAX).map(|n| (format!("p{n}"), json!({"number": "1"}))).collect();
        assert_eq!(refused(json!({"phones": many})), "/card/phones");
        let date = |date: Value| refused(json!({"anniversaries": {"a": {"kind": "birth", "date": date}}}));
        assert_eq!(date(json!({"month": 13, "day": 1})), "/card/anniversaries/a/date/month");
        assert_eq!(date(json!({"year": 2023, "month": 2, "day": 29})), "/card/anniversaries/a/date/day");
        assert_eq!(
            refused(json!({"name": {"components": [{"kind": "given", "value": "x".repeat(1001)}]}})),
            "/card/name/components/0/value"
        );
        assert_eq!(refused(json!({"media": {"a": {"kind": "photo", "uri": "rolo:blob:00"}}})), "/card/media/a/uri");
        checked(&model(json!({"notes": {"a": {"note": "one\r\n\ttwo"}}})), None).unwrap();
        let whole = json!({"notes": (0..20).map(|n| (n.to_string(), json!({"note": "x".repeat(60_000)}))).collect::<Map<_, _>>()});
        assert!(matches!(checked(&model(whole), None), Err(Error::TooLarge { .. })));
    }

    #[test]
    fn what_a_card_brought_along_may_stay() {
        let many: Map<String, Value> = (0..300).map(|n| (format!("p{n}"), json!({"number": n.to_string()}))).collect();
        let brought =
            json!({"phones": many, "notes": {"a": {"note": "\u{1}"}}, "media": {"a": {"uri": "rolo:blob:00"}}});
        let mut wanted = brought.clone();
        wanted["name"] = json!({"full": "Ann"});
        wanted["phones"].as_object_mut().unwrap().shift_remove("p7");
        checked(&model(wanted.clone()), Some(&model(brought.clone()))).unwrap();
        wanted["notes"]["a"]["note"] = json!("\u{2}");
        assert!(checked(&model(wanted), Some(&model(brought))).is_err());
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = (0..DEPTH_MAX + 1).fold(json!("x"), |inner, _| json!([inner]));
        assert!(refused(json!({"name": {"full": "Ann"}, "x:deep": deep})).starts_with("/card/x:deep/0"));
    }
}
