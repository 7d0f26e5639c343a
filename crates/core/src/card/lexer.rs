//! Content lines: where each property of a card begins, and where its group, name, parameters and value are.
//!
//! Everything above works on *logical* lines (RFC 6350 §3.2, unfolded); their raw spans stay known, so that an untouched
//! line leaves as the very bytes it came in. Quoted-printable soft breaks and the base64 blocks of 2.1 are folds too.
//! Nothing is refused here but what is no card at all or passes a limit.

use std::{collections::HashMap, ops::Range, sync::Arc};

use memchr::{memchr, memchr2, memchr2_iter};

use super::param;
use crate::{Error, Result};

/// Bytes of one card, photo included.
pub const CARD_BYTES_MAX: usize = 32 << 20;
/// Lines of one card; a group card has one for each member.
pub const CARD_LINES_MAX: usize = 100_000;
/// Properties of one card without the members of a group: each is a value of the contact, and may have one of its own as a
/// label. Nobody has a tenth of it.
pub const CARD_PROPERTIES_MAX: usize = 2_000;
/// Parameters of one line, and words of its TYPE.
pub const CARD_PARAMS_MAX: usize = 1_000;
/// Parts of a name, an address, a company and the like, and values of a list in one line.
pub const CARD_PARTS_MAX: usize = 200;
/// Cards inside cards (AGENT of 2.1).
pub const CARD_DEPTH_MAX: usize = 16;

/// A group that no line has.
pub(crate) const NO_GROUP: u32 = u32::MAX;

/// How lines end. A lone CR counts only in a card that has no LF at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Crlf,
    Lf,
    Cr,
}

impl Ending {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        match memchr(b'\n', bytes) {
            Some(at) if at > 0 && bytes[at - 1] == b'\r' => Self::Crlf,
            Some(_) => Self::Lf,
            None if memchr(b'\r', bytes).is_some() => Self::Cr,
            None => Self::Crlf,
        }
    }

    pub(crate) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Crlf => b"\r\n",
            Self::Lf => b"\n",
            Self::Cr => b"\r",
        }
    }
}

/// What a line is to the card around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A property of this card.
    Property,
    /// The card's own BEGIN.
    Begin,
    /// The card's own END.
    End,
    /// Blank, without a colon, outside of BEGIN and END, or of a card inside this card.
    Other,
}

/// One logical line. Offsets of group, name and value count from the start of its logical text.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    /// The raw bytes, line ending included.
    pub(crate) raw: Range<u32>,
    /// Where the logical text is: in the card's bytes, or in the arena when it was folded.
    text: Range<u32>,
    pub(crate) folded: bool,
    pub(crate) kind: Kind,
    pub(crate) group: u32,
    name: Range<u32>,
    colon: u32,
}

/// The lines of one card.
#[derive(Debug)]
pub(crate) struct Lexed {
    pub(crate) bytes: Arc<[u8]>,
    arena: Vec<u8>,
    pub(crate) lines: Vec<Line>,
    /// Groups by number, as first written.
    pub(crate) groups: Vec<Vec<u8>>,
    pub(crate) ending: Ending,
}

/// A property as its parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property<'a> {
    pub(crate) index: usize,
    pub(crate) group: u32,
    pub(crate) group_text: &'a [u8],
    pub(crate) name: &'a [u8],
    /// Everything between name and colon, with its leading semicolon.
    pub(crate) params: &'a [u8],
    pub(crate) value: &'a [u8],
}

impl Lexed {
    /// Lexes one card.
    pub(crate) fn new(bytes: Arc<[u8]>) -> Result<Self> {
        if bytes.len() > CARD_BYTES_MAX {
            return Err(Error::too_large("This card is larger than 32 MiB. Make its photo smaller."));
        }
        let ending = Ending::of(&bytes);
        let mut lexer = Lexer {
            ending,
            bytes: &bytes,
            at: 0,
            arena: Vec::new(),
            // Exactly once: a list that grows takes twice as much while it does.
            lines: Vec::with_capacity(lines_at_most(&bytes, ending)),
            groups: Vec::new(),
            group_ids: HashMap::new(),
        };
        lexer.lines()?;
        let Lexer { arena, mut lines, groups, ending, .. } = lexer;
        lines.shrink_to_fit();
        Ok(Self { bytes, arena, lines, groups, ending })
    }

    /// The logical text of a line, without its ending.
    pub(crate) fn text(&self, line: &Line) -> &[u8] {
        let from: &[u8] = if line.folded { &self.arena } else { &self.bytes };
        &from[line.text.start as usize..line.text.end as usize]
    }

