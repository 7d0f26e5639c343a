//! Guesses what a column holds by what is in it, for tables nobody knows.

use super::{
    date::{self, Dated},
    field::{Column, Field, GuessedBy},
    file::records::Record,
};

/// Cells shown for a column.
const SAMPLES: usize = 3;
/// Letters of a cell that are shown.
const SAMPLE_CHARS: usize = 80;

/// Puts the first cells that are not empty beside each column.
pub(crate) fn samples(columns: &mut [Column], rows: &[&Record]) {
    for row in rows {
        for (column, cell) in columns.iter_mut().zip(row.cells()) {
            if column.samples.len() < SAMPLES && !cell.trim().is_empty() {
                column.samples.push(cell.trim().chars().take(SAMPLE_CHARS).collect());
            }
        }
    }
}

/// Gives a field to the columns whose name said nothing; what looks like nothing known becomes a custom field.
pub(crate) fn by_content(columns: &mut [Column], rows: &[&Record]) {
    for (at, column) in columns.iter_mut().enumerate().filter(|(_, column)| column.field.is_none()) {
        let cells: Vec<&str> =
            rows.iter().filter_map(|row| row.cells().nth(at)).map(str::trim).filter(|cell| !cell.is_empty()).collect();
        let most = |looks: fn(&str) -> bool| {
            !cells.is_empty() && cells.iter().filter(|cell| looks(cell)).count() * 10 >= cells.len() * 8
        };
        let found = if most(is_email) {
            Some(Field::Email)
        } else if most(is_link) {
            Some(Field::Website)
        } else if most(is_date) {
            None
        } else if most(is_phone) {
            Some(Field::Phone)
        } else {
            None
        };
        // Dates: a birthday where the column says nothing else; elsewhere the column's name is the label.
        let found = found
            .or_else(|| most(is_date).then_some(if column.header.is_empty() { Field::Birthday } else { Field::Date }));
        column.guessed_by = found.map(|_| GuessedBy::Content);
        column.field = Some(found.unwrap_or(Field::Custom));
        if matches!(column.field, Some(Field::Date | Field::Custom)) {
            column.label = if column.header.is_empty() { format!("Column {}", at + 1) } else { column.header.clone() };
        }
    }
    headless_name(columns);
}

/// A table without names: the first column that is only text is the name.
fn headless_name(columns: &mut [Column]) {
    if columns.iter().any(|column| !column.header.is_empty()) {
        return;
    }
    let wordy = |column: &&mut Column| {
        column.field == Some(Field::Custom) && column.samples.iter().any(|cell| cell.chars().any(char::is_alphabetic))
    };
    if let Some(column) = columns.iter_mut().find(wordy) {
        (column.field, column.guessed_by) = (Some(Field::Name), Some(GuessedBy::Content));
        column.label.clear();
    }
}

/// Whether `3/4/2020` is the third of April: some date in the columns of dates has a first number above 12, and none has a
/// second one above 12.
pub(crate) fn is_day_first(columns: &[Column], rows: &[&Record]) -> bool {
    let (mut first, mut second) = (false, false);
    for column in columns.iter().filter(|column| matches!(column.field, Some(Field::Birthday | Field::Date))) {
        for cell in rows.iter().filter_map(|row| row.cells().nth(column.index)) {
            let mut parts = cell.trim().split(['/', '-']).map(|part| part.parse::<u32>().ok());
            if let (Some(Some(one)), Some(Some(two))) = (parts.next(), parts.next()) {
                first |= (13..=31).contains(&one);
                second |= (13..=31).contains(&two) && one <= 12;
            }
        }
    }
    first && !second
}

/// Whether a cell is a value rather than a name of a column.
pub(crate) fn is_value(cell: &str) -> bool {
    let cell = cell.trim();
    is_email(cell) || is_link(cell) || is_phone(cell) || is_date(cell) && cell.len() > 4
}

fn is_email(cell: &str) -> bool {
    let Some((local, domain)) = cell.rsplit_once('@') else { return false };
    !local.is_empty() && domain.contains('.') && !domain.contains(char::is_whitespace) && !cell.contains("://")
}

fn is_link(cell: &str) -> bool {
    cell.starts_with("http://") || cell.starts_with("https://") || cell.starts_with("www.")
}

fn is_phone(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let phone = |c: char| c.is_ascii_digit() || matches!(c, '+' | ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}');
    // A number with a leading zero or plus, or written with spaces, is dialled; a bare one may be any number.
    let written = cell.starts_with(['+', '0', '(']) || cell.contains([' ', '-', '/', '.']) || digits >= 9;
    (7..=15).contains(&digits) && cell.chars().all(phone) && written
}

fn is_date(cell: &str) -> bool {
    cell.len() >= 5
        && cell.bytes().any(|octet| octet.is_ascii_digit())
        && matches!(date::read(cell, false), Dated::Day(date) if date.day.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_tell_what_they_are() {
        for cell in ["ann@example.org", "a.b+c@sub.example.org"] {
            assert!(is_email(cell) && is_value(cell), "{cell}");
        }
        for cell in ["+43 1 234 56 78", "070-555 01 87", "(202) 555-0143", "0202555014", "2025550143"] {
            assert!(is_phone(cell), "{cell}");
        }
        for cell in ["C14", "12345", "00017", "Ann", "1.2.3", "20240101 x"] {
            assert!(!is_phone(cell), "{cell}");
        }
        for cell in ["E-mail 1 - Value", "Address 1", "Name", "Birthday", "User 1", "Phone 2"] {
            assert!(!is_value(cell), "{cell}");
        }
        assert!(is_date("1991-02-28") && is_date("3/21/1980") && !is_date("Anna") && !is_date("12345"));
    }
}
