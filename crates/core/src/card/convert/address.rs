//! ADR and what belongs to it, GEO, TZ.

use std::collections::{HashMap, HashSet};

use super::{line::Line, sheet::Sheet};
use crate::card::{Version, label::Labelled, text};

/// LABELs that belong to an ADR, and GEO and TZ of addresses, by the line of the ADR.
pub(super) struct Beside {
    /// Line of the ADR → line and text of its LABEL.
    labels: HashMap<usize, (usize, String)>,
    /// Lines of those LABELs.
    said: HashSet<usize>,
}

impl Beside {
    pub(super) fn of(sheet: &Sheet<'_>) -> Self {
        let mut labels = HashMap::new();
        let by_line: HashMap<usize, &Line> =
            sheet.lines.iter().filter(|line| line.key == "LABEL").map(|line| (line.from[0], line)).collect();
        for (line, id) in &sheet.reading.belongs {
            if let (Some(label), Some(home)) = (by_line.get(line), sheet.address_line(id)) {
                labels.entry(home).or_insert((*line, label.text(Version::V30)));
            }
        }
        let said = labels.values().map(|(line, _)| *line).collect();
        Self { labels, said }
    }

    /// Whether this LABEL is said by its ADR.
    pub(super) fn said(&self, line: &Line) -> bool {
        line.key == "LABEL" && line.from.first().is_some_and(|line| self.said.contains(line))
    }
}

/// ADR towards 4.0: LABEL and X-ABADR become its parameters.
pub(super) fn up(sheet: &mut Sheet<'_>, mut line: Line, beside: &Beside) {
    if let Some((label, text)) = beside.labels.get(&line.from[0])
        && line.param("LABEL").is_none()
    {
        line.put("LABEL", text);
        line.from.push(*label);
    }
    let country = sheet.country(&line);
    let code =
        country.as_deref().filter(|code| code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_alphabetic()));
    let kept = match code {
        Some(code) if line.param("CC").is_none() => {
            line.put("CC", &code.to_ascii_uppercase());
            None
        }
        _ => country,
    };
    let kept = kept.filter(|_| sheet.manages(&line));
    sheet.emit_labelled(line, Labelled::Address, Version::V40, kept);
}

/// ADR towards 3.0: seven parts, LABEL and X-ABADR beside it; GEO and TZ parameters have no form there.
pub(super) fn down(sheet: &mut Sheet<'_>, mut line: Line) {
    let label = line.take("LABEL").filter(|label| !label.trim().is_empty());
    let code = line.take("CC").map(|code| code.trim().to_ascii_lowercase());
    line.take("GEO");
    line.take("TZ");
    line.value = seven(&line.value);
    let country = code.filter(|code| code.len() == 2).or_else(|| sheet.country(&line).filter(|_| sheet.manages(&line)));
    let at = sheet.out.len();
    sheet.emit_labelled(line, Labelled::Address, Version::V30, country);
    if let Some(label) = label {
        let adr = sheet.out[at].clone();
        let mut line = Line::new("LABEL", text::escaped(&label, Version::V30), &adr.from);
        line.types = adr.types;
        sheet.out.insert(at + 1, line);
    }
}

/// The seven parts of an address that may have eighteen: where the old places are empty, the finer parts fill them.
fn seven(value: &str) -> String {
    let mut parts: Vec<&str> = text::split(value, b';').collect();
    if parts.len() <= 7 {
        return value.to_owned();
    }
    let joined = |places: &[usize], between: &str| {
        let filled = places.iter().filter_map(|at| parts.get(*at)).filter(|part| !part.trim().is_empty());
        filled.copied().collect::<Vec<_>>().join(between)
    };
    let (flat, street) = (joined(&[12, 9, 7, 8], "\\, "), joined(&[11, 10], " "));
    let (flat, street) = (flat.as_str(), street.as_str());
    for (at, finer) in [(1, flat), (2, street)] {
        if parts[at].trim().is_empty() {
            parts[at] = finer;
        }
    }
    parts.truncate(7);
    parts.join(";")
}

