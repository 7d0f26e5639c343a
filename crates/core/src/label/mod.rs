//! Labels: made, renamed, coloured, merged, removed. What contacts say of them stands in CATEGORIES of their cards.
//!
//! A label's own row changes at once; its members follow in chunks under the same batch, as a job that is done here up to
//! a thousand contacts and by the worker beyond.

pub mod create;
pub mod list;
pub mod members;
pub mod merge;
pub mod remove;
pub mod save;
pub mod step;

use crate::{Error, Result};

pub use create::NewLabel;
pub use list::{get, list};
pub use save::Change;

/// Characters of a label's name.
pub const NAME_CHARS_MAX: usize = 200;
/// The hues of `tokens.css`.
pub const HUES: [u16; 10] = [25, 60, 95, 145, 175, 205, 240, 275, 310, 345];
/// Up to so many members a change of a label is answered when it is done.
pub const AT_ONCE_MAX: u64 = 1_000;

/// A name as labels have it: one line, NFC, trimmed.
pub(crate) fn label_name(name: &str) -> Result<String> {
    let name = crate::card::trimmed_nfc(name);
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "/name",
            format!("A label's name is one line of 1 to {NAME_CHARS_MAX} characters."),
        ));
    }
    Ok(name)
}

/// A hue there is.
pub(crate) fn hue(hue: Option<u16>) -> Result<Option<u16>> {
    match hue {
        Some(hue) if !HUES.contains(&hue) => Err(Error::invalid("/hue", format!("A hue is one of {HUES:?}."))),
        hue => Ok(hue),
    }
}
