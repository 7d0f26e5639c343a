//! ADR, and LABEL, GEO, TZ and country code as they stand beside it.

use super::{Draft, Said};
use crate::card::{
    Version,
    label::Labelled,
    model::{Address, AddressComponent, Set},
    read::PARTS,
    style::Style,
};

/// Kinds only the eighteen-part form has a place for.
fn is_fine(part: &AddressComponent) -> bool {
    matches!(
        part.kind.as_str(),
        "room" | "floor" | "number" | "building" | "block" | "subdistrict" | "district" | "landmark" | "direction"
    )
}

/// Whether an address needs (or a card's has) the eighteen parts.
pub(crate) fn needs_fine(member: &Address) -> bool {
    member.components.iter().any(is_fine)
}

/// The components of ADR, seven or eighteen.
pub(crate) fn components(member: &Address, fine: bool, style: &Style) -> Vec<Vec<String>> {
    let mut values = vec![Vec::new(); if fine { 18 } else { 7 }];
    for part in &member.components {
        let place =
            PARTS.iter().enumerate().position(|(at, kind)| *kind == part.kind && (!fine || !matches!(at, 1 | 2)));
        let Some(slot) = place.and_then(|at| values.get_mut(at)) else { continue };
        if style.street_list && matches!(place, Some(1 | 2)) {
            slot.extend(part.value.split('\n').map(str::to_owned));
        } else if slot.is_empty() {
            slot.push(part.value.clone());
        } else {
            slot[0].push('\n');
            slot[0].push_str(&part.value);
        }
    }
    if fine {
        let joined = |places: &[usize], between: &str| {
            let filled: Vec<&str> = places.iter().filter_map(|at| values[*at].first()).map(String::as_str).collect();
            if filled.is_empty() { Vec::new() } else { vec![filled.join(between)] }
        };
        let (flat, street) = (joined(&[12, 9, 7, 8], ", "), joined(&[11, 10], " "));
        (values[1], values[2]) = (flat, street);
    }
    for value in &mut values {
        if value.is_empty() {
            value.push(String::new());
        }
    }
    values
}

/// ADR itself, without what stands beside it.
pub(crate) fn address(member: &Address, fine: bool, style: &Style) -> Draft {
    Draft::new("ADR", Said::Structured(components(member, fine || needs_fine(member), style)))
        .labelled(Labelled::Address, style.version, &member.contexts, &Set::new(), member.label.as_deref())
        .preferred(member.pref)
}

/// GEO of coordinates, in the version's way.
pub(crate) fn geo(coordinates: &str, version: Version) -> Draft {
    let degrees = coordinates.strip_prefix("geo:").unwrap_or(coordinates);
    let simple = degrees.split(',').count() == 2 && degrees.split(',').all(|one| one.parse::<f64>().is_ok());
    let value = if version != Version::V40 && simple { degrees.replace(',', ";") } else { format!("geo:{degrees}") };
    Draft::raw("GEO", &value)
}

/// TZ of a zone: an offset in 3.0 where it is one, its name else.
pub(crate) fn zone(zone: &str, version: Version) -> Draft {
    let offset = zone.strip_prefix("Etc/GMT").filter(|_| version != Version::V40).and_then(|rest| {
        let hours: i32 = if rest.is_empty() { 0 } else { rest.parse().ok()? };
        let sign = if hours > 0 { '-' } else { '+' };
        Some(format!("{sign}{:02}:00", hours.abs()))
    });
    match offset {
        Some(offset) => Draft::raw("TZ", &offset),
        None => Draft::text("TZ", zone).param("VALUE", Some("text".to_owned()).filter(|_| version != Version::V40)),
    }
}
