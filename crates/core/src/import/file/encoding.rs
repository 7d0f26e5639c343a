//! Which encoding a file is in: told by a byte-order mark, by NUL bytes, by being valid UTF-8, else guessed.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// What is shown to the guesser; its answer does not change after a few pages of text.
const GUESS_BYTES_MAX: usize = 2 << 20;
/// Of a file's first bytes, how many are counted for NULs.
const HEAD_BYTES: usize = 4 << 10;

/// Looks at a whole file, chunk by chunk.
pub(crate) struct Looking {
    head: Vec<u8>,
    guess: EncodingDetector,
    shown: usize,
    /// The beginning of a character whose rest is in the next chunk.
    rest: Vec<u8>,
    /// Characters of several bytes that are valid UTF-8, and places that are not.
    valid: u64,
    invalid: u64,
    /// The two octets before, how many were not ASCII, and how many of those stand alone between ASCII letters.
    before: [u8; 2],
    high: u64,
    alone: u64,
}

impl Default for Looking {
    fn default() -> Self {
        let guess = EncodingDetector::new(Iso2022JpDetection::Deny);
        Self {
            head: Vec::new(),
            guess,
            shown: 0,
            rest: Vec::new(),
            valid: 0,
            invalid: 0,
            before: [0; 2],
            high: 0,
            alone: 0,
        }
    }
}

/// What a file turned out to be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) encoding: &'static Encoding,
    /// The length of the byte-order mark.
    pub(crate) mark: usize,
}

/// A byte-order mark.
pub(crate) fn marked(head: &[u8]) -> Option<Found> {
    Encoding::for_bom(head).map(|(encoding, mark)| Found { encoding, mark })
}

impl Looking {
    /// Takes the next chunk.
    pub(crate) fn at(&mut self, chunk: &[u8]) {
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(chunk.len());
        self.head.extend_from_slice(&chunk[..room]);
        self.utf8(chunk);
        if self.shown < GUESS_BYTES_MAX {
            self.letters(chunk);
            let part = &chunk[..chunk.len().min(GUESS_BYTES_MAX - self.shown)];
            self.shown += part.len();
            self.guess.feed(part, false);
        }
    }

    /// Counts accented letters of a single-byte code page: they stand alone between plain ones. The guesser takes a short
    /// list of European names for Chinese.
    fn letters(&mut self, chunk: &[u8]) {
        for &octet in chunk {
            let [first, middle] = self.before;
            if !middle.is_ascii() {
                self.high += 1;
                self.alone += u64::from(middle >= 0xC0 && first.is_ascii() && octet.is_ascii());
            }
            self.before = [middle, octet];
        }
    }

    /// Counts what is UTF-8 and what is not. A character may begin in one chunk and end in the next.
    fn utf8(&mut self, chunk: &[u8]) {
        let mut chunk = chunk;
        if !self.rest.is_empty() {
            let begun = self.rest.len();
            let room = chunk.len().min(4);
            self.rest.extend_from_slice(&chunk[..room]);
            match std::str::from_utf8(&self.rest).map_err(|error| (error.valid_up_to(), error.error_len())) {
                Ok(_) => self.valid += 1,
                Err((0, None)) => return,
                Err((0, Some(_))) => self.invalid += 1,
                Err(_) => self.valid += 1,
            }
            let first = std::str::from_utf8(&self.rest).ok().or_else(|| {
                let upto = std::str::from_utf8(&self.rest).err().map_or(0, |error| error.valid_up_to());
                std::str::from_utf8(&self.rest[..upto]).ok()
            });
            let taken = first.and_then(|text| text.chars().next()).map_or(begun, char::len_utf8);
            chunk = &chunk[taken.saturating_sub(begun).min(chunk.len())..];
            self.rest.clear();
        }
        while !chunk.is_empty() {
            match std::str::from_utf8(chunk) {
                Ok(text) => {
                    self.count(text.as_bytes());
                    return;
                }
                Err(error) => {
                    let upto = error.valid_up_to();
                    self.count(&chunk[..upto]);
                    match error.error_len() {
                        Some(length) => {
                            self.invalid += 1;
                            chunk = &chunk[upto + length..];
                        }
                        None => {
                            self.rest.extend_from_slice(&chunk[upto..]);
                            return;
                        }
                    }
                }
            }
        }
    }

