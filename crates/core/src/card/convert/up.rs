//! 3.0 → 4.0.

use super::{
    address::{self, Beside},
    date,
    line::Line,
    media, service,
    sheet::Sheet,
};
use crate::card::{Version, label::Labelled, read::Service, text, write};

const TO: Version = Version::V40;

/// The lines of the card in 4.0.
pub(super) fn converted(mut sheet: Sheet<'_>) -> Vec<Line> {
    let beside = Beside::of(&sheet);
    let mut wedding = sheet.has("ANNIVERSARY");
    for line in std::mem::take(&mut sheet.lines) {
        if !beside.said(&line) && !sheet.is_companion(&line) {
            property(&mut sheet, line, &beside, &mut wedding);
        }
    }
    finish(&mut sheet);
    sheet.out
}

fn property(sheet: &mut Sheet<'_>, mut line: Line, beside: &Beside, wedding: &mut bool) {
    match line.key.as_str() {
        "VERSION" | "X-ROLO-FROM" => {}
        "EMAIL" => sheet.emit_labelled(line, Labelled::Email, TO, None),
        "TEL" => sheet.emit_labelled(line, Labelled::Phone, TO, None),
        "URL" => sheet.emit_labelled(line, Labelled::Link, TO, None),
        "ADR" => address::up(sheet, line, beside),
        "GEO" => {
            address::geo_up(&mut line);
            sheet.pass(line);
        }
        "TZ" => {
            address::zone_up(&mut line);
            sheet.pass(line);
        }
        "PHOTO" | "LOGO" | "SOUND" | "KEY" => {
            media::up(&mut line);
            sheet.pass(line);
        }
        "BDAY" | "DEATHDATE" => {
            date::dated(&mut line, TO);
            sheet.pass(line);
        }
        "ANNIVERSARY" | "X-ABDATE" => anniversary(sheet, line, wedding),
        "REV" | "CREATED" => {
            line.value = date::moment(&line.value, TO);
            line.take("VALUE");
            sheet.pass(line);
        }
        "X-ABRELATEDNAMES" => {
            line.rename("RELATED");
            line.take("VALUE");
            line.put("VALUE", "text");
            sheet.emit_relation(line, TO);
        }
        "RELATED" => sheet.emit_relation(line, TO),
        "X-ADDRESSBOOKSERVER-KIND" => renamed(sheet, line, "KIND"),
        "X-ADDRESSBOOKSERVER-MEMBER" => renamed(sheet, line, "MEMBER"),
        "X-ABSHOWAS" => company(sheet, line),
        "X-ROLO-JSPROP" => pointer(sheet, line),
        "SORT-STRING" if sheet.has_name => sheet.sort = Some(line),
        key if Service::of(key).is_some() => {
            service::up(&mut line);
            sheet.emit_labelled(line, Labelled::Plain, TO, None);
        }
        _ => sheet.pass(line),
    }
}

fn renamed(sheet: &mut Sheet<'_>, mut line: Line, name: &str) {
    line.rename(name);
    sheet.pass(line);
}

/// Apple's dated anniversary is 4.0's own; 4.0 has room for one.
fn anniversary(sheet: &mut Sheet<'_>, mut line: Line, wedding: &mut bool) {
    date::dated(&mut line, TO);
    let label = sheet.label(&line);
    let named = label.as_deref().and_then(crate::card::label::text);
    let is_wedding = line.key == "X-ABDATE" && named.is_some_and(|text| text.eq_ignore_ascii_case("anniversary"));
    if is_wedding && !*wedding && sheet.manages(&line) && !sheet.has_twin(&line) {
        *wedding = true;
        line.rename("ANNIVERSARY");
        return sheet.emit(line, None, None);
    }
    sheet.emit(line, label, None);
}

/// DAVx5 drops KIND and keeps X-ABShowAs, others know KIND alone: both.
fn company(sheet: &mut Sheet<'_>, line: Line) {
    if line.value.trim().eq_ignore_ascii_case("COMPANY") && !sheet.has_kind {
        let kind = Line::new("KIND", "org".to_owned(), &line.from);
        sheet.has_kind = true;
        sheet.pass(kind);
    }
    sheet.pass(line);
}

/// X-ROLO-JSPROP:pointer;json
fn pointer(sheet: &mut Sheet<'_>, mut line: Line) {
    let mut parts = text::components(&line.value, Version::V30).into_iter().map(|list| list.join(","));
    if let (Some(pointer), Some(json)) = (parts.next(), parts.next()) {
        line.rename("JSPROP");
        line.value = text::escaped(&json, TO);
        line.put("JSPTR", &pointer);
    }
    sheet.pass(line);
}

fn finish(sheet: &mut Sheet<'_>) {
    address::settle(sheet);
    if let Some(sort) = sheet.sort.take() {
        let value = sort.text(Version::V30);
        match sheet.out.iter_mut().find(|line| line.key == "N") {
            Some(name) if name.param("SORT-AS").is_none() => {
                name.put("SORT-AS", &write::name::sort_surname(value.trim()));
                name.from.extend(&sort.from);
            }
            _ => sheet.pass(sort),
        }
    }
    if !sheet.out.iter().any(|line| line.key == "FN") {
        let full = write::name::composed(&sheet.reading.model);
        sheet.insert_after(&["N", "PRODID"], Line::new("FN", text::escaped(&full, TO), &[]));
    }
}
