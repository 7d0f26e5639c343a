//! 4.0 → 3.0, in Apple's dialect.

use std::collections::{HashMap, HashSet};

use super::{Wire, address, date, line::Line, media, service, sheet::Sheet};
use crate::{
    card::{
        Version,
        label::Labelled,
        read::{Service, alternates},
        text,
        write::name,
    },
    keys::uid_key,
};

const TO: Version = Version::V30;

/// The lines of the card in 3.0.
pub(super) fn converted(mut sheet: Sheet<'_>, wire: &Wire<'_>) -> Vec<Line> {
    let lines = std::mem::take(&mut sheet.lines);
    // Siblings in another language or script: 3.0 has no ALTID, and Apple would take the last for the first.
    let hidden = alternates(sheet.card);
    let lowest = lowest(&lines);
    let mut preferred = HashSet::new();
    for mut line in lines {
        if line.from.iter().any(|at| hidden.contains(at)) || sheet.is_companion(&line) {
            continue;
        }
        // 3.0 knows one that is preferred of each kind.
        if line.pref.is_some() && (lowest.get(&line.key) != line.pref.as_ref() || !preferred.insert(line.key.clone())) {
            line.pref = None;
        }
        property(&mut sheet, line, wire);
    }
    one_note(&mut sheet);
    finish(&mut sheet);
    sheet.out
}

/// The lowest PREF of each property.
fn lowest(lines: &[Line]) -> HashMap<String, u32> {
    let mut lowest = HashMap::new();
    for line in lines {
        if let Some(pref) = line.pref {
            lowest.entry(line.key.clone()).and_modify(|low: &mut u32| *low = pref.min(*low)).or_insert(pref);
        }
    }
    lowest
}

fn property(sheet: &mut Sheet<'_>, mut line: Line, wire: &Wire<'_>) {
    match line.key.as_str() {
        "VERSION" | "X-ROLO-FROM" => {}
        "N" => {
            line.value = five(&line.value);
            sheet.pass(line);
        }
        "EMAIL" => sheet.emit_labelled(line, Labelled::Email, TO, None),
        "TEL" => {
            if line.value_is("uri") {
                line.take("VALUE");
                line.value = text::escaped(&number(&line.value), TO);
            }
            sheet.emit_labelled(line, Labelled::Phone, TO, None);
        }
        "URL" => sheet.emit_labelled(line, Labelled::Link, TO, None),
        "ADR" => address::down(sheet, line),
        "GEO" => {
            address::geo_down(&mut line);
            sheet.pass(line);
        }
        "TZ" => {
            address::zone_down(&mut line);
            sheet.pass(line);
        }
        "PHOTO" | "LOGO" | "SOUND" | "KEY" => {
            media::down(&mut line);
            sheet.pass(line);
        }
        "BDAY" | "DEATHDATE" => {
            date::dated(&mut line, TO);
            sheet.pass(line);
        }
        "X-ABDATE" => {
            date::dated(&mut line, TO);
            let label = sheet.label(&line);
            sheet.emit(line, label, None);
        }
        "ANNIVERSARY" => anniversary(sheet, line),
        "REV" | "CREATED" => {
            line.value = date::moment(&line.value, TO);
            sheet.pass(line);
        }
        "RELATED" => related(sheet, line, wire),
        "KIND" => kind(sheet, line),
        "MEMBER" => {
            line.rename("X-ADDRESSBOOKSERVER-MEMBER");
            sheet.pass(line);
        }
        "JSPROP" => pointer(sheet, line),
        key if Service::of(key).is_some() => {
            let service = service::down(&mut line);
            let at = sheet.out.len();
            sheet.emit_labelled(line, Labelled::Plain, TO, None);
            sheet.out[at].types.splice(0..0, service);
        }
        _ => sheet.pass(line),
    }
}

/// N of five parts: a second surname and a generation stand in the old places too.
fn five(value: &str) -> String {
    let parts: Vec<&str> = text::split(value, b';').collect();
    let mut out: Vec<String> = (0..5).map(|at| parts.get(at).copied().unwrap_or_default().to_owned()).collect();
    for (old, new) in [(0, 5), (4, 6)] {
        let there: HashSet<&str> = parts.get(old).into_iter().flat_map(|list| text::split(list, b',')).collect();
        for more in parts.get(new).into_iter().flat_map(|list| text::split(list, b',')).filter(|one| !one.is_empty()) {
            if !there.contains(more) {
                if !out[old].is_empty() {
                    out[old].push(',');
                }
                out[old].push_str(more);
            }
        }
    }
    // Two surnames are one text in 3.0.
    if parts.get(5).is_some_and(|second| !second.is_empty()) {
        out[0] = text::split(&out[0], b',').collect::<Vec<_>>().join(" ");
    }
    if parts.get(6).is_some_and(|generation| !generation.is_empty()) {
        out[4] = text::split(&out[4], b',').collect::<Vec<_>>().join(" ");
    }
    out.join(";")
}

/// A `tel:` URI as text.
fn number(uri: &str) -> String {
    let uri = uri.trim();
    let rest = uri.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("tel:")).map_or(uri, |_| &uri[4..]);
    let mut parts = rest.split(';');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        if let Some(extension) = part.get(..4).filter(|name| name.eq_ignore_ascii_case("ext=")).map(|_| &part[4..]) {
            out += " ext. ";
            out += extension;
        }
    }
    out
}

