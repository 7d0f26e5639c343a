//! The members of a contact as tables say them: labelled values, addresses, jobs, places.

use std::borrow::Cow;

use super::{
    carried, cell,
    field::{self, Field, Kind, LABEL, PARTS, VALUE},
    row::Whole,
};
use crate::card::{
    label::{self, Labelled},
    model::{
        Address, AddressComponent, Anniversary, EmailAddress, Members, Model, OnlineService, OrgUnit, Organization,
        Phone, Pronouns, Relation, Resource, Title,
    },
    read::{is_uri, member_id},
    relative,
};

/// Adds a member under the id its card would give it; equal ones get `-2`.
pub(crate) fn add<T>(members: &mut Members<T>, property: &str, value: &str, member: T) -> String {
    let id = free(members, member_id(property, value));
    members.insert(id.clone(), member);
    id
}

/// The id, or the first of `id-2`, `id-3`… that is free. Twins are numbered without gaps, so their last one is found by
/// doubling and halving: a cell may say the same a hundred thousand times.
fn free<T>(members: &Members<T>, id: String) -> String {
    if !members.contains_key(&id) {
        return id;
    }
    let taken = |twin: usize| members.contains_key(format!("{id}-{twin}"));
    let (mut last, mut next) = (1, 2);
    while taken(next) {
        (last, next) = (next, next * 2);
    }
    while next - last > 1 {
        let between = last.midpoint(next);
        if taken(between) {
            last = between;
        } else {
            next = between;
        }
    }
    format!("{id}-{next}")
}

