//! JSContact files (RFC 9553): a card as a complete Card object, and a Card object as a model, read leniently.
//!
//! What JSContact has no member for travels in `vCardProps` (RFC 9555) and under Rolo's own names, and comes back as
//! lines. Limits come first: depth, members, octets.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{CARD_BYTES_MAX, CARD_LINES_MAX, Card, Model};
use crate::{Error, Result};

/// Objects and lists inside each other.
const DEPTH_MAX: usize = 32;

/// The card as a Card object. `uid` is the contact's, for a card that has none; without either, one made of its bytes.
pub fn to_jscontact(card: &Card, uid: Option<&str>) -> Value {
    let mut model = card.model();
    model.uid = model.uid.or_else(|| uid.map(str::to_owned)).or_else(|| Some(made_up(card)));
    let Ok(Value::Object(members)) = serde_json::to_value(&model) else { return Value::Null };
    let mut object = Map::new();
    object.insert("@type".to_owned(), "Card".into());
    object.insert("version".to_owned(), "1.0".into());
    object.extend(members.into_iter().filter(|(key, _)| key != "@type" && key != "version"));
    if let Some(Value::Object(anniversaries)) = object.get_mut("anniversaries") {
        for date in anniversaries.values_mut().filter_map(|one| one.get_mut("date")?.as_object_mut()) {
            // A PartialDate goes without saying, a Timestamp does not (RFC 9553 §2.8.1).
            if date.contains_key("utc") {
                date.insert("@type".to_owned(), "Timestamp".into());
            }
        }
    }
    Value::Object(object)
}

/// The same card always gets the same uid.
fn made_up(card: &Card) -> String {
    let digest = Sha256::digest(card.bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

/// A Card object as a model. Members nobody knows are kept; a known one of the wrong type is refused by its path.
pub fn from_jscontact(value: Value) -> Result<Model> {
    limits(&value)?;
    let Value::Object(mut object) = value else {
        return Err(Error::invalid("", "This is no JSContact card: it must be a JSON object."));
    };
    match object.get("@type").and_then(Value::as_str) {
        None | Some("Card") => {}
        Some(other) => {
            let why = format!("This is a {other}, and no contact card.");
            return Err(Error::invalid("/@type", why));
        }
    }
    object.shift_remove("@type");
    object.shift_remove("version");
    tidy(&mut object);
    read(object)
}

fn limits(value: &Value) -> Result<()> {
    let (mut nodes, mut octets) = (0_usize, 0_usize);
    let mut open = vec![(value, 0_usize)];
    while let Some((value, depth)) = open.pop() {
        nodes += 1;
        if depth > DEPTH_MAX {
            return Err(Error::too_large("This contact has members inside members, more than 32 deep."));
        }
        match value {
            Value::Object(object) => {
                octets += object.keys().map(String::len).sum::<usize>();
                open.extend(object.values().map(|one| (one, depth + 1)));
            }
            Value::Array(list) => open.extend(list.iter().map(|one| (one, depth + 1))),
            Value::String(text) => octets += text.len(),
            _ => {}
        }
        if nodes > CARD_LINES_MAX || octets > CARD_BYTES_MAX {
            return Err(Error::too_large("This contact is too large: at most 100,000 values and 32 MiB."));
        }
    }
    Ok(())
}

/// What others write a little beside the standard.
fn tidy(object: &mut Map<String, Value>) {
    drop_nulls(object);
    // calcard's names for what RFC 9555 calls vCardProps.
    if let Some(Value::Object(mut vcard)) = object.shift_remove("vCard") {
        if let Some(properties) = vcard.shift_remove("properties") {
            object.entry("vCardProps").or_insert(properties);
        }
        if !vcard.is_empty() {
            object.insert("vCard".to_owned(), Value::Object(vcard));
        }
    }
    if let Some(Value::String(full)) = object.get("name") {
        object.insert("name".to_owned(), json!({ "full": full }));
    }
    for field in ["addresses", "anniversaries", "relatedTo"] {
        members(object, field, |member| {
            if let Some(label) = member.shift_remove("label") {
                member.entry("rolo:label").or_insert(label);
            }
        });
    }
    members(object, "anniversaries", |member| {
        if let Some(date) = member.get("date").and_then(Value::as_str).and_then(|text| super::date::parse(text, None)) {
            member.insert("date".to_owned(), serde_json::to_value(date).unwrap_or_default());
        }
        if let Some(Value::Object(date)) = member.get_mut("date") {
            date.shift_remove("@type");
        }
    });
    for field in ["keywords", "members"] {
        let list = object.get(field).and_then(Value::as_array).map(|list| {
            list.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), Value::Bool(true))).collect()
        });
        if let Some(set) = list {
            object.insert(field.to_owned(), Value::Object(set));
        }
        if let Some(Value::Object(set)) = object.get_mut(field) {
            set.retain(|_, on| *on != Value::Bool(false));
        }
    }
}

fn drop_nulls(object: &mut Map<String, Value>) {
    object.retain(|_, value| !value.is_null());
}

