//! The fidelity corpus: cards in the shape of each exporter, and beside each what it says, light enough to read.
//!
//! The expected models were written from the card map by hand; they hold no ids. Lists stand for sets and for members by
//! id, `"given: Ann ‹an›"` for a part of a name with its sound, `"--08-20"` for a date, a number for an organization.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rolo_core::card::{Card, Drawing, Model, jscontact};
use serde_json::{Map, Value};

/// One card of the corpus.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) expected: Value,
}

impl Sample {
    pub(crate) fn card(&self) -> Card {
        Card::parse(self.bytes.clone()).unwrap_or_else(|refused| panic!("{}: {refused}", self.name))
    }
}

/// All cards, by exporter and number.
pub(crate) fn samples() -> Vec<Sample> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cards");
    let mut paths: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap()
        .flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap())
        .map(|file| file.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "vcf"))
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| Sample {
            name: path.strip_prefix(&root).unwrap().display().to_string(),
            bytes: fs::read(&path).unwrap(),
            expected: serde_json::from_slice(&fs::read(path.with_extension("json")).unwrap()).unwrap(),
        })
        .collect()
}

/// A model as the corpus writes it.
pub(crate) fn light(model: &Model) -> Value {
    let Value::Object(mut object) = serde_json::to_value(model).unwrap() else { panic!("a model is an object") };
    let organizations: Vec<String> = match object.get("organizations") {
        Some(Value::Object(all)) => all.keys().cloned().collect(),
        _ => Vec::new(),
    };
    for (field, value) in &mut object {
        *value = match field.as_str() {
            "keywords" | "members" => names(value),
            "name" => named(value),
            "relatedTo" => value
                .as_object()
                .unwrap()
                .iter()
                .map(|(key, one)| (key.clone(), member(one, &organizations)))
                .collect::<Map<_, _>>()
                .into(),
            "speakToAs" => {
                let mut speak = value.as_object().unwrap().clone();
                if let Some(pronouns) = speak.get_mut("pronouns") {
                    *pronouns = members(pronouns, &organizations);
                }
                speak.into()
            }
            "vCardProps" => value.take(),
            _ if value.is_object() && value.as_object().unwrap().values().all(Value::is_object) && is_many(field) => {
                members(value, &organizations)
            }
            _ => value.take(),
        };
    }
    object.into()
}

fn is_many(field: &str) -> bool {
    !matches!(field, "rolo:gender" | "localizations") && (!field.contains(':') || field == "rolo:customFields")
}

fn names(set: &Value) -> Value {
    set.as_object().unwrap().keys().cloned().collect()
}

fn members(all: &Value, organizations: &[String]) -> Value {
    all.as_object().unwrap().values().map(|one| member(one, organizations)).collect()
}

fn member(one: &Value, organizations: &[String]) -> Value {
    let mut one = one.as_object().unwrap().clone();
    for (key, value) in &mut one {
        *value = match key.as_str() {
            "contexts" | "features" | "relation" => names(value),
            "units" => value.as_array().unwrap().iter().map(|unit| unit["name"].clone()).collect(),
            "components" => value.as_array().unwrap().iter().map(part).collect(),
            "date" => date(value).into(),
            "organizationId" => organizations.iter().position(|id| value == id).into(),
            _ => value.take(),
        };
    }
    one.into()
}

fn named(name: &Value) -> Value {
    let mut name = name.as_object().unwrap().clone();
    if let Some(components) = name.get_mut("components") {
        *components = components.as_array().unwrap().iter().map(part).collect();
    }
    name.into()
}

fn part(part: &Value) -> Value {
    let text = |key: &str| part[key].as_str().unwrap_or_default();
    let sound = part.get("phonetic").map(|_| format!(" ‹{}›", text("phonetic"))).unwrap_or_default();
    format!("{}: {}{sound}", text("kind"), text("value")).into()
}

fn date(date: &Value) -> String {
    if let Some(utc) = date["utc"].as_str() {
        return utc.to_owned();
    }
    let number = |key: &str| date[key].as_u64();
    match (number("year"), number("month"), number("day")) {
        (Some(year), Some(month), Some(day)) => format!("{year:04}-{month:02}-{day:02}"),
        (None, Some(month), Some(day)) => format!("--{month:02}-{day:02}"),
        (Some(year), Some(month), None) => format!("{year:04}-{month:02}"),
        (Some(year), None, None) => format!("{year:04}"),
        other => panic!("no date: {other:?}"),
    }
}

