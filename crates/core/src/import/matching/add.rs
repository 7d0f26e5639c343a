//! Adds what a contact does not say yet, and changes nothing it says: the update of a contact no earlier row is known of.

use std::collections::HashSet;

use crate::{
    card::model::{Address, Members, Model, Resource},
    import::member::add,
    keys::{Phone, company_key, email_key, same_phone},
};

/// `current` with what only the row says.
pub(crate) fn added(row: &Model, current: &Model, region: Option<&str>) -> Model {
    let mut out = current.clone();
    names(row, &mut out);
    reach(row, &mut out, region);
    about(row, &mut out);
    for name in row.keywords.keys() {
        out.keywords.insert(name.clone(), true);
    }
    out
}

/// Parts of the name that are missing. A name in one piece stays in one piece.
fn names(row: &Model, out: &mut Model) {
    extend(&row.nicknames, &mut out.nicknames, "NICKNAME", |one| one.name.to_lowercase());
    let Some(wanted) = &row.name else { return };
    let Some(name) = &mut out.name else {
        out.name = Some(wanted.clone());
        return;
    };
    if name.components.is_empty() {
        return;
    }
    for part in &wanted.components {
        match name.components.iter_mut().find(|one| one.kind == part.kind) {
            Some(one) if one.value == part.value && one.phonetic.is_none() => one.phonetic.clone_from(&part.phonetic),
            Some(_) => {}
            None if matches!(part.kind.as_str(), "title" | "given2" | "credential") => {
                name.components.push(part.clone())
            }
            None => {}
        }
    }
    if name.phonetic_script.is_none() && name.components.iter().any(|part| part.phonetic.is_some()) {
        name.phonetic_script.clone_from(&wanted.phonetic_script);
    }
}

/// Adds the members whose key is not there yet.
fn extend<T: Clone>(from: &Members<T>, to: &mut Members<T>, property: &str, key: impl Fn(&T) -> String) {
    let mut seen: HashSet<String> = to.values().map(&key).collect();
    for member in from.values() {
        let key = key(member);
        if seen.insert(key.clone()) {
            add(to, property, &key, member.clone());
        }
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn link(uri: &str) -> String {
    let uri = uri.trim().trim_end_matches('/');
    let bare = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    bare.trim_start_matches("www.").to_lowercase()
}

fn address(one: &Address) -> String {
    let mut parts: Vec<String> = one.components.iter().map(|part| plain(&part.value)).collect();
    if parts.is_empty() {
        parts.extend(one.full.as_deref().map(plain));
    }
    parts.extend(one.coordinates.clone());
    parts.extend(one.time_zone.clone());
    parts.sort_unstable();
    parts.join(" ")
}

/// E-mails, phones, addresses, links: what the person is reached by.
fn reach(row: &Model, out: &mut Model, region: Option<&str>) {
    extend(&row.emails, &mut out.emails, "EMAIL", |one| {
        email_key(&one.address).unwrap_or_else(|| one.address.trim().to_owned())
    });
    let mut known: Vec<(String, Option<Phone>)> =
        out.phones.values().map(|one| (one.number.clone(), Phone::parse(&one.number, region))).collect();
    for one in row.phones.values() {
        let parsed = Phone::parse(&one.number, region);
        let same = |(number, phone): &(String, Option<Phone>)| {
            *number == one.number
                || matches!((phone, &parsed), (Some(a), Some(b)) if same_phone(a, b) || a.digits == b.digits && a.extension == b.extension)
        };
        if !known.iter().any(same) {
            add(&mut out.phones, "TEL", &one.number, one.clone());
            known.push((one.number.clone(), parsed));
        }
    }
    extend(&row.addresses, &mut out.addresses, "ADR", address);
    extend(&row.links, &mut out.links, "URL", |one| link(&one.uri));
    extend(&row.online_services, &mut out.online_services, "IMPP", |one| {
        let service = one.service.as_deref().unwrap_or_default().to_lowercase();
        format!("{service} {}", link(one.uri.as_deref().or(one.user.as_deref()).unwrap_or_default()))
    });
    let uri = |one: &Resource| one.uri.clone();
    extend(&row.calendars, &mut out.calendars, "CALURI", uri);
    extend(&row.scheduling_addresses, &mut out.scheduling_addresses, "CALADRURI", uri);
    extend(&row.directories, &mut out.directories, "ORG-DIRECTORY", uri);
    extend(&row.crypto_keys, &mut out.crypto_keys, "KEY", uri);
    if out.media.values().all(|one| one.kind.as_deref() != Some("photo")) {
        extend(&row.media, &mut out.media, "PHOTO", uri);
    }
}

/// Work, dates, people, notes, fields of the person's own.
fn about(row: &Model, out: &mut Model) {
    let company = |name: &str| company_key(name).unwrap_or_else(|| plain(name));
    let named = |one: &crate::card::model::Organization| {
        let units: Vec<&str> = one.units.iter().map(|unit| unit.name.as_str()).collect();
        one.name.as_deref().map_or_else(|| plain(&units.join(" ")), company)
    };
    extend(&row.organizations, &mut out.organizations, "ORG", named);
    let mut titles = row.titles.clone();
    titles.values_mut().for_each(|title| title.organization_id = None);
    extend(&titles, &mut out.titles, "TITLE", |one| {
        format!("{} {}", one.kind.as_deref().unwrap_or("title"), plain(&one.name))
    });
    let has_birthday = out.birthday_text.is_some() || out.anniversaries.values().any(|one| one.kind == "birth");
    if !has_birthday {
        out.birthday_text.clone_from(&row.birthday_text);
    }
    let mut dates = row.anniversaries.clone();
    dates.retain(|_, one| one.kind != "birth" || !has_birthday);
    extend(&dates, &mut out.anniversaries, "X-ABDATE", |one| format!("{} {:?} {:?}", one.kind, one.date, one.label));
    for (key, relation) in &row.related_to {
        let known = out.related_to.values().any(|one| one.name.as_deref() == Some(key.as_str()));
        if !known && !out.related_to.contains_key(key) {
            out.related_to.insert(key.clone(), relation.clone());
        }
    }
    extend(&row.preferred_languages, &mut out.preferred_languages, "LANG", |one| one.language.to_lowercase());
    extend(&row.personal_info, &mut out.personal_info, "HOBBY", |one| format!("{} {}", one.kind, plain(&one.value)));
    extend(&row.custom_fields, &mut out.custom_fields, "X-ROLO-FIELD", |one| {
        format!("{}\u{1}{}", plain(&one.label), plain(&one.value))
    });
    for note in row.notes.values() {
        let told = plain(&note.note);
        if !out.notes.values().any(|one| plain(&one.note).contains(&told)) {
            add(&mut out.notes, "NOTE", &note.note, note.clone());
        }
    }
    if out.file_as.is_none() {
        out.file_as.clone_from(&row.file_as);
    }
    if out.gender.is_none() {
        out.gender.clone_from(&row.gender);
    }
    if out.speak_to_as.is_none() {
        out.speak_to_as.clone_from(&row.speak_to_as);
    }
}
