//! Relations: the words people use for each other, and how TYPE, X-ABLabel and JSContact say them.

use std::borrow::Cow;

use super::{
    Version,
    label::{Carriers, is_silent, on, same_word, text},
    model::Set,
};

/// A relation of the label table: its word, Apple's spelling, DAVx5's types, the JSContact kind, and whether the word
/// itself is kept as the label because the kind says less.
pub(crate) struct Relative {
    pub(crate) word: &'static str,
    apple: &'static str,
    types: &'static [&'static str],
    pub(crate) kind: &'static str,
    labelled: bool,
    /// Whether 4.0 says it by TYPE alone.
    typed: bool,
}

const fn relative(
    word: &'static str,
    apple: &'static str,
    types: &'static [&'static str],
    kind: &'static str,
    labelled: bool,
    typed: bool,
) -> Relative {
    Relative { word, apple, types, kind, labelled, typed }
}

const RELATIVES: &[Relative] = &[
    relative("spouse", "Spouse", &["spouse"], "spouse", false, true),
    relative("child", "Child", &["child"], "child", false, true),
    relative("parent", "Parent", &["parent"], "parent", false, true),
    relative("friend", "Friend", &["friend"], "friend", false, true),
    relative("mother", "Mother", &["mother", "parent"], "parent", true, true),
    relative("father", "Father", &["father", "parent"], "parent", true, true),
    relative("brother", "Brother", &["brother", "sibling"], "sibling", true, true),
    relative("sister", "Sister", &["sister", "sibling"], "sibling", true, true),
    relative("manager", "Manager", &["manager", "co-worker"], "co-worker", true, true),
    relative("assistant", "Assistant", &["assistant", "co-worker"], "co-worker", true, true),
    relative("partner", "Partner", &["partner"], "sweetheart", true, true),
    relative("domestic partner", "", &["domestic-partner", "spouse"], "spouse", true, true),
    relative("relative", "", &["kin"], "kin", false, true),
    relative("referred by", "", &["referred-by"], "", true, true),
    relative("son", "Son", &["child"], "child", true, false),
    relative("daughter", "Daughter", &["child"], "child", true, false),
    relative("husband", "Husband", &["spouse"], "spouse", true, false),
    relative("wife", "Wife", &["spouse"], "spouse", true, false),
    relative("colleague", "Colleague", &["colleague"], "colleague", false, true),
    relative("sibling", "Sibling", &["sibling"], "sibling", false, true),
    relative("acquaintance", "", &["acquaintance"], "acquaintance", false, true),
    relative("contact", "", &["contact"], "contact", false, true),
    relative("met", "", &["met"], "met", false, true),
    relative("co-worker", "", &["co-worker"], "co-worker", false, true),
    relative("co-resident", "", &["co-resident"], "co-resident", false, true),
    relative("neighbor", "", &["neighbor"], "neighbor", false, true),
    relative("muse", "", &["muse"], "muse", false, true),
    relative("crush", "", &["crush"], "crush", false, true),
    relative("date", "", &["date"], "date", false, true),
    relative("sweetheart", "", &["sweetheart"], "sweetheart", false, true),
    relative("me", "", &["me"], "me", false, true),
    relative("agent", "", &["agent"], "agent", false, true),
    relative("emergency", "", &["emergency"], "emergency", false, true),
    relative("kin", "", &["kin"], "kin", false, true),
];

fn relative_of(text: &str) -> Option<&'static Relative> {
    RELATIVES.iter().find(|one| same_word(one.word, text) || !one.apple.is_empty() && same_word(one.apple, text))
}

