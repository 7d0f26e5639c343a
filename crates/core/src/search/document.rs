//! What an index holds of a contact: the tokens of every field, by section, and what filters ask for.
//!
//! Stars and hiding belong to an account, not to a contact, and are left to the caller of the index.

use std::collections::HashSet;

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::fold::fold;
use crate::{
    card::model::{Address, Anniversary, Date, Model, Unplaced},
    id::{ContactId, LabelId},
    keys::{Phone, display_name, email_key},
};

/// Letters of one value that are indexed.
const VALUE_CHARS_MAX: usize = 20_000;
/// Tokens of one section; a contact with more is a book.
const SECTION_TOKENS_MAX: usize = 5_000;

/// What a contact may have, for `has:` and `no:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Feature {
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A photo.
    Photo,
    /// A postal address.
    Address,
    /// A birthday.
    Birthday,
    /// A note.
    Note,
    /// A website.
    Website,
    /// A company.
    Company,
    /// A label.
    Label,
}

impl Feature {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Phone,
        Self::Email,
        Self::Photo,
        Self::Address,
        Self::Birthday,
        Self::Note,
        Self::Website,
        Self::Company,
        Self::Label,
    ];

    /// The word it is filtered by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Photo => "photo",
            Self::Address => "address",
            Self::Birthday => "birthday",
            Self::Note => "note",
            Self::Website => "website",
            Self::Company => "company",
            Self::Label => "label",
        }
    }

    /// What is meant by a word, in singular or plural, in any case.
    pub fn named(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase().replace('-', "");
        Self::ALL.into_iter().find(|feature| {
            let rest = word.strip_prefix(feature.name());
            matches!(rest, Some("" | "s" | "es"))
        })
    }
}

/// A contact as an index sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The contact.
    pub id: ContactId,
    /// Tokens of its names, as written and as pronounced, or of what is shown instead.
    pub name: Vec<String>,
    /// Suffixes of its phone numbers.
    pub phones: Vec<String>,
    /// Its e-mail addresses, whole and in parts.
    pub emails: Vec<String>,
    /// Tokens of everything else.
    pub rest: Vec<String>,
    /// What it has.
    pub features: Vec<Feature>,
    /// Its labels.
    pub labels: Vec<LabelId>,
}

impl Document {
    /// The document of a contact. `region` is its owner's, for phone numbers without a country.
    pub fn of(id: ContactId, model: &Model, labels: Vec<LabelId>, region: Option<&str>) -> Self {
        let features = features(model, !labels.is_empty());
        Self {
            id,
            name: name(model),
            phones: phones(model, region),
            emails: emails(model),
            rest: rest(model),
            features,
            labels,
        }
    }
}

/// The tokens of one section, each once, in the order met.
#[derive(Default)]
struct Section {
    seen: HashSet<String>,
    tokens: Vec<String>,
}

impl Section {
    fn token(&mut self, token: impl Into<String>) {
        let token = token.into();
        if self.tokens.len() < SECTION_TOKENS_MAX && !token.is_empty() && self.seen.insert(token.clone()) {
            self.tokens.push(token);
        }
    }

    fn text(&mut self, text: &str) {
        let end = text.char_indices().nth(VALUE_CHARS_MAX).map_or(text.len(), |(at, _)| at);
        for token in fold(&text[..end]) {
            self.token(token);
        }
    }

    fn maybe(&mut self, text: &Option<String>) {
        if let Some(text) = text {
            self.text(text);
        }
    }

    /// All text inside a JSON value, to a depth no card reaches.
    fn json(&mut self, value: &Value, depth: u8) {
        match value {
            Value::String(text) if !text.starts_with("data:") => self.text(text),
            Value::Number(number) => self.text(&number.to_string()),
            Value::Array(items) if depth > 0 => items.iter().for_each(|item| self.json(item, depth - 1)),
            Value::Object(members) if depth > 0 => {
                members
                    .iter()
                    .filter(|(name, _)| !name.starts_with('@'))
                    .for_each(|(_, item)| self.json(item, depth - 1));
            }
            _ => {}
        }
    }
}

