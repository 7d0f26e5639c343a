//! ADR, and what belongs to it: LABEL, GEO, TZ, the country code beside it.

use std::collections::HashMap;

use super::{Read, Reader, label};
use crate::card::{
    lexer::NO_GROUP,
    model::{Address, AddressComponent},
};

/// The parts of ADR by place: seven of RFC 6350, eleven more of RFC 9554.
pub(crate) const PARTS: [&str; 18] = [
    "postOfficeBox",
    "apartment",
    "name",
    "locality",
    "region",
    "postcode",
    "country",
    "room",
    "apartment",
    "floor",
    "number",
    "name",
    "building",
    "block",
    "subdistrict",
    "district",
    "landmark",
    "direction",
];

/// One ADR that was read.
struct Seen {
    id: String,
    group: u32,
    types: Vec<String>,
}

/// A LABEL, GEO or TZ that waits for its ADR.
struct Waiting {
    line: usize,
    group: u32,
    types: Vec<String>,
    what: What,
}

enum What {
    Label(String),
    Geo(String),
    Zone(String),
}

#[derive(Default)]
pub(super) struct Pending {
    seen: Vec<Seen>,
    waiting: Vec<Waiting>,
}

/// TYPE values as a set, without those that mean nothing.
fn same_types(types: &[std::borrow::Cow<'_, str>]) -> Vec<String> {
    let mut types: Vec<String> =
        types.iter().filter(|one| !label::is_silent(one)).map(|one| one.to_ascii_uppercase()).collect();
    types.sort_unstable();
    types.dedup();
    types
}

/// Where LABEL, GEO and TZ belong: to the ADR of their group, else to the only one that fits.
struct Homes {
    by_group: HashMap<u32, String>,
    /// `None` where several fit.
    by_types: HashMap<Vec<String>, Option<String>>,
    ungrouped: Option<String>,
}

impl Homes {
    fn of(seen: &[Seen]) -> Self {
        let mut homes = Self { by_group: HashMap::new(), by_types: HashMap::new(), ungrouped: None };
        for one in seen {
            if one.group != NO_GROUP {
                homes.by_group.entry(one.group).or_insert_with(|| one.id.clone());
            }
            homes
                .by_types
                .entry(one.types.clone())
                .and_modify(|fits| *fits = None)
                .or_insert_with(|| Some(one.id.clone()));
        }
        let mut ungrouped = seen.iter().filter(|one| one.group == NO_GROUP);
        if let (Some(only), None) = (ungrouped.next(), ungrouped.next()) {
            homes.ungrouped = Some(only.id.clone());
        }
        homes
    }

    fn home(&self, one: &Waiting) -> Option<String> {
        if let Some(id) = self.by_group.get(&one.group) {
            return Some(id.clone());
        }
        match one.what {
            What::Label(_) => self.by_types.get(&one.types)?.clone(),
            _ if one.group == NO_GROUP => self.ungrouped.clone(),
            _ => None,
        }
    }
}

impl Reader<'_> {
    pub(super) fn addresses(&mut self, read: &Read<'_>) -> bool {
        let what = match read.name {
            "ADR" => return self.address(read),
            "LABEL" => What::Label(self.text(read)),
            "GEO" => match coordinates(&self.uri(read)) {
                Some(uri) => What::Geo(uri),
                None => return false,
            },
            _ => match zone(self.text(read).trim()) {
                Some(zone) => What::Zone(zone),
                None => return false,
            },
        };
        self.address.waiting.push(Waiting {
            line: read.property.index,
            group: read.property.group,
            types: same_types(&read.meta.types),
            what,
        });
        true
    }

    fn address(&mut self, read: &Read<'_>) -> bool {
        let values = self.components(read);
        let components = components(&values);
        let full = read.param("LABEL").filter(|full| !full.trim().is_empty());
        if components.is_empty() && full.is_none() {
            return true;
        }
        let meaning = self.meaning(read, label::Labelled::Address);
        let beside = self.companions.get(read.property.group as usize).and_then(|own| own.country);
        let beside = beside.map(|line| self.card.text(&self.card.lexed.property(line)));
        let code = read.param("CC").or(beside);
        let member = Address {
            components,
            full,
            country_code: code.as_deref().and_then(country_code),
            coordinates: read.param("GEO").and_then(|geo| coordinates(&geo)),
            time_zone: read.param("TZ").and_then(|tz| zone(&tz)),
            contexts: meaning.contexts,
            pref: read.meta.pref,
            label: meaning.label,
            ..Default::default()
        };
        let value: Vec<String> = values.iter().map(|list| list.join(",")).collect();
        let value = value.join(";");
        let id = self.add("addresses", read, (value.trim_end_matches(';'), None), |model| &mut model.addresses, member);
        let id = id.to_owned();
        let types = same_types(&read.meta.types);
        self.address.seen.push(Seen { id, group: read.property.group, types });
        true
    }

    /// Gives LABEL, GEO and TZ to their addresses; a GEO or TZ without one is an address of its own.
    pub(super) fn finish_addresses(&mut self) {
        let waiting = std::mem::take(&mut self.address.waiting);
        if waiting.is_empty() {
            return;
        }
        let homes = Homes::of(&self.address.seen);
        for one in waiting {
            let Some(id) = homes.home(&one) else {
                self.alone(one);
                continue;
            };
            self.belongs.push((one.line, id.clone()));
            let Some(address) = self.model.addresses.get_mut(&id) else { continue };
            let slot = match &one.what {
                What::Label(_) => &mut address.full,
                What::Geo(_) => &mut address.coordinates,
                What::Zone(_) => &mut address.time_zone,
            };
            let (What::Label(value) | What::Geo(value) | What::Zone(value)) = one.what;
            slot.get_or_insert(value);
        }
    }

    fn alone(&mut self, one: Waiting) {
        let card = self.card;
        let property = card.lexed.property(one.line);
        let mut member = Address::default();
        let (name, value) = match one.what {
            What::Label(_) => return self.unknown(&property),
            What::Geo(uri) => ("GEO", member.coordinates.insert(uri).clone()),
            What::Zone(zone) => {
                member.other.insert("vCardName".to_owned(), "tz".into());
                ("TZ", member.time_zone.insert(zone).clone())
            }
        };
        let read = Read { property, meta: super::Meta::of(property.params), name };
        self.add("addresses", &read, (&value, None), |model| &mut model.addresses, member);
    }
}

