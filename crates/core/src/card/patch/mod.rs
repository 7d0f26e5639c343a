//! The one way to edit a card: what differs between the model it has and the model wanted is patched into its bytes.
//!
//! Touched properties are rewritten in the card's own manner; every other byte stays. An edit never changes a card's
//! version, unless 2.1 cannot say it: then that card is lifted to 3.0 first, and the answer says so.

mod address;
mod label;
mod lift;
mod line;
mod media;
mod member;
mod name;
mod pointer;
mod relation;
mod sheet;
mod sound;

use std::collections::{HashMap, hash_map::Entry};

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Card, Change, Model, Version, date, diff,
    label::Labelled,
    model::Set,
    normal::{Blobs, normal},
    pointer::{Extra, extras},
    read::{Reading, Weight, country_code},
    write::{Draft, Said, param_value},
};
use crate::{Error, Result};
use sheet::Sheet;

/// A card after an edit.
#[derive(Clone, Debug)]
pub struct Edited {
    /// The card as it is now; the very same when nothing differed.
    pub card: Card,
    /// Whether it was 2.1 and had to become 3.0 to say what was wanted.
    pub lifted: bool,
}

impl Card {
    /// This card with what differs from the wanted model patched in.
    ///
    /// `wanted` carries everything, keywords and kind too; only `uid`, `prodId`, `created` and `updated` are not compared
    /// where they are absent. `rolo:blob:` URIs of this card's light model mean "unchanged". `now` renews a REV that is
    /// there, in its own format.
    pub fn edited(&self, wanted: &Model, now: Option<jiff::Timestamp>) -> Result<Edited> {
        let mut patch = Patch::new(self, wanted);
        let changes = patch.changes();
        let mut extras = extras(wanted, &patch.after);
        extras.retain(|one| !patch.is_stale(one));
        if changes.is_empty() {
            let card = self.pointed(&patch.after, &extras, &patch.reading.pointed)?;
            let card = if card == *self { card } else { card.renewed(now)? };
            return Ok(Edited { card, lifted: false });
        }
        patch.all(&changes)?;
        if patch.unsayable && self.version() == Version::V21 {
            // All is compared anew, and nothing of it twice at a time.
            drop((patch, changes, extras));
            let lifted = lift::lifted(self)?;
            let card = lifted.edited(wanted, now)?.card;
            return Ok(Edited { card, lifted: true });
        }
        if let Some(now) = now {
            patch.renew(now);
        }
        let (bytes, after, known) = patch.done();
        let card = Self::parse(bytes)?.pointed(&after, &extras, &known)?;
        Ok(Edited { card, lifted: false })
    }

    /// With a new REV, where it has one.
    fn renewed(&self, now: Option<jiff::Timestamp>) -> Result<Self> {
        let mut sheet = Sheet::new(self);
        match (now, self.lexed.first("REV")) {
            (Some(now), Some(rev)) => {
                let old = String::from_utf8_lossy(rev.value);
                sheet.line(rev.index).value = date::now_like(&old, now).into_bytes();
                Self::parse(sheet.render())
            }
            _ => Ok(self.clone()),
        }
    }

    /// The card with this uid, where it has none: what is inserted when it goes out on the wire.
    pub fn with_uid(&self, uid: &str) -> Self {
        if self.uid().is_some() {
            return self.clone();
        }
        let mut sheet = Sheet::new(self);
        let place = sheet.place("UID");
        sheet.insert(place, &Draft::text("UID", uid), None);
        Self::parse(sheet.render()).unwrap_or_else(|_| self.clone())
    }

    /// The card with one label renamed in place; the same card where it does not have it.
    pub fn with_renamed_category(&self, old: &str, new: &str, now: Option<jiff::Timestamp>) -> Result<Self> {
        let mut model = self.reading(Weight::Named).model;
        let names = std::mem::take(&mut model.keywords);
        model.keywords =
            names.into_keys().map(|name| if name == old { (new.to_owned(), true) } else { (name, true) }).collect();
        Ok(self.edited(&model, now)?.card)
    }
}

/// A line, and the place in its list value.
type Place = (usize, Option<usize>);

/// A changed value of a list: which one (`None`: one more), and what it shall be (`None`: gone).
type Listed = (Option<usize>, Option<String>);

