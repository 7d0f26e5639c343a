//! Conversion there and back over the whole corpus: unedited it is no write at all, and an edit made elsewhere is the
//! very edit made here.

use rolo_core::card::{Card, Client, Model, Version, Wire, merged};
use serde_json::{Map, Value, json};

use crate::corpus::{Sample, samples};

const CLIENTS: [Client; 3] = [Client::Apple, Client::Davx5, Client::Other];

fn served(card: &Card, to: Version) -> Card {
    card.converted_for_wire(to, &Wire { uid: Some("made-for-it"), name_of: &|_| None })
}

fn text(card: &Card) -> String {
    String::from_utf8_lossy(card.bytes()).into_owned()
}

/// Each card with each version it can be served in.
fn servings() -> impl Iterator<Item = (Sample, Version)> {
    samples().into_iter().flat_map(|sample| {
        [Version::V30, Version::V40].map(|to| {
            (
                Sample {
                    name: format!("{} as {to:?}", sample.name),
                    bytes: sample.bytes.clone(),
                    expected: Value::Null,
                },
                to,
            )
        })
    })
}

#[test]
fn what_is_served_is_a_card_of_the_version_asked_for() {
    for (sample, to) in servings() {
        let card = sample.card();
        let sent = served(&card, to);
        assert_eq!(sent.version(), to, "{}", sample.name);
        assert!(sent.uid().is_some(), "{}", sample.name);
        let plain = sent == card;
        assert_eq!(sent.stripped().1, (!plain).then(|| card.revision().to_string()), "{}", sample.name);
        assert_eq!(sent, served(&card, to), "{}: the same twice", sample.name);
        if card.version() != to {
            let text = text(&sent);
            let lines: Vec<&str> = text.split("\r\n").collect();
            assert!(lines.iter().all(|line| line.len() <= 75), "{}: folded", sample.name);
            assert!(text.is_ascii() || std::str::from_utf8(sent.bytes()).is_ok(), "{}: UTF-8", sample.name);
            let must = if to == Version::V30 { &["N", "FN"][..] } else { &["FN"] };
            for name in must {
                let starts = |line: &&str| line.to_uppercase().split([':', ';']).next() == Some(*name);
                assert!(lines.iter().any(starts), "{}: {name}\n{text}", sample.name);
            }
            for line in text.replace("\r\n ", "").lines() {
                let head = line.split(':').next().unwrap_or_default().to_uppercase();
                assert!(
                    !["QUOTED-PRINTABLE", "CHARSET=", "BASE64"].iter().any(|gone| head.contains(gone)),
                    "{}: {line}",
                    sample.name
                );
            }
        }
    }
}

#[test]
fn there_and_back_unedited_is_no_write_at_all() {
    for (sample, to) in servings() {
        let card = sample.card();
        let sent = served(&card, to);
        for client in CLIENTS {
            let back = merged(&card, Some(&card), &sent, client, None).unwrap();
            assert_eq!(text(&back.card), text(&card), "{} by {client:?}\n{}", sample.name, text(&sent));
            assert!(back.overruled.is_empty());
        }
    }
}

/// Control: the same merge does write when one thing was edited.
#[test]
fn an_edit_is_a_write() {
    let sample = samples().into_iter().find(|sample| sample.name.contains("thunderbird/01")).unwrap();
    let card = sample.card();
    let sent = text(&served(&card, Version::V30)).replace("+46 8 555 01 10", "+46 8 555 01 11");
    let back = merged(&card, Some(&card), &Card::parse(sent.into_bytes()).unwrap(), Client::Other, None).unwrap();
    assert_eq!(text(&back.card), text(&card).replace("+46 8 555 01 10", "+46 8 555 01 11"));
}