/// Keeps GEO, TZ and LABEL with their address where a group came or went: what is ungrouped belongs to the only
/// ungrouped ADR.
pub(super) fn settle(sheet: &mut Sheet<'_>) {
    let belongs = std::mem::take(&mut sheet.reading.belongs);
    let (mut homes, mut places, mut ungrouped) = (HashMap::new(), HashMap::new(), 0);
    for (at, line) in sheet.out.iter().enumerate() {
        match line.key.as_str() {
            "ADR" => {
                homes.extend(line.from.iter().map(|from| (*from, at)));
                ungrouped += usize::from(line.group.is_empty());
            }
            "GEO" | "TZ" => places.extend(line.from.iter().map(|from| (*from, at))),
            _ => {}
        }
    }
    for (source, id) in belongs {
        let home = sheet.address_line(&id).and_then(|line| homes.get(&line).copied());
        let (Some(adr), Some(own)) = (home, places.get(&source).copied()) else { continue };
        if sheet.out[adr].group.is_empty() && ungrouped > 1 {
            sheet.out[adr].group = sheet.free_group();
            ungrouped -= 1;
        }
        sheet.out[own].group = sheet.out[adr].group.clone();
    }
}

/// GEO towards 4.0.
pub(super) fn geo_up(line: &mut Line) {
    let value = line.value.trim().replace("\\;", ";");
    if let Some((latitude, longitude)) = value.split_once([';', ','])
        && latitude.trim().parse::<f64>().is_ok()
        && longitude.trim().parse::<f64>().is_ok()
    {
        line.value = format!("geo:{},{}", latitude.trim(), longitude.trim());
    }
}

/// GEO towards 3.0.
pub(super) fn geo_down(line: &mut Line) {
    let value = line.value.trim();
    let Some(degrees) = value.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("geo:")).map(|_| &value[4..]) else {
        return;
    };
    let degrees = degrees.split(';').next().unwrap_or_default();
    let mut parts = degrees.split(',');
    if let (Some(latitude), Some(longitude), None) = (parts.next(), parts.next(), parts.next()) {
        line.value = format!("{latitude};{longitude}");
        line.take("VALUE");
    }
}

/// TZ towards 4.0: an offset says so.
pub(super) fn zone_up(line: &mut Line) {
    let value = line.value.trim().to_owned();
    if value.starts_with(['+', '-']) && value[1..].bytes().all(|octet| octet.is_ascii_digit() || octet == b':') {
        line.value = value.replace(':', "");
        line.take("VALUE");
        line.put("VALUE", "utc-offset");
    } else if line.value_is("text") {
        line.take("VALUE");
    }
}

/// TZ towards 3.0: text says so.
pub(super) fn zone_down(line: &mut Line) {
    let value = line.value.trim().to_owned();
    let digits = value.get(1..).unwrap_or_default();
    if value.starts_with(['+', '-']) && digits.len() == 4 && digits.bytes().all(|octet| octet.is_ascii_digit()) {
        line.value = format!("{}:{}", &value[..3], &value[3..]);
        line.take("VALUE");
    } else if !value.starts_with(['+', '-']) && line.param("VALUE").is_none() {
        line.put("VALUE", "text");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finer_parts_fill_the_old_places() {
        assert_eq!(seven(";;Gasse 2;Wien;;1020;AT;;;;2;Gasse;;;;;;"), ";;Gasse 2;Wien;;1020;AT");
        assert_eq!(
            seven(";;;Wien;;1020;AT;3;;2. Stock;2;Gasse;Turm;;;;;"),
            ";Turm\\, 2. Stock\\, 3;Gasse 2;Wien;;1020;AT"
        );
        assert_eq!(seven("a;b"), "a;b");
    }

    #[test]
    fn places_and_zones_turn_both_ways() {
        let turned = |value: &str, with: fn(&mut Line)| {
            let mut line = Line::new("X", value.to_owned(), &[]);
            with(&mut line);
            (line.value.clone(), line.param("VALUE"))
        };
        assert_eq!(turned("48.2;16.37", geo_up).0, "geo:48.2,16.37");
        assert_eq!(turned("geo:48.2,16.37;u=5", geo_down).0, "48.2;16.37");
        assert_eq!(turned("here;there", geo_up).0, "here;there");
        assert_eq!(turned("-05:00", zone_up), ("-0500".to_owned(), Some("utc-offset".to_owned())));
        assert_eq!(turned("-0500", zone_down), ("-05:00".to_owned(), None));
        assert_eq!(turned("Europe/Vienna", zone_down).1.as_deref(), Some("text"));
        assert_eq!(turned("+é0:0", zone_up).0, "+é0:0");
    }
}
