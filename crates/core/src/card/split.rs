//! Splits a file of many cards into single ones, without ever holding more than one.
//!
//! Blank lines and junk between cards belong to none. A BEGIN inside of a card is a card inside it only after AGENT; else
//! the card before it never ended, and is handed out as refused.

use std::ops::Range;

use super::lexer::{CARD_BYTES_MAX, CARD_DEPTH_MAX, Ending, is_mark, physical};

/// One card of a file, or what should have been one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it stood, in octets from the start of the file.
    pub span: Range<u64>,
    /// Its bytes, BEGIN to END with the line ending; or why there are none.
    pub card: Result<Vec<u8>, Refused>,
}

/// Why a piece is no card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// END is missing.
    #[error("This card never ends: END:VCARD is missing.")]
    NeverEnds,
    /// More than a card may have.
    #[error("This card is larger than 32 MiB.")]
    TooLarge,
    /// Cards inside cards inside cards.
    #[error("This card has cards inside cards, more than 16 deep.")]
    TooDeep,
}

/// Takes a file chunk by chunk and hands out its cards.
#[derive(Debug, Default)]
pub struct Splitter {
    /// What came since the last whole line, and the card it goes on with.
    buffer: Vec<u8>,
    /// Where `buffer` starts in the file.
    offset: u64,
    /// The part of `buffer` that has been looked at.
    seen: usize,
    /// How far the line that has not ended yet was searched for its end.
    searched: usize,
    start: u64,
    depth: usize,
    after_agent: bool,
    refused: Option<Refused>,
    ending: Option<Ending>,
    /// What a card may have where less is taken than a card may be.
    bytes_max: Option<usize>,
}

impl Splitter {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same for cards of at most so many octets: no more is ever held.
    pub fn within(bytes_max: usize) -> Self {
        Self { bytes_max: Some(bytes_max.min(CARD_BYTES_MAX)), ..Self::default() }
    }

    /// Takes the next chunk; each card that ends in it goes to `found`.
    pub fn push(&mut self, chunk: &[u8], mut found: impl FnMut(Piece)) {
        self.buffer.extend_from_slice(chunk);
        // Lone CRs end lines only where there is no LF: decided by the first line break that has something after it.
        if self.ending.is_none() {
            self.ending = match memchr::memchr2(b'\r', b'\n', &self.buffer) {
                Some(at) if at + 1 < self.buffer.len() => Some(ending_at(&self.buffer, at)),
                _ => return self.bound(),
            };
        }
        self.lines(false, &mut found);
        self.bound();
    }

    /// The file is over: what is left has ended, or never will.
    pub fn finish(mut self, mut found: impl FnMut(Piece)) {
        self.ending.get_or_insert(Ending::of(&self.buffer));
        self.lines(true, &mut found);
        if self.depth > 0 {
            let end = self.offset + self.buffer.len() as u64;
            found(self.piece(end, Err(Refused::NeverEnds)));
        }
    }

    fn lines(&mut self, last: bool, found: &mut impl FnMut(Piece)) {
        let ending = self.ending.unwrap_or(Ending::Crlf);
        let mut taken = 0;
        while self.seen < self.buffer.len() {
            let stop = if ending == Ending::Cr { b'\r' } else { b'\n' };
            if !last && memchr::memchr(stop, &self.buffer[self.searched.max(self.seen)..]).is_none() {
                self.searched = self.buffer.len();
                break;
            }
            let at = self.seen;
            let (end, next) = physical(&self.buffer, at, ending);
            self.seen = next;
            if let Some(card) = self.line(at, end, found) {
                let from = taken_from(self.start, self.offset);
                let card = card.map(|()| self.buffer[from..next].to_vec());
                found(self.piece(self.offset + next as u64, card));
            }
            let kept = self.depth > 0 && self.refused.is_none();
            taken = if kept { taken_from(self.start, self.offset) } else { next };
        }
        self.forget(taken);
    }

    /// Drops the first octets of the buffer.
    fn forget(&mut self, octets: usize) {
        self.buffer.drain(..octets);
        self.offset += octets as u64;
        self.seen = self.seen.saturating_sub(octets);
        self.searched = self.searched.saturating_sub(octets);
    }

    /// Looks at one physical line; says when a card has ended with it.
    fn line(&mut self, at: usize, end: usize, found: &mut impl FnMut(Piece)) -> Option<Result<(), Refused>> {
        let text = &self.buffer[at..end];
        let marked =
            if self.offset + at as u64 == 0 { text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text) } else { text };
        let folded = matches!(marked.first(), Some(b' ' | b'\t')) && self.depth > 0;
        if !folded && is_mark(marked, "BEGIN") {
            let here = self.offset + at as u64;
            if self.depth > 0 && !self.after_agent {
                let never = self.piece(here, Err(self.refused.unwrap_or(Refused::NeverEnds)));
                found(never);
                self.depth = 0;
            }
            if self.depth == 0 {
                (self.start, self.refused) = (here, None);
            }
            self.depth += 1;
            if self.depth > CARD_DEPTH_MAX {
                self.refused.get_or_insert(Refused::TooDeep);
            }
            self.after_agent = false;
            return None;
        }
        if !folded && self.depth > 0 && is_mark(marked, "END") {
            self.depth -= 1;
            self.after_agent = false;
            if self.depth > 0 {
                return None;
            }
            return Some(match self.refused.take() {
                Some(refused) => Err(refused),
                None => Ok(()),
            });
        }
        if !text.trim_ascii().is_empty() {
            self.after_agent = is_agent(text);
        }
        None
    }

    /// Lets go of a card, or of a line of junk, that has grown too large.
    fn bound(&mut self) {
        if self.buffer.len() <= self.bytes_max.unwrap_or(CARD_BYTES_MAX) {
            return;
        }
        if self.depth > 0 {
            self.refused = Some(Refused::TooLarge);
        }
        // The start of an endless line goes; what is left of it begins no card.
        let keep = self.buffer.len().min(64);
        self.forget(self.buffer.len() - keep);
    }

    fn piece(&self, end: u64, card: Result<Vec<u8>, Refused>) -> Piece {
        Piece { span: self.start..end, card }
    }
}