/// The unfolded properties of a card, without BEGIN, VERSION, END and what is no property.
fn bodies(card: &Card) -> Vec<String> {
    let text = text(card).replace("\r\n", "\n").replace('\r', "\n").replace("\n ", "").replace("\n\t", "");
    let marks = ["BEGIN:VCARD", "END:VCARD", "VERSION:2.1", "VERSION:3.0", "VERSION:4.0"];
    let is_body = |line: &&str| {
        line.contains(':') && !marks.contains(&line.trim_start_matches('\u{feff}').to_uppercase().as_str())
    };
    text.lines().filter(is_body).map(str::to_owned).collect()
}

/// What macOS makes of any card it touches (`clients.md` §2): its order, its case, its group numbers, no unknown parameters.
fn as_apple(card: &Card) -> Card {
    let mut body: Vec<String> = bodies(card).iter().rev().map(|line| apple_line(line)).collect();
    body.push("PRODID:-//Apple Inc.//macOS 26.5.1//EN".to_owned());
    body.push("REV:2026-11-21T10:00:00Z".to_owned());
    // It knows one N.
    let first = body.iter().rposition(|line| line.starts_with("N:") || line.starts_with("N;"));
    let mut at = 0;
    body.retain(|line| {
        at += 1;
        !(line.starts_with("N:") || line.starts_with("N;")) || first == Some(at - 1)
    });
    let (notes, mut rest): (Vec<String>, Vec<String>) = body.into_iter().partition(|line| line.starts_with("NOTE"));
    // Of several notes it keeps the last; the lines are turned round here, so that is the first.
    rest.extend(notes.into_iter().take(1));
    Card::parse(format!("BEGIN:VCARD\r\nVERSION:3.0\r\n{}\r\nEND:VCARD\r\n", rest.join("\r\n")).into_bytes()).unwrap()
}

fn apple_line(line: &str) -> String {
    let Some((head, value)) = line.split_once(':') else { return line.to_owned() };
    if head.contains('"') {
        return line.to_owned();
    }
    let mut parts = head.split(';');
    let name = parts.next().unwrap_or_default();
    let name = match name
        .to_lowercase()
        .strip_prefix("item")
        .and_then(|rest| rest.split_once('.'))
        .map(|(number, _)| number.to_owned())
    {
        Some(number) => {
            format!("item{}.{}", number.parse::<u32>().map_or(0, |number| number + 40), name.split_once('.').unwrap().1)
        }
        None => name.to_owned(),
    };
    let mut out = name;
    const KNOWN: [&str; 8] = [
        "TYPE",
        "ENCODING",
        "VALUE",
        "X-SERVICE-TYPE",
        "X-USER",
        "X-APPLE-OMIT-YEAR",
        "X-ABCROP-RECTANGLE",
        "X-ABSHOWAS",
    ];
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or(("type", part));
        if KNOWN.contains(&key.to_uppercase().as_str()) {
            let key = if key.eq_ignore_ascii_case("TYPE") { "type" } else { key };
            out += &value.split(',').map(|one| format!(";{key}={one}")).collect::<String>();
        }
    }
    format!("{out}:{value}")
}

