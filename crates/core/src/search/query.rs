//! The query language: what people type into the search box.
//!
//! Words in any order, each found by its beginning; `"quoted"` words whole and in one field; phone numbers in any notation;
//! filters `label: has: no: book:` whose values may be quoted. Nothing typed is ever an error but too much of it: a filter
//! nobody knows is text.

use unicode_normalization::UnicodeNormalization;

use super::{
    Feature, Needle, Term, digit,
    fold::{Part, Word, words},
};
use crate::{Error, Result, keys::Phone};

/// Letters of a query.
pub const QUERY_CHARS_MAX: usize = 1_000;
/// Words, phrases, numbers and filters of a query.
pub const QUERY_TERMS_MAX: usize = 32;
/// Tokens looked up for one part of a script without spaces; a longer run is long enough by then.
const CJK_NEEDLES_MAX: usize = 12;

/// A query, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// All of these must be found.
    pub terms: Vec<Term>,
    /// The same with the digits of `(202) 555` as words of their own, for when no phone number fits; empty when that is
    /// no difference.
    pub apart: Vec<Term>,
    /// What the contact must be.
    pub filters: Vec<Filter>,
}

/// A condition that is no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `has:phone`.
    Has(Feature),
    /// `no:phone`.
    No(Feature),
    /// `label:Family`, by name.
    Label(String),
    /// `book:Work`, by name.
    Book(String),
}

/// A piece of the text between spaces.
enum Item<'a> {
    Bare(&'a str),
    /// In quotes; `open` while the second quote is not typed yet.
    Quoted {
        text: &'a str,
        open: bool,
    },
    Filter(Filter),
}

impl Query {
    /// Reads what was typed. `region` is the account's, for phone numbers typed without a country.
    ///
    /// # Errors
    /// `Invalid` for more than [`QUERY_CHARS_MAX`] letters or [`QUERY_TERMS_MAX`] terms.
    pub fn parse(text: &str, region: Option<&str>) -> Result<Self> {
        if text.len() > QUERY_CHARS_MAX && text.chars().count() > QUERY_CHARS_MAX {
            return Err(Error::invalid("q", format!("A search takes at most {QUERY_CHARS_MAX} letters.")));
        }
        let items = items(text);
        if items.len() > QUERY_TERMS_MAX {
            return Err(too_many());
        }
        let query = Self::of(items, region);
        if query.terms.len().max(query.apart.len()) + query.filters.len() > QUERY_TERMS_MAX {
            return Err(too_many());
        }
        Ok(query)
    }

    /// Whether nothing is asked: the list as it is.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty() && self.filters.is_empty()
    }

    fn of(items: Vec<Item<'_>>, region: Option<&str>) -> Self {
        let mut query = Self::default();
        let mut digits: Vec<&str> = Vec::new();
        for item in items {
            match item {
                Item::Bare(text) if is_phone_like(text) => digits.push(text),
                other => {
                    query.number(&mut digits, region);
                    match other {
                        Item::Bare(text) => query.both(bare(text)),
                        Item::Quoted { text, open } => query.both(quoted(text, open).into_iter().collect()),
                        Item::Filter(filter) => query.filters.push(filter),
                    }
                }
            }
        }
        query.number(&mut digits, region);
        if query.apart == query.terms {
            query.apart = Vec::new();
        }
        query
    }

    fn both(&mut self, terms: Vec<Term>) {
        self.apart.extend(terms.iter().cloned());
        self.terms.extend(terms);
    }

    /// A run of digits and phone punctuation: one number, or else words.
    fn number(&mut self, run: &mut Vec<&str>, region: Option<&str>) {
        if run.is_empty() {
            return;
        }
        let apart: Vec<Term> = run.iter().flat_map(|text| bare(text)).collect();
        match number(&run.join(" "), region) {
            Some(term) => {
                self.terms.push(term);
                // One word of digits is found wherever a word is, so reading it apart finds nothing new.
                match apart.as_slice() {
                    [only] if only.readings.len() == 1 && only.readings[0].len() == 1 => {
                        self.apart.extend(self.terms.last().cloned())
                    }
                    _ => self.apart.extend(apart),
                }
            }
            None => self.both(apart),
        }
        run.clear();
    }
}

fn too_many() -> Error {
    Error::invalid("q", format!("A search takes at most {QUERY_TERMS_MAX} words. Leave some out."))
}

/// Cuts the text at spaces, outside quotes.
fn items(text: &str) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && items.len() <= QUERY_TERMS_MAX {
        let (item, after) = if let Some(quoted) = opened(rest) {
            let (text, open, after) = closed(quoted);
            (Some(Item::Quoted { text, open }), after)
        } else if let Some((filter, after)) = filter(rest) {
            (filter.map(Item::Filter), after)
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || is_quote(c)).unwrap_or(rest.len());
            (Some(Item::Bare(&rest[..end])), &rest[end..])
        };
        items.extend(item);
        rest = after.trim_start();
    }
    items
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»')
}

/// What follows an opening quote.
fn opened(text: &str) -> Option<&str> {
    text.strip_prefix(is_quote)
}

/// What is quoted, whether the end is still missing, what follows.
fn closed(text: &str) -> (&str, bool, &str) {
    match text.char_indices().find(|(_, c)| is_quote(*c)) {
        Some((at, quote)) => (&text[..at], false, &text[at + quote.len_utf8()..]),
        None => (text, true, ""),
    }
}