fn name(model: &Model) -> Vec<String> {
    let mut section = Section::default();
    if let Some(name) = &model.name {
        section.maybe(&name.full);
        for component in &name.components {
            section.text(&component.value);
            section.maybe(&component.phonetic);
        }
        // A given name and a surname without a space between are found across both: 田中太郎.
        let of =
            |kind: &str| name.components.iter().find(|part| part.kind == kind).map_or("", |part| part.value.as_str());
        let run = format!("{}{}", of("surname"), of("given"));
        if !run.is_ascii() {
            fold(&run).into_iter().filter(|token| token.chars().count() == 2).for_each(|token| section.token(token));
        }
    }
    section.text(&display_name(model));
    for nickname in model.nicknames.values() {
        section.text(&nickname.name);
    }
    section.maybe(&model.file_as);
    for (_, value) in model
        .localizations
        .iter()
        .filter_map(|(_, patch)| patch.as_object())
        .flatten()
        .filter(|(path, _)| path.starts_with("name"))
    {
        section.json(value, 6);
    }
    section.tokens
}

fn phones(model: &Model, region: Option<&str>) -> Vec<String> {
    let mut section = Section::default();
    for written in model.phones.values() {
        if let Some(phone) = Phone::parse(&written.number, region) {
            phone.suffixes().for_each(|suffix| section.token(suffix));
            if let Some(extension) = phone.extension {
                section.token(extension);
            }
        }
        // "Call Bob first": what is no number is found as text.
        if written.number.chars().any(char::is_alphabetic) {
            section.text(&written.number);
        }
    }
    section.tokens
}

fn emails(model: &Model) -> Vec<String> {
    let mut section = Section::default();
    for address in model.emails.values().map(|email| &email.address) {
        if let Some(key) = email_key(address) {
            if let Some((local, domain)) = key.rsplit_once('@') {
                section.token(local);
                domain.split('.').for_each(|label| section.token(label));
                let (spoken, _) = idna::domain_to_unicode(domain);
                if spoken != domain {
                    section.token(format!("{local}@{spoken}"));
                }
            }
            section.token(key);
        } else {
            section
                .token(address.trim().nfc().collect::<String>().to_lowercase().chars().take(250).collect::<String>());
        }
        section.text(address);
    }
    section.tokens
}

fn rest(model: &Model) -> Vec<String> {
    let mut section = Section::default();
    organizations(model, &mut section);
    model.addresses.values().for_each(|address| place(address, &mut section));
    model.anniversaries.values().for_each(|anniversary| day(anniversary, &mut section));
    section.maybe(&model.birthday_text);
    model.notes.values().for_each(|note| section.text(&note.note));
    online(model, &mut section);
    for field in model.custom_fields.values() {
        section.text(&field.label);
        section.text(&field.value);
    }
    for (key, relation) in &model.related_to {
        if relation.name.is_none() {
            section.text(key);
        }
        section.maybe(&relation.name);
        section.maybe(&relation.label);
    }
    for info in model.personal_info.values() {
        section.text(&info.value);
        section.maybe(&info.label);
    }
    model.keywords.keys().for_each(|keyword| section.text(keyword));
    words_about(model, &mut section);
    section.tokens
}

fn organizations(model: &Model, section: &mut Section) {
    for organization in model.organizations.values() {
        section.maybe(&organization.name);
        section.maybe(&organization.phonetic);
        organization.units.iter().for_each(|unit| section.text(&unit.name));
    }
    model.titles.values().for_each(|title| section.text(&title.name));
}

fn place(address: &Address, section: &mut Section) {
    for component in &address.components {
        section.text(&component.value);
        section.maybe(&component.phonetic);
    }
    section.maybe(&address.full);
    section.maybe(&address.country_code);
    section.maybe(&address.time_zone);
    section.maybe(&address.label);
}