    /// The raw bytes of a line, ending included.
    pub(crate) fn raw(&self, line: &Line) -> &[u8] {
        &self.bytes[line.raw.start as usize..line.raw.end as usize]
    }

    pub(crate) fn property(&self, index: usize) -> Property<'_> {
        let line = &self.lines[index];
        let text = self.text(line);
        let (name, colon) = (line.name.start as usize..line.name.end as usize, line.colon as usize);
        Property {
            index,
            group: line.group,
            group_text: &text[..name.start.saturating_sub(1)],
            name: &text[name.clone()],
            params: &text[name.end..colon],
            value: &text[colon + 1..],
        }
    }

    /// The properties of the card in order, without BEGIN and END.
    pub(crate) fn properties(&self) -> impl Iterator<Item = Property<'_>> {
        self.lines.iter().enumerate().filter(|(_, line)| line.kind == Kind::Property).map(|(at, _)| self.property(at))
    }

    /// The first property of this name.
    pub(crate) fn first(&self, name: &str) -> Option<Property<'_>> {
        self.properties().find(|property| property.name.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// Where in the card's bytes the value of a line stands, folds included.
    pub(crate) fn raw_value(&self, index: usize) -> Range<usize> {
        let line = &self.lines[index];
        let raw = self.raw(line);
        let mut end = raw.len();
        while end > 0 && matches!(raw[end - 1], b'\r' | b'\n') {
            end -= 1;
        }
        let start = if line.folded {
            raw_colon(raw, line.colon as usize)
        } else {
            (line.text.start - line.raw.start) as usize + line.colon as usize
        } + 1;
        let base = line.raw.start as usize;
        base + start.min(end)..base + end
    }
}

/// Where the colon of a folded line is: the n-th octet that is no part of a fold.
fn raw_colon(raw: &[u8], colon: usize) -> usize {
    let (mut at, mut logical) = (line_start(raw), 0);
    while at < raw.len() {
        if matches!(raw[at], b'\r' | b'\n') {
            while at < raw.len() && matches!(raw[at], b'\r' | b'\n') {
                at += 1;
            }
            at += 1;
            continue;
        }
        if logical == colon {
            return at;
        }
        logical += 1;
        at += 1;
    }
    raw.len().saturating_sub(1)
}

/// How many lines there can be.
fn lines_at_most(bytes: &[u8], ending: Ending) -> usize {
    let stop = if ending == Ending::Cr { b'\r' } else { b'\n' };
    (memchr::memchr_iter(stop, bytes).count() + 1).min(CARD_LINES_MAX)
}

/// What stands before the first octet of a line's text: a byte order mark, blanks.
fn line_start(physical: &[u8]) -> usize {
    let mark = if physical.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    mark + physical[mark..].iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count()
}

/// One physical line from `at`: its text's end and the start of the next.
pub(crate) fn physical(bytes: &[u8], at: usize, ending: Ending) -> (usize, usize) {
    let stop = if ending == Ending::Cr { b'\r' } else { b'\n' };
    let Some(found) = memchr(stop, &bytes[at..]).map(|found| at + found) else { return (bytes.len(), bytes.len()) };
    let mut end = found;
    while end > at && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    (end, found + 1)
}

/// Whether a physical line is `word:VCARD`.
pub(crate) fn is_mark(text: &[u8], word: &str) -> bool {
    let text = text.trim_ascii();
    let word = word.as_bytes();
    text.len() > word.len()
        && text[..word.len()].eq_ignore_ascii_case(word)
        && text[word.len()..]
            .trim_ascii_start()
            .strip_prefix(b":")
            .is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"VCARD"))
}

/// Where the value begins: the first colon outside of quotes, or the first at all when the quotes never close.
fn colon(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr2(b':', b'"', &text[at..]).map(|found| at + found) {
        if text[found] == b':' {
            return Some(found);
        }
        match memchr(b'"', &text[found + 1..]) {
            Some(close) => at = found + 1 + close + 1,
            None => return memchr(b':', text),
        }
    }
    memchr(b':', text).filter(|_| memchr(b'"', text).is_some())
}

#[derive(Clone, Copy, PartialEq)]
enum Carried {
    Text,
    QuotedPrintable,
    Base64,
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word))
}

fn carried(params: &[u8]) -> Carried {
    if params.is_empty() {
        Carried::Text
    } else if contains(params, b"QUOTED-PRINTABLE") {
        Carried::QuotedPrintable
    } else if contains(params, b"BASE64") || contains(params, b"ENCODING=B") {
        Carried::Base64
    } else {
        Carried::Text
    }
}

