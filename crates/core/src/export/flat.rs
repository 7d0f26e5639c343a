//! A contact laid flat for a table: labelled values in lists, and what tables have no column for under a name of its own.

use std::collections::BTreeMap;

use crate::{
    card::{
        Version,
        label::{self, Labelled, Meaning},
        model::{Address, Anniversary, Date, Model, NameComponent, OnlineService, Set, Unplaced},
        relative,
    },
    import::{carried, date, field::Field, full_name, member::composed},
};

/// A value with its label, as words of the label table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) label: String,
    pub(super) preferred: bool,
    pub(super) value: String,
}

/// An address with its label.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) label: String,
    pub(super) preferred: bool,
    pub(super) formatted: String,
    pub(super) street: String,
    pub(super) extended: String,
    pub(super) po_box: String,
    pub(super) city: String,
    pub(super) region: String,
    pub(super) postcode: String,
    pub(super) country: String,
}

/// A date with its label.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Day {
    pub(super) label: String,
    pub(super) date: Date,
}

/// A contact laid flat.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Flat {
    /// Prefix, first, middle, last, suffix.
    pub(super) name: [String; 5],
    /// First, middle, last.
    pub(super) sounds: [String; 3],
    pub(super) nickname: String,
    pub(super) file_as: String,
    pub(super) company: String,
    pub(super) title: String,
    pub(super) department: String,
    pub(super) birthday: Option<Date>,
    pub(super) birthday_text: String,
    pub(super) notes: String,
    pub(super) photo: String,
    pub(super) emails: Vec<Value>,
    pub(super) phones: Vec<Value>,
    pub(super) websites: Vec<Value>,
    pub(super) relations: Vec<Value>,
    pub(super) addresses: Vec<Place>,
    pub(super) dates: Vec<Day>,
    /// The person's own fields.
    pub(super) customs: Vec<(String, String)>,
    /// What has no column in Google's table: the name it is carried by, and the value.
    pub(super) carried: Vec<(String, String)>,
    /// What no table can hold, by name.
    pub(super) lost: BTreeMap<String, u64>,
}

/// Lays a contact flat.
pub(super) fn flat(model: &Model) -> Flat {
    let mut flat = Flat { file_as: model.file_as.clone().unwrap_or_default(), ..Flat::default() };
    names(model, &mut flat);
    work(model, &mut flat);
    values(model, &mut flat);
    services(model, &mut flat);
    addresses(model, &mut flat);
    dates(model, &mut flat);
    rest(model, &mut flat);
    lost(model, &mut flat);
    flat
}

/// The name a value is carried by: `IM (Skype)`, `job title 2`.
pub(super) fn carrier(field: Field, number: usize, label: &str) -> String {
    let mut name = carried::name(field).to_owned();
    if number > 0 {
        name.push_str(&format!(" {number}"));
    }
    if !label.is_empty() {
        name.push_str(&format!(" ({label})"));
    }
    name
}

fn names(model: &Model, flat: &mut Flat) {
    flat.nickname = joined(model.nicknames.values().map(|nickname| nickname.name.as_str()), crate::import::cell::JOINT);
    let Some(name) = &model.name else { return lone_sounds(model, flat) };
    const KINDS: [&[&str]; 5] =
        [&["title"], &["given"], &["given2"], &["surname", "surname2"], &["generation", "credential"]];
    for (at, kinds) in KINDS.iter().enumerate() {
        let parts = kinds.iter().flat_map(|kind| name.components.iter().filter(move |part| part.kind == *kind));
        flat.name[at] = joined(parts.clone().map(|part| part.value.as_str()), " ");
        if (1..=3).contains(&at) {
            flat.sounds[at - 1] = joined(parts.filter_map(|part| part.phonetic.as_deref()), " ");
        }
    }
    let full = name.full.as_deref().unwrap_or_default().trim();
    let is_nameless = flat.name.iter().all(String::is_empty);
    if is_nameless && !full.is_empty() && !stands_in(model) {
        full.clone_into(&mut flat.name[1]);
    } else if !is_nameless && !full.is_empty() && full != read_back(&flat.name) {
        flat.carried.push((carrier(Field::Name, 0, ""), full.to_owned()));
    }
    lone_sounds(model, flat);
}

