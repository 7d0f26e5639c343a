//! The rows of a table, cut out of chunks. No row is held beyond its limit, and a quote that never closes costs its own
//! line: reading goes on behind it.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::{Unfit, encoding};
use crate::import::limit::{COLUMNS_MAX, ENDLESS_ROWS_MAX, ROW_BYTES_MAX};

/// A row's cells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    text: String,
    ends: Vec<usize>,
}

impl Record {
    /// The cells from the first to the last.
    pub(crate) fn cells(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|nth| {
            let from = if nth == 0 { 0 } else { self.ends[nth - 1] };
            &self.text[from..self.ends[nth]]
        })
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is nothing in them but text and line ends.
    pub(crate) fn is_plain(&self) -> bool {
        self.text.bytes().all(|octet| octet >= b' ' && octet != 0x7F || matches!(octet, b'\n' | b'\r' | b'\t'))
    }

    /// Whether there is nothing in any of them.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    fn new(bytes: &[u8], ends: &[usize]) -> Self {
        let cut = |text: &str| ends.iter().all(|end| text.is_char_boundary(*end));
        match std::str::from_utf8(bytes) {
            Ok(text) if cut(text) => Self { text: text.to_owned(), ends: ends.to_vec() },
            _ => {
                let mut record = Self::default();
                let mut from = 0;
                for end in ends {
                    record.text.push_str(&encoding::stray(&bytes[from..*end]));
                    record.ends.push(record.text.len());
                    from = *end;
                }
                record
            }
        }
    }
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// More of the file is needed.
    More,
    /// A row, and where it began in the file.
    Row(u64, Record),
    /// What should have been a row, where it began, and why it is none.
    Bad(u64, &'static str),
    /// The file is over.
    End,
}

const TOO_LONG: &str = "This row is longer than 1 MiB.";
const ENDLESS: &str = "A quotation mark in this row is never closed.";
const TOO_WIDE: &str = "This row has more than 1,000 columns.";

/// Cuts rows out of what it is given.
pub(crate) struct Records {
    delimiter: u8,
    reader: Reader,
    buffer: Vec<u8>,
    /// Where the buffer begins in the file.
    offset: u64,
    /// Where the row begins in the buffer, and how far it was read.
    start: usize,
    read: usize,
    out: Vec<u8>,
    ends: Vec<usize>,
    out_len: usize,
    ends_len: usize,
    /// Throwing away the rest of a row that was refused.
    skipping: bool,
    endless: u32,
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new().delimiter(delimiter).build()
}

impl Records {
    /// Rows of a file that is read from `offset`.
    pub(crate) fn new(delimiter: u8, offset: u64) -> Self {
        Self {
            delimiter,
            reader: reader(delimiter),
            buffer: Vec::new(),
            offset,
            start: 0,
            read: 0,
            out: vec![0; 4 << 10],
            ends: vec![0; 128],
            out_len: 0,
            ends_len: 0,
            skipping: false,
            endless: 0,
        }
    }

