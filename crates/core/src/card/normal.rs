//! A wanted model in the form a card reads back: labels that are words of the table taken for what they mean, empty
//! members gone, parts in their order, large values by name. Comparing two normal models compares what cards can say.

use indexmap::IndexMap;

use super::{
    Model,
    label::{self, Labelled, Meaning},
    model::{Address, AddressComponent, Members, Resource, Set},
    read::{NAME_PARTS, PARTS, binary, blob, country_code, data_uri, phonetic_script},
    relative, trimmed_nfc,
};

/// Inline values met on the way, by their `rolo:blob:` name.
pub(crate) type Blobs = IndexMap<String, String>;

/// Brings a model to normal form.
pub(crate) fn normal(mut out: Model, blobs: &mut Blobs) -> Model {
    for text in [&mut out.uid, &mut out.language, &mut out.file_as, &mut out.birthday_text] {
        trim(text);
    }
    out.kind =
        out.kind.map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty() && kind != "individual");
    out.keywords = names(&out.keywords);
    out.members = keys(&out.members);
    out.other.retain(|name, _| !matches!(name.as_str(), "@type" | "version"));
    name(&mut out);
    contact(&mut out);
    work(&mut out);
    addresses(&mut out);
    rest(&mut out);
    for list in [&mut out.media, &mut out.crypto_keys] {
        media(list, blobs);
    }
    out
}

fn trim(text: &mut Option<String>) {
    *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
}

fn lines(text: &mut String) {
    if text.contains('\r') {
        *text = text.replace("\r\n", "\n").replace('\r', "\n");
    }
}

fn trimmed(text: &mut String) {
    lines(text);
    *text = text.trim().to_owned();
}

fn pref(pref: &mut Option<u32>) {
    *pref = pref.filter(|pref| (1..=100).contains(pref));
}

fn names(set: &Set) -> Set {
    set.iter()
        .filter(|(_, on)| **on)
        .map(|(name, on)| (trimmed_nfc(name), *on))
        .filter(|(name, _)| !name.is_empty())
        .collect()
}

fn keys(set: &Set) -> Set {
    set.iter()
        .filter(|(key, on)| **on && !key.trim().is_empty())
        .map(|(key, on)| (key.trim().to_owned(), *on))
        .collect()
}

fn name(out: &mut Model) {
    let Some(name) = &mut out.name else { return };
    trim(&mut name.full);
    for part in &mut name.components {
        trimmed(&mut part.value);
        trim(&mut part.phonetic);
    }
    name.components.retain(|part| !part.value.is_empty() && NAME_PARTS.iter().any(|(kind, _)| *kind == part.kind));
    name.components.sort_by_key(|part| NAME_PARTS.iter().position(|(kind, _)| *kind == part.kind));
    name.is_ordered = false;
    name.phonetic_system = None;
    let mut sounded = Vec::new();
    for part in &mut name.components {
        // Only the first of a kind has a property for its sound.
        if part.phonetic.is_some()
            && (!matches!(part.kind.as_str(), "given" | "given2" | "surname") || sounded.contains(&part.kind))
        {
            part.phonetic = None;
        }
        sounded.push(part.kind.clone());
        part.other.clear();
    }
    let sounds: String = name.components.iter().filter_map(|part| part.phonetic.as_deref()).collect();
    name.phonetic_script = (!sounds.is_empty()).then(|| phonetic_script(&sounds).to_owned());
    name.sort_as.values_mut().for_each(trimmed);
    name.sort_as.retain(|kind, text| matches!(kind.as_str(), "surname" | "given") && !text.trim().is_empty());
    name.other.clear();
    if *name == Default::default() {
        out.name = None;
    }
}

fn relabel(kind: Labelled, contexts: &mut Set, features: &mut Set, text: &mut Option<String>) {
    let wanted = Meaning { contexts: std::mem::take(contexts), features: std::mem::take(features), label: text.take() };
    let meaning = label::normal(kind, &wanted);
    (*contexts, *features, *text) = (meaning.contexts, meaning.features, meaning.label);
}

