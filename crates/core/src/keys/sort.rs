//! What the list is sorted by: ICU's root collation, as bytes that any database compares alike.
//!
//! The bytes change with ICU's data: they are stored beside [`KEY_VERSION`] and rebuilt when it moves.

use std::sync::LazyLock;

use icu_collator::{Collator, CollatorBorrowed, options::CollatorOptions};

use super::{display_name, shown_company};
use crate::{
    card::model::{Model, Name},
    contact::row::SortKeys,
};

/// Of which making a stored sort key is. Raise it with every change of this file or of ICU's collation data.
pub const KEY_VERSION: u16 = 1;

/// Octets of a sort key: three of them and an id fit an index of every database.
pub const SORT_KEY_BYTES_MAX: usize = 96;

/// Letters of one part of a name that are sorted by.
const PART_CHARS_MAX: usize = 64;
/// Before anything: contacts that have none of what is sorted by come last. No ICU key begins with it.
const LAST: u8 = 0xff;
/// ICU's merge separator: what stands before it is compared first, however long it is.
const THEN: char = '\u{fffe}';

/// The sort keys of a contact of this `kind` (`individual`, `org`…).
///
/// `given`: first name, then surname; `family`: surname, then first name; `company`: company, then as `family`, those
/// without one last. Phonetic names first, then what the card says to sort by, then the name as written. A contact without a name sorts by
/// what it is shown as; with nothing at all, last.
pub fn sort_keys(model: &Model, kind: &str) -> SortKeys {
    let (given, family) = if kind == "org" { (String::new(), String::new()) } else { names(model) };
    let shown =
        || phonetic_company(model).filter(|_| is_shown_as_company(model, kind)).unwrap_or_else(|| display_name(model));
    let [by_given, by_family] = if given.is_empty() && family.is_empty() {
        let shown = shown();
        [shown.clone(), shown]
    } else {
        let filed = model.file_as.as_deref().map(str::trim).filter(|filed| !filed.is_empty());
        [merged(&[&given, &family]), filed.map_or_else(|| merged(&[&family, &given]), str::to_owned)]
    };
    let company = match phonetic_company(model).or_else(|| shown_company(model)) {
        Some(company) => key(&merged(&[&company, &by_family])),
        None => last(&by_family),
    };
    SortKeys { given: named(&by_given), family: named(&by_family), company }
}

/// The first name and the surname to sort by. A name in one piece sorts as it is written.
fn names(model: &Model) -> (String, String) {
    let Some(name) = &model.name else { return Default::default() };
    let (given, family) = (part(name, &["given", "given2"]), part(name, &["surname", "surname2"]));
    if !given.is_empty() || !family.is_empty() {
        return (given, family);
    }
    (name.full.as_deref().map(short).unwrap_or_default(), String::new())
}

/// The components of these kinds: how they are pronounced, else `sortAs`, else as written.
fn part(name: &Name, kinds: &[&str]) -> String {
    let mut text = String::new();
    for kind in kinds {
        let sort_as = name.sort_as.get(*kind).map(String::as_str);
        for component in name.components.iter().filter(|component| component.kind == *kind) {
            let phonetic = component.phonetic.as_deref().filter(|phonetic| !phonetic.trim().is_empty());
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(phonetic.or(sort_as).unwrap_or(&component.value).trim());
        }
    }
    short(&text)
}

fn is_shown_as_company(model: &Model, kind: &str) -> bool {
    let named = model.name.as_ref().and_then(|name| name.full.as_deref()).is_some_and(|full| !full.trim().is_empty());
    !named || (kind == "org" && shown_company(model).as_deref() == Some(&display_name(model)))
}

fn phonetic_company(model: &Model) -> Option<String> {
    let first = model.organizations.values().next()?;
    let spoken = first.phonetic.as_deref().or(first.sort_as.as_deref())?.trim();
    (!spoken.is_empty()).then(|| spoken.to_owned())
}

fn short(text: &str) -> String {
    text.trim().chars().filter(|&c| c != THEN).take(PART_CHARS_MAX).collect()
}

fn merged(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !text.is_empty() {
            text.push(THEN);
        }
        text.push_str(part);
    }
    text
}

fn named(text: &str) -> Vec<u8> {
    if text.is_empty() { vec![LAST] } else { key(text) }
}

fn last(text: &str) -> Vec<u8> {
    let mut bytes = vec![LAST];
    bytes.append(&mut key(text));
    bytes.truncate(SORT_KEY_BYTES_MAX);
    bytes
}