fn anniversary(sheet: &mut Sheet<'_>, mut line: Line) {
    if line.value_is("text") {
        return sheet.pass(line);
    }
    line.rename("X-ABDATE");
    date::dated(&mut line, TO);
    if !line.group.is_empty() && !sheet.manages(&line) {
        // The label of a shared group is somebody else's.
        line.group.clear();
    }
    sheet.emit(line, Some("_$!<Anniversary>!$_".to_owned()), None);
}

fn related(sheet: &mut Sheet<'_>, mut line: Line, wire: &Wire<'_>) {
    if line.value_is("text") {
        line.take("VALUE");
        line.rename("X-ABRELATEDNAMES");
        return sheet.emit_relation(line, TO);
    }
    let uid = line.value.trim().to_owned();
    let is_link = uid.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:"));
    let Some(name) = (wire.name_of)(&uid_key(&uid)).filter(|name| is_link && !name.trim().is_empty()) else {
        return sheet.pass(line);
    };
    let label = sheet.label(&line);
    let (kinds, label) = crate::card::relative::relation(&line.borrowed_types(), label.as_deref());
    let word = label.or_else(|| kinds.keys().next().cloned()).unwrap_or_default();
    let parts = [uid.as_str(), word.as_str(), name.as_str()].map(|part| text::escaped(part, TO));
    let link = Line::new("X-ROLO-LINK", parts.join(";"), &line.from);
    line.take("VALUE");
    line.rename("X-ABRELATEDNAMES");
    line.value = text::escaped(&name, TO);
    sheet.emit_relation(line, TO);
    sheet.pass(link);
}

fn kind(sheet: &mut Sheet<'_>, mut line: Line) {
    match line.value.trim().to_ascii_lowercase().as_str() {
        "org" => {
            if !sheet.shows_company {
                sheet.shows_company = true;
                sheet.pass(Line::new("X-ABShowAs", "COMPANY".to_owned(), &line.from));
            }
        }
        "group" => {
            line.rename("X-ADDRESSBOOKSERVER-KIND");
            sheet.pass(line);
        }
        _ => sheet.pass(line),
    }
}

fn pointer(sheet: &mut Sheet<'_>, mut line: Line) {
    if let Some(pointer) = line.take("JSPTR") {
        let json = line.text(Version::V40);
        line.rename("X-ROLO-JSPROP");
        line.value = format!("{};{}", text::escaped(&pointer, TO), text::escaped(&json, TO));
        line.params.clear();
    }
    sheet.pass(line);
}

/// Apple keeps only the last NOTE, so there is one.
fn one_note(sheet: &mut Sheet<'_>) {
    let notes: Vec<usize> = (0..sheet.out.len()).filter(|at| sheet.out[*at].key == "NOTE").collect();
    let Some((first, rest)) = notes.split_first().filter(|(_, rest)| !rest.is_empty()) else { return };
    let mut one = sheet.out[*first].clone();
    for at in rest {
        let more = &sheet.out[*at];
        if !more.value.trim().is_empty() {
            if !one.value.is_empty() {
                one.value.push_str("\\n\\n");
            }
            one.value.push_str(&more.value);
            one.from.extend(&more.from);
        }
    }
    one.params.retain(|(name, _)| name.eq_ignore_ascii_case("LANGUAGE"));
    one.group.clear();
    sheet.out[*first] = one;
    let mut at = 0;
    sheet.out.retain(|line| {
        at += 1;
        line.key != "NOTE" || at == first + 1
    });
}

/// N and FN, which 3.0 must have, and the sounds of a name under Apple's names.
fn finish(sheet: &mut Sheet<'_>) {
    address::settle(sheet);
    let model = &sheet.reading.model;
    let full = model.name.as_ref().and_then(|name| name.full.clone()).unwrap_or_else(|| name::composed(model));
    let is_company = model.kind.as_deref() == Some("org");
    let is_group = model.kind.as_deref() == Some("group");
    let sounds: Vec<Line> =
        [("X-PHONETIC-FIRST-NAME", "given"), ("X-PHONETIC-MIDDLE-NAME", "given2"), ("X-PHONETIC-LAST-NAME", "surname")]
            .into_iter()
            .filter(|(name, _)| !sheet.out.iter().any(|line| line.key == *name))
            .filter_map(|(name, kind)| Some((name, name::phonetic(model.name.as_ref(), kind)?)))
            .map(|(name, sound)| Line::new(name, text::escaped(sound, TO), &[]))
            .collect();
    if !sheet.out.iter().any(|line| line.key == "FN") {
        sheet.insert_after(&["N", "PRODID"], Line::new("FN", text::escaped(&full, TO), &[]));
    }
    if !sheet.out.iter().any(|line| line.key == "N") {
        // A name nobody has split stands whole in the first name.
        let whole = text::escaped(&full, TO);
        let value = match (is_group, is_company) {
            (true, _) => whole,
            (_, true) => ";;;;".to_owned(),
            _ => format!(";{whole};;;"),
        };
        let at = sheet.out.iter().position(|line| line.key == "FN").unwrap_or_default();
        sheet.out.insert(at, Line::new("N", value, &[]));
    }
    for sound in sounds.into_iter().rev() {
        sheet.insert_after(&["FN", "N"], sound);
    }
}
