//! Folding: any text, in any script, to the tokens it is found by.
//!
//! Both sides of a search come through here, documents and queries, so that accents, case, width and spelling habits do
//! not matter. The browser folds alike (`web/src/search/fold.ts`); `fixtures/folding.json` holds both to it.

use icu_casemap::{CaseMapper, CaseMapperBorrowed};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::letters;

/// Letters of a token; the rest of a longer run is not indexed.
pub const TOKEN_CHARS_MAX: usize = 64;
/// Halves of a name that are also kept joined (`Anne-Marie` → `annemarie`); a longer chain is only split.
const JOINED_PARTS_MAX: usize = 6;

const CASE: CaseMapperBorrowed<'static> = CaseMapper::new();

/// What stands between two separators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The parts, split at hyphens: one, unless it is hyphenated.
    pub parts: Vec<Part>,
    /// The parts written as one word, in each spelling; empty unless hyphenated.
    pub joined: Vec<String>,
}

/// A run of letters between separators and hyphens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its spellings: one, or two where German umlauts are written as `a` or `ae`.
    Letters(Vec<String>),
    /// Chinese, Japanese, Korean: the folded run, searched by one and two letters.
    Cjk(String),
}

impl Part {
    /// The tokens a document is found by.
    pub fn tokens(&self, into: &mut Vec<String>) {
        match self {
            Self::Letters(spellings) => into.extend(spellings.iter().cloned()),
            Self::Cjk(run) => {
                let mut rest = run.as_str();
                while let Some(first) = rest.chars().next() {
                    into.push(first.to_string());
                    let after = &rest[first.len_utf8()..];
                    if let Some(second) = after.chars().next() {
                        into.push(rest[..first.len_utf8() + second.len_utf8()].to_owned());
                    }
                    rest = after;
                }
            }
        }
    }
}

impl Word {
    /// The tokens a document is found by.
    pub fn tokens(&self, into: &mut Vec<String>) {
        for part in &self.parts {
            part.tokens(into);
        }
        into.extend(self.joined.iter().cloned());
    }
}

/// The tokens of a text, in reading order, repeats included.
pub fn fold(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    for word in words(text) {
        word.tokens(&mut tokens);
    }
    tokens
}

/// The words of a text, with their spellings.
pub fn words(text: &str) -> Vec<Word> {
    let mut reader = Reader::default();
    if text.is_ascii() {
        for c in text.chars().filter(|&c| !letters::is_dropped(c)) {
            reader.take(c.to_ascii_lowercase(), None);
        }
    } else {
        reader.read(text);
    }
    reader.end_word();
    reader.words
}

/// Puts letters together to parts, parts to words.
#[derive(Default)]
struct Reader {
    words: Vec<Word>,
    parts: Vec<Part>,
    /// The run being read and its German spelling, if that differs so far.
    run: String,
    german: Option<String>,
    chars: usize,
    cjk: bool,
}

impl Reader {
    fn read(&mut self, text: &str) {
        let composed: String = text.chars().filter(|&c| !letters::is_dropped(c)).nfkc().collect();
        // NFKC may bring apostrophes of its own (`ŉ`), and folding may undo it (`ǰ`): compose once more.
        let folded: String = CASE.fold_string(&composed).chars().filter(|&c| !letters::is_dropped(c)).nfc().collect();
        for c in folded.chars() {
            if let Some(digit) = letters::digit(c) {
                self.take(digit, None);
            } else {
                self.letter(c);
            }
        }
    }

    fn letter(&mut self, c: char) {
        let german = letters::german(c);
        let mut loose = self.run.chars().next_back().is_none_or(letters::has_loose_marks);
        let mut kept = String::new();
        for piece in std::iter::once(c).nfd() {
            if !is_combining_mark(piece) {
                loose = letters::has_loose_marks(piece);
                match letters::plain(piece) {
                    Some(plain) => kept.push_str(plain),
                    None => kept.push(piece),
                }
            } else if !loose {
                kept.push(piece);
            }
        }
        for piece in kept.nfc() {
            self.take(letters::hiragana(piece), german);
        }
    }

