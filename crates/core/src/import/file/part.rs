//! One file of an import, once it is known what it is.

use serde::{Deserialize, Serialize};

use super::records::{Next, Record, Records};
use crate::import::{
    dialect::{self, Format},
    field::Column,
    guess,
    layout::Layout,
    limit::COLUMNS_MAX,
};

/// Rows looked at to find the header and to guess columns.
const HEAD_ROWS: usize = 200;
/// Lines of notes before a header.
const NOTES_MAX: usize = 20;

/// One file of an import.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Where it is in storage: as uploaded, or unpacked, or as UTF-8.
    pub(crate) key: String,
    /// Its name, for people.
    pub(crate) name: String,
    pub(crate) format: Format,
    /// The encoding it came in, for people.
    pub(crate) encoding: String,
    /// Of a table: `,` `;` or a tab.
    pub(crate) delimiter: Option<char>,
    /// Where its first row begins.
    pub(crate) begin: u64,
    /// How long it is.
    pub(crate) length: u64,
    /// Whether `key` was made by the import and goes with it.
    pub(crate) is_own: bool,
    /// Of a table.
    pub(crate) columns: Vec<Column>,
    /// Of a table: `3/4/2020` is the third of April.
    pub(crate) day_first: bool,
    /// Of cards: some may be groups.
    pub(crate) has_groups: bool,
}

impl Part {
    /// The columns, ready to read rows.
    pub(crate) fn layout(&self) -> Layout {
        Layout::new(self.format, &self.columns, self.day_first)
    }
}

/// What the head of a table says about the whole of it.
pub(crate) struct Head {
    pub(crate) format: Format,
    pub(crate) begin: u64,
    pub(crate) columns: Vec<Column>,
    pub(crate) day_first: bool,
}

/// Reads the head of a table: `bytes` are UTF-8 from its first byte; `whole` when there is no more of it.
pub(crate) fn head(bytes: &[u8], delimiter: u8, whole: bool) -> Head {
    let mut records = Records::new(delimiter, 0);
    records.push(bytes);
    let mut rows: Vec<(u64, Record)> = Vec::new();
    while rows.len() < HEAD_ROWS {
        match records.next(whole) {
            Ok(Next::Row(at, record)) => rows.push((at, record)),
            Ok(Next::Bad(..)) => {}
            Ok(Next::More | Next::End) | Err(_) => break,
        }
    }
    let width = |record: &Record| record.len().min(COLUMNS_MAX);
    let (header, format) = header(&rows);
    let first = header.map_or(0, |at| at + 1);
    let names: Vec<&str> = header.map(|at| rows[at].1.cells().take(COLUMNS_MAX).collect()).unwrap_or_default();
    let widest = rows[first.min(rows.len())..].iter().map(|(_, record)| width(record)).max().unwrap_or(0);
    let begin = match (rows.get(first), header) {
        (Some((at, _)), _) => *at,
        (None, Some(_)) => bytes.len() as u64,
        (None, None) => 0,
    };
    let mut columns: Vec<Column> = (0..widest.max(names.len()))
        .map(|index| dialect::column(format, index, names.get(index).copied().unwrap_or_default()))
        .collect();
    let samples: Vec<&Record> = rows[first.min(rows.len())..].iter().map(|(_, record)| record).collect();
    guess::samples(&mut columns, &samples);
    if format == Format::Csv {
        guess::by_content(&mut columns, &samples);
    }
    let day_first = guess::is_day_first(&columns, &samples);
    Head { format, begin, columns, day_first }
}

/// Which row is the header, and whose table it is. Notes may come before it; a table may have none.
fn header(rows: &[(u64, Record)]) -> (Option<usize>, Format) {
    for (at, (_, record)) in rows.iter().enumerate().take(NOTES_MAX) {
        let cells: Vec<&str> = record.cells().collect();
        let format = dialect::recognised(&cells);
        if format != Format::Csv {
            return (Some(at), format);
        }
    }
    if rows.first().is_some_and(|(_, record)| dialect::is_headless_thunderbird(&record.cells().collect::<Vec<_>>())) {
        return (None, Format::Thunderbird);
    }
    // Thunderbird in a language nobody here reads: its number of columns, words in the first row, addresses below.
    if let [(_, first), (_, second), ..] = rows
        && dialect::is_headless_thunderbird(&second.cells().collect::<Vec<_>>())
        && !first.cells().any(guess::is_value)
    {
        return (Some(0), Format::Thunderbird);
    }
    let widest = rows.iter().map(|(_, record)| record.len()).max().unwrap_or(0);
    let first = rows.iter().take(NOTES_MAX).position(|(_, record)| record.len() == widest).unwrap_or(0);
    let is_header = rows.get(first).is_some_and(|(_, record)| {
        !record.cells().any(guess::is_value) && record.cells().any(|cell| !cell.trim().is_empty())
    });
    (is_header.then_some(first), Format::Csv)
}
