//! What a property is labelled, said the way the other version says it: TYPE where TYPE can, else X-ABLabel.

use super::{line::Line, sheet::Sheet};
use crate::card::{
    Version,
    label::{self, Labelled},
    relative,
};

impl Sheet<'_> {
    /// Emits a line of this kind with its label said anew. The country code of an address goes with it.
    pub(super) fn emit_labelled(&mut self, mut line: Line, kind: Labelled, to: Version, country: Option<String>) {
        let beside = self.label(&line);
        let by_param = line.param("X-LABEL").is_some() || line.key != "ADR" && line.param("LABEL").is_some();
        let meaning = label::meaning(kind, &line.borrowed_types(), beside.as_deref());
        let carriers = label::carriers(kind, to, &meaning);
        let free = |word: &String| !label::is_known(kind, word) && carriers.text.as_deref() != Some(word.as_str());
        let kept: Vec<String> = line.types.iter().filter(|word| free(word)).cloned().collect();
        line.types = carriers.types.iter().map(|word| cased(word, to)).collect();
        line.types.extend(kept.into_iter().map(|word| if label::is_silent(&word) { cased(&word, to) } else { word }));
        manner(&mut line, to);
        let text = match carriers.text {
            Some(_) if by_param && beside.is_none() => None,
            text => text,
        };
        self.emit(line, text, country);
    }

    /// Emits X-ABRELATEDNAMES or RELATED; 3.0 has one label a property, so two kinds are two lines.
    pub(super) fn emit_relation(&mut self, mut line: Line, to: Version) {
        let beside = self.label(&line);
        let (kinds, text) = relative::relation(&line.borrowed_types(), beside.as_deref());
        line.types.retain(|word| label::is_silent(word));
        for (nth, said) in relative::carriers(to, &kinds, text.as_deref()).into_iter().enumerate() {
            let mut one = line.clone();
            if nth > 0 {
                one.group.clear();
            }
            one.types.splice(0..0, said.types.iter().map(|word| cased(word, to)));
            self.emit(one, said.text, None);
        }
    }
}

/// A TYPE value in the version's case.
pub(super) fn cased(word: &str, to: Version) -> String {
    match to {
        _ if word.starts_with("x-") => word.to_owned(),
        Version::V40 => word.to_ascii_lowercase(),
        _ => word.to_ascii_uppercase(),
    }
}

/// INTERNET and VOICE: Apple's dialect says them, 4.0 has no INTERNET.
fn manner(line: &mut Line, to: Version) {
    match (line.key.as_str(), to) {
        ("EMAIL", Version::V40) => line.types.retain(|word| !word.eq_ignore_ascii_case("INTERNET")),
        ("EMAIL", Version::V21 | Version::V30) if !line.has_type("INTERNET") => {
            line.types.insert(0, "INTERNET".to_owned())
        }
        ("TEL", Version::V40) if line.types.len() > 1 => {
            line.types.retain(|word| !word.eq_ignore_ascii_case("VOICE"));
        }
        ("TEL", Version::V21 | Version::V30) if !line.types.is_empty() => {
            let other = ["FAX", "PAGER", "TEXTPHONE", "VOICE"].iter().any(|word| line.has_type(word));
            if !other {
                line.types.push("VOICE".to_owned());
            }
        }
        _ => {}
    }
}