/// One card on its way to another model.
pub(super) struct Patch<'a> {
    sheet: Sheet<'a>,
    reading: Reading,
    before: Model,
    after: Model,
    blobs: Blobs,
    /// Lines of a member, by field and id.
    lines: HashMap<(&'static str, String), Vec<Place>>,
    /// Groups of companies that were added just now, by id: no line of the card says them yet.
    companies: HashMap<String, String>,
    /// Lines of LABEL, GEO and TZ, by the address they belong to.
    belongs: HashMap<String, Vec<usize>>,
    /// Lines of members no property has, by name.
    pointers: HashMap<String, usize>,
    /// Changed values of lists, by the line of the list: all of a line are written at once.
    listed: HashMap<usize, Vec<Listed>>,
    /// Something 2.1 cannot say.
    unsayable: bool,
}

impl<'a> Patch<'a> {
    fn new(card: &'a Card, wanted: &Model) -> Self {
        let mut reading = card.reading(Weight::Named);
        let mut blobs = Blobs::new();
        let before = normal(std::mem::take(&mut reading.model), &mut Blobs::new());
        let mut after = normal(wanted.clone(), &mut blobs);
        // Who made the card, and when, is not edited; what the envelope says is compared only where it is said.
        after.prod_id.clone_from(&before.prod_id);
        after.created.clone_from(&before.created);
        after.updated.clone_from(&before.updated);
        if after.uid.is_none() {
            after.uid.clone_from(&before.uid);
        }
        stale_addresses(&before, &mut after);
        lone_pref(&before, &mut after);
        Self {
            sheet: Sheet::new(card),
            reading,
            before,
            after,
            blobs,
            lines: HashMap::new(),
            companies: HashMap::new(),
            belongs: HashMap::new(),
            pointers: HashMap::new(),
            listed: HashMap::new(),
            unsayable: false,
        }
    }

    /// The new bytes, and what is still to be compared; nothing else of it is held any longer.
    fn done(self) -> (Vec<u8>, Model, Vec<Extra>) {
        (self.sheet.render(), self.after, self.reading.pointed)
    }

    /// Notes which lines say what: only an edit that changes something asks.
    fn index(&mut self) {
        for source in std::mem::take(&mut self.reading.sources) {
            let place = (source.line, source.nth);
            match self.lines.entry((source.field, source.id)) {
                Entry::Vacant(lines) => drop(lines.insert(vec![place])),
                Entry::Occupied(mut lines) => lines.get_mut().push(place),
            }
        }
        for (line, id) in &self.reading.belongs {
            self.belongs.entry(id.clone()).or_default().push(*line);
        }
        self.pointers = pointer::alone(self.sheet.card);
    }

    /// What differs. Full names follow in their own way, and properties without a place are never taken away.
    fn changes(&mut self) -> Vec<Change> {
        let mut changes = diff(&self.before, &self.after);
        changes.retain(|change| change.field != "vCardProps" || change.after.is_some());
        changes
    }

    /// Whether it is the code of a country that was taken out of its address: it tells the old one.
    fn is_stale(&self, one: &Extra) -> bool {
        let (id, code) = match (one.holder.as_slice(), one.rest.as_slice()) {
            ([field], [id]) if field == "addresses" => (id, one.value.get("countryCode")),
            ([field, id], [key]) if field == "addresses" && key == "countryCode" => (id, Some(&one.value)),
            _ => return false,
        };
        self.before.addresses.get(id).is_some_and(|old| {
            let said = old.components.iter().any(|part| part.kind == "country");
            said && old.country_code.is_some()
                && old.country_code == code.and_then(Value::as_str).and_then(country_code)
        })
    }

    fn all(&mut self, changes: &[Change]) -> Result<()> {
        self.index();
        let renamed = self.renamed();
        if let Some((old, new)) = &renamed {
            self.rename_keyword(old, new);
        }
        if renamed.is_none() {
            self.keywords(changes);
        }
        self.group_members(changes);
        for change in changes.iter().filter(|change| !matches!(change.field.as_str(), "keywords" | "members")) {
            self.change(change)?;
        }
        self.write_lists();
        if changes.iter().any(|change| change.field == "addresses") {
            self.keep_labels();
        }
        self.full_name();
        Ok(())
    }

    fn version(&self) -> Version {
        self.sheet.style.version
    }

    fn lines_of(&self, field: &'static str, id: &str) -> Vec<usize> {
        self.lines
            .get(&(field, id.to_owned()))
            .map(|lines| lines.iter().map(|(line, _)| *line).collect())
            .unwrap_or_default()
    }

    /// The first living property of one of these names.
    fn first(&self, names: &[&str]) -> Option<usize> {
        let lexed = &self.sheet.card.lexed;
        let is = |name: &[u8]| names.iter().any(|one| name.eq_ignore_ascii_case(one.as_bytes()));
        lexed
            .properties()
            .find(|property| is(property.name) && self.sheet.alive(property.index))
            .map(|property| property.index)
    }

