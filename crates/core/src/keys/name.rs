//! When two names are the same name.
//!
//! The order of the words does not matter, their spelling habits neither (accents, case, hyphens, `ä`/`ae`). Titles,
//! degrees and "Jr." are left out. A company is compared by its name without the legal form.

use super::{company_key, shown_company};
use crate::{
    card::model::{Model, Name},
    search::fold::{Part, words},
};

/// Words of a name that are compared; more are no name.
const WORDS_MAX: usize = 16;
/// What a whole name typed in one piece may hold around it.
const TITLES: [&str; 22] = [
    "dr", "prof", "mr", "mrs", "ms", "miss", "mag", "ing", "dipl", "rev", "sir", "jr", "sr", "phd", "md", "ba", "ma",
    "bsc", "msc", "ii", "iii", "iv",
];

/// How alike two names are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameMatch {
    /// The same words.
    Same,
    /// The same, if an initial stands for the word it begins: enough to ask, never to decide.
    InitialOnly,
    /// Different names, or one has none.
    Different,
}

/// The words of a name, ready to be compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameKey {
    /// Each word in each of its spellings; hyphenated words in parts.
    split: Vec<Vec<String>>,
    /// The same with hyphenated words, and names of scripts without spaces, in one piece.
    joined: Vec<Vec<String>>,
}

impl NameKey {
    /// The name of a contact: given, middle and surnames, else the whole name; for a company (`kind` `org`, or no name at
    /// all) the company.
    pub fn of(model: &Model, kind: &str) -> Self {
        let company =
            || shown_company(model).and_then(|name| company_key(&name)).map(|name| Self::of_texts([name.as_str()]));
        let person = || model.name.as_ref().map(Self::of_person).unwrap_or_default();
        if kind == "org" {
            return company().unwrap_or_else(|| {
                let full = model.name.as_ref().and_then(|name| name.full.as_deref()).and_then(company_key);
                full.map(|name| Self::of_texts([name.as_str()])).unwrap_or_else(person)
            });
        }
        let name = person();
        if name.is_empty() { company().unwrap_or_default() } else { name }
    }

    /// A name written in one piece. `Lee, Ann` is Ann Lee; titles and degrees fall away while two words are left.
    pub fn of_text(full: &str) -> Self {
        let mut key = Self::of_texts(full.split(','));
        for title in TITLES {
            key.drop_word(title);
        }
        key
    }

    fn of_person(name: &Name) -> Self {
        const ORDER: [&str; 4] = ["surname", "surname2", "given", "given2"];
        let parts = ORDER.iter().flat_map(|kind| name.components.iter().filter(move |part| part.kind == *kind));
        let key = Self::of_texts(parts.map(|part| part.value.as_str()));
        if key.is_empty() { name.full.as_deref().map(Self::of_text).unwrap_or_default() } else { key }
    }

    fn of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut key = Self::default();
        let mut cjk = String::new();
        for word in texts.into_iter().flat_map(words).take(WORDS_MAX) {
            for part in &word.parts {
                match part {
                    Part::Letters(spellings) => key.split.push(spellings.clone()),
                    Part::Cjk(run) => {
                        cjk.push_str(run);
                        key.split.push(vec![run.clone()]);
                    }
                }
            }
            if word.joined.is_empty() {
                let letters = word.parts.into_iter().filter_map(|part| match part {
                    Part::Letters(spellings) => Some(spellings),
                    Part::Cjk(_) => None,
                });
                key.joined.extend(letters);
            } else {
                key.joined.push(word.joined);
            }
        }
        if !cjk.is_empty() {
            key.joined.push(vec![cjk]);
        }
        key
    }

    fn drop_word(&mut self, title: &str) {
        for list in [&mut self.split, &mut self.joined] {
            let at = list.iter().position(|spellings| spellings.iter().any(|word| word == title));
            if let Some(at) = at.filter(|_| list.len() > 2) {
                list.remove(at);
            }
        }
    }

    /// Whether there is nothing to compare.
    pub fn is_empty(&self) -> bool {
        self.split.is_empty()
    }

    /// What equal names always share, to look candidates up by; [`same_name`] then decides.
    ///
    /// The letters in alphabetical order without any `e`: order, hyphens, spaces and `ä`/`ae` do not reach it.
    pub fn lookup(&self) -> Option<String> {
        let mut letters: Vec<char> = Vec::new();
        for spellings in &self.split {
            letters.extend(spellings.first()?.chars().filter(|&c| c != 'e'));
        }
        letters.sort_unstable();
        (!self.is_empty()).then(|| letters.into_iter().collect())
    }
}

/// How alike two names are.
pub fn same_name(a: &NameKey, b: &NameKey) -> NameMatch {
    let mut best = NameMatch::Different;
    for one in [&a.split, &a.joined] {
        for other in [&b.split, &b.joined] {
            match compare(one, other) {
                NameMatch::Same => return NameMatch::Same,
                NameMatch::InitialOnly => best = NameMatch::InitialOnly,
                NameMatch::Different => {}
            }
        }
    }
    best
}

