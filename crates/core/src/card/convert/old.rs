//! 2.1 → 3.0: bare parameters get their names, quoted-printable and character sets go, values get 3.0's escapes.

use super::{date, line::Line, sheet::Sheet};
use crate::card::{
    Version,
    read::{Service, data_uri},
    text,
    write::name,
};

const FROM: Version = Version::V21;
const TO: Version = Version::V30;

/// The lines of the card in 3.0.
pub(super) fn converted(mut sheet: Sheet<'_>) -> Vec<Line> {
    for line in std::mem::take(&mut sheet.lines) {
        property(&mut sheet, line);
    }
    finish(&mut sheet);
    sheet.out
}

fn property(sheet: &mut Sheet<'_>, mut line: Line) {
    match line.key.as_str() {
        "VERSION" | "X-ROLO-FROM" => return,
        "SOUND" if line.has_type("X-IRMC-N") => return sounds(sheet, &line),
        "N" | "ADR" | "ORG" | "GENDER" => line.value = structured(&line.value),
        "X-NICKNAME" => {
            line.rename("NICKNAME");
            plain(&mut line);
        }
        "CATEGORIES" => {
            let names: Vec<String> = text::split_21(&line.value)
                .iter()
                .flat_map(|part| text::split(part, b',').map(str::to_owned).collect::<Vec<_>>())
                .map(|name| text::escaped(text::unescaped(&name, FROM).trim(), TO))
                .filter(|name| !name.is_empty())
                .collect();
            line.value = names.join(",");
        }
        "PHOTO" | "LOGO" | "SOUND" | "KEY" => media(&mut line),
        "BDAY" => date::dated(&mut line, TO),
        "REV" => line.value = date::moment(&line.value, TO),
        "TZ" => super::address::zone_down(&mut line),
        "URL" | "GEO" | "SOURCE" | "FBURL" | "CALURI" | "X-SIP" | "IMPP" => {
            line.value = one_line(line.value.trim());
        }
        "AGENT" => {}
        "X-MS-ANNIVERSARY" => {
            line.rename("X-ABDATE");
            date::dated(&mut line, TO);
            return sheet.emit(line, Some("_$!<Anniversary>!$_".to_owned()), None);
        }
        "X-MS-SPOUSE" | "X-MS-MANAGER" | "X-MS-ASSISTANT" | "X-MS-CHILD" => return relation(sheet, line),
        "FN" | "NOTE" | "TITLE" | "ROLE" | "EMAIL" | "TEL" | "NICKNAME" | "LABEL" | "MAILER" | "UID" | "PRODID" => {
            plain(&mut line);
        }
        key if Service::of(key).is_some() => plain(&mut line),
        // What an unknown value means is not known: only line breaks have no place in it.
        _ => line.value = text::unescaped(&line.value, FROM).replace('\n', "\\n"),
    }
    dress(&mut line);
    sheet.pass(line);
}

fn one_line(value: &str) -> String {
    value.replace(['\r', '\n'], "")
}

fn plain(line: &mut Line) {
    line.value = text::escaped(&line.text(FROM), TO);
}

fn structured(value: &str) -> String {
    let parts = text::split_21(value).into_iter().map(|part| text::escaped(&text::unescaped(&part, FROM), TO));
    parts.collect::<Vec<_>>().join(";")
}

/// TYPE values in capitals, as they mostly were.
fn dress(line: &mut Line) {
    if matches!(line.key.as_str(), "TEL" | "EMAIL" | "ADR" | "LABEL" | "URL") {
        for word in &mut line.types {
            *word = super::label::cased(word, TO);
        }
    }
    if line.value_is("INLINE") || line.value_is("TEXT") {
        line.take("VALUE");
    }
}

fn media(line: &mut Line) {
    let value = line.value.trim().to_owned();
    if line.base64 {
        line.value = value.chars().filter(|c| !c.is_whitespace()).collect();
        line.take("VALUE");
    } else if data_uri(value.as_bytes()).is_some() {
        super::media::down(line);
    } else {
        line.value = one_line(&value);
        if !value.is_empty() && !line.value_is("uri") {
            line.take("VALUE");
            line.put("VALUE", "uri");
        }
    }
}

fn relation(sheet: &mut Sheet<'_>, mut line: Line) {
    let label = match line.key.as_str() {
        "X-MS-SPOUSE" => "_$!<Spouse>!$_",
        "X-MS-MANAGER" => "_$!<Manager>!$_",
        "X-MS-ASSISTANT" => "_$!<Assistant>!$_",
        _ => "_$!<Child>!$_",
    };
    line.rename("X-ABRELATEDNAMES");
    plain(&mut line);
    line.types.clear();
    sheet.emit(line, Some(label.to_owned()), None);
}

/// SOUND;X-IRMC-N of Japanese phones: the sounds of N, part by part.
fn sounds(sheet: &mut Sheet<'_>, line: &Line) {
    let parts = text::split_21(&line.value);
    for (name, at) in [("X-PHONETIC-FIRST-NAME", 1), ("X-PHONETIC-MIDDLE-NAME", 2), ("X-PHONETIC-LAST-NAME", 0)] {
        let sound = parts.get(at).map(|part| text::unescaped(part, FROM)).unwrap_or_default();
        if !sound.trim().is_empty() {
            sheet.pass(Line::new(name, text::escaped(sound.trim(), TO), &line.from));
        }
    }
}

fn finish(sheet: &mut Sheet<'_>) {
    let model = &sheet.reading.model;
    let full = model.name.as_ref().and_then(|name| name.full.clone()).unwrap_or_else(|| name::composed(model));
    let whole = text::escaped(&full, TO);
    if !sheet.out.iter().any(|line| line.key == "FN") {
        sheet.insert_after(&["N", "PRODID"], Line::new("FN", whole.clone(), &[]));
    }
    if !sheet.out.iter().any(|line| line.key == "N") {
        let at = sheet.out.iter().position(|line| line.key == "FN").unwrap_or_default();
        sheet.out.insert(at, Line::new("N", format!(";{whole};;;"), &[]));
    }
}