/// Sounds of name parts the contact does not have.
fn lone_sounds(model: &Model, flat: &mut Flat) {
    let names = ["x-phonetic-first-name", "x-phonetic-middle-name", "x-phonetic-last-name"];
    for property in model.vcard_props.iter().map(Unplaced::value) {
        let at = names.iter().position(|name| property.get(0).and_then(|one| one.as_str()) == Some(name));
        if let (Some(at), Some(text)) = (at, property.get(3).and_then(|one| one.as_str())) {
            text.clone_into(&mut flat.sounds[at]);
        }
    }
}

/// Whether FN only repeats what stands in for a missing name, be it with other spaces: a name is one line.
fn stands_in(model: &Model) -> bool {
    let nameless = Model { name: None, ..model.clone() };
    crate::keys::display_name(&nameless) == crate::keys::display_name(model)
}

/// What import calls a contact that has these parts; any other name is carried.
fn read_back(parts: &[String; 5]) -> String {
    const KINDS: [&str; 5] = ["title", "given", "given2", "surname", "credential"];
    let filled = || KINDS.iter().zip(parts).filter(|(_, part)| !part.is_empty());
    let components: Vec<NameComponent> = filled()
        .map(|(kind, part)| NameComponent { kind: (*kind).to_owned(), value: part.clone(), ..Default::default() })
        .collect();
    full_name::of(&components).unwrap_or_else(|| joined(parts.iter().map(String::as_str), " "))
}