    /// Takes the next chunk.
    pub(crate) fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.start);
        self.offset += self.start as u64;
        self.read -= self.start;
        self.start = 0;
        self.buffer.extend_from_slice(chunk);
    }

    /// The next row. `last`: nothing comes behind what was pushed.
    pub(crate) fn next(&mut self, last: bool) -> Result<Next, Unfit> {
        if self.skipping && !self.skip() {
            return Ok(if last { Next::End } else { Next::More });
        }
        loop {
            if self.read - self.start > ROW_BYTES_MAX {
                return self.endless();
            }
            let input = &self.buffer[self.read..];
            if input.is_empty() && !last {
                return Ok(Next::More);
            }
            let (result, nin, nout, nends) =
                self.reader.read_record(input, &mut self.out[self.out_len..], &mut self.ends[self.ends_len..]);
            self.read += nin;
            self.out_len += nout;
            self.ends_len += nends;
            match result {
                ReadRecordResult::InputEmpty if !last => return Ok(Next::More),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => {
                    let length = self.out.len();
                    self.out.resize(length * 2, 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() > COLUMNS_MAX => return Ok(self.wide()),
                ReadRecordResult::OutputEndsFull => {
                    let length = self.ends.len();
                    self.ends.resize(length * 2, 0);
                }
                // The file is over, and the row took every line that was left.
                ReadRecordResult::Record if self.read == self.buffer.len() && last && self.is_open() => {
                    return self.endless();
                }
                ReadRecordResult::Record if self.ends_len > COLUMNS_MAX => return Ok(self.wide_done()),
                ReadRecordResult::Record => return Ok(self.row()),
                ReadRecordResult::End => return Ok(Next::End),
            }
        }
    }

    /// Whether the row that is being read stands in quotes that have not closed: its bytes hold an odd number of them.
    fn is_open(&self) -> bool {
        let row = &self.buffer[self.start..self.read];
        memchr::memchr_iter(b'"', row).count() % 2 == 1 && memchr::memchr2(b'\n', b'\r', row.trim_ascii()).is_some()
    }

    fn begun(&self) -> u64 {
        self.offset + self.start as u64
    }

    fn row(&mut self) -> Next {
        let row = Next::Row(self.begun(), Record::new(&self.out[..self.out_len], &self.ends[..self.ends_len]));
        self.start = self.read;
        self.fresh();
        row
    }

    fn fresh(&mut self) {
        (self.out_len, self.ends_len) = (0, 0);
        if self.out.len() > 64 << 10 {
            self.out = vec![0; 4 << 10];
        }
    }

    /// A row that does not end: its first line is given up, and the next one is tried.
    fn endless(&mut self) -> Result<Next, Unfit> {
        self.endless += 1;
        if self.endless > ENDLESS_ROWS_MAX {
            return Err(Unfit(
                "Too many rows have quotation marks that are never closed. Is this file a table? Save it as CSV again."
                    .to_owned(),
            ));
        }
        // Blank lines before the row are no row.
        let blank = self.buffer[self.start..].iter().take_while(|octet| matches!(octet, b'\n' | b'\r')).count();
        self.start += blank.min(self.read - self.start);
        let begun = self.begun();
        let quoted = memchr::memchr(b'"', &self.buffer[self.start..self.read]).is_some();
        let line = memchr::memchr(b'\n', &self.buffer[self.start..]).filter(|_| quoted);
        match line {
            Some(at) => self.start += at + 1,
            None => {
                self.start = self.buffer.len();
                self.skipping = true;
            }
        }
        self.read = self.start;
        self.reader = reader(self.delimiter);
        self.fresh();
        Ok(Next::Bad(begun, if quoted { ENDLESS } else { TOO_LONG }))
    }

    /// A row of too many columns: what is left of it is thrown away.
    fn wide(&mut self) -> Next {
        let begun = self.begun();
        self.start = self.read;
        self.reader = reader(self.delimiter);
        self.fresh();
        self.skipping = true;
        Next::Bad(begun, TOO_WIDE)
    }

    fn wide_done(&mut self) -> Next {
        let begun = self.begun();
        self.start = self.read;
        self.fresh();
        Next::Bad(begun, TOO_WIDE)
    }

    /// Throws away up to the end of the line; says whether it was found.
    fn skip(&mut self) -> bool {
        match memchr::memchr2(b'\n', b'\r', &self.buffer[self.start..]) {
            Some(at) => {
                self.start += at + 1;
                self.skipping = false;
            }
            None => self.start = self.buffer.len(),
        }
        self.read = self.start;
        !self.skipping
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(bytes: &[u8], chunk: usize) -> Result<Vec<Result<Vec<String>, &'static str>>, Unfit> {
        let mut records = Records::new(b',', 0);
        let mut rows = Vec::new();
        let mut chunks = bytes.chunks(chunk);
        let mut last = false;
        loop {
            match records.next(last)? {
                Next::More => match chunks.next() {
                    Some(chunk) => records.push(chunk),
                    None => last = true,
                },
                Next::Row(_, record) => rows.push(Ok(record.cells().map(str::to_owned).collect())),
                Next::Bad(_, why) => rows.push(Err(why)),
                Next::End => return Ok(rows),
            }
        }
    }

    #[test]
    fn rows_come_out_whatever_the_chunks_and_line_ends() {
        let want: Vec<Result<Vec<String>, &str>> = vec![
            Ok(vec!["a".into(), "b\nc".into(), String::new()]),
            Ok(vec!["d".into(), "say \"x\"".into()]),
            Ok(vec!["é日".into(), "last".into()]),
        ];
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("a,\"b\nc\",{end}{end}d,\"say \"\"x\"\"\"{end}é日,last");
            for chunk in [1, 2, 3, 5, 1000] {
                assert_eq!(all(text.as_bytes(), chunk).unwrap(), want, "{chunk} {end:?}");
            }
        }
    }

    #[test]
    fn a_row_knows_where_it_began_and_can_be_read_again_from_there() {
        let text = "h,i\r\na,\"x\ny\"\r\n\r\nb,2\r\n";
        let mut records = Records::new(b',', 0);
        records.push(text.as_bytes());
        let mut begun = Vec::new();
        while let Next::Row(at, record) = records.next(true).unwrap() {
            let mut again = Records::new(b',', at);
            again.push(&text.as_bytes()[at as usize..]);
            assert_eq!(again.next(true).unwrap(), Next::Row(at, record));
            begun.push(at);
        }
        assert_eq!(begun.len(), 3);
    }

    #[test]
    fn an_endless_quote_costs_its_own_line() {
        let mut text = b"a,1\n\"b,2\nc,3\n".to_vec();
        let got = all(&text, 4).unwrap();
        assert_eq!(got[1], Err(ENDLESS));
        assert_eq!(got[2], Ok(vec!["c".to_owned(), "3".to_owned()]));
        text.extend(std::iter::repeat_n(b"dd,4\n".as_slice(), 600_000).flatten());
        let got = all(&text, 1 << 16).unwrap();
        assert_eq!((got.len(), got.iter().filter(|row| row.is_err()).count()), (600_003, 1));
    }

    #[test]
    fn nothing_but_open_quotes_is_given_up_soon() {
        let line = format!("\"{}\n", "x".repeat(600_000));
        let bytes = line.repeat(2 * ENDLESS_ROWS_MAX as usize + 3);
        // Two open quotes close each other, so every attempt runs into the limit of a row.
        assert!(all(bytes.as_bytes(), 1 << 16).is_err());
    }

    #[test]
    fn endless_lines_and_columns_are_refused_and_read_past() {
        let mut text = vec![b'x'; 5 << 20];
        text.extend_from_slice(b"\nok,1\n");
        text.extend(std::iter::repeat_n(b',', 5_000));
        text.extend_from_slice(b"\nok,2\n");
        let got = all(&text, 1 << 16).unwrap();
        assert_eq!(got[0], Err(TOO_LONG));
        assert_eq!(got[1], Ok(vec!["ok".to_owned(), "1".to_owned()]));
        assert_eq!(got[2], Err(TOO_WIDE));
        assert_eq!(got[3], Ok(vec!["ok".to_owned(), "2".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_bytes_end_without_panic_and_chunks_make_no_difference(bytes in prop::collection::vec(prop_oneof![
            Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()
        ], 0..80), chunk in 1_usize..9) {
            let bytes = [b"x".as_slice(), &bytes].concat();
            prop_assert_eq!(all(&bytes, chunk), all(&bytes, 1000));
        }
    }
}
