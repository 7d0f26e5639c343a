//! A plan as FTS5 says it, for one book and one rank.
//!
//! Each token is glued to its book, so that one tenant's search never walks another's rows, however common the word.

use std::collections::BTreeSet;

use rolo_core::search::{Feature, Needle, Plan, Term};
use uuid::Uuid;

/// Letters a book's number is written with: all of U+00C0..U+07FF, two octets each.
const LETTERS: u32 = 0x740;
const FIRST_LETTER: u32 = 0xc0;
/// How many books fit.
pub(super) const BOOKS_MAX: i64 = (LETTERS as i64) * (LETTERS as i64);

/// Columns a phrase may stand in.
const SECTIONS: [&str; 4] = ["name", PHONES, "emails", "rest"];
const PHONES: &str = "phones";
/// Begins what is no text; no folded token does.
const MARK: char = '·';

/// Begins the digits of a phone number, so that the many beginnings of many numbers stand apart from the words.
const DIAL: char = '¦';
/// Digits of a phone number that are kept as tokens of their own, wherever in the number they stand. FTS5 gathers every
/// token that begins as typed before it answers; a whole region shares its first digits, so these are looked up whole.
const DIALLED: std::ops::RangeInclusive<usize> = 3..=7;

/// How well a document fits; the better ones come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Each word is a whole word of the name.
    NameWord,
    /// Each word begins a word of the name.
    NamePrefix,
    /// Each word begins a word of any field.
    Anywhere,
}

/// All of them, best first.
pub(super) const STAGES: [Stage; 3] = [Stage::NameWord, Stage::NamePrefix, Stage::Anywhere];

/// The two letters all tokens of a book begin with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shelf([char; 2]);

impl Shelf {
    /// The letters of the book's number; `None` beyond [`BOOKS_MAX`].
    pub(super) fn of(book: i64) -> Option<Self> {
        let book = u32::try_from(book).ok().filter(|_| book < BOOKS_MAX)?;
        let letter = |digit: u32| char::from_u32(FIRST_LETTER + digit);
        Some(Self([letter(book / LETTERS)?, letter(book % LETTERS)?]))
    }

    /// A token of a document, as it is stored.
    pub(super) fn token(self, token: &str, into: &mut String) {
        into.extend(self.0);
        into.extend(token.chars().map(|c| match c {
            '@' | '.' | '_' | '+' | '-' => c,
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => '_',
            c => c,
        }));
    }

    /// A column of a document.
    pub(super) fn column(self, tokens: &[String]) -> String {
        let mut column = String::new();
        for token in tokens {
            self.token(token, &mut column);
            column.push(' ');
        }
        column
    }

    /// The phone numbers of a document, given by their suffixes.
    pub(super) fn phones(self, tokens: &[String]) -> String {
        let mut dialled = BTreeSet::new();
        let (mut words, mut text) = (Vec::new(), String::new());
        for token in tokens {
            if !is_digits(token) {
                words.push(token.clone());
                continue;
            }
            dialled.extend(DIALLED.filter_map(|digits| token.get(..digits)));
            if !DIALLED.contains(&token.len()) {
                dialled.insert(token);
            }
        }
        for digits in dialled {
            self.dialled(digits, &mut text);
            text.push(' ');
        }
        text + &self.column(&words)
    }

    fn dialled(self, digits: &str, into: &mut String) {
        into.extend(self.0);
        into.push(DIAL);
        into.push_str(digits);
    }

    /// The marks of a document: that it is one, what it has, its labels.
    pub(super) fn marks(self, features: &[Feature], labels: impl Iterator<Item = Uuid>) -> String {
        let all = std::iter::once(every());
        let tokens: Vec<String> =
            all.chain(features.iter().map(|feature| has(*feature))).chain(labels.map(labelled)).collect();
        self.column(&tokens)
    }

    fn word(self, column: Option<&str>, token: &str, prefix: bool) -> String {
        let mut text = opened(column);
        self.token(token, &mut text);
        text.push_str(if prefix { "\"*" } else { "\"" });
        text
    }

