//! A card in another version, for those who ask for it: pure, no clock, and the stored bytes never change by it.
//!
//! 2.1 → 3.0, 3.0 ↔ 4.0, never to 2.1. What one side cannot say travels under a lone name (`card-map.md` §5) and comes back
//! when a changed card is merged into the stored one (`merge`). Doors call [`Card::converted_for_wire`]; files call
//! [`Card::converted`].

mod address;
mod date;
mod down;
mod label;
mod line;
mod media;
mod old;
mod pointer;
mod service;
mod sheet;
mod up;

pub(crate) use service::user_of;

use super::{Card, Version, lexer::Kind};
use crate::keys::uid_key;
use line::Line;
use sheet::Sheet;

/// What a card on the wire needs to know from outside of itself.
#[derive(Clone, Copy)]
pub struct Wire<'a> {
    /// The uid of the contact, for a card that has none.
    pub uid: Option<&'a str>,
    /// The name of a contact of this book by its uid (`urn:uuid:` off): what Apple shows of a linked relation.
    pub name_of: &'a dyn Fn(&str) -> Option<String>,
}

impl std::fmt::Debug for Wire<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wire").field("uid", &self.uid).finish_non_exhaustive()
    }
}

impl Default for Wire<'_> {
    fn default() -> Self {
        Self { uid: None, name_of: &|_| None }
    }
}

/// A converted card, and for each of its lines the lines of the source it says.
#[derive(Clone, Debug)]
pub(crate) struct Converted {
    pub(crate) card: Card,
    pub(crate) from: Vec<Vec<usize>>,
}

impl Card {
    /// The card in another version. The version it has already: the same bytes. There is no way to 2.1: 3.0 is made instead.
    pub fn converted(&self, to: Version) -> Card {
        if self.version() == to {
            return self.clone();
        }
        self.traced(to, &Wire::default()).card
    }

    /// The card as a client gets it: converted where it must be, with a uid, and then with `X-ROLO-FROM:<revision>` so that
    /// what comes back can be merged. A card of the asked version with a uid goes out as its very bytes.
    pub fn converted_for_wire(&self, to: Version, wire: &Wire<'_>) -> Card {
        let named = self.uid().is_some() || wire.uid.is_none();
        if self.version() == to && named {
            return self.clone();
        }
        let mut tail = Vec::new();
        if let Some(uid) = wire.uid.filter(|_| !named) {
            tail.push(format!("UID:{}", super::text::escaped(uid, to)));
        }
        tail.push(format!("X-ROLO-FROM:{}", self.revision()));
        let converted = self.traced(to, wire).card;
        converted.with_tail(&tail).unwrap_or(converted)
    }

    /// The card without `X-ROLO-FROM`, and the revision it named: what is done to every card that comes in.
    pub fn stripped(&self) -> (Card, Option<String>) {
        let own = |line: &usize| {
            let line = *line;
            self.lexed.lines[line].kind == Kind::Property
                && self.lexed.property(line).name.eq_ignore_ascii_case(b"X-ROLO-FROM")
        };
        let mut from = None;
        let mut bytes = Vec::new();
        let mut at = 0;
        for index in (0..self.lexed.lines.len()).filter(own) {
            from.get_or_insert_with(|| self.text(&self.lexed.property(index)).trim().to_owned());
            let raw = &self.lexed.lines[index].raw;
            bytes.extend_from_slice(&self.bytes()[at..raw.start as usize]);
            at = raw.end as usize;
        }
        if at == 0 {
            return (self.clone(), None);
        }
        bytes.extend_from_slice(&self.bytes()[at..]);
        (Card::parse(bytes).unwrap_or_else(|_| self.clone()), from.filter(|revision| !revision.is_empty()))
    }

    /// Uids of linked relations whose name the card does not say: what [`Wire::name_of`] will be asked.
    pub fn nameless_relations(&self) -> Vec<String> {
        let model = self.model_light();
        let text = |one: &super::model::Relation| one.vcard_params.contains_key("value");
        let linked = model.related_to.iter().filter(|(_, one)| one.name.is_none() && !text(one));
        linked.map(|(uid, _)| uid_key(uid).into_owned()).collect()
    }

    /// Converts, and tells which line came from which.
    pub(crate) fn traced(&self, to: Version, wire: &Wire<'_>) -> Converted {
        let same = || Converted { card: self.clone(), from: (0..self.lexed.lines.len()).map(|at| vec![at]).collect() };
        if self.version() == to {
            return same();
        }
        let to = if to == Version::V21 { Version::V30 } else { to };
        if self.version() == to {
            return same();
        }
        let lines = match (self.version(), to) {
            (Version::V21, _) => old::converted(Sheet::of(self)),
            (Version::V40, _) => down::converted(Sheet::of(self), wire),
            _ => up::converted(Sheet::of(self)),
        };
        let first = if self.version() == Version::V21 { Version::V30 } else { to };
        let Some(converted) = made(&lines, first) else { return same() };
        let converted = pointer::follow(self, lines, converted, first);
        if first == to {
            return converted;
        }
        let second = converted.card.traced(to, wire);
        let from = second.from.iter().map(|lines| {
            let mut all: Vec<usize> = lines.iter().flat_map(|line| converted.from[*line].iter().copied()).collect();
            all.dedup();
            all
        });
        Converted { from: from.collect(), card: second.card }
    }

    /// With these lines before its END.
    fn with_tail(&self, tail: &[String]) -> Option<Card> {
        let end = self.lexed.lines.iter().rposition(|line| line.kind == Kind::End)?;
        let at = self.lexed.lines[end].raw.start as usize;
        let mut bytes = self.bytes()[..at].to_vec();
        for line in tail {
            let folded = super::style::folded(line.as_bytes(), Some(75), false, self.lexed.ending);
            bytes.extend_from_slice(&folded);
        }
        bytes.extend_from_slice(&self.bytes()[at..]);
        Card::parse(bytes).ok()
    }
}

/// `None` when the card would pass a limit in its new version: then it is served as it is stored.
fn made(lines: &[Line], to: Version) -> Option<Converted> {
    let (bytes, from) = line::written(lines, to);
    let card = Card::parse(bytes).ok()?;
    (card.lexed.lines.len() == from.len()).then_some(Converted { card, from })
}

#[cfg(test)]
mod tests;
