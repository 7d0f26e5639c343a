//! Yahoo's address book.

use super::Meaning;
use crate::import::field::Field::*;

/// Columns only Yahoo has.
pub(super) const ONLY: &[&str] = &["messenger id", "yahoo phone", "distribution lists", "yahoo! phone"];

/// Its columns.
pub(super) const TABLE: &[Meaning] = &[
    ("first", Given, ""),
    ("middle", Middle, ""),
    ("last", Family, ""),
    ("nickname", Nickname, ""),
    ("email", Email, ""),
    ("category", Labels, ""),
    ("distribution lists", Labels, ""),
    ("messenger id", Im, "Yahoo"),
    ("home", Phone, "Home"),
    ("work", Phone, "Work"),
    ("pager", Phone, "Pager"),
    ("fax", Phone, "Work Fax"),
    ("mobile", Phone, "Mobile"),
    ("other", Phone, "Other"),
    ("yahoo phone", Phone, "Yahoo"),
    ("yahoo! phone", Phone, "Yahoo"),
    ("primary", Phone, "Main"),
    ("alternate email #", Email, ""),
    ("personal website", Website, "Home"),
    ("business website", Website, "Work"),
    ("title", Title, ""),
    ("company", Company, ""),
    ("work address", Street, "Work"),
    ("work city", City, "Work"),
    ("work state", Region, "Work"),
    ("work zip", Postcode, "Work"),
    ("work country", Country, "Work"),
    ("home address", Street, "Home"),
    ("home city", City, "Home"),
    ("home state", Region, "Home"),
    ("home zip", Postcode, "Home"),
    ("home country", Country, "Home"),
    ("birthday", Birthday, ""),
    ("anniversary", Date, "Anniversary"),
    ("comments", Notes, ""),
    ("messenger id#", Im, "Yahoo"),
    ("skype id", Im, "Skype"),
    ("irc id", Im, "IRC"),
    ("icq id", Im, "ICQ"),
    ("google id", Im, "Google Talk"),
    ("msn id", Im, "MSN"),
    ("aim id", Im, "AIM"),
    ("qq id", Im, "QQ"),
];