    fn number(self, column: Option<&str>, digits: &str, prefix: bool) -> String {
        let mut text = opened(column);
        self.dialled(digits, &mut text);
        text.push_str(if prefix && !DIALLED.contains(&digits.len()) { "\"*" } else { "\"" });
        text
    }

    fn wanted(self, column: Option<&str>, token: &str, prefix: bool) -> String {
        match column {
            Some(PHONES) if is_digits(token) => self.number(column, token, prefix),
            None if is_digits(token) => {
                joined([self.number(None, token, prefix), self.word(None, token, prefix)].into_iter(), " OR ")
            }
            _ => self.word(column, token, prefix),
        }
    }

    fn mark(self, token: &str) -> String {
        self.word(None, token, false)
    }

    fn reading(self, column: Option<&str>, needles: &[Needle], beginnings: bool) -> String {
        let needles = needles.iter().map(|needle| self.wanted(column, &needle.token, needle.prefix && beginnings));
        joined(needles, " AND ")
    }

    fn term(self, term: &Term, stage: Stage) -> String {
        let columns: &[Option<&str>] = match (stage, term.together) {
            (Stage::Anywhere, true) => &SECTIONS.map(Some),
            (Stage::Anywhere, false) => &[None],
            (Stage::NameWord | Stage::NamePrefix, _) => &[Some(SECTIONS[0])],
        };
        let beginnings = stage != Stage::NameWord;
        let readings = columns
            .iter()
            .flat_map(|column| term.readings.iter().map(move |needles| self.reading(*column, needles, beginnings)));
        joined(readings, " OR ")
    }

    fn terms(self, terms: &[Term], stage: Stage) -> String {
        joined(terms.iter().map(|term| self.term(term, stage)), " AND ")
    }

    /// What matches `terms` and the plan's filters at this stage, without what an earlier stage has shown.
    /// `None`: nothing can.
    pub(super) fn stage(self, plan: &Plan, terms: &[Term], stage: Stage) -> Option<String> {
        if terms.is_empty() {
            return if stage == Stage::Anywhere { self.all(plan, terms) } else { None };
        }
        let earlier = match stage {
            Stage::NameWord => None,
            Stage::NamePrefix => Some(Stage::NameWord),
            Stage::Anywhere => Some(Stage::NamePrefix),
        };
        let mut text = self.filtered(plan, Some(self.terms(terms, stage)))?;
        if let Some(earlier) = earlier {
            text = format!("({text}) NOT {}", self.terms(terms, earlier));
        }
        Some(text)
    }

    /// Everything that matches, in whatever field.
    pub(super) fn all(self, plan: &Plan, terms: &[Term]) -> Option<String> {
        self.filtered(plan, (!terms.is_empty()).then(|| self.terms(terms, Stage::Anywhere)))
    }

    fn filtered(self, plan: &Plan, text: Option<String>) -> Option<String> {
        let mut wanted: Vec<String> = text.into_iter().collect();
        wanted.extend(plan.has.iter().map(|feature| self.mark(&has(*feature))));
        for labels in &plan.labels {
            if labels.is_empty() {
                return None;
            }
            wanted.push(joined(labels.iter().map(|label| self.mark(&labelled(label.0))), " OR "));
        }
        if wanted.is_empty() {
            wanted.push(self.mark(&every()));
        }
        let wanted = joined(wanted.into_iter(), " AND ");
        if plan.lacks.is_empty() {
            return Some(wanted);
        }
        Some(format!("{wanted} NOT {}", joined(plan.lacks.iter().map(|feature| self.mark(&has(*feature))), " OR ")))
    }
}

fn opened(column: Option<&str>) -> String {
    column.map_or_else(|| "\"".to_owned(), |column| format!("{column}:\""))
}

fn is_digits(token: &str) -> bool {
    !token.is_empty() && token.bytes().all(|octet| octet.is_ascii_digit())
}

