//! The card being patched: which lines are touched, gone or new, and which groups are whose. Everything else leaves as
//! the bytes it came in.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::line::Line;
use crate::card::{
    Card, Version,
    lexer::{Ending, Kind, NO_GROUP},
    param::Meta,
    photo::is_media,
    read::is_label,
    style::{Style, folded, is_boundary, taken_groups},
    write::{self, Draft},
};

pub(super) struct Sheet<'a> {
    pub(super) card: &'a Card,
    pub(super) style: Style,
    touched: HashMap<usize, Option<Line>>,
    inserted: BTreeMap<usize, Vec<(Vec<u8>, bool)>>,
    taken: HashSet<String>,
    next_group: usize,
    /// Lines of a group, by number.
    groups: Vec<Vec<usize>>,
    /// Where properties of a kind go: the card's lines stay where they are, so each is looked for once.
    places: HashMap<String, usize>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(card: &'a Card) -> Self {
        let mut groups = vec![Vec::new(); card.lexed.groups.len()];
        for property in card.lexed.properties().filter(|property| property.group != NO_GROUP) {
            groups[property.group as usize].push(property.index);
        }
        Self {
            card,
            style: Style::of(card),
            touched: HashMap::new(),
            inserted: BTreeMap::new(),
            taken: taken_groups(card),
            next_group: 1,
            groups,
            places: HashMap::new(),
        }
    }

    pub(super) fn name(&self, at: usize) -> String {
        String::from_utf8_lossy(self.card.lexed.property(at).name).to_ascii_uppercase()
    }

    pub(super) fn alive(&self, at: usize) -> bool {
        !matches!(self.touched.get(&at), Some(None))
    }

    /// The line, to be changed.
    pub(super) fn line(&mut self, at: usize) -> &mut Line {
        let lexed = &self.card.lexed;
        let slot = self.touched.entry(at).or_insert_with(|| Some(Line::of(&lexed.property(at))));
        slot.get_or_insert_with(|| Line::of(&lexed.property(at)))
    }

    pub(super) fn delete(&mut self, at: usize) {
        self.touched.insert(at, None);
        // The blank line that closes a base64 block of 2.1 goes with it.
        let lexed = &self.card.lexed;
        if self.card.version() == Version::V21
            && is_media(lexed.property(at).name)
            && lexed
                .lines
                .get(at + 1)
                .is_some_and(|next| next.kind == Kind::Other && lexed.raw(next).trim_ascii().is_empty())
        {
            self.touched.insert(at + 1, None);
        }
    }

    /// The group a line is in, unless it has been taken out of it.
    pub(super) fn group(&self, at: usize) -> Option<u32> {
        let group = self.card.lexed.lines[at].group;
        let moved = self.touched.get(&at).and_then(Option::as_ref);
        let moved = moved.is_some_and(|line| !line.group.eq_ignore_ascii_case(self.card.lexed.property(at).group_text));
        (group != NO_GROUP && !moved).then_some(group)
    }

    /// Whether another living line of a line's group is like this. Looked for from the end, so that a group whose lines go
    /// one after the other is not read again for each.
    pub(super) fn beside(&self, at: usize, like: impl Fn(&Self, usize) -> bool) -> bool {
        let Some(group) = self.group(at) else { return false };
        let lines = self.groups[group as usize].iter().rev();
        lines
            .copied()
            .any(|other| other != at && self.alive(other) && self.group(other) == Some(group) && like(self, other))
    }

    /// The living companions of a group.
    pub(super) fn companions(&self, group: u32) -> Vec<usize> {
        let lines = self.groups[group as usize].iter().copied();
        lines.filter(|other| self.alive(*other) && self.is_companion(*other)).collect()
    }

    pub(super) fn is_companion(&self, at: usize) -> bool {
        let name = self.card.lexed.property(at).name;
        is_label(name) || name.eq_ignore_ascii_case(b"X-ABADR")
    }

    /// A group nobody uses, in the card's manner.
    pub(super) fn new_group(&mut self) -> String {
        loop {
            let name = format!("{}{}", self.style.group, self.next_group);
            self.next_group += 1;
            if self.taken.insert(name.to_ascii_uppercase()) {
                return name;
            }
        }
    }

    /// Writes a new line after this one, and after what was written there before.
    pub(super) fn insert(&mut self, after: usize, draft: &Draft, group: Option<&str>) {
        let (logical, quoted_printable) = write::line(draft, group, &self.style);
        self.insert_line(after, logical, quoted_printable);
    }

    pub(super) fn insert_line(&mut self, after: usize, logical: Vec<u8>, quoted_printable: bool) {
        if !is_boundary(&logical) {
            self.inserted.entry(after).or_default().push((logical, quoted_printable));
        }
    }

    /// Writes a new line right after this one, before what was written there.
    pub(super) fn insert_first(&mut self, after: usize, draft: &Draft, group: Option<&str>) {
        let (logical, quoted_printable) = write::line(draft, group, &self.style);
        self.inserted.entry(after).or_default().insert(0, (logical, quoted_printable));
    }

    /// The line a new property of this name goes after: the last of its kind with its companions, else the nearest
    /// earlier kind, else VERSION and what follows it.
    pub(super) fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.find_place(name);
        self.places.insert(name.to_owned(), place);
        place
    }

    fn find_place(&self, name: &str) -> usize {
        let rank = rank(name);
        let lexed = &self.card.lexed;
        let mut best: Option<(usize, usize)> = None;
        let (mut begin, mut head) = (0, None);
        for (at, line) in lexed.lines.iter().enumerate() {
            if line.kind == Kind::Begin {
                begin = at;
            }
            if line.kind != Kind::Property {
                continue;
            }
            let own = self::rank(&self.name(at));
            if own == 0 || head.is_some_and(|head| head + 1 == at) && own <= 3 {
                head = Some(at);
            }
            if own <= rank && own > 0 && own < LAST && best.is_none_or(|(least, _)| own >= least) {
                best = Some((own, at));
            }
        }
        let mut at = best.map_or(head.unwrap_or(begin), |(_, at)| at);
        let group = lexed.lines[at].group;
        while group != NO_GROUP
            && lexed.lines.get(at + 1).is_some_and(|next| next.group == group && next.kind == Kind::Property)
            && self.is_companion(at + 1)
        {
            at += 1;
        }
        at
    }

    /// The card with all changes made.
    pub(super) fn render(mut self) -> Vec<u8> {
        let lexed = &self.card.lexed;
        let mut out = Vec::with_capacity(self.card.bytes().len() + 256);
        for (at, line) in lexed.lines.iter().enumerate() {
            match self.touched.remove(&at) {
                None => out.extend_from_slice(lexed.raw(line)),
                Some(None) => {}
                Some(Some(changed)) => {
                    let logical = changed.logical();
                    if line.kind != Kind::Property || logical == lexed.text(line) {
                        out.extend_from_slice(lexed.raw(line));
                    } else {
                        let ending = ending_of(lexed.raw(line)).unwrap_or(self.style.ending);
                        out.extend(folded(&logical, self.width(at, &changed), changed.quoted_printable(), ending));
                    }
                }
            }
            for (logical, quoted_printable) in self.inserted.remove(&at).unwrap_or_default() {
                if !out.ends_with(b"\n") && !out.ends_with(b"\r") {
                    out.extend_from_slice(self.style.ending.bytes());
                }
                out.extend(folded(&logical, self.style.fold, quoted_printable, self.style.ending));
                if self.style.version == Version::V21 && is_base64(&logical) {
                    out.extend_from_slice(self.style.ending.bytes());
                }
            }
        }
        out
    }

    /// The width a changed line folds to: a photo's own pieces, else the card's.
    fn width(&self, at: usize, changed: &Line) -> Option<usize> {
        if !is_media(&changed.name) || !self.card.lexed.lines[at].folded {
            return self.style.fold.or(is_media(&changed.name).then_some(75));
        }
        let raw = self.card.lexed.raw(&self.card.lexed.lines[at]);
        let second = raw.split(|octet| *octet == b'\n').nth(1).map(<[u8]>::trim_ascii_end);
        second.map(|piece| piece.len().clamp(40, 998)).or(self.style.fold)
    }
}

