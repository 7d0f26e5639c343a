//! A row of a table becomes a contact. Whatever has no field becomes a custom field, and is told.

use super::{
    cell,
    date::{self, Dated},
    field::{self, Field, Kind, LABEL, PARTS, VALUE},
    full_name,
    layout::{Cells, Layout},
    member::{self, add},
};
use crate::card::model::{
    Anniversary, CustomField, Gender, LanguagePref, Model, Name, NameComponent, Nickname, Note, PersonalInfo, Resource,
};

/// What a row says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The contact.
    pub model: Model,
    /// Whether the file stars it.
    pub starred: bool,
    /// What the file itself calls it.
    pub id: Option<String>,
    /// What did not fit as it was, in sentences.
    pub notes: Vec<String>,
}

/// Cells of fields that stand alone, gathered until the row is whole.
#[derive(Default)]
pub(super) struct Whole<'a> {
    pub(super) name: [&'a str; 5],
    pub(super) more_names: Vec<(usize, &'a str)>,
    pub(super) full: &'a str,
    pub(super) sounds: [&'a str; 3],
    pub(super) sound: &'a str,
    pub(super) birth: [&'a str; 3],
    /// Further jobs a custom field names: number, part, value.
    pub(super) jobs: Vec<(u16, usize, &'a str)>,
    pub(super) zone: &'a str,
    pub(super) place: &'a str,
    pub(super) birthplace: &'a str,
    pub(super) deathplace: &'a str,
}

impl Layout {
    /// Reads a row of cells.
    pub(crate) fn row<'a>(&self, cells: impl Iterator<Item = &'a str>) -> Row {
        let cells = self.cells(cells);
        let mut row = Row::default();
        let mut whole = Whole::default();
        for (field, text) in &cells.ones {
            self.one(*field, text, &mut row, &mut whole);
        }
        for slot in 0..self.slots.len() {
            if cells.is_filled(slot) {
                self.group(slot, &cells, &mut row, &mut whole);
            }
        }
        member::further_jobs(&whole.jobs, &mut row.model);
        names(&whole, &mut row);
        birthday(&whole, &mut row);
        member::places(&whole, &mut row.model);
        if is_company(&row.model) {
            row.model.kind = Some("org".to_owned());
        }
        row
    }

    /// A field that stands alone.
    fn one<'a>(&self, field: Field, text: &'a str, row: &mut Row, whole: &mut Whole<'a>) {
        let trimmed = text.trim();
        let names = [Field::Prefix, Field::Given, Field::Middle, Field::Family, Field::Suffix];
        if let Some(at) = names.iter().position(|one| *one == field) {
            if whole.name[at].is_empty() {
                whole.name[at] = trimmed;
            } else {
                whole.more_names.push((at, trimmed));
            }
            return;
        }
        let model = &mut row.model;
        match field {
            Field::Name => whole.full = trimmed,
            Field::PhoneticGiven => whole.sounds[0] = trimmed,
            Field::PhoneticMiddle => whole.sounds[1] = trimmed,
            Field::PhoneticFamily => whole.sounds[2] = trimmed,
            Field::PhoneticName => whole.sound = trimmed,
            Field::Nickname => {
                for name in cell::values(text).filter(|name| !name.is_empty()) {
                    add(
                        &mut model.nicknames,
                        "NICKNAME",
                        name,
                        Nickname { name: name.to_owned(), ..Default::default() },
                    );
                }
            }
            Field::FileAs => model.file_as = Some(trimmed.to_owned()),
            Field::Birthday => self.birthday(trimmed, row),
            Field::BirthYear => whole.birth[0] = trimmed,
            Field::BirthMonth => whole.birth[1] = trimmed,
            Field::BirthDay => whole.birth[2] = trimmed,
            Field::Gender => model.gender = Some(gender(trimmed)),
            Field::Language => {
                for language in cell::values(text).filter(|language| !language.is_empty()) {
                    let member = LanguagePref { language: language.to_owned(), ..Default::default() };
                    add(&mut model.preferred_languages, "LANG", language, member);
                }
            }
            Field::Hobby => personal("hobby", "HOBBY", text, "", model),
            Field::Interest => personal("interest", "INTEREST", text, "", model),
            Field::Expertise => personal("expertise", "EXPERTISE", text, "", model),
            Field::Notes => note(text, model),
            Field::Photo => {
                let photo = Resource { kind: Some("photo".to_owned()), uri: trimmed.to_owned(), ..Default::default() };
                if trimmed.starts_with("http") || trimmed.starts_with("data:") {
                    add(&mut model.media, "PHOTO", trimmed, photo);
                } else {
                    custom("photo", trimmed, row);
                }
            }
            Field::Labels => {
                let keywords = &mut model.keywords;
                row.starred |= cell::labels(text, |name| {
                    keywords.insert(crate::card::trimmed_nfc(name), true);
                });
            }
            Field::Id => row.id = Some(trimmed.to_owned()),
            Field::Said => self.said(trimmed, row, whole),
            Field::TimeZone => whole.zone = trimmed,
            Field::Coordinates => whole.place = trimmed,
            Field::Birthplace => whole.birthplace = trimmed,
            Field::Deathplace => whole.deathplace = trimmed,
            _ => member::address_of_service(field, text, model),
        }
    }

    /// `Shoe size: 44` of Outlook's spare columns.
    fn said<'a>(&self, text: &'a str, row: &mut Row, whole: &mut Whole<'a>) {
        match text.split_once(": ").filter(|(name, _)| name.len() <= 100 && !name.contains('\n')) {
            Some((name, value)) => self.custom(name.trim(), value.trim(), row, whole),
            None => custom("User", text, row),
        }
    }

    /// A group of columns: its values one by one.
    fn group<'a>(&self, slot: usize, cells: &Cells<'a>, row: &mut Row, whole: &mut Whole<'a>) {
        let own = &self.slots[slot];
        let group = cells.groups[slot];
        let more: Vec<(usize, &str)> =
            cells.more.iter().filter(|(one, _, _)| *one == slot).map(|(_, part, text)| (*part, *text)).collect();
        let labels = if group[LABEL].is_empty() { own.label.as_str() } else { group[LABEL] };
        match own.kind {
            Kind::Work => member::work(&group, &more, &mut row.model),
            Kind::Address => member::addresses(&group, &more, labels, &mut row.model),
            kind => {
                let texts = std::iter::once(group[VALUE])
                    .chain(more.iter().filter(|(part, _)| *part == VALUE).map(|(_, text)| *text));
                for (nth, value) in texts.flat_map(cell::values).enumerate().filter(|(_, value)| !value.is_empty()) {
                    let (label, preferred) = cell::label(cell::nth(labels, nth));
                    match kind {
                        Kind::Custom if own.strange => {
                            let column = if label.is_empty() {
                                "A column without a name".to_owned()
                            } else {
                                format!("“{label}”")
                            };
                            row.notes.push(format!("{column} has no field of its own and is kept as a custom field."));
                            self.strange(label, value, row);
                        }
                        Kind::Custom if group[LABEL].is_empty() => custom(label, value, row),
                        // The name is a cell of the row, so what it carries may be borrowed from it.
                        Kind::Custom => self.custom(group[LABEL].trim(), value, row, whole),
                        Kind::Date => self.date(label, value, row),
                        Kind::Im => {
                            let service = cell::nth(group[field::SERVICE], nth);
                            member::im(service, label, preferred, value, &mut row.model);
                        }
                        _ => member::labelled(kind, label, preferred, value, &mut row.model),
                    }
                }
            }
        }
    }

    /// A column nobody has a field for; what says nothing at all is left out, and told.
    fn strange(&self, name: &str, value: &str, row: &mut Row) {
        let nothing = matches!(
            (name, value),
            ("Sensitivity" | "Priority", "Normal") | ("Private", "False" | "FALSE") | ("E-mail Type", "SMTP" | "EX")
        );
        if nothing {
            row.notes.pop();
            row.notes.push(format!("{name} “{value}” says nothing and is left out."));
        } else {
            custom(name, value, row);
        }
    }

    /// A custom field, or the field its name stands for.
    fn custom<'a>(&self, name: &'a str, value: &'a str, row: &mut Row, whole: &mut Whole<'a>) {
        let Some(carried) = self.carried(name) else { return custom(name, value, row) };
        let (label, preferred) = cell::label(carried.label);
        let model = &mut row.model;
        match (carried.field, carried.field.part()) {
            (Field::Im, _) => {
                let (service, label) = match label.rsplit_once(", ") {
                    Some((service, word @ ("Home" | "Work" | "Other"))) => (service, word),
                    _ => (label, ""),
                };
                member::im(service, label, preferred, value, model);
            }
            (Field::Date, _) => self.date(label, value, row),
            (_, Some((Kind::Work, part))) => whole.jobs.push((carried.number.max(1), part, value)),
            (_, Some((Kind::Address, _))) => {
                let mut group = [""; PARTS];
                group[VALUE] = value;
                member::addresses(&group, &[], carried.label, model);
            }
            (_, Some((kind, VALUE))) => member::labelled(kind, label, preferred, value, model),
            (Field::Hobby, _) => personal("hobby", "HOBBY", value, label, model),
            (Field::Interest, _) => personal("interest", "INTEREST", value, label, model),
            (Field::Expertise, _) => personal("expertise", "EXPERTISE", value, label, model),
            (field, _) => self.one(field, value, row, whole),
        }
    }

    fn birthday(&self, text: &str, row: &mut Row) {
        let birth = |row: &Row| row.model.anniversaries.values().any(|one| one.kind == "birth");
        match date::read(text, self.day_first) {
            Dated::Nothing => {}
            Dated::Day(date) if !birth(row) => {
                let member = Anniversary { kind: "birth".to_owned(), date: Some(date), ..Default::default() };
                add(&mut row.model.anniversaries, "BDAY", text, member);
            }
            Dated::Text if row.model.birthday_text.is_none() && !birth(row) => {
                row.notes.push(format!("Birthday “{text}” is no date and is kept as text."));
                row.model.birthday_text = Some(text.to_owned());
            }
            _ => custom("birthday", text, row),
        }
    }

    fn date(&self, label: &str, value: &str, row: &mut Row) {
        match date::read(value, self.day_first) {
            Dated::Nothing => {}
            Dated::Day(date) => {
                let (kind, label) = match label {
                    "" => ("rolo:other", None),
                    word if word.eq_ignore_ascii_case("anniversary") => ("wedding", None),
                    word if word.eq_ignore_ascii_case("death") => ("death", None),
                    word if word.eq_ignore_ascii_case("other") => ("rolo:other", Some("other".to_owned())),
                    word => ("rolo:other", Some(word.to_owned())),
                };
                let property = if kind == "death" { "DEATHDATE" } else { "X-ABDATE" };
                let member = Anniversary { kind: kind.to_owned(), date: Some(date), label, ..Default::default() };
                add(&mut row.model.anniversaries, property, value, member);
            }
            Dated::Text => {
                let label = if label.is_empty() { "date" } else { label };
                row.notes.push(format!("{label} “{value}” is no date and is kept as a custom field."));
                custom(label, value, row);
            }
        }
    }
}

