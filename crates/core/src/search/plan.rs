//! What an index is asked: a query whose names of books and labels have become ids.

use crate::{
    id::{BookKey, LabelId},
    search::{Feature, Filter, Query, fold::fold},
};

/// A token to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needle {
    /// The folded token; e-mail addresses keep their punctuation.
    pub token: String,
    /// Whether any token that begins so will do.
    pub prefix: bool,
}

/// One thing typed, to be found in one of its readings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// Any of these; all needles of it.
    pub readings: Vec<Vec<Needle>>,
    /// Its needles belong to one section of the document: it was quoted.
    pub together: bool,
}

/// What an index is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Where to look.
    pub books: Vec<BookKey>,
    /// All of these must be found.
    pub terms: Vec<Term>,
    /// Asked instead when `terms` find nothing: digits read as words of their own. Empty when that is no difference.
    pub apart: Vec<Term>,
    /// What the contact must have.
    pub has: Vec<Feature>,
    /// What the contact must not have.
    pub lacks: Vec<Feature>,
    /// For each `label:`, the labels of that name, one of which it must carry.
    pub labels: Vec<Vec<LabelId>>,
}

impl Plan {
    /// The plan of a query over the books and labels its caller may see, each with its name.
    ///
    /// A name fits in any case and accents; where none fits whole, the beginning of one will do, so that the list does not
    /// empty while a label is being typed.
    pub fn new(query: &Query, books: &[(BookKey, &str)], labels: &[(LabelId, &str)]) -> Self {
        let mut plan = Self {
            books: books.iter().map(|(book, _)| *book).collect(),
            terms: query.terms.clone(),
            apart: query.apart.clone(),
            ..Self::default()
        };
        for filter in &query.filters {
            match filter {
                Filter::Has(feature) => plan.has.push(*feature),
                Filter::No(feature) => plan.lacks.push(*feature),
                Filter::Label(name) => plan.labels.push(named(name, labels)),
                Filter::Book(name) => {
                    let wanted = named(name, books);
                    plan.books.retain(|book| wanted.contains(book));
                }
            }
        }
        plan
    }
}

fn named<T: Copy>(name: &str, things: &[(T, &str)]) -> Vec<T> {
    let wanted = fold(name);
    let fitting = |fits: &dyn Fn(&[String]) -> bool| -> Vec<T> {
        things.iter().filter(|(_, name)| fits(&fold(name))).map(|(thing, _)| *thing).collect()
    };
    // A name of signs only (`★`) has no tokens: it fits itself.
    if wanted.is_empty() {
        return things.iter().filter(|(_, other)| other.trim() == name.trim()).map(|(thing, _)| *thing).collect();
    }
    let whole = fitting(&|tokens| tokens == wanted);
    if !whole.is_empty() {
        return whole;
    }
    let wanted = wanted.concat();
    fitting(&|tokens| tokens.concat().starts_with(&wanted))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::{BookId, OrganisationId};

    fn book(n: u128) -> BookKey {
        BookKey { organisation: OrganisationId(Uuid::from_u128(1)), book: BookId(Uuid::from_u128(n)) }
    }

    fn plan(text: &str) -> Plan {
        let label = |n| LabelId(Uuid::from_u128(n));
        let labels = [(label(1), "Family"), (label(2), "family"), (label(3), "Familiares"), (label(4), "★")];
        Plan::new(&Query::parse(text, None).unwrap(), &[(book(1), "Home"), (book(2), "Wörk")], &labels)
    }

    fn found(text: &str) -> Vec<u128> {
        plan(text).labels.concat().iter().map(|label| label.0.as_u128()).collect()
    }

    #[test]
    fn a_label_is_meant_by_its_name_or_by_its_beginning() {
        assert_eq!(found("label:FAMILY"), [1, 2]);
        assert_eq!(found("label:fam"), [1, 2, 3]);
        assert_eq!(found("label:★"), [4]);
        assert_eq!(plan("label:nobody").labels, [vec![]], "a label nobody has finds nobody");
    }

    #[test]
    fn a_book_filter_narrows_the_books() {
        assert_eq!(plan("ann").books, [book(1), book(2)]);
        assert_eq!(plan("book:work ann").books, [book(2)]);
        assert_eq!(plan("book:home book:work").books, []);
    }
}
