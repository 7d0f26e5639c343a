//! What a client sent back, merged into the stored card: three ways, by decoded members, never by bytes.
//!
//! The base is the card as the client was served it. What is the same in base and answer leaves the stored property byte
//! for byte; what differs is patched; what is missing is deleted, unless the client is known to lose it (`card-map.md` §5).

mod carry;
mod field;
mod member;
mod name;
mod note;
mod onto;
mod property;

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{
    Card, Model, Version,
    convert::Wire,
    normal::{Blobs, normal},
    param::param,
    pointer::{Extra, extras, normal_with, put_back},
    read::{Source, Weight},
};
use crate::{Error, Result};

/// Who sent a card: what it is known to lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Contacts of macOS, iOS, iPadOS.
    Apple,
    /// DAVx5 on Android.
    Davx5,
    /// Anyone else: what is missing was deleted.
    Other,
}

impl Client {
    /// Told by User-Agent, else by the PRODID of the card sent.
    pub fn of(user_agent: Option<&str>, put: &Card) -> Self {
        let agent = user_agent.unwrap_or_default();
        let starts = |word: &&str| agent.trim_start().to_ascii_lowercase().starts_with(*word);
        if agent.contains("DAVx5") {
            return Self::Davx5;
        }
        if ["ios/", "ipados/", "macos/", "mac os x/", "mac_os_x/", "addressbook/"].iter().any(starts)
            || agent.contains("dataaccessd")
            || agent.contains("AddressBookCore")
        {
            return Self::Apple;
        }
        let maker = put.lexed.first("PRODID").map(|property| put.text(&property)).unwrap_or_default();
        match () {
            () if maker.contains("DAVx5") || maker.contains("DAVdroid") => Self::Davx5,
            () if maker.contains("-//Apple Inc.") => Self::Apple,
            () => Self::Other,
        }
    }

    /// Whether its cards are always merged into what is stored, whatever version they were served in.
    pub fn loses(self) -> bool {
        self != Self::Other
    }
}

/// A merged card.
#[derive(Clone, Debug)]
pub struct Merged {
    /// What to store; the very card that is stored when nothing was edited.
    pub card: Card,
    /// Members changed both here and there, where the client's side was taken: paths as history shows them.
    pub overruled: Vec<String>,
}

/// Merges a card that was PUT.
///
/// `stored` is the newest card, `base` the one of the revision the client was served (X-ROLO-FROM's, else If-Match's), or
/// `None` when history no longer has it: then members are only added and changed, none deleted. `now` renews a REV that is
/// there.
pub fn merged(
    stored: &Card,
    base: Option<&Card>,
    put: &Card,
    client: Client,
    now: Option<jiff::Timestamp>,
) -> Result<Merged> {
    let put = put.stripped().0;
    let put = if put.version() == Version::V21 { put.converted(Version::V30) } else { put };
    let Some(base) = base else { return overlaid(stored, &put, now) };
    let sides = Sides::of(base, &put, client);
    let mut wanted = sides.wanted()?;
    let gone = property::gone(&sides);
    property::forget(&mut wanted, &gone);
    if stored == base {
        let card = property::without(stored, &gone).edited(&wanted, now)?.card;
        return Ok(Merged { card, overruled: Vec::new() });
    }
    let before = normal_with(&base.reading(Weight::Named).model, &mut Blobs::new());
    let newest = normal_with(&stored.reading(Weight::Named).model, &mut Blobs::new());
    let (mut wanted, overruled) = onto::put_onto(&before, &wanted, &newest);
    property::forget(&mut wanted, &gone);
    let card = property::without(stored, &gone).edited(&wanted, now)?.card;
    Ok(Merged { card, overruled })
}

/// What was served is no longer known: everything the client says holds, and nothing it does not say is deleted.
fn overlaid(stored: &Card, put: &Card, now: Option<jiff::Timestamp>) -> Result<Merged> {
    let mut sides = Sides::of(stored, put, Client::Other);
    sides.deletes = false;
    let wanted = sides.wanted()?;
    Ok(Merged { card: stored.edited(&wanted, now)?.card, overruled: Vec::new() })
}

/// One of the three cards, as members.
pub(super) struct Side {
    pub(super) model: Map<String, Value>,
    pub(super) sources: Vec<Source>,
    /// What its pointers say, which is not in the model.
    extras: Vec<Extra>,
    /// LABELs that belong to no address.
    orphans: HashSet<String>,
    /// Addresses as one text.
    fulls: HashSet<String>,
}