fn key(text: &str) -> Vec<u8> {
    static COLLATOR: LazyLock<Option<CollatorBorrowed<'static>>> =
        LazyLock::new(|| Collator::try_new(Default::default(), CollatorOptions::default()).ok());
    let text: String = text.chars().take(4 * PART_CHARS_MAX).collect();
    let mut bytes = Vec::new();
    match &*COLLATOR {
        Some(collator) => {
            let Ok(()) = collator.write_sort_key_to(&text, &mut bytes);
        }
        // Root collation data is compiled in; without it, code points still give an order.
        None => bytes.extend_from_slice(text.as_bytes()),
    }
    bytes.truncate(SORT_KEY_BYTES_MAX);
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn keys(card: Value) -> SortKeys {
        sort_keys(&serde_json::from_value(card).unwrap(), "individual")
    }

    fn person(given: &str, family: &str) -> Value {
        json!({"name": {"components": [{"kind": "given", "value": given}, {"kind": "surname", "value": family}]}})
    }

    fn sorted<'a>(order: impl Fn(&SortKeys) -> &Vec<u8>, people: &[(&'a str, &'a str)]) -> Vec<String> {
        let mut people: Vec<_> =
            people.iter().map(|(given, family)| (keys(person(given, family)), format!("{given} {family}"))).collect();
        people.sort_by(|(one, _), (other, _)| order(one).cmp(order(other)));
        people.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn accents_and_case_come_after_letters() {
        let people =
            [("B", "Zoe"), ("B", "Zoë"), ("b", "Ärmel"), ("a", "Armel"), ("c", "Óscar"), ("d", "Pat"), ("e", "azure")];
        assert_eq!(
            sorted(|keys| &keys.family, &people),
            ["a Armel", "b Ärmel", "e azure", "c Óscar", "d Pat", "B Zoe", "B Zoë"]
        );
    }

    #[test]
    fn the_whole_surname_is_compared_before_the_first_name() {
        let people = [("Zed", "Lee"), ("Ann", "Leeds"), ("Ann", "Lee"), ("Bo", "Le")];
        assert_eq!(sorted(|keys| &keys.family, &people), ["Bo Le", "Ann Lee", "Zed Lee", "Ann Leeds"]);
        assert_eq!(sorted(|keys| &keys.given, &people), ["Ann Lee", "Ann Leeds", "Bo Le", "Zed Lee"]);
    }

    #[test]
    fn how_it_is_pronounced_decides_the_place() {
        let spoken = |written: &str, phonetic: &str| json!({"name": {"phoneticScript": "Hira", "components": [{"kind": "surname", "value": written, "phonetic": phonetic}]}});
        assert!(keys(spoken("渡辺", "わたなべ")).family > keys(spoken("田中", "たなか")).family);
        assert_eq!(keys(spoken("渡辺", "わたなべ")).family, keys(spoken("渡邊", "わたなべ")).family);
        let filed = json!({"name": {"components": [{"kind": "surname", "value": "van Aalst"}], "sortAs": {"surname": "Aalst"}}});
        assert_eq!(keys(filed).family, keys(person("", "Aalst")).family);
    }

    #[test]
    fn a_contact_without_a_name_sorts_by_what_it_is_shown_as() {
        let company = json!({"organizations": {"a": {"name": "Lee Bakery"}}});
        assert_eq!(keys(company).family, keys(json!({"name": {"full": "Lee Bakery"}})).family);
        let address = json!({"emails": {"a": {"address": "ann@example.org"}}});
        assert_eq!(keys(address).given, keys(json!({"name": {"full": "ann@example.org"}})).given);
        assert!(keys(json!({})).family > keys(person("鑫", "鑫")).family, "nothing at all comes last");
    }

    #[test]
    fn by_company_those_without_one_come_last() {
        let at = |company: &str, given: &str| {
            let mut card = person(given, "Lee");
            card["organizations"] = json!({"a": {"name": company}});
            keys(card).company
        };
        assert!(at("Zebra", "Ann") < keys(person("Ann", "Lee")).company);
        assert!(at("Acme", "Bo") < at("Acme Tools", "Ann"));
        assert!(at("Acme", "Ann") < at("Acme", "Bo"));
        assert!(keys(person("Ann", "Lee")).company < keys(person("Bo", "Lee")).company);
    }

    #[test]
    fn no_name_is_too_long_for_an_index() {
        let keys = keys(person(&"𠮷".repeat(50_000), &"é".repeat(50_000)));
        for key in [keys.given, keys.family, keys.company] {
            assert!((1..=SORT_KEY_BYTES_MAX).contains(&key.len()));
        }
    }
}
