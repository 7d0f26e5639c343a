//! What every cell of a table may hold, whichever program wrote it.

/// What joins several values in one cell.
pub(crate) const JOINT: &str = " ::: ";

/// A cell as it was meant: without the one `'` that keeps a spreadsheet from taking it for a formula.
pub(crate) fn meant(cell: &str) -> &str {
    let rest = cell.trim_start_matches('\'');
    if rest.len() < cell.len() && rest.starts_with(['=', '+', '-', '@', '\t', '\r']) { &cell[1..] } else { cell }
}

/// A cell that a spreadsheet would take for a formula gets one `'` in front; a phone number does not.
pub(crate) fn guarded(value: &str) -> bool {
    let formula = value.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']);
    let number = |c: u8| matches!(c, b'+' | b'0'..=b'9' | b' ' | b'(' | b')' | b'.' | b'-');
    formula && !value.bytes().all(number)
}

/// The values of a cell, each trimmed; empty ones keep their place.
pub(crate) fn values(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(JOINT).map(str::trim)
}

/// The value of a joined cell that belongs to the `nth` of its neighbour; the last one stands for all further ones.
pub(crate) fn nth(cell: &str, nth: usize) -> &str {
    if !cell.contains(JOINT) {
        return cell;
    }
    values(cell).nth(nth).or_else(|| values(cell).last()).unwrap_or_default()
}

/// A label and whether it marks the preferred value (`* Home`).
pub(crate) fn label(cell: &str) -> (&str, bool) {
    match cell.trim().strip_prefix('*') {
        Some(rest) if rest.is_empty() || rest.starts_with(' ') => (rest.trim(), true),
        _ => (cell.trim(), false),
    }
}

/// What a cell of labels says: names of labels, and whether the contact is starred.
pub(crate) fn labels<'a>(cell: &'a str, mut found: impl FnMut(&'a str)) -> bool {
    let mut starred = false;
    let names: Vec<&str> = if cell.contains(":::") {
        cell.split(":::").collect()
    } else if cell.contains(';') {
        cell.split(';').collect()
    } else {
        vec![cell]
    };
    for name in names.into_iter().map(str::trim) {
        let (name, system) = label(name);
        if system && name.eq_ignore_ascii_case("starred") {
            starred = true;
        } else if !(name.is_empty() || system && is_everyone(name)) {
            found(name);
        }
    }
    starred
}

/// Google's name for all contacts, which is no label.
pub(crate) fn is_everyone(name: &str) -> bool {
    name.eq_ignore_ascii_case("mycontacts") || name.eq_ignore_ascii_case("my contacts")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_apostrophe_comes_off_what_a_spreadsheet_would_run() {
        for (cell, want) in [
            ("'=SUM(A1)", "=SUM(A1)"),
            ("''=SUM(A1)", "'=SUM(A1)"),
            ("'+43 1 234", "+43 1 234"),
            ("'@ann", "@ann"),
            ("'\tx", "\tx"),
            ("'tis", "'tis"),
            ("O'Brien", "O'Brien"),
            ("=1", "=1"),
            ("'", "'"),
        ] {
            assert_eq!(meant(cell), want, "{cell:?}");
        }
    }

    #[test]
    fn formulas_are_guarded_and_phone_numbers_are_not() {
        for value in ["=1+1", "+SUM(1)", "-x", "@ann", "\t1", "'=1", "''-a", "+43 1 234 ext. 5"] {
            assert!(guarded(value), "{value:?}");
        }
        for value in ["+43 (1) 234-56.7", "-12", "ann", "'tis", "", "1+1"] {
            assert!(!guarded(value), "{value:?}");
        }
    }

    #[test]
    fn labels_of_each_program_are_read() {
        let read = |cell| {
            let mut names = Vec::new();
            let starred = labels(cell, |name| names.push(name));
            (names, starred)
        };
        assert_eq!(read("* myContacts ::: * starred ::: Family"), (vec!["Family"], true));
        assert_eq!(read("* My Contacts"), (vec![], false));
        assert_eq!(read("* Friends ::: Work, old"), (vec!["Friends", "Work, old"], false));
        assert_eq!(read("Clients; Fair 2024 ;"), (vec!["Clients", "Fair 2024"], false));
        assert_eq!(read("starred"), (vec!["starred"], false));
        assert_eq!(label("* Home"), ("Home", true));
        assert_eq!(label("* "), ("", true));
        assert_eq!(label("*Home"), ("*Home", false));
    }

    proptest! {
        #[test]
        fn what_export_guards_import_takes_back(value in "['=+@\t\r\\-a1 ]{0,6}") {
            let written = if guarded(&value) { format!("'{value}") } else { value.clone() };
            prop_assert_eq!(meant(&written), value);
        }
    }
}
