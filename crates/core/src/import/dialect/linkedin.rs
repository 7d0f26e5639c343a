//! LinkedIn's list of connections.

use super::Meaning;
use crate::import::field::Field::*;

/// Its columns.
pub(super) const TABLE: &[Meaning] = &[
    ("first name", Given, ""),
    ("last name", Family, ""),
    ("url", Website, "LinkedIn"),
    ("email address", Email, ""),
    ("company", Company, ""),
    ("position", Title, ""),
    ("connected on", Date, "Connected on LinkedIn"),
];
