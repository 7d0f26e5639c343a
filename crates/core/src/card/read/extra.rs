//! The rest: what is said once per card, custom fields, pronouns, languages, hobbies; and what has no place at all.

use serde_json::{Map, Value, json};

use super::{Read, Reader};
use crate::card::{
    Version, date,
    lexer::NO_GROUP,
    lexer::Property,
    model::{CustomField, Gender, LanguagePref, Model, Named, PersonalInfo, Pronouns, SpeakToAs},
    param::{self, Meta, is_bare_encoding},
    pointer::{self, Extra},
    text,
};

impl Reader<'_> {
    pub(super) fn extra(&mut self, read: &Read<'_>) -> bool {
        match read.name {
            "UID" => once(self.text(read), &mut self.model.uid),
            "PRODID" => {
                let value = self.text(read).trim().to_owned();
                self.model.prod_id.get_or_insert(value);
                true
            }
            "REV" => moment(&self.text(read), &mut self.model.updated),
            "CREATED" => moment(&self.text(read), &mut self.model.created),
            "LANGUAGE" => once(self.text(read), &mut self.model.language),
            "KIND" | "X-ADDRESSBOOKSERVER-KIND" => self.kind(&self.text(read).trim().to_ascii_lowercase()),
            "X-ABSHOWAS" => {
                let company = read.property.value.trim_ascii().eq_ignore_ascii_case(b"COMPANY");
                if company { self.kind("org") } else { false }
            }
            "MEMBER" | "X-ADDRESSBOOKSERVER-MEMBER" => {
                let uid = self.uri(read);
                if !uid.is_empty() {
                    self.model.members.insert(uid, true);
                }
                true
            }
            "GENDER" | "X-GENDER" => self.gender(read),
            "PRONOUNS" => self.pronouns(read),
            "GRAMGENDER" => {
                let speak = self.model.speak_to_as.get_or_insert_default();
                once(text::decoded(&read.property, &read.meta).to_lowercase(), &mut speak.grammatical_gender)
            }
            "LANG" => self.language(read),
            "HOBBY" | "INTEREST" | "EXPERTISE" => self.personal(read),
            "X-ROLO-FIELD" => self.field(read),
            "X-CUSTOM1" | "X-CUSTOM2" | "X-CUSTOM3" | "X-CUSTOM4" => {
                self.custom(read, &format!("Custom {}", &read.name[8..]))
            }
            "X-ROLO-JSPROP" | "JSPROP" => {
                let Some((path, value)) = pointer::of_property(self.card, &read.property) else { return false };
                self.pointers.push((read.property.index, path, value));
                true
            }
            _ => false,
        }
    }

    fn kind(&mut self, kind: &str) -> bool {
        // X-ABShowAs beside KIND:org says the same twice; a group stays one whatever comes after.
        if !kind.is_empty() && self.model.kind.as_deref().is_none_or(|old| old == "individual" || kind == "group") {
            self.model.kind = Some(kind.to_owned());
        }
        true
    }

    fn gender(&mut self, read: &Read<'_>) -> bool {
        if self.model.gender.is_some() {
            return read.property.value.trim_ascii().is_empty();
        }
        let values = self.components(read);
        let value =
            |at: usize| values.get(at).map(|list| list.join(",").trim().to_owned()).filter(|text| !text.is_empty());
        let (sex, text) = (value(0), value(1));
        let letter = sex.as_deref().and_then(|sex| match sex.to_ascii_uppercase().as_str() {
            "M" | "MALE" => Some("M"),
            "F" | "FEMALE" => Some("F"),
            "O" => Some("O"),
            "N" => Some("N"),
            "U" => Some("U"),
            _ => None,
        });
        let text = text.or(if letter.is_none() { sex } else { None });
        if letter.is_some() || text.is_some() {
            self.model.gender = Some(Gender { sex: letter.map(str::to_owned), text, ..Default::default() });
        }
        true
    }

    fn pronouns(&mut self, read: &Read<'_>) -> bool {
        let pronouns = self.text(read).trim().to_owned();
        if !pronouns.is_empty() {
            self.model.speak_to_as.get_or_insert_default();
            let contexts = self.contexts(read);
            let member = Pronouns { pronouns: pronouns.clone(), contexts, pref: read.meta.pref, ..Default::default() };
            self.add(
                "speakToAs/pronouns",
                read,
                (&pronouns, None),
                |model| &mut model.speak_to_as.get_or_insert_default().pronouns,
                member,
            );
        }
        true
    }

    fn language(&mut self, read: &Read<'_>) -> bool {
        let language = self.text(read).trim().to_owned();
        if !language.is_empty() {
            let contexts = self.contexts(read);
            let member =
                LanguagePref { language: language.clone(), contexts, pref: read.meta.pref, ..Default::default() };
            self.add("preferredLanguages", read, (&language, None), |model| &mut model.preferred_languages, member);
        }
        true
    }

    fn personal(&mut self, read: &Read<'_>) -> bool {
        let value = self.text(read).trim().to_owned();
        if !value.is_empty() {
            let level = read.param("LEVEL").map(|level| level.to_ascii_lowercase());
            let level = level.as_deref().and_then(|level| match level {
                "high" | "expert" => Some("high"),
                "medium" | "average" => Some("medium"),
                "low" | "beginner" => Some("low"),
                _ => None,
            });
            let member = PersonalInfo {
                kind: read.name.to_ascii_lowercase(),
                value: value.clone(),
                level: level.map(str::to_owned),
                list_as: read.param("INDEX").and_then(|index| index.parse().ok()),
                label: self.label_text(read).as_deref().and_then(super::label::text).map(|text| text.into_owned()),
                ..Default::default()
            };
            self.add("personalInfo", read, (&value, None), |model| &mut model.personal_info, member);
        }
        true
    }

    /// X-ROLO-FIELD:label;value
    fn field(&mut self, read: &Read<'_>) -> bool {
        let mut values = self.components(read).into_iter().map(|list| list.join(","));
        let (label, value) = (values.next().unwrap_or_default(), values.next().unwrap_or_default());
        if label.is_empty() && value.is_empty() {
            return true;
        }
        let key = format!("{label};{value}");
        let member = CustomField { label, value, ..Default::default() };
        self.add("rolo:customFields", read, (&key, None), |model| &mut model.custom_fields, member);
        true
    }

    /// Puts the members no property has where their pointers say; a pointer that leads nowhere stays a property.
    pub(super) fn finish_pointers(&mut self) {
        if self.model.speak_to_as == Some(SpeakToAs::default()) {
            self.model.speak_to_as = None;
        }
        let (mut lines, mut inner, mut stray) = (Vec::new(), Vec::new(), Vec::new());
        for (line, mut path, value) in std::mem::take(&mut self.pointers) {
            match (path.as_slice(), value) {
                ([name], Value::Object(value)) if name == "localizations" => self.model.localizations = value.into(),
                ([name], value) if !name.is_empty() && !Model::NAMED.contains(&name.as_str()) => {
                    self.model.other.insert(name.clone(), value);
                }
                (_, value) => match pointer::holder(&path) {
                    Some(depth) => {
                        let rest = path.split_off(depth);
                        lines.push(line);
                        inner.push(Extra { holder: path, rest, value });
                    }
                    None => stray.push(line),
                },
            }
        }
        if !inner.is_empty()
            && let Ok(Value::Object(mut object)) = serde_json::to_value(&self.model)
        {
            let fits = pointer::placed(&mut object, &inner);
            match serde_json::from_value(Value::Object(object)) {
                Ok(model) => self.model = model,
                Err(_) => stray.append(&mut lines),
            }
            for ((line, one), fits) in lines.into_iter().zip(inner).zip(fits) {
                if fits { self.pointed.push(one) } else { stray.push(line) }
            }
        }
        let card = self.card;
        stray.into_iter().for_each(|line| self.unknown(&card.lexed.property(line)));
    }

    /// A property without a place in the model, as jCard writes it (RFC 7095 §3.3).
    pub(super) fn unknown(&mut self, property: &Property<'_>) {
        let meta = Meta::of(property.params);
        let value = text::decoded(property, &meta);
        if value.trim().is_empty() && property.name.eq_ignore_ascii_case(b"AGENT") {
            return;
        }
        let mut params = Map::new();
        if property.group != NO_GROUP {
            params.insert("group".to_owned(), String::from_utf8_lossy(property.group_text).into());
        }
        for param in param::params(property.params) {
            let bare = param.name.is_empty();
            let name = if bare { "type".to_owned() } else { lower(param.name) };
            let carries = matches!(name.as_str(), "encoding" | "charset" | "value");
            if !(carries || bare && is_bare_encoding(param.value)) {
                add_param(&mut params, name, param.text().into_owned());
            }
        }
        // Base64 stays base64: what its octets mean is not known here.
        if meta.base64 {
            params.insert("encoding".to_owned(), "b".into());
        }
        let kind = meta.value.as_deref().map_or_else(|| "unknown".to_owned(), str::to_ascii_lowercase);
        // Its own escapes stay: what the value means is not known here.
        let value: Value = match self.card.version {
            Version::V21 => text::unescaped(&value, Version::V21).into(),
            _ => value.into_owned().into(),
        };
        self.model.vcard_props.push(json!([lower(property.name), params, kind, value]).into());
    }
}

fn lower(name: &[u8]) -> String {
    String::from_utf8_lossy(name).to_ascii_lowercase()
}

fn add_param(params: &mut Map<String, Value>, name: String, value: String) {
    match params.get_mut(&name) {
        None => {
            params.insert(name, value.into());
        }
        Some(Value::Array(list)) => list.push(value.into()),
        Some(first) => *first = json!([first.take(), value]),
    }
}

fn once(value: String, slot: &mut Option<String>) -> bool {
    let value = value.trim();
    if slot.is_some() {
        return value.is_empty() || slot.as_deref() == Some(value);
    }
    if !value.is_empty() {
        *slot = Some(value.to_owned());
    }
    true
}

fn moment(value: &str, slot: &mut Option<String>) -> bool {
    match date::moment(value) {
        Some(utc) if slot.is_none() => {
            *slot = Some(utc);
            true
        }
        _ => value.trim().is_empty(),
    }
}
