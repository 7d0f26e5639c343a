//! The objects of a JSContact file, cut out of chunks: an array of cards, one card, or one card a line.

use crate::import::limit::{CARD_BYTES_MAX, JSON_DEPTH_MAX};

/// An object and where it began; or why there is none.
pub(crate) type Piece = (u64, Result<Vec<u8>, &'static str>);

const TOO_LARGE: &str = "This card is larger than 10 MiB.";
const TOO_DEEP: &str = "This card holds things inside things, more than 64 deep.";
const NEVER_ENDS: &str = "This card never ends: a closing brace is missing.";
const NO_CARD: &str = "This is not a JSContact card.";

/// Cuts objects out of what it is given.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    at: u64,
    begun: u64,
    buffer: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
    refused: Option<&'static str>,
    /// In something between objects that belongs to none.
    junk: bool,
}

impl Objects {
    /// Objects of a file that is read from `offset`.
    pub(crate) fn new(offset: u64) -> Self {
        Self { at: offset, ..Self::default() }
    }

    /// Takes the next chunk.
    pub(crate) fn push(&mut self, chunk: &[u8], mut found: impl FnMut(Piece)) {
        for &octet in chunk {
            self.octet(octet, &mut found);
            self.at += 1;
        }
    }

    /// The file is over.
    pub(crate) fn finish(self, mut found: impl FnMut(Piece)) {
        if self.depth > 0 {
            found((self.begun, Err(self.refused.unwrap_or(NEVER_ENDS))));
        } else if self.junk {
            found((self.begun, Err(NO_CARD)));
        }
    }

    fn octet(&mut self, octet: u8, found: &mut impl FnMut(Piece)) {
        if self.depth == 0 {
            return self.between(octet, found);
        }
        self.keep(octet);
        if self.in_text {
            match octet {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return;
        }
        match octet {
            b'"' => self.in_text = true,
            b'{' | b'[' => {
                self.depth += 1;
                if self.depth > JSON_DEPTH_MAX {
                    self.refuse(TOO_DEEP);
                }
            }
            b'}' | b']' => {
                self.depth -= 1;
                if self.depth == 0 {
                    let buffer = std::mem::take(&mut self.buffer);
                    found((self.begun, self.refused.take().map_or(Ok(buffer), Err)));
                }
            }
            _ => {}
        }
    }

    /// Between objects: the array's own marks, blanks, a byte-order mark.
    fn between(&mut self, octet: u8, found: &mut impl FnMut(Piece)) {
        match octet {
            b'{' => {
                self.end_junk(found);
                self.depth = 1;
                self.begun = self.at;
                self.buffer.push(octet);
            }
            b'[' | b']' | b',' | b'\n' | b'\r' | b' ' | b'\t' | 0xEF | 0xBB | 0xBF | 0x1E => self.end_junk(found),
            _ if !self.junk => {
                self.junk = true;
                self.begun = self.at;
            }
            _ => {}
        }
    }

    fn end_junk(&mut self, found: &mut impl FnMut(Piece)) {
        if std::mem::take(&mut self.junk) {
            found((self.begun, Err(NO_CARD)));
        }
    }

    fn keep(&mut self, octet: u8) {
        if self.refused.is_none() {
            self.buffer.push(octet);
            if self.buffer.len() > CARD_BYTES_MAX {
                self.refuse(TOO_LARGE);
            }
        }
    }

    fn refuse(&mut self, why: &'static str) {
        self.refused.get_or_insert(why);
        self.buffer = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, chunk: usize) -> Vec<(u64, Result<String, &'static str>)> {
        let mut objects = Objects::new(0);
        let mut pieces = Vec::new();
        text.as_bytes().chunks(chunk).for_each(|chunk| objects.push(chunk, |piece| pieces.push(piece)));
        objects.finish(|piece| pieces.push(piece));
        pieces.into_iter().map(|(at, piece)| (at, piece.map(|bytes| String::from_utf8(bytes).unwrap()))).collect()
    }

    #[test]
    fn arrays_single_cards_and_lines_are_cut() {
        for chunk in [1, 3, 100] {
            let got = all(r#" [ {"a":"}\"{"}, {"b":[{"c":1}]} , 7 ]"#, chunk);
            assert_eq!(
                got,
                [(3, Ok(r#"{"a":"}\"{"}"#.into())), (17, Ok(r#"{"b":[{"c":1}]}"#.into())), (35, Err(NO_CARD))]
            );
            assert_eq!(all("{\"a\":1}\n{\"b\":2}\n", chunk).len(), 2);
            assert_eq!(all("{\"a\":1", chunk), [(0, Err(NEVER_ENDS))]);
        }
    }

    #[test]
    fn depth_and_size_are_bounded() {
        let deep = format!("[{}{}, {{}}]", "{\"a\":".repeat(70), "}".repeat(70));
        let got = all(&deep, 1000);
        assert_eq!((got[0].1.clone(), got[1].1.clone()), (Err(TOO_DEEP), Ok("{}".into())));
        let large = format!("{{\"a\":\"{}\"}}{{}}", "x".repeat(CARD_BYTES_MAX));
        let got = all(&large, 1 << 16);
        assert_eq!((got[0].1.clone(), got[1].1.clone()), (Err(TOO_LARGE), Ok("{}".into())));
    }
}