    fn take(&mut self, c: char, german: Option<&'static str>) {
        if is_combining_mark(c) {
            // It belongs to the letter before it. Han, kana and Hangul that did not compose with it do without.
            if !self.run.is_empty() && !self.cjk {
                self.push(c, german);
            }
        } else if c.is_alphanumeric() {
            self.push(c, german);
        } else if letters::is_hyphen(c) {
            self.end_part();
        } else {
            self.end_word();
        }
    }

    fn push(&mut self, c: char, german: Option<&'static str>) {
        let cjk = letters::is_cjk(c);
        if !self.run.is_empty() && cjk != self.cjk {
            // "ABC株式会社": another script begins another word.
            self.end_word();
        }
        self.cjk = cjk;
        self.chars += 1;
        if self.chars > TOKEN_CHARS_MAX && !cjk {
            return;
        }
        if let Some(spelling) = german {
            self.german.get_or_insert_with(|| self.run.clone()).push_str(spelling);
        } else if let Some(other) = &mut self.german {
            other.push(c);
        }
        self.run.push(c);
    }

    fn end_part(&mut self) {
        let run = std::mem::take(&mut self.run);
        let german = self.german.take();
        self.chars = 0;
        if run.is_empty() {
            return;
        }
        self.parts.push(if self.cjk {
            Part::Cjk(run)
        } else {
            Part::Letters(std::iter::once(run).chain(german).collect())
        });
    }

    fn end_word(&mut self) {
        self.end_part();
        if !self.parts.is_empty() {
            // Exactly as many as there are: one, mostly.
            let parts: Vec<Part> = self.parts.drain(..).collect();
            self.words.push(Word { joined: joined(&parts), parts });
        }
    }
}

/// The parts of a hyphenated word as one, in each spelling.
fn joined(parts: &[Part]) -> Vec<String> {
    if !(2..=JOINED_PARTS_MAX).contains(&parts.len()) {
        return Vec::new();
    }
    let mut spellings = [String::new(), String::new()];
    for part in parts {
        let Part::Letters(forms) = part else { return Vec::new() };
        spellings[0].push_str(&forms[0]);
        spellings[1].push_str(forms.last().unwrap_or(&forms[0]));
    }
    if spellings.iter().any(|word| word.chars().count() > TOKEN_CHARS_MAX) {
        return Vec::new();
    }
    let [plain, german] = spellings;
    if plain == german { vec![plain] } else { vec![plain, german] }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(serde::Deserialize)]
    struct Vector {
        r#in: String,
        tokens: Vec<String>,
    }

    #[test]
    fn every_vector_folds_as_the_browser_folds_it() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/folding.json");
        let vectors: Vec<Vector> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(vectors.len() >= 150, "only {} vectors", vectors.len());
        for vector in vectors {
            assert_eq!(fold(&vector.r#in), vector.tokens, "{:?}", vector.r#in);
        }
    }

    #[test]
    fn plain_letters_take_the_short_way_and_arrive_at_the_same_place() {
        let text = "Ann-Marie O'Brien, 12 Main St. (AT)";
        let mut long_way = Reader::default();
        long_way.read(text);
        long_way.end_word();
        assert_eq!(words(text), long_way.words);
    }

    proptest! {
        #[test]
        fn a_token_is_found_by_itself(text in r"\PC{0,40}") {
            for token in fold(&text) {
                prop_assert!(fold(&token).contains(&token), "{token:?} of {text:?}");
                prop_assert!(token.chars().count() <= 2 * TOKEN_CHARS_MAX);
            }
        }

        #[test]
        fn case_and_composition_do_not_matter(text in "[a-zA-ZÀ-žΑ-ωА-я '-]{0,40}") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(fold(&decomposed), fold(&text));
            // Upper case loses the difference between ı and i, ß and ss, ŉ and ʼN: folding must not see one.
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
