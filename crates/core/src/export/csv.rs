//! Cells of a table: quoted where they must be, and never a formula.

use crate::import::cell::guarded;

/// Writes rows of cells.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    out: Vec<u8>,
    begun: bool,
}

impl Rows {
    /// Adds a cell to the row.
    pub(crate) fn cell(&mut self, value: &str) {
        if std::mem::replace(&mut self.begun, true) {
            self.out.push(b',');
        }
        let guard = guarded(value);
        let quote = value.contains(['"', ',', '\n', '\r', ';', '\t'])
            || value.starts_with(char::is_whitespace)
            || value.ends_with(char::is_whitespace);
        if !quote {
            if guard {
                self.out.push(b'\'');
            }
            self.out.extend_from_slice(value.as_bytes());
            return;
        }
        self.out.push(b'"');
        if guard {
            self.out.push(b'\'');
        }
        for (nth, part) in value.split('"').enumerate() {
            if nth > 0 {
                self.out.extend_from_slice(b"\"\"");
            }
            self.out.extend_from_slice(part.as_bytes());
        }
        self.out.push(b'"');
    }

    /// Ends the row.
    pub(crate) fn end(&mut self) {
        self.out.extend_from_slice(b"\r\n");
        self.begun = false;
    }

    /// What is written so far, and not taken yet.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::import::cell::meant;

    #[test]
    fn cells_are_quoted_only_where_they_must_be() {
        let mut rows = Rows::default();
        for cell in ["Ann", "", "a,b", "say \"hi\"", "two\nlines", "=1+1", "+43 1 23", " --08-20", "'=x", "a;b"] {
            rows.cell(cell);
        }
        rows.end();
        let text = String::from_utf8(rows.take()).unwrap();
        let want = "Ann,,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",'=1+1,+43 1 23,\" --08-20\",''=x,\"a;b\"\r\n";
        assert_eq!(text, want);
    }

    proptest! {
        #[test]
        fn any_cells_come_back(rows in prop::collection::vec(prop::collection::vec("[a-z\",;=+@'\\-\n\t é日 ]{0,8}", 2..5), 1..5)) {
            let mut written = Rows::default();
            for row in &rows {
                row.iter().for_each(|cell| written.cell(cell));
                written.end();
            }
            let bytes = written.take();
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes.as_slice());
            let read: Vec<Vec<String>> = reader
                .records()
                .map(|record| record.unwrap().iter().map(|cell| meant(cell).to_owned()).collect())
                .collect();
            // A line of empty cells is still a row: there are commas in it.
            prop_assert_eq!(read, rows);
        }
    }
}
