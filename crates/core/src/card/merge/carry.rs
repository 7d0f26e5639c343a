//! What each client is known to lose or to make up (`card-map.md` §5, `clients.md` §2–§3): no edit of its user's.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    Client, Sides,
    member::{One, is_taken, take},
};
use crate::card::{date, label};

/// Members whose properties Apple does not know: their parameters are lost, their values kept.
const UNKNOWN_TO_APPLE: &[&str] = &[
    "preferredLanguages",
    "personalInfo",
    "speakToAs/pronouns",
    "directories",
    "calendars",
    "schedulingAddresses",
    "rolo:customFields",
    "cryptoKeys",
    "titles",
];

/// Whether a scalar that is missing was lost rather than deleted.
pub(super) fn loses_scalar(sides: &Sides, key: &str, old: Option<&Value>) -> bool {
    match (sides.client, key) {
        (Client::Davx5, "kind") => true,
        (Client::Apple, "kind") => old.and_then(Value::as_str) != Some("org"),
        (Client::Apple, "rolo:birthdayText") => birthday_stands(sides),
        _ => false,
    }
}

/// The birthday as a full date, or a day and month: what Apple keeps.
fn birth(side: &super::Side) -> Option<Value> {
    side.members("anniversaries").into_iter().find(|(_, one)| one["kind"] == "birth").map(|(_, one)| one)
}

fn is_day(one: &Value) -> bool {
    let date = &one["date"];
    date.get("utc").is_some() || date.get("month").is_some() && date.get("day").is_some()
}

/// Whether Apple was served a birthday it cannot keep and sent none that is a date of its own: then it stands.
pub(super) fn birthday_stands(sides: &Sides) -> bool {
    if sides.client != Client::Apple {
        return false;
    }
    let odd = match birth(&sides.served) {
        Some(one) => !is_day(&one),
        None => sides.served.model.contains_key("rolo:birthdayText"),
    };
    odd && !birth(&sides.sent)
        .is_some_and(|one| one["date"]["year"].as_u64().is_some_and(|year| year > 1604) && is_day(&one))
}