/// What types and label of a relation say: kinds of relation, and a label where they do not say it all.
pub(crate) fn relation(types: &[Cow<'_, str>], written: Option<&str>) -> (Set, Option<String>) {
    let (mut kinds, mut label, mut unknown) = (Set::new(), None, None);
    for one in types {
        match RELATIVES.iter().find(|relative| relative.typed && same_word(relative.types[0], one)) {
            Some(relative) => {
                on(&mut kinds, relative.kind);
                if relative.labelled && label.is_none() {
                    label = Some(relative.word.to_owned());
                }
            }
            None if is_silent(one) => {}
            None => unknown = unknown.or(Some(one.to_string())),
        }
    }
    if let Some(text) = written.and_then(text) {
        match relative_of(&text) {
            Some(relative) => {
                on(&mut kinds, relative.kind);
                label = relative.labelled.then(|| relative.word.to_owned());
            }
            None => label = Some(text.into_owned()),
        }
    }
    let label = label.or(unknown.filter(|_| kinds.is_empty()));
    (kinds, label)
}

/// How to say kinds of relation and a label: one [`Carriers`] for each property needed. 3.0 has one label a property.
pub(crate) fn carriers(version: Version, kinds: &Set, label: Option<&str>) -> Vec<Carriers> {
    let known = |kind: &&String| RELATIVES.iter().any(|one| one.kind == kind.as_str() && !one.labelled);
    let kinds: Vec<&String> = kinds.iter().filter(|(_, on)| **on).map(|(kind, _)| kind).filter(known).collect();
    let plain = |kind: &str| RELATIVES.iter().find(|one| one.kind == kind && !one.labelled);
    let named = label.and_then(text).map(|text| (relative_of(&text).filter(|one| one.labelled), text.into_owned()));
    let covered = named.as_ref().and_then(|(row, _)| row.as_ref()).map_or("", |row| row.kind);
    let bracketed = |row: &Relative| {
        if row.apple.is_empty() { row.word.to_owned() } else { format!("_$!<{}>!$_", row.apple) }
    };
    if version == Version::V40 {
        let mut carriers = Carriers::default();
        match &named {
            Some((Some(row), _)) => {
                carriers.types.extend(row.types);
                carriers.text = (!row.typed).then(|| bracketed(row));
            }
            Some((None, text)) => carriers.text = Some(text.clone()),
            None => {}
        }
        let rest = kinds.iter().filter_map(|kind| plain(kind)).flat_map(|row| row.types);
        for one in rest {
            if !carriers.types.contains(one) {
                carriers.types.push(one);
            }
        }
        return vec![carriers];
    }
    let mut texts: Vec<String> = named.map(|(row, text)| row.map_or(text, bracketed)).into_iter().collect();
    texts.extend(kinds.iter().filter(|kind| kind.as_str() != covered).filter_map(|kind| plain(kind)).map(bracketed));
    if texts.is_empty() {
        return vec![Carriers::default()];
    }
    texts.into_iter().map(|text| Carriers { types: Vec::new(), text: Some(text) }).collect()
}

/// Whether a relation's TYPE value is one of the table.
pub(crate) fn is_type(written: &str) -> bool {
    RELATIVES.iter().any(|one| one.types.iter().any(|word| same_word(word, written)))
}

/// Whether a property says this kind of relation.
pub(crate) fn is_kind(word: &str) -> bool {
    RELATIVES.iter().any(|one| one.kind == word && !one.labelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relations_read_back() {
        let labels = [None, Some("mother"), Some("partner"), Some("son"), Some("Godmother"), Some("referred by")];
        for version in [Version::V30, Version::V40] {
            for label in labels {
                for kinds in
                    [&["friend"][..], &["parent"], &["kin", "met"], &["sweetheart"], &["child", "colleague"], &[]]
                {
                    let mut wanted: Set = kinds.iter().map(|word| ((*word).to_owned(), true)).collect();
                    if let Some(row) = label.and_then(relative_of) {
                        on(&mut wanted, row.kind);
                    }
                    let (mut got, mut name) = (Set::new(), None);
                    for said in carriers(version, &wanted, label) {
                        let types: Vec<Cow<'_, str>> = said.types.iter().map(|one| Cow::Borrowed(*one)).collect();
                        let (kinds, label) = relation(&types, said.text.as_deref());
                        got.extend(kinds);
                        name = name.or(label);
                    }
                    assert_eq!((&got, name.as_deref()), (&wanted, label), "{version:?}");
                }
            }
        }
    }
}
