//! The card: the vCard bytes of one contact as received, and the JSContact model derived from them.
//!
//! The bytes are the truth. Reading derives a [`Model`]; an edit is a wanted model, and what differs is patched into the
//! bytes while every other byte stays. Nothing in here knows books, accounts or storage.

pub mod convert;
pub(crate) mod date;
pub mod diff;
pub mod draw;
pub(crate) mod field;
pub mod jscontact;
pub(crate) mod label;
pub mod large;
pub(crate) mod lexer;
pub mod members;
pub mod merge;
pub mod model;
pub(crate) mod normal;
mod onto;
pub mod other;
pub(crate) mod param;
pub mod patch;
pub mod photo;
pub(crate) mod pointer;
pub(crate) mod read;
pub(crate) mod relative;
pub mod split;
pub(crate) mod style;
pub(crate) mod text;
pub(crate) mod write;

use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

pub use convert::Wire;
pub use diff::{Change, Left, apply, diff, inverse};
pub use draw::Drawing;
pub use lexer::{CARD_BYTES_MAX, CARD_DEPTH_MAX, CARD_LINES_MAX, CARD_PARAMS_MAX, CARD_PARTS_MAX, CARD_PROPERTIES_MAX};
pub use merge::{Client, Merged, merged};
pub use model::Model;
pub use patch::Edited;
pub use photo::Photo;

use crate::{Result, id::Revision};
use lexer::{Lexed, Property};
use param::Meta;

/// The version a card says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// vCard 2.1.
    V21,
    /// vCard 3.0 (RFC 2426); also what says no version.
    V30,
    /// vCard 4.0 (RFC 6350).
    V40,
}

/// One card, byte for byte as it came. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Card {
    pub(crate) lexed: Arc<Lexed>,
    version: Version,
}

impl PartialEq for Card {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Card {}

impl Card {
    /// Takes one card. Any case, any line ending, no FN, doubled VERSION: all are taken. Refused is what has no BEGIN or
    /// END, more than one card, and what passes a limit of [`lexer`].
    pub fn parse(bytes: impl Into<Arc<[u8]>>) -> Result<Self> {
        let lexed = Lexed::new(bytes.into())?;
        let version = match lexed.first("VERSION").map(|property| property.value.trim_ascii()) {
            Some(value) if value.starts_with(b"2") => Version::V21,
            Some(value) if value.starts_with(b"4") => Version::V40,
            _ => Version::V30,
        };
        Ok(Self { lexed: Arc::new(lexed), version })
    }

    /// The bytes as they came.
    pub fn bytes(&self) -> &[u8] {
        &self.lexed.bytes
    }

    /// The same bytes, shared.
    pub fn shared(&self) -> Arc<[u8]> {
        self.lexed.bytes.clone()
    }

    /// The revision of its bytes.
    pub fn revision(&self) -> Revision {
        Revision::of(self.bytes())
    }

    /// The version it says it is.
    pub fn version(&self) -> Version {
        self.version
    }

    /// UID as written.
    pub fn uid(&self) -> Option<String> {
        let property = self.lexed.first("UID")?;
        Some(self.text(&property).trim().to_owned()).filter(|uid| !uid.is_empty())
    }

    /// The values of CATEGORIES: trimmed, NFC, each once, in the card's order. Case counts.
    pub fn categories(&self) -> Vec<String> {
        let mut seen = std::collections::HashSet::new();
        let mut names = Vec::new();
        for property in self.lexed.properties().filter(|property| is_categories(property.name)) {
            for name in self.list(&property) {
                if seen.insert(name.clone()) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Whether it is a group: KIND in 4.0, Apple's X-ADDRESSBOOKSERVER-KIND in 3.0.
    pub fn is_group(&self) -> bool {
        ["KIND", "X-ADDRESSBOOKSERVER-KIND"]
            .iter()
            .filter_map(|name| self.lexed.first(name))
            .any(|property| property.value.trim_ascii().eq_ignore_ascii_case(b"group"))
    }

    /// A single text value, decoded.
    pub(crate) fn text(&self, property: &Property<'_>) -> String {
        let meta = Meta::of(property.params);
        text::unescaped(&text::decoded(property, &meta), self.version)
    }

    /// The names in one CATEGORIES; commas and semicolons separate.
    fn list(&self, property: &Property<'_>) -> Vec<String> {
        let meta = Meta::of(property.params);
        let value = text::decoded(property, &meta);
        let parts = if self.version == Version::V21 {
            text::split_21(&value)
        } else {
            text::split(&value, b';').map(str::to_owned).collect()
        };
        let one = |part: &str| trimmed_nfc(&text::unescaped(part, self.version));
        parts
            .iter()
            .flat_map(|part| text::split(part, b',').map(one).collect::<Vec<_>>())
            .filter(|name| !name.is_empty())
            .collect()
    }
}

/// A name as labels are compared: trimmed, NFC.
pub(crate) fn trimmed_nfc(text: &str) -> String {
    text.trim().nfc().collect()
}

pub(crate) fn is_categories(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"CATEGORIES") || name.eq_ignore_ascii_case(b"X-CATEGORIES")
}

#[cfg(test)]
mod tests;