fn contact(out: &mut Model) {
    for one in out.emails.values_mut() {
        trimmed(&mut one.address);
        pref(&mut one.pref);
        relabel(Labelled::Email, &mut one.contexts, &mut Set::new(), &mut one.label);
        one.other.clear();
    }
    out.emails.retain(|_, one| !one.address.is_empty());
    for one in out.phones.values_mut() {
        trimmed(&mut one.number);
        pref(&mut one.pref);
        relabel(Labelled::Phone, &mut one.contexts, &mut one.features, &mut one.label);
        one.other.clear();
    }
    out.phones.retain(|_, one| !one.number.is_empty());
    for one in out.online_services.values_mut() {
        for text in [&mut one.service, &mut one.uri, &mut one.user] {
            trim(text);
        }
        pref(&mut one.pref);
        relabel(Labelled::Plain, &mut one.contexts, &mut Set::new(), &mut one.label);
        one.other.clear();
    }
    out.online_services.retain(|_, one| one.uri.is_some() || one.user.is_some());
    let lists = [&mut out.links, &mut out.directories, &mut out.calendars, &mut out.scheduling_addresses];
    for list in lists {
        for one in list.values_mut() {
            one.uri = super::text::one_line(one.uri.trim()).into_owned();
            pref(&mut one.pref);
            relabel(Labelled::Link, &mut one.contexts, &mut Set::new(), &mut one.label);
            one.other.clear();
        }
        list.retain(|_, one| !one.uri.is_empty());
    }
    for one in out.nicknames.values_mut() {
        trimmed(&mut one.name);
        pref(&mut one.pref);
        relabel(Labelled::Plain, &mut one.contexts, &mut Set::new(), &mut None);
        one.other.clear();
    }
    out.nicknames.retain(|_, one| !one.name.is_empty());
    for one in out.preferred_languages.values_mut() {
        trimmed(&mut one.language);
        pref(&mut one.pref);
        relabel(Labelled::Plain, &mut one.contexts, &mut Set::new(), &mut None);
        one.other.clear();
    }
    out.preferred_languages.retain(|_, one| !one.language.is_empty());
}

fn work(out: &mut Model) {
    for one in out.organizations.values_mut() {
        trim(&mut one.name);
        trim(&mut one.phonetic);
        trim(&mut one.sort_as);
        for unit in &mut one.units {
            trimmed(&mut unit.name);
            unit.sort_as = None;
            unit.other.clear();
        }
        one.units.retain(|unit| !unit.name.is_empty());
        relabel(Labelled::Plain, &mut one.contexts, &mut Set::new(), &mut None);
        one.other.clear();
    }
    out.organizations.retain(|_, one| one.name.is_some() || !one.units.is_empty());
    for one in out.titles.values_mut() {
        trimmed(&mut one.name);
        one.kind = one.kind.take().filter(|kind| kind == "role");
        let organizations = &out.organizations;
        one.organization_id = one.organization_id.take().filter(|id| organizations.contains_key(id));
        one.other.clear();
    }
    out.titles.retain(|_, one| !one.name.is_empty());
}

fn addresses(out: &mut Model) {
    for one in out.addresses.values_mut() {
        for part in &mut one.components {
            trimmed(&mut part.value);
            part.phonetic = None;
            part.other.clear();
        }
        one.components.retain(|part| !part.value.is_empty() && PARTS.contains(&part.kind.as_str()));
        trim(&mut one.full);
        if one.components.is_empty()
            && let Some(full) = one.full.take()
        {
            // An address that is one text stands where the street does, as Google writes it.
            one.components.push(AddressComponent { kind: "name".to_owned(), value: full, ..Default::default() });
        }
        order_parts(&mut one.components);
        one.is_ordered = false;
        one.country_code = one.country_code.as_deref().and_then(country_code);
        trim(&mut one.coordinates);
        trim(&mut one.time_zone);
        pref(&mut one.pref);
        relabel(Labelled::Address, &mut one.contexts, &mut Set::new(), &mut one.label);
        // GEO and TZ alone have no label to carry.
        if one.components.is_empty() {
            (one.pref, one.label, one.country_code) = (None, None, None);
            one.contexts.clear();
        }
        one.other.clear();
    }
    out.addresses.retain(|_, one| !one.components.is_empty() || one.coordinates.is_some() || one.time_zone.is_some());
}

/// Parts in the order ADR has them, those of one kind joined.
fn order_parts(parts: &mut Vec<AddressComponent>) {
    let fine = |kind: &str| PARTS[7..].contains(&kind) && !matches!(kind, "apartment" | "name");
    let fine = parts.iter().any(|part| fine(&part.kind));
    let place =
        |kind: &str| PARTS.iter().enumerate().position(|(at, one)| *one == kind && !(fine && matches!(at, 1 | 2)));
    parts.sort_by_key(|part| place(&part.kind));
    parts.dedup_by(|next, first| {
        let same = next.kind == first.kind;
        if same {
            first.value = format!("{}\n{}", first.value, next.value);
        }
        same
    });
}

