//! How the parts of a name sound: Apple's properties, or a second N that says so (RFC 9554 §3.4), where it stands.

use super::Patch;
use crate::card::{
    draw::PHONETIC,
    model::Name,
    param::{Meta, param},
    read::alternates,
    text,
    write::{Draft, Said, name},
};

/// Where N has the parts that sound.
const PLACES: [(&str, usize); 3] = [("given", 1), ("given2", 2), ("surname", 0)];

impl Patch<'_> {
    /// Each sound where it is read from: of several sayings of one the first counts, and when it goes they all do.
    pub(super) fn sounds(&mut self, old: &Name, new: &Name) {
        let spoken = self.spoken();
        for ((property, kind), (_, place)) in PHONETIC.into_iter().zip(PLACES) {
            let draft = |one: &Name| name::phonetic(Some(one), kind).map(|sound| Draft::text(property, sound));
            let (before, after) = (draft(old), draft(new));
            if before == after {
                continue;
            }
            let sound = name::phonetic(Some(new), kind);
            let own = self.first(&[property]);
            let saying: Vec<usize> = spoken.iter().copied().filter(|line| self.says(*line, place)).collect();
            match (sound, saying.first().or(spoken.first().filter(|_| own.is_none()))) {
                (Some(sound), Some(line)) if own.is_none_or(|own| line < &own) => self.set_sound(*line, place, sound),
                (Some(_), _) => self.scalar(&[property], before.as_ref(), after.as_ref()),
                (None, _) => {
                    saying.into_iter().for_each(|line| self.set_sound(line, place, ""));
                    self.scalar(&[property], before.as_ref(), None);
                }
            }
        }
    }

    /// The lines of further N that say how the first sounds, in the card's order.
    fn spoken(&self) -> Vec<usize> {
        let card = self.sheet.card;
        let others = alternates(card);
        let is = |at: &usize| {
            let property = card.lexed.property(*at);
            property.name.eq_ignore_ascii_case(b"N") && param(property.params, "PHONETIC").is_some()
        };
        let mut lines: Vec<usize> = others.into_iter().filter(is).collect();
        lines.sort_unstable();
        lines
    }

    fn parts(&self, line: usize) -> Vec<Vec<String>> {
        let property = self.sheet.card.lexed.property(line);
        text::components(&text::decoded(&property, &Meta::of(property.params)), self.version())
    }

    fn says(&self, line: usize, place: usize) -> bool {
        self.parts(line).get(place).is_some_and(|list| list.iter().any(|part| !part.trim().is_empty()))
    }

    fn set_sound(&mut self, line: usize, place: usize, sound: &str) {
        let version = self.version();
        let before = self.parts(line);
        let mut after = before.clone();
        after.resize(after.len().max(place + 1), vec![String::new()]);
        after[place] = vec![sound.to_owned()];
        self.sheet.line(line).set_value(Some(&Said::Structured(before)), &Said::Structured(after), version);
    }
}
