//! Contacts as a whole table: the two passes Google's needs, in one place.

use std::collections::BTreeMap;

use super::{
    csv::Rows,
    flat::{Flat, flat},
    google::Groups,
    outlook,
};
use crate::{Error, Result, card::Model};

/// Which table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Google,
    Outlook,
}

/// A table that is being written: every contact is shown to it once, then written once, in the same order.
pub(crate) struct Table {
    kind: Kind,
    groups: Groups,
    rows: Rows,
    begun: bool,
    /// What the table could not hold, by name.
    pub(crate) lost: BTreeMap<String, u64>,
}

impl Table {
    /// An empty table.
    pub(crate) fn new(kind: Kind) -> Self {
        Self { kind, groups: Groups::default(), rows: Rows::default(), begun: false, lost: BTreeMap::new() }
    }

    /// Whether contacts have to be shown to it first, to know how wide it is.
    pub(crate) fn measures(&self) -> bool {
        self.kind == Kind::Google
    }

    /// Shows it a contact.
    pub(crate) fn hold(&mut self, model: &Model) {
        self.groups.hold(&flat(model));
    }

    /// Writes a contact, and the header before the first.
    pub(crate) fn row(&mut self, model: &Model, starred: bool) -> Result<()> {
        self.begin();
        let flat: Flat = flat(model);
        if self.measures() && !self.groups.fits(&flat) {
            return Err(Error::conflict("Contacts were changed while they were exported. Export them again."));
        }
        let labels: Vec<String> = model.keywords.keys().cloned().collect();
        match self.kind {
            Kind::Google => {
                for (name, count) in &flat.lost {
                    *self.lost.entry(name.clone()).or_default() += count;
                }
                self.groups.row(&flat, &labels, starred, &mut self.rows);
            }
            Kind::Outlook => outlook::row(&flat, &labels, starred, &mut self.rows, &mut self.lost),
        }
        Ok(())
    }

    /// Writes the header, if it is not there yet.
    pub(crate) fn begin(&mut self) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        match self.kind {
            Kind::Google => self.groups.header(&mut self.rows),
            Kind::Outlook => outlook::header(&mut self.rows),
        }
    }

    /// What is written and not taken yet.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.rows.take()
    }
}

/// These contacts as one table.
#[cfg(test)]
pub(crate) fn table(kind: Kind, rows: &[(Model, bool)]) -> Vec<u8> {
    let mut table = Table::new(kind);
    rows.iter().for_each(|(model, _)| table.hold(model));
    rows.iter().for_each(|(model, starred)| table.row(model, *starred).unwrap());
    table.begin();
    table.take()
}