#[test]
fn apples_own_rewriting_deletes_nothing() {
    let mut wrong = Vec::new();
    for sample in samples() {
        let card = sample.card();
        // Served in its own version, a card that is no UTF-8 goes out as it is; what Apple reads in it nobody knows.
        if std::str::from_utf8(card.bytes()).is_err() && card.version() == Version::V30 {
            continue;
        }
        let sent = as_apple(&served(&card, Version::V30).stripped().0);
        let back = merged(
            &card,
            Some(&card),
            &sent,
            Client::of(Some("macOS/26.5.1 (25F1) AddressBookCore/2732"), &sent),
            None,
        )
        .unwrap();
        if back.card != card {
            wrong.push(format!(
                "{}\n--- stored\n{}--- merged\n{}--- sent\n{}",
                sample.name,
                text(&card),
                text(&back.card),
                text(&sent)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// What DAVx5 loses of any card (`clients.md` §3, `card-map.md` §5).
fn as_davx5(card: &Card) -> Card {
    let mut out: Vec<String> = Vec::new();
    for line in &bodies(card) {
        let head = line.split(':').next().unwrap_or_default();
        let name = head.split(';').next().unwrap_or_default().rsplit('.').next().unwrap_or_default().to_uppercase();
        match name.as_str() {
            "KIND" | "SORT-STRING" | "SOURCE" | "PRODID" | "REV" | "LOGO" | "SOUND" | "AGENT" => continue,
            // It keeps the last of these.
            "ORG" | "TITLE" | "ANNIVERSARY" => out.retain(|one| one.split([':', ';']).next() != head.split(';').next()),
            _ => {}
        }
        let cut = match line.find(";LABEL=") {
            Some(at) if name == "ADR" => {
                let end = if line[at + 7..].starts_with('"') {
                    line[at + 8..].find('"').map(|end| at + 9 + end)
                } else {
                    line[at + 1..].find([';', ':']).map(|end| at + 1 + end)
                };
                end.map_or_else(|| line.clone(), |end| format!("{}{}", &line[..at], &line[end..]))
            }
            _ => line.clone(),
        };
        out.push(cut);
    }
    Card::parse(format!("BEGIN:VCARD\r\nVERSION:4.0\r\n{}\r\nEND:VCARD\r\n", out.join("\r\n")).into_bytes()).unwrap()
}

#[test]
fn davx5s_losses_delete_nothing() {
    for sample in samples() {
        let card = sample.card();
        let sent = as_davx5(&served(&card, Version::V40).stripped().0);
        let back =
            merged(&card, Some(&card), &sent, Client::of(Some("DAVx5/4.5.19-ose (at.bitfire.davdroid)"), &sent), None)
                .unwrap();
        assert_eq!(text(&back.card), text(&card), "{}\n{}", sample.name, text(&sent));
    }
}

/// Numbers that are the same at every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }
}

/// An edit that can be told of any card: where, and what becomes of it.
#[derive(Clone, Debug)]
enum Edit {
    /// The n-th member of a field gets this key.
    Change(&'static str, usize, &'static str, Value),
    /// The n-th member of a field goes.
    Delete(&'static str, usize),
    /// A new member.
    Add(&'static str, Value),
    /// A part of the name.
    Name(&'static str, &'static str),
    /// A label comes.
    Label(&'static str),
    /// The first label goes.
    Unlabel,
}

fn edited(card: &Card, edit: &Edit) -> Option<Model> {
    let mut model = serde_json::to_value(card.model()).unwrap();
    let object = model.as_object_mut().unwrap();
    // Which of two equal members was meant, nobody can tell once one of them is gone.
    if let Edit::Change(field, nth, ..) | Edit::Delete(field, nth) = edit {
        let members: Vec<&Value> = object.get(*field)?.as_object()?.values().collect();
        let meant = members.get(*nth)?;
        if members.iter().filter(|other| *other == meant).count() > 1 {
            return None;
        }
        // A second birthday becomes the birthday once the first is gone: no edit of one thing.
        if *field == "anniversaries"
            && object.get("vCardProps").is_some_and(|props| props.to_string().contains("\"bday\""))
        {
            return None;
        }
    }
    match edit {
        Edit::Change(field, nth, key, value) => {
            let members = object.get_mut(*field)?.as_object_mut()?;
            let (_, member) = members.iter_mut().nth(*nth)?;
            member.as_object_mut().unwrap().insert((*key).to_owned(), value.clone());
        }
        Edit::Delete(field, nth) => {
            let members = object.get_mut(*field)?.as_object_mut()?;
            let id = members.keys().nth(*nth)?.clone();
            members.shift_remove(&id);
        }
        Edit::Add(field, value) => {
            let members = object.entry(*field).or_insert_with(|| json!({})).as_object_mut().unwrap();
            members.insert("new1".to_owned(), value.clone());
        }
        Edit::Name(kind, value) => {
            let parts = object.get_mut("name")?.get_mut("components")?.as_array_mut()?;
            // In 3.0 two surnames are one text: a new text for both is another edit than one for the first.
            if parts.iter().any(|part| matches!(part["kind"].as_str(), Some("surname2" | "generation"))) {
                return None;
            }
            let part = parts.iter_mut().find(|part| part["kind"] == *kind)?;
            part["value"] = json!(value);
        }
        Edit::Label(name) => {
            object
                .entry("keywords")
                .or_insert_with(|| Value::Object(Map::new()))
                .as_object_mut()
                .unwrap()
                .insert((*name).to_owned(), json!(true));
        }
        Edit::Unlabel => {
            let names = object.get_mut("keywords")?.as_object_mut()?;
            let first = names.keys().next()?.clone();
            names.shift_remove(&first);
        }
    }
    serde_json::from_value(model).ok()
}

fn edits() -> Vec<Edit> {
    let mut edits = vec![
        Edit::Add("phones", json!({"number": "+43 1 5550199", "contexts": {"work": true}})),
        Edit::Add("phones", json!({"number": "+43 1 5550198", "label": "Boat shed"})),
        Edit::Add("emails", json!({"address": "new@post.example", "contexts": {"private": true}})),
        Edit::Add("links", json!({"uri": "https://new.example"})),
        Edit::Add("notes", json!({"note": "A new note; with, all \\ of it\nand more"})),
        Edit::Add(
            "addresses",
            json!({"components": [{"kind": "name", "value": "New 1"}, {"kind": "locality", "value": "Wien"}], "contexts": {"private": true}}),
        ),
        Edit::Add("rolo:customFields", json!({"label": "Shoe size", "value": "44"})),
        Edit::Add("nicknames", json!({"name": "Nicki"})),
        Edit::Name("given", "Änne"),
        Edit::Name("surname", "Neu, Alt"),
        Edit::Label("Neue, Gruppe"),
        Edit::Unlabel,
    ];
    for nth in 0..3 {
        edits.push(Edit::Change("phones", nth, "number", json!("+43 1 5550197")));
        edits.push(Edit::Change("emails", nth, "address", json!("changed@post.example")));
        edits.push(Edit::Change("links", nth, "uri", json!("https://changed.example")));
        edits.push(Edit::Change("titles", nth, "name", json!("Changed; title")));
        edits.push(Edit::Change("organizations", nth, "name", json!("Changed, Inc.")));
        edits.push(Edit::Change("anniversaries", nth, "date", json!({"year": 2001, "month": 2, "day": 3})));
        for field in [
            "phones",
            "emails",
            "links",
            "addresses",
            "titles",
            "organizations",
            "anniversaries",
            "relatedTo",
            "onlineServices",
            "nicknames",
            "rolo:customFields",
            "media",
        ] {
            edits.push(Edit::Delete(field, nth));
        }
    }
    edits
}

/// An edit made in the served card is, merged, the very bytes of the edit made in the stored one.
#[test]
fn an_edit_elsewhere_is_the_edit_here() {
    let mut dice = Dice(0x5eed);
    let edits = edits();
    let (mut tried, mut wrong) = (0, Vec::new());
    let mut heads = Vec::new();
    for (sample, to) in servings() {
        let card = sample.card();
        let sent = served(&card, to);
        for _ in 0..30 {
            let edit = &edits[dice.roll(edits.len())];
            let (Some(here), Some(there)) = (edited(&card, edit), edited(&sent, edit)) else { continue };
            let here = card.edited(&here, None).unwrap().card;
            let there = sent.edited(&there, None).unwrap().card;
            let back = merged(&card, Some(&card), &there, Client::Other, None).unwrap().card;
            tried += 1;
            if back != here {
                heads.push(format!("{} {edit:?}", sample.name));
                wrong.push(format!(
                    "{} {edit:?}\n--- here\n{}--- merged\n{}--- sent\n{}",
                    sample.name,
                    text(&here),
                    text(&back),
                    text(&there)
                ));
            }
        }
    }
    assert!(tried > 1000, "{tried}");
    assert!(
        wrong.is_empty(),
        "{} of {tried}\n{}\n{}",
        wrong.len(),
        heads.join("\n"),
        wrong[..wrong.len().min(8)].join("\n")
    );
}
