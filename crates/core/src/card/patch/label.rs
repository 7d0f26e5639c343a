//! A label changed: TYPE and X-ABLabel, and the group that joins a value with its label.

use super::Patch;
use crate::card::{
    label::{self, Labelled},
    relative,
    write::{Draft, Said},
};

/// Properties a label can stand beside: two of them in one group share it.
const LABELLED: &[&str] = &[
    "EMAIL",
    "TEL",
    "ADR",
    "URL",
    "IMPP",
    "X-SOCIALPROFILE",
    "SOCIALPROFILE",
    "X-ABDATE",
    "X-ABRELATEDNAMES",
    "RELATED",
    "CONTACT-URI",
    "CALURI",
    "FBURL",
    "HOBBY",
    "INTEREST",
    "EXPERTISE",
];

impl Patch<'_> {
    /// Gives a line another label: TYPE where it says it, else X-ABLabel.
    pub(super) fn relabel(&mut self, line: usize, kind: Option<Labelled>, after: &Draft) {
        let style = self.sheet.style.clone();
        let known = |word: &str| match kind {
            Some(kind) => label::is_known(kind, word),
            None => relative::is_type(word),
        };
        let wanted = |word: &str| after.types.iter().any(|one| one.eq_ignore_ascii_case(word));
        let nothing = after.types.is_empty() && after.label.is_none();
        let profile = self.sheet.name(line).ends_with("SOCIALPROFILE");
        let stays = |word: &str| label::is_silent(word) || wanted(word) || !known(word) && (!nothing || profile);
        let changed = self.sheet.line(line);
        changed.retype(|word| !stays(word), &after.types, &style);
        if changed.params.iter().any(|param| param.to_ascii_uppercase().starts_with(b"X-LABEL=")) {
            changed.remove_param("X-LABEL");
        }
        if matches!(kind, Some(Labelled::Phone | Labelled::Email)) {
            changed.remove_param("LABEL");
        }
        self.set_label(line, after.label.as_deref());
    }

    fn set_label(&mut self, line: usize, label: Option<&str>) {
        let own = self.sheet.group(line).and_then(|group| self.reading.companions[group as usize].label);
        let own = own.filter(|own| *own != line && self.sheet.alive(*own));
        let shared = self.sheet.beside(line, |sheet, other| LABELLED.contains(&sheet.name(other).as_str()));
        match (label, own) {
            (Some(label), Some(own)) if !shared => {
                let version = self.version();
                self.sheet.line(own).set_value(None, &Said::Text(label.to_owned()), version);
            }
            (Some(label), _) => {
                self.unsayable = true;
                // A group that other values share, or none: the label needs one of its own.
                let grouped = self.sheet.group(line).is_some() && !shared && own.is_none();
                let group = match grouped {
                    true => String::from_utf8_lossy(&self.sheet.line(line).group).into_owned(),
                    false => self.sheet.new_group(),
                };
                self.sheet.line(line).group = group.clone().into_bytes();
                let name = self.sheet.style.label.clone();
                self.sheet.insert_first(line, &Draft::text(name, label), Some(&group));
            }
            (None, Some(_)) if shared => self.sheet.line(line).group.clear(),
            (None, Some(own)) => {
                self.sheet.delete(own);
                if !self.sheet.beside(line, |_, _| true) {
                    self.sheet.line(line).group.clear();
                }
            }
            (None, None) => {}
        }
    }
}