/// A field of the person's own.
pub(super) fn custom(label: &str, value: &str, row: &mut Row) {
    let member = CustomField { label: label.to_owned(), value: value.to_owned(), ..Default::default() };
    let key = format!("{label};{value}");
    add(&mut row.model.custom_fields, "X-ROLO-FIELD", &key, member);
}

fn personal(kind: &str, property: &str, text: &str, level: &str, model: &mut Model) {
    for value in cell::values(text).filter(|value| !value.is_empty()) {
        let level = Some(level.to_owned()).filter(|level| matches!(level.as_str(), "high" | "medium" | "low"));
        let member = PersonalInfo { kind: kind.to_owned(), value: value.to_owned(), level, ..Default::default() };
        add(&mut model.personal_info, property, value, member);
    }
}

/// Notes of several columns are one note, a blank line between.
fn note(text: &str, model: &mut Model) {
    if let Some(first) = model.notes.values_mut().next() {
        first.note.push_str("\n\n");
        first.note.push_str(text);
        return;
    }
    // Line ends are the file's, not the note's.
    let note = if text.contains('\r') { text.replace("\r\n", "\n") } else { text.to_owned() };
    add(&mut model.notes, "NOTE", text, Note { note, ..Default::default() });
}

fn gender(text: &str) -> Gender {
    let sex = |text: &str| match text.to_ascii_lowercase().as_str() {
        "male" | "m" => Some("M"),
        "female" | "f" => Some("F"),
        "other" => Some("O"),
        "none" => Some("N"),
        "unknown" => Some("U"),
        _ => None,
    };
    let (sex, text) = match text.split_once("; ").map(|(word, text)| (sex(word), text)) {
        Some((Some(word), text)) => (Some(word), Some(text.to_owned())),
        _ => (sex(text), sex(text).is_none().then(|| text.to_owned())),
    };
    Gender { sex: sex.map(str::to_owned), text, ..Default::default() }
}