fn day(anniversary: &Anniversary, section: &mut Section) {
    if let Some(date) = &anniversary.date {
        section.text(&written(date));
    }
    if let Some(address) = &anniversary.place {
        place(address, section);
    }
    section.maybe(&anniversary.label);
}

/// `1980-03-21`, `03-21`, `1980-03`: found by its parts and written as one.
fn written(date: &Date) -> String {
    if let Some(utc) = &date.utc {
        return utc.get(..10).unwrap_or(utc).to_owned();
    }
    let parts = [date.year.map(|year| format!("{year:04}")), date.month.map(two), date.day.map(two)];
    parts.into_iter().flatten().collect::<Vec<_>>().join("-")
}

fn two(number: u32) -> String {
    format!("{number:02}")
}

fn online(model: &Model, section: &mut Section) {
    let resources = [&model.links, &model.directories, &model.calendars, &model.scheduling_addresses];
    for resource in resources.into_iter().flat_map(|members| members.values()) {
        section.text(address_of(&resource.uri));
        section.maybe(&resource.label);
    }
    for service in model.online_services.values() {
        section.maybe(&service.service);
        section.maybe(&service.user);
        section.text(service.uri.as_deref().map(address_of).unwrap_or_default());
        section.maybe(&service.label);
    }
}

/// A URI without its scheme: nobody looks for `https`.
fn address_of(uri: &str) -> &str {
    if uri.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("data:")) {
        return "";
    }
    uri.split_once(':').map_or(uri, |(_, rest)| rest)
}

/// Free-text labels, languages, gender, pronouns, and properties without a place in the model.
fn words_about(model: &Model, section: &mut Section) {
    let labels = model.emails.values().map(|email| &email.label).chain(model.phones.values().map(|phone| &phone.label));
    labels.for_each(|label| section.maybe(label));
    section.maybe(&model.language);
    model.preferred_languages.values().for_each(|language| section.text(&language.language));
    if let Some(gender) = &model.gender {
        section.maybe(&gender.text);
    }
    if let Some(speak) = &model.speak_to_as {
        speak.pronouns.values().for_each(|pronouns| section.text(&pronouns.pronouns));
    }
    for (_, value) in model.localizations.iter().filter_map(|(_, patch)| patch.as_object()).flatten() {
        section.json(value, 6);
    }
    // A jCard array: name, parameters, type, values.
    for property in model.vcard_props.iter().map(Unplaced::value) {
        let values = property.as_array().and_then(|values| values.get(3..)).unwrap_or_default();
        values
            .iter()
            .filter(|value| value.as_str().is_none_or(|text| text.len() < 1_000))
            .for_each(|value| section.json(value, 3));
    }
}

fn features(model: &Model, labelled: bool) -> Vec<Feature> {
    let says = |text: &str| !text.trim().is_empty();
    let birthday = model.birthday_text.is_some()
        || model.anniversaries.values().any(|day| day.kind == "birth" && day.date.is_some());
    let photo = model.media.values().any(|media| media.kind.as_deref() == Some("photo"));
    let company = model.organizations.values().any(|one| one.name.as_deref().is_some_and(says));
    let website = model.links.values().any(|link| link.kind.is_none() && says(&link.uri));
    let address = model
        .addresses
        .values()
        .any(|one| one.full.as_deref().is_some_and(says) || one.components.iter().any(|part| says(&part.value)));
    let has = |feature: &Feature| match feature {
        Feature::Phone => model.phones.values().any(|phone| says(&phone.number)),
        Feature::Email => model.emails.values().any(|email| says(&email.address)),
        Feature::Photo => photo,
        Feature::Address => address,
        Feature::Birthday => birthday,
        Feature::Note => model.notes.values().any(|note| says(&note.note)),
        Feature::Website => website,
        Feature::Company => company,
        Feature::Label => labelled,
    };
    Feature::ALL.into_iter().filter(has).collect()
}

#[cfg(test)]
mod tests;