/// Whether DAVx5 took a translation (ALTID) for the last of its kind, and sent that alone.
pub(super) fn is_translation(sides: &Sides, field: &str, sent: &[One]) -> bool {
    let property = match field {
        "organizations" => "org",
        "titles" => "title",
        _ => return false,
    };
    let props = sides.served.model.get("vCardProps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_sibling =
        |name: &Value| props.iter().any(|one| one[0] == property && one[1].get("altid").is_some() && one[3] == *name);
    sides.client == Client::Davx5 && sent.len() == 1 && is_sibling(&sent[0].value["name"])
}

/// A relation that comes back by its name alone, the link lost with a parameter, is the one that was linked.
pub(super) fn relink(sides: &Sides, served: &[One], sent: &mut [One]) {
    if sides.client == Client::Other {
        return;
    }
    let there: HashSet<String> = sent.iter().map(|one| one.id.clone()).collect();
    let mut by_name: HashMap<&str, &One> = HashMap::new();
    for linked in served.iter().filter(|one| !there.contains(&one.id)) {
        if let Some(name) = linked.value["rolo:name"].as_str() {
            by_name.entry(name).or_insert(linked);
        }
    }
    for one in sent.iter_mut() {
        let Some(linked) = by_name.remove(one.id.as_str()) else { continue };
        let name = std::mem::replace(&mut one.id, linked.id.clone());
        if let Value::Object(member) = &mut one.value {
            member.insert("rolo:name".to_owned(), name.into());
            member.shift_remove("vCardParams");
        }
    }
}

/// Of two birthdays the first counts; a client that turned them round has edited neither.
fn first_birthday(sides: &Sides, served: &[One], sent: &mut [One]) {
    let props = sides.served.model.get("vCardProps").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let others = props.iter().filter(|one| one[0] == "bday").filter_map(|one| date::parse(one[3].as_str()?, None));
    let others: Vec<Value> = others.filter_map(|other| serde_json::to_value(other).ok()).collect();
    let is_birth = |one: &&One| one.value["kind"] == "birth";
    let Some(first) = served.iter().find(is_birth) else { return };
    for one in sent.iter_mut().filter(|one| one.value["kind"] == "birth" && others.contains(&one.value["date"])) {
        one.value = first.value.clone();
    }
}

/// Takes out of what was sent what the client made up.
pub(super) fn tidy(sides: &Sides, field: &str, served: &[One], sent: &mut Vec<One>) {
    if field == "anniversaries" {
        first_birthday(sides, served, sent);
    }
    if sides.client != Client::Apple {
        return;
    }
    if field == "anniversaries" && birthday_stands(sides) {
        sent.retain(|one| one.value["kind"] != "birth");
    }
    let silent = |key: &str| -> HashSet<String> {
        served
            .iter()
            .filter_map(|one| one.value.get(key)?.as_str())
            .filter(|text| label::is_silent(text))
            .map(str::to_owned)
            .collect()
    };
    let known = [("label", silent("label")), ("rolo:label", silent("rolo:label"))];
    for one in sent.iter_mut() {
        let Value::Object(member) = &mut one.value else { continue };
        // A type without a meaning comes back as a label.
        for (key, known) in &known {
            let written = member.get(*key).and_then(Value::as_str);
            if written.is_some_and(|text| label::is_silent(text) && !known.contains(text)) {
                member.shift_remove(*key);
            }
        }
        // iOS makes a day without a year one of the year 2.
        if field == "anniversaries"
            && let Some(Value::Object(date)) = member.get_mut("date")
            && date.get("year").and_then(Value::as_u64).is_some_and(|year| year < 3)
        {
            date.shift_remove("year");
        }
    }
}

/// Fields a client holds one of; the member it holds.
pub(super) fn carried(sides: &Sides, field: &str, served: &[One]) -> Option<usize> {
    let last = |fits: &dyn Fn(&One) -> bool| {
        let all: Vec<usize> = (0..served.len()).filter(|at| fits(&served[*at])).collect();
        all.last().copied().filter(|_| all.len() > 1)
    };
    match (sides.client, field) {
        (Client::Davx5, "organizations" | "titles") => last(&|_| true),
        (Client::Davx5, "anniversaries") => last(&|one| one.value["kind"] == "wedding"),
        (Client::Davx5, "nicknames") if served.len() > 1 => {
            let lines = sides.served.sources.iter().filter(|source| source.field == field);
            let last = lines.max_by_key(|source| (source.line, std::cmp::Reverse(source.nth)))?;
            served.iter().position(|one| one.id == last.id)
        }
        (Client::Apple, "organizations" | "titles") => (served.len() > 1).then_some(0),
        _ => None,
    }
}

/// A client that holds one of several sends that one changed.
pub(super) fn pair_carried(
    sides: &Sides,
    field: &str,
    served: &mut [One],
    sent: &mut [One],
    pairs: &mut Vec<(usize, usize)>,
) {
    let Some(at) = carried(sides, field, served).filter(|at| !is_taken(&served[*at])) else { return };
    let same_kind = |one: &One| field != "anniversaries" || one.value["kind"] == served[at].value["kind"];
    if let Some(new) = sent.iter().position(|one| !is_taken(one) && same_kind(one)) {
        take(&mut served[at], &mut sent[new]);
        pairs.push((at, new));
    }
}

/// Whether a member that is missing was lost rather than deleted.
pub(super) fn loses_member(sides: &Sides, field: &str, one: &One, is_carried: Option<bool>, any_sent: bool) -> bool {
    let one = &one.value;
    let kind = one["kind"].as_str().unwrap_or_default();
    match (sides.client, field) {
        (Client::Other, _) => false,
        (Client::Davx5, "directories") => kind == "entry",
        (Client::Davx5, "media") => matches!(kind, "logo" | "sound"),
        (Client::Davx5, "anniversaries") if kind != "wedding" => false,
        (Client::Davx5, "addresses") => is_no_adr(one),
        (Client::Apple, "anniversaries") => kind == "birth" && (birthday_stands(sides) || !is_day(one)),
        (_, "organizations" | "titles" | "nicknames" | "anniversaries") => is_carried.is_some_and(|is| !is || any_sent),
        _ => false,
    }
}

/// GEO or TZ alone: no address a client shows.
fn is_no_adr(one: &Value) -> bool {
    one.get("components").is_none() && one.get("full").is_none()
}

/// Whether a difference in one key of a member is none of the user's.
pub(super) fn ignores(
    sides: &Sides,
    field: &str,
    key: &str,
    old: &Map<String, Value>,
    new: &Map<String, Value>,
) -> bool {
    let gone = !new.contains_key(key);
    // A relation by uid is served with the name of that contact.
    if field == "relatedTo" && key == "rolo:name" && !old.contains_key(key) {
        return true;
    }
    if !sides.deletes && gone
        || (field, key) == ("addresses", "full")
            && (!old.contains_key(key) && is_in(&sides.served.orphans, new.get(key))
                || gone && is_in(&sides.sent.orphans, old.get(key)))
    {
        return true;
    }
    let parameter = matches!(key, "author" | "created" | "level" | "listAs" | "sortAs" | "vCardParams")
        || key == "mediaType" && field != "media" && field != "cryptoKeys";
    match sides.client {
        Client::Other => false,
        _ if gone && parameter => field != "relatedTo" || key != "vCardParams",
        Client::Apple => match key {
            // It marks the first of each kind as preferred, and has no way to choose another.
            "pref" => true,
            "countryCode" => !old.contains_key(key) && country(old) == country(new) || gone,
            "contexts" | "label" => gone && UNKNOWN_TO_APPLE.contains(&field),
            _ => false,
        },
        Client::Davx5 => match key {
            "full" | "countryCode" | "coordinates" | "timeZone" => gone && field == "addresses",
            "label" | "rolo:label" => {
                gone && old.get(key).and_then(Value::as_str) == Some("other") && !new.contains_key("contexts")
            }
            _ => false,
        },
    }
}

fn is_in(texts: &HashSet<String>, text: Option<&Value>) -> bool {
    text.and_then(Value::as_str).is_some_and(|text| texts.contains(text))
}

fn country(member: &Map<String, Value>) -> Option<&str> {
    let parts = member.get("components")?.as_array()?;
    parts.iter().find(|part| part["kind"] == "country")?.get("value")?.as_str()
}

/// Properties without a place that DAVx5 drops.
pub(super) fn loses_property(sides: &Sides, property: &Value) -> bool {
    let name = property[0].as_str().unwrap_or_default();
    let sibling = property[1].get("altid").is_some() || property[1].get("language").is_some();
    // A lone day or month goes when a whole birthday has come.
    let odd = || property[3].as_str().is_some_and(|value| date::parse(value, None).is_none());
    if name == "bday" && birth(&sides.sent).is_some() && odd() {
        return false;
    }
    let known = matches!(name, "n" | "fn" | "org" | "title" | "bday" | "anniversary" | "prodid" | "rev");
    match sides.client {
        Client::Other => false,
        Client::Davx5 => {
            sibling || known || matches!(name, "sort-string" | "source" | "label" | "logo" | "sound" | "agent")
        }
        Client::Apple => sibling || known || name == "agent",
    }
}