fn rest(out: &mut Model) {
    for one in out.anniversaries.values_mut() {
        trim(&mut one.label);
        one.label = one.label.as_deref().and_then(label::text).map(|text| text.into_owned());
        match one.label.as_deref() {
            Some(label) if label.eq_ignore_ascii_case("anniversary") && one.kind != "birth" => {
                one.kind = "wedding".to_owned()
            }
            Some(label) if label.eq_ignore_ascii_case("other") => one.label = Some("other".to_owned()),
            _ => {}
        }
        if !matches!(one.kind.as_str(), "birth" | "death" | "wedding") {
            one.kind = "rolo:other".to_owned();
        }
        if one.kind != "rolo:other" {
            one.label = None;
        }
        if let Some(date) = &mut one.date {
            date.calendar_scale = None;
            date.other.clear();
        }
        if let Some(place) = &mut one.place {
            trim(&mut place.full);
            // One property says one of them.
            let (full, coordinates) = (place.full.take(), place.coordinates.take());
            let coordinates = coordinates.filter(|_| full.is_none());
            *place = Address { full, coordinates, ..Default::default() };
        }
        one.other.clear();
    }
    out.anniversaries.retain(|_, one| one.date.is_some() || one.place.is_some());
    for one in out.notes.values_mut() {
        lines(&mut one.note);
        if let Some(serde_json::Value::Object(author)) = &mut one.author {
            author.retain(|key, text| matches!(key.as_str(), "uri" | "name") && text.is_string());
        }
        one.author = one.author.take().filter(|author| author.as_object().is_some_and(|author| !author.is_empty()));
        one.other.clear();
    }
    out.notes.retain(|_, one| !one.note.trim().is_empty());
    for one in out.personal_info.values_mut() {
        trimmed(&mut one.value);
        one.label = one.label.as_deref().and_then(label::text).map(|text| text.into_owned());
        one.other.clear();
    }
    out.personal_info.retain(|_, one| !one.value.is_empty());
    for one in out.custom_fields.values_mut() {
        lines(&mut one.label);
        lines(&mut one.value);
        one.other.clear();
    }
    out.custom_fields.retain(|_, one| !one.value.trim().is_empty());
    relations(out);
    if let Some(speak) = &mut out.speak_to_as {
        speak.grammatical_gender = speak.grammatical_gender.take().map(|word| word.trim().to_lowercase());
        for one in speak.pronouns.values_mut() {
            trimmed(&mut one.pronouns);
            pref(&mut one.pref);
            relabel(Labelled::Plain, &mut one.contexts, &mut Set::new(), &mut None);
            one.other.clear();
        }
        speak.pronouns.retain(|_, one| !one.pronouns.is_empty());
        speak.other.clear();
        if *speak == Default::default() {
            out.speak_to_as = None;
        }
    }
    if let Some(gender) = &mut out.gender {
        trim(&mut gender.sex);
        trim(&mut gender.text);
        gender.other.clear();
        if *gender == Default::default() {
            out.gender = None;
        }
    }
}

fn relations(out: &mut Model) {
    for one in out.related_to.values_mut() {
        let label = one.label.take();
        one.relation.retain(|kind, on| *on && relative::is_kind(kind));
        let (kinds, label) = relative::relation(&[], label.as_deref());
        one.relation.extend(kinds);
        one.relation.sort_keys();
        one.label = label;
        one.other.clear();
    }
    out.related_to.retain(|key, _| !key.trim().is_empty());
}

/// Inline values by their name, so that two spellings of the same octets are equal.
fn media(list: &mut Members<Resource>, blobs: &mut Blobs) {
    for one in list.values_mut() {
        one.uri = super::text::one_line(one.uri.trim()).into_owned();
        let data = data_uri(one.uri.as_bytes())
            .and_then(|(media, value)| Some((String::from_utf8_lossy(media).into_owned(), binary(value)?)));
        if let Some((media, bytes)) = data {
            let name = blob(&bytes);
            let uri = std::mem::replace(&mut one.uri, name.clone());
            blobs.insert(name, uri);
            if one.media_type.is_none() && !media.is_empty() {
                one.media_type = Some(media);
            }
        }
        pref(&mut one.pref);
        relabel(Labelled::Plain, &mut one.contexts, &mut Set::new(), &mut None);
        one.label = None;
        one.other.clear();
    }
    list.retain(|_, one| !one.uri.is_empty());
}