/// A known filter, `None` inside while its value is not typed yet; and what follows. Anything else is text.
fn filter(text: &str) -> Option<(Option<Filter>, &str)> {
    let (key, rest) = text.split_once(':')?;
    let make: fn(&str) -> Option<Filter> = match key.to_ascii_lowercase().as_str() {
        "label" => |value| Some(Filter::Label(value.to_owned())),
        "book" => |value| Some(Filter::Book(value.to_owned())),
        "has" => |value| Feature::named(value).map(Filter::Has),
        "no" => |value| Feature::named(value).map(Filter::No),
        _ => return None,
    };
    let (value, after) = match opened(rest) {
        Some(quoted) => {
            let (value, _, after) = closed(quoted);
            (value, after)
        }
        None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
    };
    if value.trim().is_empty() {
        return Some((None, after));
    }
    make(value.trim()).map(|filter| (Some(filter), after))
}

fn needle(token: &str, prefix: bool) -> Needle {
    Needle { token: token.to_owned(), prefix }
}

/// A word, an e-mail address or the beginning of one.
fn bare(text: &str) -> Vec<Term> {
    let mut terms: Vec<Term> =
        words(text).iter().map(|word| Term { readings: readings(word, true), together: false }).collect();
    if let Some(address) = address(text) {
        // The same letters stand in notes too, where they are words.
        let words = terms.drain(..).filter_map(|term| term.readings.into_iter().next()).flatten().collect();
        terms = vec![Term { readings: vec![vec![needle(&address, true)], words], together: false }];
        terms[0].readings.retain(|reading| !reading.is_empty());
    }
    terms
}

/// `ann@exam`: what the addresses of the index begin with.
fn address(text: &str) -> Option<String> {
    let text = text.trim_matches(|c: char| matches!(c, '<' | '>' | ',' | ';' | '(' | ')'));
    let (local, _) = text.split_once('@')?;
    (!local.is_empty()).then(|| text.nfc().collect::<String>().to_lowercase())
}

/// The words of a phrase, whole, in one field; the last one by its beginning while the quote is open.
fn quoted(text: &str, open: bool) -> Option<Term> {
    let words = words(text);
    let last = words.len().checked_sub(1)?;
    let mut plain = Vec::new();
    let mut german = Vec::new();
    for (n, word) in words.iter().take(QUERY_TERMS_MAX).enumerate() {
        for part in &word.parts {
            match part {
                Part::Letters(spellings) => {
                    plain.push(needle(spellings.first()?, open && n == last));
                    german.push(needle(spellings.last()?, open && n == last));
                }
                Part::Cjk(run) => {
                    plain.extend(pairs(run));
                    german.extend(pairs(run));
                }
            }
        }
    }
    let readings = if plain == german { vec![plain] } else { vec![plain, german] };
    Some(Term { readings, together: true })
}

/// The spellings of a word: its parts, and written as one.
fn readings(word: &Word, prefix: bool) -> Vec<Vec<Needle>> {
    let spelled = |german: bool| -> Vec<Needle> {
        let mut needles = Vec::new();
        for part in &word.parts {
            match part {
                Part::Letters(spellings) => {
                    let spelling = if german { spellings.last() } else { spellings.first() };
                    needles.extend(spelling.map(|token| needle(token, prefix)));
                }
                Part::Cjk(run) => needles.extend(pairs(run)),
            }
        }
        needles
    };
    let mut readings = vec![spelled(false)];
    let german = spelled(true);
    if german != readings[0] {
        readings.push(german);
    }
    readings.extend(word.joined.iter().map(|token| vec![needle(token, prefix)]));
    readings
}

/// One letter, or each pair of neighbours: found anywhere in a run, in that order as good as always.
fn pairs(run: &str) -> Vec<Needle> {
    let starts: Vec<usize> = run.char_indices().map(|(at, _)| at).chain([run.len()]).collect();
    if starts.len() == 2 {
        return vec![needle(run, false)];
    }
    starts.windows(3).take(CJK_NEEDLES_MAX).map(|ends| needle(&run[ends[0]..ends[2]], false)).collect()
}

fn is_phone_like(text: &str) -> bool {
    text.chars().all(|c| {
        digit(c).is_some() || matches!(c, '+' | '＋' | '(' | ')' | '-' | '‐' | '‑' | '–' | '.' | '/' | '*' | '#')
    })
}

/// A phone number or part of one: the digits as typed, without leading zeros, and as E.164 where it can be placed.
fn number(text: &str, region: Option<&str>) -> Option<Term> {
    let international = text.trim_start().starts_with(['+', '＋']);
    let text = if international { text.replacen("(0)", "", 1) } else { text.to_owned() };
    let digits: String = text.chars().filter_map(digit).collect();
    if digits.is_empty() {
        return None;
    }
    let bare = digits.trim_start_matches('0');
    let placed = Phone::parse(&text, region).filter(Phone::decides).and_then(|phone| phone.e164);
    let mut forms = vec![digits.as_str()];
    for form in [Some(bare), placed.as_deref().and_then(|number| number.get(1..))].into_iter().flatten() {
        if !form.is_empty() && !forms.contains(&form) {
            forms.push(form);
        }
    }
    let readings = forms.into_iter().map(|form| vec![needle(form, true)]).collect();
    Some(Term { readings, together: false })
}

#[cfg(test)]
mod tests;