fn taken_from(start: u64, offset: u64) -> usize {
    start.saturating_sub(offset) as usize
}

fn ending_at(buffer: &[u8], at: usize) -> Ending {
    match (buffer[at], buffer[at + 1]) {
        (b'\r', b'\n' | b'\r') => Ending::Crlf,
        (b'\r', _) => Ending::Cr,
        _ => Ending::Lf,
    }
}

fn is_agent(text: &[u8]) -> bool {
    let head = text.split(|octet| matches!(octet, b':' | b';')).next().unwrap_or_default();
    let name = head.rsplit(|octet| *octet == b'.').next().unwrap_or_default();
    name.trim_ascii().eq_ignore_ascii_case(b"AGENT")
}

/// Every card of a file that is at hand as a whole.
pub fn cards(bytes: &[u8]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut splitter = Splitter::new();
    for chunk in bytes.chunks(1 << 16) {
        splitter.push(chunk, |piece| pieces.push(piece));
    }
    splitter.finish(|piece| pieces.push(piece));
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FILE: &str = "\u{feff}BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n\r\njunk\r\nbegin:vcard\r\nNOTE:x\r\n END:VCARD\r\nend:vcard\r\nBEGIN:VCARD\r\nFN:lost\r\nBEGIN:VCARD\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:C\r\nEND:VCARD\r\nEND:VCARD";

    fn texts(pieces: &[Piece]) -> Vec<Result<String, Refused>> {
        pieces.iter().map(|piece| piece.card.clone().map(|card| String::from_utf8(card).unwrap())).collect()
    }

    #[test]
    fn cards_come_out_whole_and_what_never_ends_is_refused() {
        let pieces = cards(FILE.as_bytes());
        let want = [
            Ok("\u{feff}BEGIN:VCARD\r\nFN:A\r\nEND:VCARD\r\n".to_owned()),
            Ok("begin:vcard\r\nNOTE:x\r\n END:VCARD\r\nend:vcard\r\n".to_owned()),
            Err(Refused::NeverEnds),
            Ok("BEGIN:VCARD\r\nAGENT:\r\nBEGIN:VCARD\r\nFN:C\r\nEND:VCARD\r\nEND:VCARD".to_owned()),
        ];
        assert_eq!(texts(&pieces), want);
        for piece in pieces {
            if let Ok(card) = piece.card {
                assert_eq!(&FILE.as_bytes()[piece.span.start as usize..piece.span.end as usize], card);
            }
        }
        assert_eq!(texts(&cards(b"x\nBEGIN:VCARD\nFN:A\n")), [Err(Refused::NeverEnds)]);
        assert_eq!(texts(&cards(b"BEGIN:VCARD\rFN:A\rEND:VCARD\rBEGIN:VCARD\rEND:VCARD\r")).len(), 2);
    }

    #[test]
    fn an_endless_card_and_an_endless_line_are_let_go() {
        let mut splitter = Splitter::new();
        let mut pieces = Vec::new();
        splitter.push(b"BEGIN:VCARD\n", |piece| pieces.push(piece));
        for _ in 0..80 {
            splitter.push(&[b'A'; 1 << 20], |piece| pieces.push(piece));
            assert!(splitter.buffer.len() <= CARD_BYTES_MAX);
        }
        splitter.push(b"\nEND:VCARD\nBEGIN:VCARD\nFN:B\nEND:VCARD\n", |piece| pieces.push(piece));
        splitter.finish(|piece| pieces.push(piece));
        assert_eq!(texts(&pieces), [Err(Refused::TooLarge), Ok("BEGIN:VCARD\nFN:B\nEND:VCARD\n".to_owned())]);
    }

    proptest! {
        #[test]
        fn chunks_make_no_difference(sizes in prop::collection::vec(1_usize..40, 1..30)) {
            let mut splitter = Splitter::new();
            let mut pieces = Vec::new();
            let mut rest = FILE.as_bytes();
            for size in sizes.iter().cycle() {
                let (chunk, after) = rest.split_at((*size).min(rest.len()));
                splitter.push(chunk, |piece| pieces.push(piece));
                rest = after;
                if rest.is_empty() { break }
            }
            splitter.finish(|piece| pieces.push(piece));
            prop_assert_eq!(pieces, cards(FILE.as_bytes()));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(prop_oneof![
            Just(b"BEGIN:VCARD\n".to_vec()), Just(b"END:VCARD\r\n".to_vec()), Just(b"AGENT:\n".to_vec()), prop::collection::vec(any::<u8>(), 0..9)
        ], 0..40)) {
            let bytes = bytes.concat();
            for piece in cards(&bytes) {
                prop_assert!(piece.span.end as usize <= bytes.len());
            }
        }
    }
}
