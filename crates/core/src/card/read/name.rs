//! N, FN and what goes with a name: phonetic parts, nicknames, what to sort and file it by.

use super::{Read, Reader};
use crate::card::{
    Version,
    lexer::Property,
    model::{CustomField, Name, NameComponent, Nickname},
    param::{Meta, param},
    text,
};

/// The kinds of a name's parts in display order, and where each stands in N.
pub(crate) const NAME_PARTS: &[(&str, usize)] =
    &[("title", 3), ("given", 1), ("given2", 2), ("surname", 0), ("surname2", 5), ("generation", 6), ("credential", 4)];

/// The script of phonetic text, by its letters.
pub(crate) fn phonetic_script(text: &str) -> &'static str {
    for c in text.chars() {
        return match c {
            '\u{3041}'..='\u{309f}' => "Hira",
            '\u{30a0}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}' => "Kana",
            '\u{1100}'..='\u{11ff}' | '\u{3131}'..='\u{318e}' | '\u{ac00}'..='\u{d7af}' => "Hang",
            '\u{3105}'..='\u{312f}' => "Bopo",
            '\u{4e00}'..='\u{9fff}' => "Hani",
            '\u{400}'..='\u{52f}' => "Cyrl",
            '\u{370}'..='\u{3ff}' => "Grek",
            '\u{590}'..='\u{5ff}' => "Hebr",
            '\u{600}'..='\u{6ff}' => "Arab",
            '\u{e00}'..='\u{e7f}' => "Thai",
            c if c.is_alphabetic() && (c as u32) < 0x250 => "Latn",
            c if c.is_alphabetic() => "Zyyy",
            _ => continue,
        };
    }
    "Zyyy"
}

impl Reader<'_> {
    pub(super) fn names(&mut self, read: &Read<'_>) -> bool {
        match read.name {
            "FN" => {
                let full = self.text(read).trim().to_owned();
                let name = self.model.name.get_or_insert_default();
                if name.full.is_some() {
                    return full.is_empty();
                }
                name.full = Some(full).filter(|full| !full.is_empty());
                self.source("name", "FN", read.property.index);
                true
            }
            "N" => self.name(read),
            "NICKNAME" | "X-NICKNAME" => self.nicknames(read),
            "X-MAIDENNAME" => self.custom(read, "maiden name"),
            "SORT-STRING" => keep_first(&mut self.sort_string, self.card.text(&read.property)),
            "X-EVOLUTION-FILE-AS" => keep_first(&mut self.model.file_as, self.card.text(&read.property)),
            "X-PHONETIC-FIRST-NAME" => keep_first(&mut self.phonetic[0], self.card.text(&read.property)),
            "X-PHONETIC-MIDDLE-NAME" => keep_first(&mut self.phonetic[1], self.card.text(&read.property)),
            _ => keep_first(&mut self.phonetic[2], self.card.text(&read.property)),
        }
    }

    fn name(&mut self, read: &Read<'_>) -> bool {
        if self.name_seen {
            return false;
        }
        let values = self.components(read);
        let components = name_components(&values);
        if components.is_empty() {
            if let Some(sort) = read.param("SORT-AS") {
                self.lone_sort.get_or_insert(sort);
            }
            return true;
        }
        self.name_seen = true;
        self.source("name", "N", read.property.index);
        let name = self.model.name.get_or_insert_default();
        name.components = components;
        if let Some(sort) = read.param("SORT-AS") {
            sort_as(name, &sort);
        }
        true
    }

    /// SOUND;X-IRMC-N of Japanese phones: the sounds of N, part by part.
    pub(super) fn sounds(&mut self, read: &Read<'_>) -> bool {
        let values = self.components(read);
        for (slot, at) in [(0, 1), (1, 2), (2, 0)] {
            let sound = values.get(at).map(|list| list.join(" ").trim().to_owned()).unwrap_or_default();
            if !sound.is_empty() {
                self.phonetic[slot].get_or_insert(sound);
            }
        }
        true
    }

    fn nicknames(&mut self, read: &Read<'_>) -> bool {
        let types = [("x-maiden-name", "maiden name"), ("x-initials", "initials"), ("x-short-name", "short name")];
        if let Some((_, label)) = types.iter().find(|(word, _)| read.meta.has_type(word)) {
            return self.custom(read, label);
        }
        let value = text::decoded(&read.property, &read.meta).into_owned();
        let version = self.card.version;
        let whole = [value.as_str()];
        let parts: Vec<&str> =
            if version == Version::V21 { whole.to_vec() } else { text::split(&value, b',').collect() };
        let contexts = self.contexts(read);
        for (nth, part) in parts.into_iter().enumerate() {
            let name = text::unescaped(part, version).trim().to_owned();
            if !name.is_empty() {
                let member = Nickname {
                    name: name.clone(),
                    contexts: contexts.clone(),
                    pref: read.meta.pref,
                    ..Default::default()
                };
                self.add("nicknames", read, (&name, Some(nth)), |model| &mut model.nicknames, member);
            }
        }
        true
    }

    /// A property that is a custom field of this label.
    pub(super) fn custom(&mut self, read: &Read<'_>, label: &str) -> bool {
        let value = self.text(read);
        if !value.trim().is_empty() {
            let member = CustomField { label: label.to_owned(), value: value.clone(), ..Default::default() };
            self.add("rolo:customFields", read, (&value, None), |model| &mut model.custom_fields, member);
        }
        true
    }

    /// A sibling in another language or script: its sounds are taken, the rest is served as it is.
    pub(super) fn alternate(&mut self, property: &Property<'_>) {
        if property.name.eq_ignore_ascii_case(b"N") && param(property.params, "PHONETIC").is_some() {
            let meta = Meta::of(property.params);
            let values = text::components(&text::decoded(property, &meta), self.card.version);
            for (slot, at) in [(0, 1), (1, 2), (2, 0)] {
                if let Some(sound) = values.get(at).map(|list| list.join(" ")).filter(|sound| !sound.trim().is_empty())
                {
                    self.phonetic[slot].get_or_insert(sound);
                }
            }
            if let Some(script) = param(property.params, "SCRIPT") {
                self.model.name.get_or_insert_default().phonetic_script = Some(script.into_owned());
            }
        } else {
            self.unknown(property);
        }
    }

    pub(super) fn finish_names(&mut self) {
        if let Some(sort) = self.lone_sort.take().filter(|sort| !self.name_seen && !sort.trim().is_empty()) {
            sort_as(self.model.name.get_or_insert_default(), &sort);
        }
        if let Some(sort) = self.sort_string.take() {
            let name = self.model.name.get_or_insert_default();
            if name.sort_as.is_empty() {
                filed(name, "surname", &sort);
            }
        }
        let Some(name) = &mut self.model.name else { return self.lone_phonetics() };
        let kinds = ["given", "given2", "surname"];
        for (kind, sound) in kinds.iter().zip(&mut self.phonetic) {
            if let Some(part) = name.components.iter_mut().find(|part| part.kind == *kind) {
                part.phonetic = sound.take();
            }
        }
        let sounds: String = name.components.iter().filter_map(|part| part.phonetic.as_deref()).collect();
        if sounds.is_empty() {
            name.phonetic_script = None;
        } else if name.phonetic_script.is_none() {
            name.phonetic_script = Some(phonetic_script(&sounds).to_owned());
        }
        if *name == Name::default() {
            self.model.name = None;
        }
        self.lone_phonetics();
    }

    /// Sounds of a part the name does not have.
    fn lone_phonetics(&mut self) {
        let names = ["x-phonetic-first-name", "x-phonetic-middle-name", "x-phonetic-last-name"];
        for (name, sound) in names.iter().zip(&mut self.phonetic) {
            if let Some(sound) = sound.take() {
                self.model.vcard_props.push(serde_json::json!([name, {}, "text", sound]).into());
            }
        }
    }
}

