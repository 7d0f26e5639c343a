//! A writer's ledger: what its people must be like by the answers it has got, and the one request that has none yet.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// A contact as it must be. The tag is its name for good; text and labels change together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// Unique in the whole run: two contacts with one tag are a double.
    pub(crate) tag: String,
    /// Known from the first answer on.
    pub(crate) id: Option<String>,
    /// The number of the edit, also in its note, its phone and its name.
    pub(crate) edit: u64,
    /// Names of its labels.
    pub(crate) labels: BTreeSet<String>,
    pub(crate) living: bool,
    /// What the last answer said.
    pub(crate) revision: String,
    /// How many versions its history must have.
    pub(crate) versions: u64,
}

/// One request, and what is true once it was done.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: reqwest::Method,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<Value>,
    /// By tag.
    pub(crate) after: BTreeMap<String, Person>,
}

/// All that one writer knows.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) people: BTreeMap<String, Person>,
    /// Sent, not answered: may have been done or not, but never half.
    pub(crate) open: Option<Request>,
    pub(crate) acknowledged: u64,
    /// Tags that changed since the last check.
    pub(crate) touched: BTreeSet<String>,
}

/// What is wrong with a book.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wrong {
    /// What was acknowledged is not there, or is not as it was acknowledged.
    Lost(String),
    /// A part of one request was done and another part was not.
    Half(String),
    /// A contact is there twice.
    Double(String),
    /// Rows that belong together do not agree.
    Torn(String),
}

/// A contact as the server shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) id: String,
    pub(crate) edit: u64,
    /// Whether name and phone say the same edit.
    pub(crate) agrees: bool,
    pub(crate) labels: BTreeSet<String>,
    pub(crate) modseq: u64,
}

/// The living contacts, by tag.
pub(crate) type Book = BTreeMap<String, Vec<Shown>>;

impl Person {
    /// Whether the book shows it as it must be.
    fn is_shown(&self, book: &Book) -> bool {
        match book.get(&self.tag).map(Vec::as_slice) {
            None => !self.living,
            Some([shown]) => {
                let id = self.id.as_ref().is_none_or(|id| *id == shown.id);
                self.living && id && shown.agrees && shown.edit == self.edit && shown.labels == self.labels
            }
            Some(_) => false,
        }
    }
}

impl Ledger {
    /// The answer came: what was to be true is true.
    pub(crate) fn done(&mut self, request: Request) {
        self.touched.extend(request.after.keys().cloned());
        self.people.extend(request.after);
        self.acknowledged += 1;
    }

    /// Compares with what a server shows after its restart.
    pub(crate) fn wrongs(&self, book: &Book) -> Vec<Wrong> {
        let empty = BTreeMap::new();
        let open = self.open.as_ref().map_or(&empty, |open| &open.after);
        let mut wrongs: Vec<Wrong> = self
            .people
            .values()
            .filter(|person| !open.contains_key(&person.tag) && !person.is_shown(book))
            .map(|person| Wrong::Lost(format!("{person:?}, shown is {:?}", book.get(&person.tag))))
            .collect();
        let tags = self.people.keys().chain(open.keys()).collect::<BTreeSet<_>>();
        let doubles = tags.iter().filter(|tag| book.get(**tag).is_some_and(|shown| shown.len() > 1));
        wrongs.extend(doubles.map(|tag| Wrong::Double(format!("{tag}: {:?}", book.get(*tag)))));
        let before =
            |tag: &String| self.people.get(tag).map_or(!book.contains_key(tag), |person| person.is_shown(book));
        let undone = open.keys().all(before);
        let done = open.values().all(|person| person.is_shown(book));
        if !undone && !done {
            wrongs.push(Wrong::Half(format!("{:?}", self.open)));
        }
        wrongs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(tag: &str, edit: u64) -> Person {
        let labels = BTreeSet::from(["Even".to_owned()]);
        Person { tag: tag.into(), id: None, edit, labels, living: true, revision: String::new(), versions: 1 }
    }

    fn shown(edit: u64) -> Shown {
        let labels = BTreeSet::from(["Even".to_owned()]);
        Shown { id: "1".into(), edit, agrees: true, labels, modseq: 1 }
    }

    fn ledger(people: &[Person], open: &[Person]) -> Ledger {
        let by_tag = |people: &[Person]| people.iter().map(|person| (person.tag.clone(), person.clone())).collect();
        let request = Request {
            method: reqwest::Method::POST,
            path: String::new(),
            headers: Vec::new(),
            body: None,
            after: by_tag(open),
        };
        Ledger { people: by_tag(people), open: (!open.is_empty()).then_some(request), ..Ledger::default() }
    }

    fn book(rows: &[(&str, u64)]) -> Book {
        let mut book = Book::new();
        for (tag, edit) in rows {
            book.entry((*tag).to_owned()).or_default().push(shown(*edit));
        }
        book
    }

    #[test]
    fn what_was_acknowledged_must_be_there_as_it_was() {
        let ledger = ledger(&[person("a", 2)], &[]);
        assert_eq!(ledger.wrongs(&book(&[("a", 2)])), []);
        assert!(matches!(ledger.wrongs(&book(&[("a", 1)]))[..], [Wrong::Lost(_)]));
        assert!(matches!(ledger.wrongs(&book(&[]))[..], [Wrong::Lost(_)]));
    }

    #[test]
    fn a_request_without_an_answer_was_done_or_not_but_never_half() {
        let ledger = ledger(&[person("a", 1), person("b", 1)], &[person("a", 2), person("b", 2), person("c", 1)]);
        assert_eq!(ledger.wrongs(&book(&[("a", 1), ("b", 1)])), []);
        assert_eq!(ledger.wrongs(&book(&[("a", 2), ("b", 2), ("c", 1)])), []);
        assert!(matches!(ledger.wrongs(&book(&[("a", 2), ("b", 1)]))[..], [Wrong::Half(_)]));
        assert!(matches!(ledger.wrongs(&book(&[("a", 2), ("b", 2)]))[..], [Wrong::Half(_)]));
    }

    #[test]
    fn two_contacts_of_one_tag_are_a_double() {
        let ledger = ledger(&[], &[person("a", 1)]);
        let wrongs = ledger.wrongs(&book(&[("a", 1), ("a", 1)]));
        assert!(wrongs.iter().any(|wrong| matches!(wrong, Wrong::Double(_))), "{wrongs:?}");
    }
}