/// In brackets, unless there is one only.
fn joined(parts: impl Iterator<Item = String>, with: &str) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [only] => only.clone(),
        _ => format!("({})", parts.join(with)),
    }
}

fn every() -> String {
    format!("{MARK}all")
}

fn has(feature: Feature) -> String {
    format!("{MARK}has{}", feature.name())
}

fn labelled(label: Uuid) -> String {
    format!("{MARK}label{}", label.simple())
}

#[cfg(test)]
mod tests {
    use rolo_core::{id::LabelId, search::Query};

    use super::*;

    fn plan(text: &str) -> Plan {
        Plan::new(&Query::parse(text, None).unwrap(), &[], &[(LabelId(Uuid::nil()), "Family")])
    }

    fn said(text: &str, stage: Stage) -> Option<String> {
        let plan = plan(text);
        Shelf::of(0).unwrap().stage(&plan, &plan.terms, stage)
    }

    #[test]
    fn each_stage_leaves_out_what_the_one_before_has_shown() {
        assert_eq!(said("joh", Stage::NameWord).unwrap(), "name:\"ÀÀjoh\"");
        assert_eq!(said("joh", Stage::NamePrefix).unwrap(), "(name:\"ÀÀjoh\"*) NOT name:\"ÀÀjoh\"");
        assert_eq!(said("joh", Stage::Anywhere).unwrap(), "(\"ÀÀjoh\"*) NOT name:\"ÀÀjoh\"*");
    }

    #[test]
    fn a_part_of_a_number_is_looked_up_whole() {
        assert_eq!(said("0664", Stage::NameWord).unwrap(), "(name:\"ÀÀ0664\" OR name:\"ÀÀ664\")");
        let anywhere = said("664", Stage::Anywhere).unwrap();
        assert_eq!(anywhere, "((\"ÀÀ¦664\" OR \"ÀÀ664\"*)) NOT name:\"ÀÀ664\"*");
        assert!(said("66", Stage::Anywhere).unwrap().contains("\"ÀÀ¦66\"*"));
        assert!(said("43664123", Stage::Anywhere).unwrap().contains("\"ÀÀ¦43664123\"*"));
        let kept = Shelf::of(0).unwrap().phones(&["436641234".into(), "641234".into(), "call".into(), "89".into()]);
        for token in ["¦436", "¦4366", "¦43664", "¦436641", "¦4366412", "¦436641234", "¦641", "¦641234", "call", "¦89"]
        {
            assert!(kept.split(' ').any(|have| have == format!("ÀÀ{token}")), "no {token} in {kept}");
        }
        assert!(!kept.contains("¦43664123 "), "longer parts are found by their beginning");
    }

    #[test]
    fn filters_alone_ask_for_everything_else() {
        assert_eq!(said("has:phone", Stage::NameWord), None);
        assert_eq!(said("has:phone", Stage::Anywhere).unwrap(), "\"ÀÀ·hasphone\"");
        assert_eq!(said("no:phone", Stage::Anywhere).unwrap(), "\"ÀÀ·all\" NOT \"ÀÀ·hasphone\"");
        assert_eq!(said("label:family", Stage::Anywhere).unwrap(), format!("\"ÀÀ·label{}\"", "0".repeat(32)));
        assert_eq!(said("label:nobody ann", Stage::Anywhere), None);
    }

    #[test]
    fn every_book_has_letters_of_its_own() {
        let mut seen = std::collections::HashSet::new();
        for book in (0..4_000).chain([BOOKS_MAX - 1]) {
            assert!(seen.insert(Shelf::of(book).unwrap().0));
        }
        assert!(Shelf::of(BOOKS_MAX).is_none() && Shelf::of(-1).is_none());
    }

    #[test]
    fn nothing_typed_leaves_its_quotes() {
        let mut token = String::new();
        Shelf::of(1).unwrap().token("a\"b'c d\0e@x.org", &mut token);
        assert_eq!(token, "ÀÁa_b_c_d_e@x.org");
    }
}