fn names(whole: &Whole<'_>, row: &mut Row) {
    const KINDS: [&str; 5] = ["title", "given", "given2", "surname", "credential"];
    let whole_sounds = sounds(whole);
    let mut components = Vec::new();
    let mut sounds = String::new();
    let mut lone = Vec::new();
    for (at, kind) in KINDS.iter().enumerate() {
        let mut value = whole.name[at].to_owned();
        for (_, more) in whole.more_names.iter().filter(|(one, _)| *one == at) {
            value.push(' ');
            value.push_str(more);
        }
        let sound = if (1..=3).contains(&at) { whole_sounds[at - 1] } else { "" };
        if value.is_empty() {
            lone.extend(Some((at, sound)).filter(|_| !sound.is_empty()));
            continue;
        }
        sounds.push_str(sound);
        let phonetic = Some(sound.to_owned()).filter(|sound| !sound.is_empty());
        components.push(NameComponent { kind: (*kind).to_owned(), value, phonetic, ..Default::default() });
    }
    // A sound without its part is kept as the card keeps it.
    for (at, sound) in lone {
        let name = ["x-phonetic-first-name", "x-phonetic-middle-name", "x-phonetic-last-name"][at - 1];
        row.model.vcard_props.push(serde_json::json!([name, {}, "text", sound]).into());
    }
    let told = |word: &str| whole_sounds.iter().any(|sound| sound.split_whitespace().any(|one| one == word));
    if !whole.sound.split_whitespace().all(told) {
        custom("phonetic name", whole.sound, row);
    }
    if components.is_empty() && whole.full.is_empty() {
        return;
    }
    let phonetic_script = (!sounds.is_empty()).then(|| crate::card::read::phonetic_script(&sounds).to_owned());
    let full = Some(whole.full.to_owned()).filter(|full| !full.is_empty()).or_else(|| full_name::of(&components));
    row.model.name = Some(Name { components, full, phonetic_script, ..Default::default() });
}