/// Pairs the words off: whole words first, then initials with what they begin.
fn compare(one: &[Vec<String>], other: &[Vec<String>]) -> NameMatch {
    if one.is_empty() || one.len() != other.len() {
        return NameMatch::Different;
    }
    let mut left: Vec<&Vec<String>> = other.iter().collect();
    let mut unpaired = Vec::new();
    for word in one {
        match left.iter().position(|candidate| candidate.iter().any(|spelling| word.contains(spelling))) {
            Some(at) => drop(left.swap_remove(at)),
            None => unpaired.push(word),
        }
    }
    if unpaired.is_empty() {
        return NameMatch::Same;
    }
    // A name that is all initials says nothing: one whole word at least must agree.
    if unpaired.len() == one.len() {
        return NameMatch::Different;
    }
    for word in unpaired {
        match left.iter().position(|candidate| is_initial(word, candidate) || is_initial(candidate, word)) {
            Some(at) => drop(left.swap_remove(at)),
            None => return NameMatch::Different,
        }
    }
    NameMatch::InitialOnly
}

fn is_initial(short: &[String], long: &[String]) -> bool {
    short
        .iter()
        .any(|initial| initial.chars().count() == 1 && long.iter().any(|word| word.starts_with(initial.as_str())))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn full(name: &str) -> NameKey {
        NameKey::of_text(name)
    }

    fn parts(components: &[(&str, &str)]) -> NameKey {
        let components: Vec<_> = components.iter().map(|(kind, value)| json!({"kind": kind, "value": value})).collect();
        NameKey::of(&serde_json::from_value(json!({"name": {"components": components}})).unwrap(), "individual")
    }

    #[test]
    fn the_same_name_in_other_clothes() {
        for (one, other) in [
            ("Žofie Müller", "MÜLLER zofie"),
            ("Zofie Mueller", "Žofie Müller"),
            ("Zofie Muller", "Žofie Müller"),
            ("Lee, Ann", "Ann Lee"),
            ("Dr. Ann Lee", "Ann Lee PhD"),
            ("Anne-Marie O’Brien", "Annemarie OBrien"),
            ("Anna-Eva Lee", "Annaeva Lee"),
            ("Anne Marie O'Brien", "Anne-Marie O’Brien"),
            ("田中 太郎", "田中太郎"),
            ("タナカ", "たなか"),
            ("김 민준", "김민준"),
            ("أحمد", "احمد"),
        ] {
            assert_eq!(same_name(&full(one), &full(other)), NameMatch::Same, "{one} = {other}");
            assert_eq!(full(one).lookup(), full(other).lookup(), "{one} = {other}");
        }
    }

    #[test]
    fn parts_and_whole_agree() {
        let ann = parts(&[
            ("title", "Dr."),
            ("given", "Ann"),
            ("surname", "Lee"),
            ("credential", "PhD"),
            ("generation", "Jr."),
        ]);
        assert_eq!(same_name(&ann, &full("Lee, Ann")), NameMatch::Same);
        let taro = parts(&[("given", "太郎"), ("surname", "田中")]);
        assert_eq!(same_name(&taro, &full("田中太郎")), NameMatch::Same);
        assert_eq!(taro.lookup(), full("田中太郎").lookup());
    }

    #[test]
    fn an_initial_is_enough_to_ask_only() {
        assert_eq!(same_name(&full("J. Smith"), &full("John Smith")), NameMatch::InitialOnly);
        assert_eq!(same_name(&full("John Smith"), &full("J Smith")), NameMatch::InitialOnly);
        assert_eq!(same_name(&full("K. Smith"), &full("John Smith")), NameMatch::Different);
        assert_eq!(same_name(&full("J. S."), &full("John Smith")), NameMatch::Different);
    }

    #[test]
    fn another_word_is_another_name() {
        for (one, other) in
            [("Ann Lee", "Ann Bo Lee"), ("Ann", "Ann Lee"), ("Ann Ann", "Ann Lee"), ("", ""), ("…", "…")]
        {
            assert_eq!(same_name(&full(one), &full(other)), NameMatch::Different, "{one} / {other}");
        }
        assert_eq!(full("").lookup(), None);
    }

    #[test]
    fn a_company_is_compared_without_its_legal_form() {
        let company = |name: &str, kind: &str| {
            NameKey::of(&serde_json::from_value(json!({"organizations": {"a": {"name": name}}})).unwrap(), kind)
        };
        assert_eq!(same_name(&company("Lee Bakery Ltd", "org"), &company("LEE BAKERY", "org")), NameMatch::Same);
        assert_eq!(same_name(&company("Lee Bakery", "individual"), &company("LEE BAKERY", "org")), NameMatch::Same);
        let named: Model = serde_json::from_value(json!({"name": {"full": "Lee Bakery GmbH"}})).unwrap();
        assert_eq!(same_name(&NameKey::of(&named, "org"), &company("Lee Bakery", "org")), NameMatch::Same);
    }
}