#[test]
fn every_card_keeps_its_bytes_and_says_what_it_should() {
    let samples = samples();
    assert!(samples.len() >= 120, "{} cards", samples.len());
    let mut wrong = Vec::new();
    for sample in &samples {
        let card = sample.card();
        assert_eq!(card.bytes(), sample.bytes, "{}", sample.name);
        let got = light(&card.model());
        if got != sample.expected {
            wrong.push(format!("{}\n{}", sample.name, differences(&sample.expected, &got)));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cards\n{}", wrong.len(), samples.len(), wrong.join("\n"));
}

fn differences(expected: &Value, got: &Value) -> String {
    let (expected, got) = (expected.as_object().unwrap(), got.as_object().unwrap());
    let keys = expected.keys().chain(got.keys().filter(|key| !expected.contains_key(*key)));
    let differing = keys.filter(|key| expected.get(*key) != got.get(*key));
    let text = |value: Option<&Value>| value.map(ToString::to_string).unwrap_or_default();
    differing
        .map(|key| format!("  {key}\n    expected {}\n    got      {}", text(expected.get(key)), text(got.get(key))))
        .collect::<Vec<_>>()
        .join("\n")
}

/// Control: a reader that loses one label is caught.
#[test]
fn the_corpus_would_notice() {
    let sample = samples().into_iter().find(|sample| sample.name.contains("custom-labels")).unwrap();
    let broken = String::from_utf8(sample.bytes.clone()).unwrap().replace("X-ABLabel:Boat", "X-ABLabel:Goat");
    assert_ne!(light(&Card::parse(broken.into_bytes()).unwrap().model()), sample.expected);
}

#[test]
fn jscontact_and_back_is_the_same_contact() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let card = sample.card();
        let file = jscontact::to_jscontact(&card, Some("made-for-it"));
        let model = jscontact::from_jscontact(file).unwrap();
        let drawing = Drawing { product: "test", uid: None, now: None };
        let drawn = Card::drawn(&model, drawing).unwrap();
        let (mut before, mut after) = (light(&card.model()), light(&drawn.model()));
        for side in [&mut before, &mut after] {
            let side = side.as_object_mut().unwrap();
            settle(side);
        }
        if after != before {
            wrong.push(format!("{}\n{}", sample.name, differences(&before, &after)));
        }
    }
    assert!(wrong.is_empty(), "{} cards\n{}", wrong.len(), wrong.join("\n"));
}

/// What drawing a card adds or settles by its rules: who made it, when; N and FN of their own; individual is no kind; a
/// new card is 3.0, which knows one that is preferred.
fn settle(side: &mut Map<String, Value>) {
    for list in side.values_mut().filter_map(Value::as_array_mut) {
        let lowest = list.iter().filter_map(|one| one.get("pref")?.as_u64()).min();
        let mut first = true;
        for one in list.iter_mut().filter_map(Value::as_object_mut) {
            if let Some(pref) = one.get("pref").and_then(Value::as_u64) {
                if Some(pref) == lowest && first {
                    one.insert("pref".to_owned(), 1.into());
                    first = false;
                } else {
                    one.shift_remove("pref");
                }
            }
        }
    }
    for key in ["prodId", "updated", "uid"] {
        side.shift_remove(key);
    }
    if side.get("kind").is_some_and(|kind| kind == "individual") {
        side.shift_remove("kind");
    }
    // Birthdays come first.
    if let Some(Value::Array(dates)) = side.get_mut("anniversaries") {
        dates.sort_by_key(|one| one["kind"] != "birth");
    }
    // A line whose name is empty is junk that no other card could hold.
    if let Some(Value::Array(props)) = side.get_mut("vCardProps") {
        props.retain(|one| one[0] != "");
        if props.is_empty() {
            side.shift_remove("vCardProps");
        }
    }
    if let Some(Value::Object(name)) = side.get_mut("name") {
        name.shift_remove("full");
        if name.is_empty() {
            side.shift_remove("name");
        }
    }
}