/// How first, middle and last name sound. One column for both is taken apart: the family name leads in kana.
fn sounds<'a>(whole: &Whole<'a>) -> [&'a str; 3] {
    let apart = whole.sound.split_once([' ', '\u{3000}']).map(|(one, other)| (one.trim(), other.trim()));
    let known = !whole.name[1].is_empty() && !whole.name[3].is_empty();
    match apart.filter(|(_, other)| known && !other.contains(char::is_whitespace)) {
        Some((one, other)) if whole.sounds.iter().all(|sound| sound.is_empty()) => {
            let is_kana = matches!(crate::card::read::phonetic_script(one), "Hira" | "Kana");
            if is_kana { [other, "", one] } else { [one, "", other] }
        }
        _ => whole.sounds,
    }
}

/// Thunderbird's birthday in three columns.
fn birthday(whole: &Whole<'_>, row: &mut Row) {
    let [year, month, day] = whole.birth;
    if [year, month, day].iter().all(|part| part.is_empty()) {
        return;
    }
    let two = |text: &str| format!("{text:0>2}");
    let text = match (year, month, day) {
        ("", month, day) => format!("--{}-{}", two(month), two(day)),
        (year, "", "") => year.to_owned(),
        (year, month, "") => format!("{year}-{}", two(month)),
        (year, month, day) => format!("{year}-{}-{}", two(month), two(day)),
    };
    match date::read(&text, false) {
        Dated::Day(date) => {
            let member = Anniversary { kind: "birth".to_owned(), date: Some(date), ..Default::default() };
            add(&mut row.model.anniversaries, "BDAY", &text, member);
        }
        _ => {
            row.notes.push(format!("Birthday “{text}” is no date and is kept as text."));
            row.model.birthday_text = Some(text);
        }
    }
}

/// A row with a company, and nobody who works there.
fn is_company(model: &Model) -> bool {
    model.name.is_none() && !model.organizations.is_empty() && model.titles.is_empty() && model.nicknames.is_empty()
}