    fn count(&mut self, valid: &[u8]) {
        if !valid.is_ascii() {
            self.valid += valid.iter().filter(|octet| **octet >= 0xC0).count() as u64;
        }
    }

    /// The answer.
    pub(crate) fn done(mut self) -> Found {
        if let Some(found) = marked(&self.head) {
            return found;
        }
        let of = |encoding| Found { encoding, mark: 0 };
        if let Some(encoding) = wide(&self.head) {
            return of(encoding);
        }
        if !self.rest.is_empty() {
            self.invalid += 1;
        }
        // A stray byte in a file of thousands of good characters spoils its row, not the file.
        if self.invalid == 0 || self.valid > 100 * self.invalid {
            return of(UTF_8);
        }
        self.letters(b" ");
        self.guess.feed(b"", true);
        let guessed = self.guess.guess(None, Utf8Detection::Deny);
        of(if !guessed.is_single_byte() && self.alone * 2 > self.high { WINDOWS_1252 } else { guessed })
    }
}

/// UTF-16 without a mark: every other byte of western text is NUL.
fn wide(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    let nuls = |from: usize| head.iter().skip(from).step_by(2).filter(|octet| **octet == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    match () {
        () if pairs < 4 => None,
        () if odd * 10 >= pairs * 4 && even * 10 < pairs => Some(UTF_16LE),
        () if even * 10 >= pairs * 4 && odd * 10 < pairs => Some(UTF_16BE),
        () => None,
    }
}

/// The name of an encoding as people know it.
pub(crate) fn name(encoding: &'static Encoding) -> &'static str {
    match encoding {
        one if one == WINDOWS_1252 => "cp1252",
        one if one == SHIFT_JIS => "Shift_JIS",
        one => one.name(),
    }
}

/// A row that is not UTF-8 in a file that is: written by another hand, in its code page.
pub(crate) fn stray(bytes: &[u8]) -> String {
    WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(bytes: &[u8], chunk: usize) -> Found {
        let mut looking = Looking::default();
        bytes.chunks(chunk).for_each(|chunk| looking.at(chunk));
        looking.done()
    }

    #[test]
    fn each_encoding_is_told_whatever_the_chunks() {
        let text = "First Name,Last Name\r\nJürgen,Müßig\r\nZoë,Ångström\r\n";
        let utf16 = |big: bool, mark: bool| -> Vec<u8> {
            let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        };
        let japanese =
            SHIFT_JIS.encode("姓,名,メール\r\n山田,太郎,taro@example.jp\r\n佐藤,花子,hanako@example.jp\r\n").0;
        for chunk in [1, 2, 3, 7, 1 << 16] {
            assert_eq!(found(text.as_bytes(), chunk), Found { encoding: UTF_8, mark: 0 });
            assert_eq!(found(format!("\u{feff}{text}").as_bytes(), chunk), Found { encoding: UTF_8, mark: 3 });
            assert_eq!(found(&WINDOWS_1252.encode(text).0, chunk).encoding, WINDOWS_1252);
            assert_eq!(found(&utf16(false, true), chunk), Found { encoding: UTF_16LE, mark: 2 });
            assert_eq!(found(&utf16(true, true), chunk), Found { encoding: UTF_16BE, mark: 2 });
            assert_eq!(found(&utf16(false, false), chunk).encoding, UTF_16LE);
            assert_eq!(found(&utf16(true, false), chunk).encoding, UTF_16BE);
            assert_eq!(found(&japanese, chunk).encoding, SHIFT_JIS);
            assert_eq!(found("😀日本語".as_bytes(), chunk).encoding, UTF_8);
        }
        assert_eq!(found(b"", 1).encoding, UTF_8);
    }

    #[test]
    fn one_stray_byte_does_not_turn_a_utf_8_file_into_something_else() {
        let mut bytes = "Jürgen,Zoë,Ångström\n".repeat(200).into_bytes();
        bytes.extend_from_slice(b"M\xFCller,x,y\n");
        assert_eq!(found(&bytes, 5).encoding, UTF_8);
        assert_eq!(stray(b"M\xFCller"), "Müller");
    }
}