/// Whether a line without indent goes on with the base64 above it.
fn is_base64_block(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'='))
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    ending: Ending,
    arena: Vec<u8>,
    lines: Vec<Line>,
    groups: Vec<Vec<u8>>,
    group_ids: HashMap<Vec<u8>, u32>,
}

impl Lexer<'_> {
    fn lines(&mut self) -> Result<()> {
        let (mut depth, mut begun, mut ended) = (0_usize, false, false);
        let mut properties = 0;
        while self.at < self.bytes.len() {
            if self.lines.len() >= CARD_LINES_MAX {
                return Err(Error::too_large("This card has more than 100,000 lines."));
            }
            let mut line = self.line();
            let text = self.logical(&line);
            let (begins, ends) = (is_mark(text, "BEGIN"), is_mark(text, "END"));
            if begins {
                if ended {
                    return Err(Error::invalid("", "There is more than one card here. Send one at a time."));
                }
                if depth == CARD_DEPTH_MAX {
                    return Err(Error::too_large("This card has cards inside cards, more than 16 deep."));
                }
                depth += 1;
                begun = true;
                line.kind = if depth == 1 { Kind::Begin } else { Kind::Other };
            } else if ends && depth > 0 {
                line.kind = if depth == 1 { Kind::End } else { Kind::Other };
                depth -= 1;
                ended = depth == 0;
            } else if line.kind == Kind::Property {
                if depth == 1 {
                    self.name(&mut line);
                    let parts = self.parts(&line);
                    if parts > CARD_PARTS_MAX {
                        return Err(Error::too_large("A line of this card has more than 200 parts."));
                    }
                    properties += usize::from(!self.is_member(&line));
                    if properties > CARD_PROPERTIES_MAX {
                        return Err(Error::too_large(
                            "This card has more than 2,000 values. Split it into several contacts.",
                        ));
                    }
                    if self.params(&line) > CARD_PARAMS_MAX {
                        return Err(Error::too_large("A line of this card has more than 1,000 parameters."));
                    }
                } else {
                    line.kind = Kind::Other;
                }
            }
            self.push(line);
        }
        match (begun, ended) {
            (true, true) => Ok(()),
            (true, false) => Err(Error::invalid("", "This card never ends: END:VCARD is missing.")),
            (false, _) => Err(Error::invalid("", "This is no vCard: BEGIN:VCARD is missing.")),
        }
    }

    /// Keeps a line. Blank lines beyond a first one are one line.
    fn push(&mut self, line: Line) {
        let is_blank = |line: &Line| line.kind == Kind::Other && line.text.is_empty() && !line.folded;
        if let [.., before, last] = self.lines.as_mut_slice()
            && [&*before, &*last, &line].into_iter().all(is_blank)
        {
            last.raw.end = line.raw.end;
            return;
        }
        self.lines.push(line);
    }

    /// Whether it says who is in a group.
    fn is_member(&self, line: &Line) -> bool {
        let name = &self.logical(line)[line.name.start as usize..line.name.end as usize];
        line.group == NO_GROUP
            && (name.eq_ignore_ascii_case(b"MEMBER") || name.eq_ignore_ascii_case(b"X-ADDRESSBOOKSERVER-MEMBER"))
    }

    /// How many separators there are in a value that is read part by part. Labels are not: there may be thousands.
    fn parts(&self, line: &Line) -> usize {
        const PARTED: [&[u8]; 10] = [
            b"N",
            b"ADR",
            b"ORG",
            b"NICKNAME",
            b"X-NICKNAME",
            b"SOUND",
            b"GENDER",
            b"X-ROLO-FIELD",
            b"X-ROLO-LINK",
            b"X-ANDROID-CUSTOM",
        ];
        let text = self.logical(line);
        let name = &text[line.name.start as usize..line.name.end as usize];
        let value = &text[line.colon as usize + 1..];
        if value.len() <= CARD_PARTS_MAX || !PARTED.iter().any(|one| name.eq_ignore_ascii_case(one)) {
            return 0;
        }
        memchr2_iter(b';', b',', value).count()
    }

    /// How many parameters and words of them a property has; nearly all have too few octets for many.
    fn params(&self, line: &Line) -> usize {
        let params = &self.logical(line)[line.name.end as usize..line.colon as usize];
        if params.len() <= CARD_PARAMS_MAX {
            return 0;
        }
        param::params(params).map(|param| param::split(param.value, b',').count()).sum()
    }

    fn logical(&self, line: &Line) -> &[u8] {
        let from: &[u8] = if line.folded { &self.arena } else { self.bytes };
        &from[line.text.start as usize..line.text.end as usize]
    }

    /// Takes one logical line. A line without a colon is no property.
    fn line(&mut self) -> Line {
        let start = self.at;
        let (end, mut next) = physical(self.bytes, start, self.ending);
        let text = start + line_start(&self.bytes[start..end]);
        let mut line = Line {
            raw: start as u32..next as u32,
            text: text as u32..end as u32,
            folded: false,
            kind: Kind::Other,
            group: NO_GROUP,
            name: 0..0,
            colon: 0,
        };
        let first = &self.bytes[text..end];
        if !first.is_empty() {
            let mut found = colon(first);
            let carried = found.map_or(Carried::Text, |at| carried(&first[..at]));
            let mut last_end = end;
            while next < self.bytes.len() {
                let (end, after) = physical(self.bytes, next, self.ending);
                let more = &self.bytes[next..end];
                let soft = carried == Carried::QuotedPrintable
                    && self.bytes[..last_end].last() == Some(&b'=')
                    && !is_mark(more, "END");
                let block = || carried == Carried::Base64 && is_base64_block(more);
                let folds = matches!(more.first(), Some(b' ' | b'\t'));
                if !soft && !folds && !block() {
                    break;
                }
                if !line.folded {
                    line.folded = true;
                    line.text.start = self.arena.len() as u32;
                    self.arena.extend_from_slice(&self.bytes[text..last_end]);
                }
                if soft {
                    self.arena.pop();
                    self.arena.extend_from_slice(more);
                } else {
                    self.arena.extend_from_slice(if folds { &more[1..] } else { more });
                }
                (last_end, next) = (end, after);
            }
            if line.folded {
                line.text.end = self.arena.len() as u32;
                line.raw.end = next as u32;
                if found.is_none() {
                    found = colon(self.logical(&line));
                }
            }
            if let Some(at) = found {
                line.colon = at as u32;
                line.kind = Kind::Property;
            }
        }
        self.at = next;
        line
    }

    /// Finds group and name of a property.
    fn name(&mut self, line: &mut Line) {
        let text: &[u8] = if line.folded { &self.arena } else { self.bytes };
        let head = &text[line.text.start as usize..line.text.start as usize + line.colon as usize];
        let end = memchr(b';', head).unwrap_or(head.len());
        let start = memchr(b'.', &head[..end]).map_or(0, |dot| dot + 1);
        line.name = start as u32..end as u32;
        if start > 1 {
            let group = &head[..start - 1];
            let key = group.to_ascii_uppercase();
            let groups = &mut self.groups;
            line.group = *self.group_ids.entry(key).or_insert_with(|| {
                groups.push(group.to_vec());
                groups.len() as u32 - 1
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexed(text: &str) -> Lexed {
        Lexed::new(text.as_bytes().into()).unwrap()
    }

    fn values(text: &str) -> Vec<(String, String)> {
        let card = lexed(text);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        card.properties().map(|property| (text(property.name), text(property.value))).collect()
    }

    fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
        list.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn raw_spans_tile_the_card() {
        let text = "\u{feff}begin:vcard\nVERSION:3.0\n\nitem1.TEL;type=CELL:1\n 2\n\t3\njunk\nEND:VCARD";
        let card = lexed(text);
        let joined: Vec<u8> = card.lines.iter().flat_map(|line| card.raw(line).to_vec()).collect();
        assert_eq!(joined, text.as_bytes());
        let tel = card.first("tel").unwrap();
        assert_eq!((tel.value, tel.group_text, tel.params), (&b"123"[..], &b"item1"[..], &b";type=CELL"[..]));
        assert_eq!(&text.as_bytes()[card.raw_value(tel.index)], b"1\n 2\n\t3");
    }

    #[test]
    fn folds_of_every_kind_are_joined() {
        let got = values(concat!(
            "BEGIN:VCARD\r\nVERSION:2.1\r\nNOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=\r\ntwo=\r\n\r\n",
            "PHOTO;ENCODING=BASE64;JPEG:\r\n /9j/\r\n 4AAQ\r\n\r\nLOGO;BASE64:\r\nAAAA\r\nBBBB==\r\n\r\n",
            "LONG;X=\"a:b\":v\r\n alue\r\nEND:VCARD\r\n"
        ));
        let want = [
            ("VERSION", "2.1"),
            ("NOTE", "one=0D=0Atwo"),
            ("PHOTO", "/9j/4AAQ"),
            ("LOGO", "AAAABBBB=="),
            ("LONG", "value"),
        ];
        assert_eq!(got, pairs(&want));
    }

    #[test]
    fn a_soft_break_before_the_end_does_not_swallow_it() {
        let got = values("BEGIN:VCARD\nNOTE;QUOTED-PRINTABLE:x=\nEND:VCARD\n");
        assert_eq!(got, pairs(&[("NOTE", "x=")]));
    }

    #[test]
    fn lone_cr_ends_lines_only_without_lf() {
        assert_eq!(values("BEGIN:VCARD\rFN:A\rEND:VCARD\r"), pairs(&[("FN", "A")]));
        assert_eq!(values("BEGIN:VCARD\nFN:A\rB\nEND:VCARD\n"), pairs(&[("FN", "A\rB")]));
    }

    #[test]
    fn a_card_inside_a_card_is_not_read_as_this_one() {
        let got = values("BEGIN:VCARD\nFN:A\nAGENT:\nBEGIN:VCARD\nFN:B\nEND:VCARD\nTEL:1\nEND:VCARD\n");
        assert_eq!(got, pairs(&[("FN", "A"), ("AGENT", ""), ("TEL", "1")]));
    }

    #[test]
    fn a_quote_that_never_closes_hides_no_colon() {
        assert_eq!(values("BEGIN:VCARD\nTEL;X=\"a:1\nEND:VCARD\n"), pairs(&[("TEL", "1")]));
    }

    #[test]
    fn what_is_no_card_is_refused() {
        for text in ["", "FN:A", "BEGIN:VCARD\nFN:A", "BEGIN:VCARD\nEND:VCARD\nBEGIN:VCARD\nEND:VCARD\n"] {
            assert!(matches!(Lexed::new(text.as_bytes().into()), Err(Error::Invalid { .. })), "{text}");
        }
        let deep = "BEGIN:VCARD\n".repeat(10_000);
        assert!(matches!(Lexed::new(deep.as_bytes().into()), Err(Error::TooLarge { .. })));
    }

    fn is_too_large(lines: &str, times: usize) -> bool {
        let text = format!("BEGIN:VCARD\n{}END:VCARD\n", lines.repeat(times));
        matches!(Lexed::new(text.as_bytes().into()), Err(Error::TooLarge { .. }))
    }

    #[test]
    fn values_and_parameters_are_counted_and_members_of_a_group_are_not() {
        assert!(!is_too_large("TEL:1\n", CARD_PROPERTIES_MAX) && is_too_large("TEL:1\n", CARD_PROPERTIES_MAX + 1));
        for member in ["MEMBER:urn:uuid:1\n", "x-addressbookserver-member:urn:uuid:1\n", "no colon\n"] {
            assert!(!is_too_large(member, CARD_LINES_MAX - 2) && is_too_large(member, CARD_LINES_MAX - 1), "{member}");
        }
        let with = |params: &str, count: usize| format!("TEL{}:1\n", params.repeat(count));
        for (params, each) in [(";A", 1), (";TYPE=a,b", 2), (";X=\"a;b,c\"", 1)] {
            assert!(!is_too_large(&with(params, CARD_PARAMS_MAX / each), 1), "{params}");
            assert!(is_too_large(&with(params, CARD_PARAMS_MAX / each + 1), 1), "{params}");
        }
        for (line, part) in [("N:", ";a"), ("ORG:", ",a"), ("item1.adr;TYPE=HOME:", ";"), ("NICKNAME:", ",a")] {
            let with = |count: usize| format!("{line}{}\n", part.repeat(count).replace("a", "ab"));
            assert!(!is_too_large(&with(CARD_PARTS_MAX), 1) && is_too_large(&with(CARD_PARTS_MAX + 1), 1), "{line}");
        }
        assert!(!is_too_large(&format!("NOTE:{0}\nCATEGORIES:{0}\n", "a,".repeat(10_000)), 1));
        let photo = format!("PHOTO;ENCODING=b:{}\n", "A".repeat(1 << 20));
        assert!(!is_too_large(&photo, 1));
    }

    #[test]
    fn blank_lines_beyond_the_first_are_one_line() {
        let text = "BEGIN:VCARD\n\nTEL:1\n\n\n\n \n\nTEL:2\n\n\nEND:VCARD\n\n\n\n";
        let card = lexed(text);
        let raw: Vec<&[u8]> = card.lines.iter().map(|line| card.raw(line)).collect();
        assert_eq!(raw.concat(), text.as_bytes());
        assert_eq!(raw.len(), 11, "{raw:?}");
        assert_eq!(lexed(&format!("BEGIN:VCARD\n{}END:VCARD\n", "\n".repeat(1 << 20))).lines.len(), 4);
    }
}