fn is_base64(logical: &[u8]) -> bool {
    let head = logical.split(|octet| *octet == b':').next().unwrap_or_default();
    let from = memchr::memchr(b';', head).unwrap_or(head.len());
    Meta::of(&head[from..]).base64
}

fn ending_of(raw: &[u8]) -> Option<Ending> {
    if raw.ends_with(b"\r\n") {
        Some(Ending::Crlf)
    } else if raw.ends_with(b"\n") {
        Some(Ending::Lf)
    } else {
        raw.ends_with(b"\r").then_some(Ending::Cr)
    }
}

/// What has no place in the order.
const LAST: usize = 100;

/// Where a property stands in a new card (card-map §3).
fn rank(name: &str) -> usize {
    const ORDER: &[&[&str]] = &[
        &["VERSION"],
        &["PRODID"],
        &["N"],
        &["FN"],
        &["X-PHONETIC-FIRST-NAME", "X-PHONETIC-MIDDLE-NAME", "X-PHONETIC-LAST-NAME", "SORT-STRING"],
        &["NICKNAME"],
        &["X-MAIDENNAME"],
        &["ORG"],
        &["X-PHONETIC-ORG"],
        &["TITLE"],
        &["ROLE"],
        &["X-ABSHOWAS"],
        &["EMAIL"],
        &["TEL"],
        &["ADR", "LABEL"],
        &["URL"],
        &["IMPP", "X-AIM", "X-ICQ", "X-MSN", "X-YAHOO", "X-JABBER", "X-SKYPE", "X-GOOGLE-TALK"],
        &["X-SOCIALPROFILE", "SOCIALPROFILE"],
        &["BDAY"],
        &["X-ABDATE", "ANNIVERSARY"],
        &["X-ABRELATEDNAMES", "RELATED"],
        &["NOTE"],
        &["CATEGORIES", "X-CATEGORIES"],
        &[
            "X-ADDRESSBOOKSERVER-KIND",
            "KIND",
            "X-ADDRESSBOOKSERVER-MEMBER",
            "MEMBER",
            "GENDER",
            "GRAMGENDER",
            "PRONOUNS",
            "LANGUAGE",
            "LANG",
            "HOBBY",
            "INTEREST",
            "EXPERTISE",
            "SOURCE",
            "ORG-DIRECTORY",
            "CONTACT-URI",
            "CALURI",
            "FBURL",
            "CALADRURI",
            "CREATED",
            "BIRTHPLACE",
            "DEATHDATE",
            "DEATHPLACE",
            "GEO",
            "TZ",
            "X-EVOLUTION-FILE-AS",
        ],
        &["X-ROLO-FIELD", "X-ROLO-LINK", "X-ROLO-JSPROP", "JSPROP"],
        &["PHOTO", "LOGO", "SOUND", "KEY"],
        &["UID"],
        &["REV"],
    ];
    ORDER.iter().position(|names| names.contains(&name)).unwrap_or(LAST)
}