/// A country's two letters, as they are compared.
pub(crate) fn country_code(code: &str) -> Option<String> {
    let code = code.trim().to_ascii_uppercase();
    (code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_alphabetic())).then_some(code)
}

fn components(values: &[Vec<String>]) -> Vec<AddressComponent> {
    let filled = |at: usize| values.get(at).is_some_and(|list| list.iter().any(|one| !one.trim().is_empty()));
    let extended = (7..18).any(filled);
    let mut components = Vec::new();
    for (at, kind) in PARTS.iter().enumerate() {
        // With any of the finer parts filled, the two coarse ones only repeat them (RFC 9554 §2.1).
        if !filled(at) || extended && matches!(at, 1 | 2) {
            continue;
        }
        let value = joined(&values[at], at);
        components.push(AddressComponent { kind: (*kind).to_owned(), value, ..Default::default() });
    }
    components
}

/// A list is lines of a street. A comma before a blank was never meant as a list.
fn joined(list: &[String], at: usize) -> String {
    let mut out = String::new();
    for (nth, one) in list.iter().enumerate() {
        if nth > 0 {
            out.push(if at <= 2 && !one.starts_with(' ') { '\n' } else { ',' });
        }
        out.push_str(one);
    }
    out.trim().to_owned()
}

/// `48.2;16.37` and `geo:48.2,16.37` as a `geo:` URI.
fn coordinates(value: &str) -> Option<String> {
    let value = value.trim();
    if let Some((scheme, rest)) = value.split_at_checked(4).filter(|(_, rest)| !rest.is_empty())
        && scheme.eq_ignore_ascii_case("geo:")
    {
        return Some(format!("geo:{rest}"));
    }
    let (latitude, longitude) = value.split_once([';', ','])?;
    let number = |text: &str| {
        text.trim().parse::<f64>().ok().filter(|degrees| degrees.is_finite()).map(|_| text.trim().to_owned())
    };
    Some(format!("geo:{},{}", number(latitude)?, number(longitude)?))
}

/// An IANA zone; a whole-hour offset is one of `Etc/` with its sign turned.
fn zone(value: &str) -> Option<String> {
    let value = value.trim();
    let (sign, rest) = match value.as_bytes().first()? {
        b'+' => ('-', &value[1..]),
        b'-' => ('+', &value[1..]),
        _ => {
            let named = value.contains('/') || value == "UTC" || value == "GMT";
            return (named && !value.contains(char::is_whitespace)).then(|| value.to_owned());
        }
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = (digits.get(..2)?.parse::<u32>().ok()?, digits.get(2..).unwrap_or_default());
    if !matches!(minutes, "" | "00" | "0000") || hours > 14 {
        return None;
    }
    Some(if hours == 0 { "Etc/GMT".to_owned() } else { format!("Etc/GMT{sign}{hours}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_turn_their_sign() {
        assert_eq!(zone("-0500").unwrap(), "Etc/GMT+5");
        assert_eq!(zone("+01:00").unwrap(), "Etc/GMT-1");
        assert_eq!(zone("Europe/Vienna").unwrap(), "Europe/Vienna");
        assert_eq!((zone("+0530"), zone("+é0"), zone("somewhere")), (None, None, None));
    }

    #[test]
    fn places_are_geo_uris() {
        assert_eq!(coordinates("48.2;16.37").unwrap(), "geo:48.2,16.37");
        assert_eq!(coordinates("GEO:48.2,16.37;u=9").unwrap(), "geo:48.2,16.37;u=9");
        assert_eq!((coordinates("here;there"), coordinates("")), (None, None));
    }
}