fn members(object: &mut Map<String, Value>, field: &str, with: impl Fn(&mut Map<String, Value>)) {
    if let Some(Value::Object(members)) = object.get_mut(field) {
        members.values_mut().filter_map(Value::as_object_mut).for_each(with);
    }
}

/// Reads member by member where the whole does not fit, so that the answer names the one that is wrong.
fn read(object: Map<String, Value>) -> Result<Model> {
    let whole = Value::Object(object);
    if let Ok(model) = serde_json::from_value(whole.clone()) {
        return Ok(model);
    }
    let Value::Object(object) = whole else { return Ok(Model::default()) };
    for (name, value) in object {
        let one: Map<String, Value> = [(name.clone(), value)].into_iter().collect();
        if let Err(wrong) = serde_json::from_value::<Model>(Value::Object(one)) {
            let path = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            return Err(Error::invalid(path, format!("“{name}” is not what RFC 9553 says it is: {wrong}.")));
        }
    }
    Err(Error::invalid("", "This is no JSContact card."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(lines: &str) -> Card {
        Card::parse(format!("BEGIN:VCARD\nVERSION:3.0\n{lines}\nEND:VCARD\n").into_bytes()).unwrap()
    }

    #[test]
    fn a_card_says_all_of_itself() {
        let card = card(
            "UID:u-1\nKIND:org\nFN:Acme\nCATEGORIES:A,B\nREV:2026-11-21T09:30:00Z\nBDAY:1980-03-22T10:00:00Z\nX-ODD;A=b:c\\,d",
        );
        let want = json!({
            "@type": "Card", "version": "1.0", "uid": "u-1", "kind": "org", "keywords": {"A": true, "B": true},
            "updated": "2026-11-21T09:30:00Z", "name": {"full": "Acme"},
            "anniversaries": {"x": {"kind": "birth", "date": {"utc": "1980-03-22T10:00:00Z", "@type": "Timestamp"}}},
            "vCardProps": [["x-odd", {"a": "b"}, "unknown", "c\\,d"]],
        });
        let mut got = to_jscontact(&card, Some("not this one"));
        let (_, birth) = got["anniversaries"].as_object().unwrap().iter().next().unwrap();
        got["anniversaries"] = json!({ "x": birth });
        assert_eq!(got, want);
    }

    #[test]
    fn every_card_has_a_uid() {
        let nameless = card("FN:A");
        assert_eq!(to_jscontact(&nameless, Some("u-2"))["uid"], "u-2");
        let made = to_jscontact(&nameless, None)["uid"].clone();
        assert_eq!(made, to_jscontact(&nameless, None)["uid"]);
        assert_ne!(made, to_jscontact(&card("FN:B"), None)["uid"]);
        assert!(made.as_str().unwrap().starts_with("urn:uuid:"));
    }

    #[test]
    fn what_others_write_is_taken() {
        let model = from_jscontact(json!({
            "@type": "Card", "version": "1.0", "name": "Ann Lee", "kind": null, "keywords": ["A"],
            "addresses": {"a": {"full": "Gasse 2", "label": "Boat house"}},
            "anniversaries": {"b": {"kind": "birth", "date": "--08-20"}, "c": {"kind": "x", "label": "Name day", "date": {"@type": "PartialDate", "month": 7, "day": 26}}},
            "relatedTo": {"Bo": {"relation": {"friend": true}, "label": "old friend"}},
            "vCard": {"properties": [["x-a", {}, "text", "b"]]}, "example.com:mood": {"deep": [1]},
        }))
        .unwrap();
        assert_eq!(model.name.unwrap().full.unwrap(), "Ann Lee");
        assert_eq!(model.addresses["a"].label.as_deref(), Some("Boat house"));
        assert_eq!(model.anniversaries["b"].date.as_ref().unwrap().month, Some(8));
        assert_eq!(model.anniversaries["c"].label.as_deref(), Some("Name day"));
        assert_eq!(model.related_to["Bo"].label.as_deref(), Some("old friend"));
        assert!(model.keywords["A"]);
        assert_eq!(model.vcard_props, [json!(["x-a", {}, "text", "b"]).into()]);
        assert_eq!(model.other["example.com:mood"], json!({"deep": [1]}));
    }

    #[test]
    fn what_is_no_contact_is_refused_by_name() {
        let refused = |value: Value| match from_jscontact(value) {
            Err(Error::Invalid { field, .. }) => field,
            Err(Error::TooLarge { .. }) => "too large".to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(json!([])), "");
        assert_eq!(refused(json!({"@type": "Event"})), "/@type");
        assert_eq!(refused(json!({"uid": "u", "emails": {"a": "b@c.example"}})), "/emails");
        assert_eq!(refused(json!({"name": {"components": [{"kind": 5}]}})), "/name");
        let mut deep = json!(1);
        for _ in 0..40 {
            deep = json!([deep]);
        }
        assert_eq!(refused(json!({ "x": deep })), "too large");
        assert_eq!(refused(json!({ "x": vec![0; CARD_LINES_MAX] })), "too large");
    }
}