fn some(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn pref(preferred: bool) -> Option<u32> {
    preferred.then_some(1)
}

/// An e-mail address, phone number, website or relation.
pub(super) fn labelled(kind: Kind, written: &str, preferred: bool, value: &str, model: &mut Model) {
    match kind {
        Kind::Email => {
            let label::Meaning { contexts, label, .. } = label::meaning(Labelled::Email, &[], Some(written));
            let member = EmailAddress {
                address: value.to_owned(),
                contexts,
                pref: pref(preferred),
                label,
                ..Default::default()
            };
            add(&mut model.emails, "EMAIL", value, member);
        }
        Kind::Phone => {
            let label::Meaning { contexts, features, label } = label::meaning(Labelled::Phone, &[], Some(written));
            let number = value.to_owned();
            let member = Phone { number, features, contexts, pref: pref(preferred), label, ..Default::default() };
            add(&mut model.phones, "TEL", value, member);
        }
        Kind::Website => website(written, preferred, value, model),
        Kind::Relation => relation(written, value, model),
        _ => {}
    }
}

fn website(written: &str, preferred: bool, value: &str, model: &mut Model) {
    let pref = pref(preferred);
    if let Some(service) = carried::service(written) {
        let (uri, user) = if value.contains("://") { (some(value), None) } else { (None, some(value)) };
        let (service, vcard_name) = (Some(service.to_owned()), Some("socialprofile".to_owned()));
        let member = OnlineService { service, uri, user, pref, vcard_name, ..Default::default() };
        add(&mut model.online_services, "X-SOCIALPROFILE", value, member);
        return;
    }
    let label::Meaning { contexts, label, .. } = label::meaning(Labelled::Link, &[], Some(written));
    let member = Resource { uri: value.to_owned(), contexts, pref, label, ..Default::default() };
    add(&mut model.links, "URL", value, member);
}

/// A user at a messenger. The label of the column names it where no cell does.
pub(super) fn im(service: &str, written: &str, preferred: bool, value: &str, model: &mut Model) {
    let (service, written) = if service.is_empty() { (written, "") } else { (service, written) };
    let label::Meaning { contexts, label, .. } = label::meaning(Labelled::Plain, &[], Some(written));
    if service.eq_ignore_ascii_case("sip") || value.starts_with("sip:") {
        let uri = if value.starts_with("sip") { value.to_owned() } else { format!("sip:{value}") };
        let vcard_name = Some("impp".to_owned());
        let member =
            OnlineService { uri: Some(uri), contexts, pref: pref(preferred), label, vcard_name, ..Default::default() };
        add(&mut model.online_services, "IMPP", value, member);
        return;
    }
    let (uri, user) = if is_uri(value) { (some(value), None) } else { (None, some(value)) };
    let member = OnlineService {
        service: some(service),
        uri,
        user,
        contexts,
        pref: pref(preferred),
        label,
        vcard_name: Some("impp".to_owned()),
        ..Default::default()
    };
    add(&mut model.online_services, "IMPP", value, member);
}

/// A related person: two relations to one name are one member of both kinds.
fn relation(written: &str, value: &str, model: &mut Model) {
    let (kinds, label) = relative::relation(&[], Some(written));
    let member: &mut Relation = model.related_to.get_or_default(value);
    member.relation.extend(kinds);
    if member.label.is_none() {
        member.label = label;
    }
    member.vcard_params.insert("value".to_owned(), "text".into());
}

/// A part of a group with its further lines.
fn joined<'a>(group: &[&'a str; PARTS], more: &[(usize, &'a str)], part: usize, line: &str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(group[part]);
    for (_, next) in more.iter().filter(|(one, _)| *one == part) {
        let text = text.to_mut();
        text.push_str(line);
        text.push_str(next.trim());
    }
    text
}

/// One address, or several joined in the same cells.
pub(super) fn addresses(group: &[&str; PARTS], more: &[(usize, &str)], written: &str, model: &mut Model) {
    let texts: Vec<Cow<'_, str>> = (0..PARTS)
        .map(|part| if part == LABEL { Cow::Borrowed("") } else { joined(group, more, part, "\n") })
        .collect();
    let several = texts.iter().map(|text| text.matches(cell::JOINT).count()).max().unwrap_or(0) + 1;
    for nth in 0..several {
        let (word, preferred) = cell::label(cell::nth(written, nth));
        let part = |at: usize| cell::values(&texts[at]).nth(nth).unwrap_or_default();
        let label::Meaning { contexts, label, .. } = label::meaning(Labelled::Address, &[], Some(word));
        let mut member = Address { contexts, label, pref: pref(preferred), ..Default::default() };
        const KINDS: [(usize, &str); 7] = [
            (field::PO_BOX, "postOfficeBox"),
            (field::EXTENDED, "apartment"),
            (field::STREET, "name"),
            (field::CITY, "locality"),
            (field::REGION, "region"),
            (field::POSTCODE, "postcode"),
            (field::COUNTRY, "country"),
        ];
        for (at, kind) in KINDS {
            if let Some(value) = some(part(at)) {
                let value = if value.contains('\r') { value.replace("\r\n", "\n") } else { value };
                member.components.push(AddressComponent { kind: kind.to_owned(), value, ..Default::default() });
            }
        }
        whole_address(part(VALUE), &mut member);
        if member.components.is_empty() && member.full.is_none() {
            continue;
        }
        let key = address_key(&member);
        add(&mut model.addresses, "ADR", &key, member);
    }
}

/// The whole of an address: kept where its parts do not compose it. Without parts it is the street (card-map §1).
fn whole_address(full: &str, member: &mut Address) {
    if full.is_empty() {
        return;
    }
    let full = if full.contains('\r') { full.replace("\r\n", "\n") } else { full.to_owned() };
    if member.components.is_empty() {
        member.components.push(AddressComponent { kind: "name".to_owned(), value: full, ..Default::default() });
    } else if full != composed(member) {
        member.full = Some(full);
    }
}

/// An address as Google puts it together.
pub(crate) fn composed(address: &Address) -> String {
    let part = |kind: &str| {
        let parts: Vec<&str> =
            address.components.iter().filter(|part| part.kind == kind).map(|part| part.value.as_str()).collect();
        parts.join(" ")
    };
    let mut lines = vec![part("name"), part("apartment"), part("postOfficeBox")];
    let (city, region, postcode) = (part("locality"), part("region"), part("postcode"));
    let place = [region, postcode].iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" ");
    lines.push([city, place].iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(", "));
    lines.push(part("country"));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// The decoded value of the ADR this address becomes, as its id is made from.
fn address_key(address: &Address) -> String {
    let kinds = ["postOfficeBox", "apartment", "name", "locality", "region", "postcode", "country"];
    let parts: Vec<&str> = kinds
        .iter()
        .map(|kind| address.components.iter().find(|part| part.kind == *kind).map_or("", |part| part.value.as_str()))
        .collect();
    parts.join(";").trim_end_matches(';').to_owned()
}

/// One job: company, department, title, role.
pub(super) fn work(group: &[&str; PARTS], more: &[(usize, &str)], model: &mut Model) {
    let part = |at: usize| joined(group, more, at, ", ").trim().to_owned();
    if !group[VALUE].is_empty() {
        first_jobs_title(model);
    }
    let organization = organization(&part(VALUE), &part(field::DEPARTMENT), &part(field::PHONETIC), model);
    let several = model.organizations.len() > 1;
    let at = organization.filter(|_| several);
    title(&part(field::TITLE), None, at.as_ref(), model);
    title(&part(field::ROLE), Some("role"), at.as_ref(), model);
    for (label, value) in [
        ("organization type", part(LABEL)),
        ("organization symbol", part(field::SYMBOL)),
        ("organization location", part(field::LOCATION)),
    ] {
        let value = value.trim_start_matches('*').trim();
        if !value.is_empty() {
            let key = format!("{label};{value}");
            let member = crate::card::model::CustomField {
                label: label.to_owned(),
                value: value.to_owned(),
                ..Default::default()
            };
            add(&mut model.custom_fields, "X-ROLO-FIELD", &key, member);
        }
    }
}

fn organization(name: &str, department: &str, sound: &str, model: &mut Model) -> Option<String> {
    let units: Vec<OrgUnit> = department
        .split(", ")
        .map(str::trim)
        .filter(|unit| !unit.is_empty())
        .map(|unit| OrgUnit { name: unit.to_owned(), ..Default::default() })
        .collect();
    if name.is_empty() && units.is_empty() {
        return None;
    }
    let mut key = name.to_owned();
    for unit in &units {
        key.push(';');
        key.push_str(&unit.name);
    }
    let member = Organization { name: some(name), units, phonetic: some(sound), ..Default::default() };
    Some(add(&mut model.organizations, "ORG", &key, member))
}

fn title(name: &str, kind: Option<&str>, organization: Option<&String>, model: &mut Model) {
    for name in cell::values(name).filter(|name| !name.is_empty()) {
        let member = Title {
            name: name.to_owned(),
            kind: kind.map(str::to_owned),
            organization_id: organization.cloned(),
            ..Default::default()
        };
        add(&mut model.titles, if kind.is_some() { "ROLE" } else { "TITLE" }, name, member);
    }
}

/// Jobs that custom fields carry: `company 2`, `job title 2`. What belongs to the first job joins it.
pub(super) fn further_jobs(jobs: &[(u16, usize, &str)], model: &mut Model) {
    let mut numbers: Vec<u16> = jobs.iter().map(|(number, _, _)| *number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        let mut group = [""; PARTS];
        let mut more = Vec::new();
        for (_, part, value) in jobs.iter().filter(|(one, _, _)| *one == number) {
            if group[*part].is_empty() {
                group[*part] = value;
            } else {
                more.push((*part, *value));
            }
        }
        if number > 1 {
            work(&group, &more, model);
            continue;
        }
        match model.organizations.values_mut().next() {
            Some(first) if !group[field::PHONETIC].is_empty() => first.phonetic = some(group[field::PHONETIC]),
            _ => {}
        }
        if !group[VALUE].is_empty() || !group[field::DEPARTMENT].is_empty() {
            organization(group[VALUE], group[field::DEPARTMENT], group[field::PHONETIC], model);
        }
        for (part, kind) in [(field::TITLE, None), (field::ROLE, Some("role"))] {
            let texts =
                std::iter::once(group[part]).chain(more.iter().filter(|(one, _)| *one == part).map(|(_, text)| *text));
            texts.for_each(|text| title(text, kind, None, model));
        }
    }
}

/// With a second job, the titles there are belong to the first.
fn first_jobs_title(model: &mut Model) {
    if model.organizations.len() == 1
        && let Some(first) = model.organizations.keys().next().cloned()
    {
        for title in model.titles.values_mut().filter(|title| title.organization_id.is_none()) {
            title.organization_id = Some(first.clone());
        }
    }
}

/// Birth and death places, map place and time zone.
pub(super) fn places(whole: &Whole<'_>, model: &mut Model) {
    for (kind, property, place) in
        [("birth", "BIRTHPLACE", whole.birthplace), ("death", "DEATHPLACE", whole.deathplace)]
    {
        let Some(text) = some(place) else { continue };
        let geo = text.starts_with("geo:");
        let place = Address {
            coordinates: Some(text.clone()).filter(|_| geo),
            full: Some(text.clone()).filter(|_| !geo),
            ..Default::default()
        };
        match model.anniversaries.values_mut().find(|one| one.kind == kind) {
            Some(member) => member.place = Some(place),
            None => {
                let member = Anniversary { kind: kind.to_owned(), place: Some(place), ..Default::default() };
                add(&mut model.anniversaries, property, &text, member);
            }
        }
    }
    if let Some(coordinates) = some(whole.place) {
        let member = Address { coordinates: Some(coordinates.clone()), ..Default::default() };
        add(&mut model.addresses, "GEO", &coordinates, member);
    }
    if let Some(zone) = some(whole.zone) {
        let mut member = Address { time_zone: Some(zone.clone()), ..Default::default() };
        member.other.insert("vCardName".to_owned(), "tz".into());
        add(&mut model.addresses, "TZ", &zone, member);
    }
}

/// Calendars, directories, pages, pronouns: fields a table only knows by a custom field's name.
pub(super) fn address_of_service(field: Field, text: &str, model: &mut Model) {
    for uri in cell::values(text).filter(|uri| !uri.is_empty()) {
        let of =
            |kind: Option<&str>| Resource { kind: kind.map(str::to_owned), uri: uri.to_owned(), ..Default::default() };
        match field {
            Field::Calendar => drop(add(&mut model.calendars, "CALURI", uri, of(Some("calendar")))),
            Field::FreeBusy => drop(add(&mut model.calendars, "FBURL", uri, of(Some("freeBusy")))),
            Field::SchedulingAddress => drop(add(&mut model.scheduling_addresses, "CALADRURI", uri, of(None))),
            Field::Directory => drop(add(&mut model.directories, "ORG-DIRECTORY", uri, of(Some("directory")))),
            Field::ContactPage => drop(add(&mut model.links, "CONTACT-URI", uri, of(Some("contact")))),
            Field::Pronouns => {
                let speak = model.speak_to_as.get_or_insert_default();
                add(&mut speak.pronouns, "PRONOUNS", uri, Pronouns { pronouns: uri.to_owned(), ..Default::default() });
            }
            Field::GrammaticalGender => {
                model.speak_to_as.get_or_insert_default().grammatical_gender = Some(uri.to_lowercase());
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_again_and_again_is_numbered_without_a_search_through_all() {
        let mut members: Members<usize> = Members::new();
        let ids: Vec<String> = (0..200_000).map(|nth| add(&mut members, "EMAIL", "ann@post.example", nth)).collect();
        assert_eq!(ids[1], format!("{}-2", ids[0]));
        assert_eq!(ids[199_999], format!("{}-200000", ids[0]));
        assert_eq!(members.len(), 200_000);
    }
}