    /// A property that is there once: patched, added or deleted.
    fn scalar(&mut self, names: &[&str], before: Option<&Draft>, after: Option<&Draft>) {
        match (self.first(names), after) {
            (Some(line), Some(after)) => self.patch(line, None, before, after),
            (Some(line), None) => self.sheet.delete(line),
            (None, Some(after)) => {
                let place = self.sheet.place(&after.name.to_ascii_uppercase());
                self.sheet.insert(place, after, None);
            }
            (None, None) => {}
        }
    }

    /// Patches one line from a draft to another.
    fn patch(&mut self, line: usize, kind: Option<Labelled>, before: Option<&Draft>, after: &Draft) {
        let style = self.sheet.style.clone();
        if before.is_none_or(|before| before.value != after.value) {
            let written = self.sheet.line(line);
            written.set_value(before.map(|before| &before.value), &after.value, style.version);
            self.check(&after.value);
        }
        let old: &[(&str, String)] = before.map_or(&[], |before| &before.params);
        for (name, value) in old {
            if after.params.contains(&(*name, value.clone())) {
                continue;
            }
            if *name == "type" {
                self.sheet.line(line).retype(|word| word.eq_ignore_ascii_case(value), &[], &style);
            } else if !after.params.iter().any(|(other, _)| other == name) {
                self.sheet.line(line).remove_param(name);
            }
        }
        for (name, value) in &after.params {
            if old.contains(&(*name, value.clone())) {
                continue;
            }
            if *name == "type" {
                // The service of a profile, in its own case.
                self.sheet
                    .line(line)
                    .params
                    .insert(0, format!("type={}", param_value(value, style.version)).into_bytes());
            } else {
                self.sheet.line(line).set_param(name, value, style.version);
            }
        }
        if before.is_none_or(|before| before.pref != after.pref) {
            self.sheet.line(line).set_pref(after.pref, &style);
        }
        if before.is_some_and(|before| before.types != after.types || before.label != after.label) {
            self.relabel(line, kind, after);
        }
    }

    /// Notes what 2.1 has no way to say.
    fn check(&mut self, value: &Said) {
        if let Said::Structured(parts) = value {
            self.unsayable |= parts.iter().flatten().any(|part| part.ends_with('\\'));
        }
    }

    fn renew(&mut self, now: jiff::Timestamp) {
        if let Some(line) = self.first(&["REV"]) {
            let old = String::from_utf8_lossy(self.sheet.card.lexed.property(line).value).into_owned();
            self.sheet.line(line).value = date::now_like(&old, now).into_bytes();
        }
    }
}

/// A LABEL or country code that an edit of the parts would leave telling the old address goes.
fn stale_addresses(before: &Model, after: &mut Model) {
    let country = |parts: &[super::model::AddressComponent]| -> Vec<String> {
        parts.iter().filter(|part| part.kind == "country").map(|part| part.value.clone()).collect()
    };
    for (id, new) in &mut after.addresses {
        let Some(old) = before.addresses.get(id) else { continue };
        if old.components != new.components && old.full == new.full {
            new.full = None;
        }
        if country(&old.components) != country(&new.components) && old.country_code == new.country_code {
            new.country_code = None;
        }
    }
}

/// Making one preferred takes it from its siblings.
fn lone_pref(before: &Model, after: &mut Model) {
    fn lone<'m>(all: impl Iterator<Item = (bool, &'m mut Option<u32>)>) {
        let mut all: Vec<_> = all.collect();
        if all.iter().any(|(new, pref)| *new && **pref == Some(1)) {
            for (_, pref) in all.iter_mut().filter(|(new, pref)| !*new && **pref == Some(1)) {
                **pref = None;
            }
        }
    }
    let old = &before.emails;
    lone(after.emails.iter_mut().map(|(id, one)| (old.get(id).is_none_or(|old| old.pref != one.pref), &mut one.pref)));
    let old = &before.phones;
    lone(after.phones.iter_mut().map(|(id, one)| (old.get(id).is_none_or(|old| old.pref != one.pref), &mut one.pref)));
    let old = &before.addresses;
    lone(
        after.addresses.iter_mut().map(|(id, one)| (old.get(id).is_none_or(|old| old.pref != one.pref), &mut one.pref)),
    );
}

/// A member out of a change.
fn typed<T: DeserializeOwned>(value: Option<&Value>) -> Result<Option<T>> {
    value.map(|value| serde_json::from_value(value.clone()).map_err(Error::internal)).transpose()
}

/// Names set in a set.
fn keys(set: &Set) -> impl Iterator<Item = &String> {
    set.iter().filter(|(_, on)| **on).map(|(key, _)| key)
}