fn keep_first(slot: &mut Option<String>, value: String) -> bool {
    let value = value.trim();
    if value.is_empty() {
        return true;
    }
    if slot.is_some() {
        return false;
    }
    *slot = Some(value.to_owned());
    true
}

/// SORT-AS lists surname, then given; a comma of the surname is behind a backslash.
fn sort_as(name: &mut Name, sort: &str) {
    let (mut surname, mut letters) = (String::new(), sort.chars());
    while let Some(letter) = letters.next() {
        match letter {
            ',' => break,
            '\\' if letters.as_str().starts_with(['\\', ',']) => surname.extend(letters.next()),
            letter => surname.push(letter),
        }
    }
    filed(name, "surname", &surname);
    filed(name, "given", letters.as_str());
}

fn filed(name: &mut Name, kind: &str, text: &str) {
    if !text.trim().is_empty() {
        name.sort_as.insert(kind.to_owned(), text.trim().to_owned());
    }
}

fn name_components(values: &[Vec<String>]) -> Vec<NameComponent> {
    let list = |at: usize| values.get(at).map_or(&[][..], Vec::as_slice);
    let mut components = Vec::new();
    for (kind, at) in NAME_PARTS {
        // The second surname and the generation of 4.0 stand in the older places too (RFC 9554 §2.2).
        let repeated = match at {
            0 => list(5),
            4 => list(6),
            _ => &[],
        };
        let mut own: Vec<&str> = list(*at).iter().map(|value| value.trim()).filter(|value| !value.is_empty()).collect();
        for other in repeated {
            if let Some(at) = own.iter().rposition(|value| *value == other.trim()) {
                own.remove(at);
            }
        }
        let part =
            |value: &str| NameComponent { kind: (*kind).to_owned(), value: value.to_owned(), ..Default::default() };
        components.extend(own.into_iter().map(part));
    }
    components
}