impl Side {
    fn of(card: &Card, blobs: &mut Blobs) -> Self {
        let reading = card.reading(Weight::Whole);
        let model = normal(reading.model.clone(), blobs);
        let extras = extras(&reading.model, &model);
        let model = match serde_json::to_value(&model) {
            Ok(Value::Object(model)) => model,
            _ => Map::new(),
        };
        Self {
            orphans: property::orphans(&model),
            fulls: property::fulls(&model),
            model,
            sources: reading.sources,
            extras,
        }
    }

    /// Whether a member is there.
    fn has(&self, path: &[String]) -> bool {
        path.split_first().is_some_and(|(first, path)| {
            path.iter().try_fold(self.model.get(first), |at, step| Some(at?.get(step))).flatten().is_some()
        })
    }

    /// The members of a field, by id.
    pub(super) fn members(&self, field: &str) -> Vec<(String, Value)> {
        members(&self.model, field)
    }
}

/// The members of a field of a model, by id.
pub(super) fn members(model: &Map<String, Value>, field: &str) -> Vec<(String, Value)> {
    let mut at = Some(model);
    let mut steps = field.split('/').peekable();
    while let Some(step) = steps.next() {
        let next = at.and_then(|object| object.get(step)).and_then(Value::as_object);
        if steps.peek().is_none() {
            return next.map(|all| all.iter().map(|(id, one)| (id.clone(), one.clone())).collect()).unwrap_or_default();
        }
        at = next;
    }
    Vec::new()
}

/// Stored, served, sent.
pub(super) struct Sides {
    pub(super) stored: Side,
    pub(super) served: Side,
    pub(super) sent: Side,
    /// For each line served, the stored lines it says.
    pub(super) from: Vec<Vec<usize>>,
    pub(super) client: Client,
    /// Whether what is missing was deleted.
    pub(super) deletes: bool,
    /// Whether the sounds of the name were served as Apple's properties, and not by a second N.
    pub(super) sounds_served: bool,
    /// Served members whose label is a parameter, by field.
    pub(super) param_labels: HashMap<&'static str, HashSet<String>>,
    /// Inline values that were sent.
    blobs: Blobs,
}

impl Sides {
    fn of(base: &Card, put: &Card, client: Client) -> Self {
        let served = base.traced(put.version(), &Wire::default());
        let mut blobs = Blobs::new();
        let side = Side::of(&served.card, &mut Blobs::new());
        let lexed = &served.card.lexed;
        let by_param = |source: &&Source| {
            let params = lexed.property(source.line).params;
            source.field != "addresses" && ["X-LABEL", "LABEL"].iter().any(|name| param(params, name).is_some())
        };
        let mut param_labels: HashMap<_, HashSet<String>> = HashMap::new();
        for source in side.sources.iter().filter(by_param) {
            param_labels.entry(source.field).or_default().insert(source.id.clone());
        }
        Self {
            param_labels,
            stored: Side::of(base, &mut Blobs::new()),
            served: side,
            sent: Side::of(put, &mut blobs),
            from: served.from,
            client,
            deletes: true,
            sounds_served: served
                .card
                .lexed
                .properties()
                .any(|property| property.name.to_ascii_uppercase().starts_with(b"X-PHONETIC-")),
            blobs,
        }
    }

    /// The model to store: the base's, with what the client changed.
    fn wanted(&self) -> Result<Model> {
        let mut wanted = self.stored.model.clone();
        field::all(self, &mut wanted);
        let mut model: Model = serde_json::from_value(Value::Object(wanted)).map_err(Error::internal)?;
        for one in model.media.values_mut().chain(model.crypto_keys.values_mut()) {
            if let Some(data) = self.blobs.get(&one.uri) {
                one.uri.clone_from(data);
            }
        }
        Ok(put_back(model, &self.extras()))
    }

    /// What is carried by pointers: the base's, with what the client changed. One that the client's edit of its member
    /// left without a place is no change.
    fn extras(&self) -> Vec<Extra> {
        let by_path = |side: &Side| -> HashMap<Vec<String>, Value> {
            side.extras.iter().map(|one| (one.path(), one.value.clone())).collect()
        };
        let (served, sent) = (by_path(&self.served), by_path(&self.sent));
        let mut extras: indexmap::IndexMap<Vec<String>, Extra> =
            self.stored.extras.iter().map(|one| (one.path(), one.clone())).collect();
        if self.deletes {
            extras.retain(|path, one| {
                !served.contains_key(path) || sent.contains_key(path) || !self.sent.has(&one.holder)
            });
        }
        for one in self.sent.extras.iter().filter(|one| served.get(&one.path()) != Some(&one.value)) {
            extras.insert(one.path(), one.clone());
        }
        extras.into_values().collect()
    }
}

#[cfg(test)]
mod tests;
