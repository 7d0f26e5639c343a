//! Which labels of a file the book has room for. The first of the file's get in; those beyond the limit are left out of
//! their rows and named there. Found in the check, and kept for the run, so that both say the same.

use std::collections::HashSet;

use crate::{import::Row, label::create::LABELS_MAX};

/// Labels one sentence names.
const NAMED_MAX: usize = 20;

/// The labels of a book with those a file brings.
#[derive(Debug)]
pub(crate) struct Room {
    names: HashSet<String>,
    is_full: bool,
}

impl Room {
    /// In a book with these labels.
    pub(crate) fn beside(names: HashSet<String>) -> Self {
        Self { names, is_full: false }
    }

    /// Takes the labels of a row in, as many as there is room for; the others leave the row.
    pub(crate) fn take(&mut self, row: &mut Row) {
        leave_out(row, |name| {
            let fits = self.names.contains(name) || self.names.len() < LABELS_MAX && self.names.insert(name.to_owned());
            self.is_full |= !fits;
            fits
        });
    }

    /// The labels there is room for, where some had to be left out.
    pub(crate) fn full(self) -> Option<HashSet<String>> {
        self.is_full.then_some(self.names)
    }
}

/// Leaves labels out of a row that do not fit, and says which.
pub(crate) fn leave_out(row: &mut Row, mut fits: impl FnMut(&str) -> bool) {
    let (mut named, mut count) = (Vec::new(), 0_usize);
    row.model.keywords.retain(|name, _| {
        let fits = fits(name);
        if !fits {
            count += 1;
            if named.len() < NAMED_MAX {
                named.push(format!("“{name}”"));
            }
        }
        fits
    });
    let labels = match named.as_slice() {
        [] => return,
        [one] => format!("The label {one} is"),
        all if all.len() < count => format!("The labels {} and {} others are", all.join(", "), count - all.len()),
        [rest @ .., last] => format!("The labels {} and {last} are", rest.join(", ")),
    };
    row.notes.push(format!("{labels} left out: a book has at most {LABELS_MAX} labels."));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(labels: std::ops::Range<usize>) -> Row {
        let mut row = Row::default();
        row.model.keywords.extend(labels.map(|n| (format!("l{n}"), true)));
        row
    }

    #[test]
    fn the_first_labels_get_in_and_the_others_are_named() {
        let mut room = Room::beside(HashSet::from(["Own".to_owned()]));
        let mut first = row(0..LABELS_MAX - 2);
        room.take(&mut first);
        assert!(first.notes.is_empty());
        let mut second = row(LABELS_MAX - 3..LABELS_MAX + 1);
        room.take(&mut second);
        assert_eq!(second.model.keywords.keys().collect::<Vec<_>>(), ["l4997", "l4998"]);
        assert_eq!(second.notes, ["The labels “l4999” and “l5000” are left out: a book has at most 5000 labels."]);
        let mut third = row(10_000..110_000);
        third.model.keywords.insert("Own".to_owned(), true);
        room.take(&mut third);
        assert_eq!(third.model.keywords.keys().collect::<Vec<_>>(), ["Own"]);
        assert!(third.notes[0].contains("“l10019” and 99980 others are left out"), "{:?}", third.notes);
        assert_eq!(room.full().map(|names| names.len()), Some(LABELS_MAX));
    }

    #[test]
    fn a_file_that_fits_leaves_nothing_out() {
        let mut room = Room::beside(HashSet::new());
        room.take(&mut row(0..LABELS_MAX));
        room.take(&mut row(0..LABELS_MAX));
        assert!(room.full().is_none());
    }
}