fn joined<'a>(texts: impl Iterator<Item = &'a str>, between: &str) -> String {
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

/// The first job has columns; the others are carried with their number.
fn work(model: &Model, flat: &mut Flat) {
    for (nth, organization) in model.organizations.values().enumerate() {
        let department = joined(organization.units.iter().map(|unit| unit.name.as_str()), ", ");
        let (name, sound) = (organization.name.clone().unwrap_or_default(), organization.phonetic.clone());
        let number = if nth == 0 { 0 } else { nth + 1 };
        if nth == 0 {
            (flat.company, flat.department) = (name, department);
        } else {
            flat.carry(Field::Company, number, "", &name);
            flat.carry(Field::Department, number, "", &department);
        }
        flat.carry(Field::PhoneticCompany, number, "", &sound.unwrap_or_default());
    }
    for title in model.titles.values() {
        let at = title
            .organization_id
            .as_ref()
            .and_then(|id| model.organizations.keys().position(|own| own == id))
            .unwrap_or(0);
        let number = if at == 0 { 0 } else { at + 1 };
        if title.kind.as_deref() == Some("role") {
            flat.carry(Field::Role, number, "", &title.name);
        } else if at == 0 && flat.title.is_empty() {
            flat.title.clone_from(&title.name);
        } else {
            flat.carry(Field::Title, at + 1, "", &title.name);
        }
    }
}

impl Flat {
    fn carry(&mut self, field: Field, number: usize, label: &str, value: &str) {
        if !value.is_empty() {
            self.carried.push((carrier(field, number, label), value.to_owned()));
        }
    }
}

/// The lowest `pref` of its kind: the one a table marks.
fn most(prefs: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    prefs.flatten().min()
}

fn word(kind: Labelled, contexts: &Set, features: &Set, text: &Option<String>) -> String {
    label::named(kind, &Meaning { contexts: contexts.clone(), features: features.clone(), label: text.clone() })
}

fn values(model: &Model, flat: &mut Flat) {
    let none = Set::new();
    let best = most(model.emails.values().map(|one| one.pref));
    flat.emails.extend(model.emails.values().map(|one| Value {
        label: word(Labelled::Email, &one.contexts, &none, &one.label),
        preferred: one.pref.is_some() && one.pref == best,
        value: one.address.clone(),
    }));
    let best = most(model.phones.values().map(|one| one.pref));
    flat.phones.extend(model.phones.values().map(|one| Value {
        label: word(Labelled::Phone, &one.contexts, &one.features, &one.label),
        preferred: one.pref.is_some() && one.pref == best,
        value: one.number.clone(),
    }));
    let best = most(model.links.values().map(|one| one.pref));
    for one in model.links.values() {
        if one.kind.as_deref() == Some("contact") {
            flat.carry(Field::ContactPage, 0, "", &one.uri);
            continue;
        }
        let label = word(Labelled::Link, &one.contexts, &none, &one.label);
        flat.websites.push(Value { label, preferred: one.pref.is_some() && one.pref == best, value: one.uri.clone() });
    }
    for (key, one) in &model.related_to {
        let name = one.name.as_ref().unwrap_or(key);
        let kinds = relative::carriers(Version::V30, &one.relation, one.label.as_deref());
        let labels: Vec<String> =
            kinds.iter().filter_map(|one| label::text(one.text.as_deref()?)).map(|text| text.into_owned()).collect();
        let labels = if labels.is_empty() { vec![String::new()] } else { labels };
        flat.relations.extend(labels.into_iter().map(|label| Value { label, preferred: false, value: name.clone() }));
    }
}

fn services(model: &Model, flat: &mut Flat) {
    for one in model.online_services.values() {
        let value = one.uri.as_deref().or(one.user.as_deref()).unwrap_or_default().to_owned();
        let service = one.service.clone().unwrap_or_default();
        if is_profile(one) {
            flat.websites.push(Value { label: service, preferred: one.pref == Some(1), value });
            continue;
        }
        let service = if service.is_empty() && value.starts_with("sip") { "SIP".to_owned() } else { service };
        let context = word(Labelled::Plain, &one.contexts, &Set::new(), &one.label);
        let label = match context.as_str() {
            "home" => format!("{service}, Home"),
            "work" => format!("{service}, Work"),
            "other" => format!("{service}, Other"),
            _ => service,
        };
        flat.carry(Field::Im, 0, &label, &value);
    }
}

fn is_profile(one: &OnlineService) -> bool {
    let named = one.vcard_name.as_deref();
    named == Some("socialprofile") || named.is_none() && one.uri.as_deref().is_some_and(|uri| uri.starts_with("http"))
}

fn addresses(model: &Model, flat: &mut Flat) {
    let best = most(model.addresses.values().map(|one| one.pref));
    for one in model.addresses.values() {
        flat.carry(Field::Coordinates, 0, "", one.coordinates.as_deref().unwrap_or_default());
        flat.carry(Field::TimeZone, 0, "", one.time_zone.as_deref().unwrap_or_default());
        if one.components.is_empty() && one.full.is_none() && one.country_code.is_none() {
            continue;
        }
        flat.addresses.push(place(one, one.pref.is_some() && one.pref == best));
    }
}

fn place(one: &Address, preferred: bool) -> Place {
    let part = |kinds: &[&str], between: &str| {
        let parts = kinds.iter().flat_map(|kind| one.components.iter().filter(move |part| part.kind == *kind));
        joined(parts.map(|part| part.value.as_str()), between)
    };
    let mut street = part(&["name"], "\n");
    let number = part(&["number"], " ");
    if !number.is_empty() {
        street = format!("{street} {number}").trim().to_owned();
    }
    let finer = part(&["block", "subdistrict", "district", "landmark", "direction"], ", ");
    if !finer.is_empty() {
        street = if street.is_empty() { finer } else { format!("{street}\n{finer}") };
    }
    let country = part(&["country"], " ");
    Place {
        label: word(Labelled::Address, &one.contexts, &Set::new(), &one.label),
        preferred,
        formatted: one.full.clone().unwrap_or_else(|| composed(one)),
        street,
        extended: part(&["apartment", "room", "floor", "building"], ", "),
        po_box: part(&["postOfficeBox"], " "),
        city: part(&["locality"], " "),
        region: part(&["region"], " "),
        postcode: part(&["postcode"], " "),
        country: if country.is_empty() { one.country_code.clone().unwrap_or_default() } else { country },
    }
}

fn dates(model: &Model, flat: &mut Flat) {
    flat.birthday_text = model.birthday_text.clone().unwrap_or_default();
    for one in model.anniversaries.values() {
        if let Some(place) = &one.place {
            let field = if one.kind == "death" { Field::Deathplace } else { Field::Birthplace };
            let text = place.full.as_deref().or(place.coordinates.as_deref()).unwrap_or_default();
            flat.carry(field, 0, "", text);
        }
        let Some(date) = &one.date else { continue };
        if one.kind == "birth" && flat.birthday.is_none() {
            flat.birthday = Some(date.clone());
        } else {
            flat.dates.push(Day { label: date_label(one), date: date.clone() });
        }
    }
}

fn date_label(one: &Anniversary) -> String {
    match one.kind.as_str() {
        "wedding" => "Anniversary".to_owned(),
        "birth" => "Birthday".to_owned(),
        "death" => "death".to_owned(),
        _ => one.label.clone().unwrap_or_default(),
    }
}

/// A date as a table's cell.
pub(super) fn day(date: &Date) -> String {
    date::written(date).unwrap_or_default()
}

fn rest(model: &Model, flat: &mut Flat) {
    for one in model.personal_info.values() {
        let field = match one.kind.as_str() {
            "interest" => Field::Interest,
            "expertise" => Field::Expertise,
            _ => Field::Hobby,
        };
        flat.carry(field, 0, one.level.as_deref().unwrap_or_default(), &one.value);
    }
    if let Some(gender) = &model.gender {
        let sex = match gender.sex.as_deref() {
            Some("M") => "Male",
            Some("F") => "Female",
            Some("O") => "Other",
            Some("N") => "None",
            Some("U") => "Unknown",
            _ => "",
        };
        let text = gender.text.as_deref().unwrap_or_default();
        let value = if sex.is_empty() || text.is_empty() { format!("{sex}{text}") } else { format!("{sex}; {text}") };
        flat.carry(Field::Gender, 0, "", &value);
    }
    if let Some(speak) = &model.speak_to_as {
        flat.carry(Field::GrammaticalGender, 0, "", speak.grammatical_gender.as_deref().unwrap_or_default());
        speak.pronouns.values().for_each(|one| flat.carry(Field::Pronouns, 0, "", &one.pronouns));
    }
    model.preferred_languages.values().for_each(|one| flat.carry(Field::Language, 0, "", &one.language));
    for one in model.calendars.values() {
        let field = if one.kind.as_deref() == Some("freeBusy") { Field::FreeBusy } else { Field::Calendar };
        flat.carry(field, 0, "", &one.uri);
    }
    model.scheduling_addresses.values().for_each(|one| flat.carry(Field::SchedulingAddress, 0, "", &one.uri));
    for one in model.directories.values().filter(|one| one.kind.as_deref() != Some("entry")) {
        flat.carry(Field::Directory, 0, "", &one.uri);
    }
    flat.notes = joined(model.notes.values().map(|note| note.note.as_str()), "\n\n");
    flat.customs.extend(model.custom_fields.values().map(|one| (one.label.clone(), one.value.clone())));
    let photos = model.media.values().filter(|one| one.kind.as_deref() == Some("photo"));
    if let Some(photo) = photos.into_iter().find(|one| one.uri.starts_with("http")) {
        flat.photo.clone_from(&photo.uri);
    }
}

fn lost(model: &Model, flat: &mut Flat) {
    let mut lose = |name: &str| *flat.lost.entry(name.to_owned()).or_default() += 1;
    for one in model.media.values().filter(|one| !one.uri.starts_with("http")) {
        lose(one.kind.as_deref().unwrap_or("media"));
    }
    model.crypto_keys.values().for_each(|_| lose("key"));
    if model.name.as_ref().is_some_and(|name| !name.sort_as.is_empty()) {
        lose("sort name");
    }
    if !model.localizations.is_empty() {
        lose("translations");
    }
    if model.language.is_some() {
        lose("language of the card");
    }
    model.directories.values().filter(|one| one.kind.as_deref() == Some("entry")).for_each(|_| lose("source"));
    for property in model.vcard_props.iter().map(Unplaced::value) {
        let name = property.get(0).and_then(|one| one.as_str()).unwrap_or_default();
        if !name.starts_with("x-phonetic-") {
            lose(&name.to_uppercase());
        }
    }
    if model
        .addresses
        .values()
        .any(|one| one.country_code.is_some() && one.components.iter().any(|part| part.kind == "country"))
    {
        lose("country code");
    }
    for name in inner(model).chain(model.other.keys()).filter(|name| !matches!(name.as_str(), "@type" | "version")) {
        lose(name);
    }
}

/// What stands inside members and is no table's.
fn inner(model: &Model) -> impl Iterator<Item = &String> {
    let emails = model.emails.values().flat_map(|one| one.other.keys());
    let phones = model.phones.values().flat_map(|one| one.other.keys());
    let addresses = model.addresses.values().flat_map(|one| one.other.keys());
    let dates = model.anniversaries.values().flat_map(|one| one.other.keys());
    let links = model.links.values().flat_map(|one| one.other.keys());
    let services = model.online_services.values().flat_map(|one| one.other.keys());
    let jobs = model.organizations.values().flat_map(|one| one.other.keys());
    let titles = model.titles.values().flat_map(|one| one.other.keys());
    let relations = model.related_to.values().flat_map(|one| one.other.keys());
    let notes = model.notes.values().flat_map(|one| one.other.keys());
    emails
        .chain(phones)
        .chain(addresses)
        .chain(dates)
        .chain(links)
        .chain(services)
        .chain(jobs)
        .chain(titles)
        .chain(relations)
        .chain(notes)
        .filter(|name| *name != "vCardName")
}
