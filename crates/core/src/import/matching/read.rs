//! A row of any file as a contact, with what it is known by.

use std::sync::Arc;

use serde_json::Value;

use super::{
    fingerprint::{self, Fingerprint, Names},
    groups::Groups,
    room::leave_out,
};
use crate::{
    card::{Card, Model, jscontact::from_jscontact},
    contact::{checked::checked, prepare::INDIVIDUAL},
    import::{
        Row, cell,
        file::{Content, Part},
        layout::Layout,
    },
    keys,
};

/// Octets of a row below which it passes every limit of a contact.
const SHORT: usize = 1_000;

/// Names of extended properties one sentence tells.
const NAMED_MAX: usize = 20;

/// A row, read.
#[derive(Clone, Debug)]
pub(crate) struct Read {
    pub(crate) row: Row,
    pub(crate) fingerprint: Fingerprint,
    /// What the file calls the contact.
    pub(crate) source: Option<Vec<u8>>,
    /// The card it came as.
    pub(crate) card: Option<Card>,
}

/// How the rows of a file are read.
pub(crate) struct Reading {
    layout: Layout,
    names: Names,
    groups: Arc<Groups>,
}

impl Reading {
    /// The rows of this file; what group cards say of them becomes a label.
    pub(crate) fn of(part: &Part, groups: Arc<Groups>) -> Self {
        Self { layout: part.layout(), names: Names::of(&part.columns), groups }
    }

    /// Reads a row; or says why it is no contact.
    pub(crate) fn read(&self, content: &Content) -> Result<Read, String> {
        let mut read = self.alone(content)?;
        if let Some(uid) = &read.row.model.uid {
            for name in self.groups.of(uid) {
                read.row.model.keywords.insert(name.to_owned(), true);
            }
        }
        if let Some(room) = self.groups.room() {
            leave_out(&mut read.row, |name| room.contains(name));
        }
        Ok(read)
    }

    fn alone(&self, content: &Content) -> Result<Read, String> {
        match content {
            Content::Cells(record) => {
                let row = self.layout.row(record.cells());
                let fingerprint = self.names.fingerprint(record);
                let source = row.id.as_ref().map(|id| id.as_bytes().to_vec());
                fit(Read { row, fingerprint, source, card: None }, content.bytes(), record.is_plain())
            }
            Content::Card(bytes) => {
                let (card, _) = Card::parse(bytes.as_slice()).map_err(|error| error.to_string())?.stripped();
                let row = of_model(card.model_light());
                let source = row.model.uid.as_deref().map(source);
                Ok(Read { fingerprint: fingerprint::of_card(&card), row, source, card: Some(card) })
            }
            Content::Object(bytes) => {
                let object: Value =
                    serde_json::from_slice(bytes).map_err(|error| format!("This is not JSON: {error}."))?;
                let fingerprint = fingerprint::of_object(&object);
                let row = of_model(from_jscontact(object).map_err(|error| error.to_string())?);
                let source = row.model.uid.as_deref().map(source);
                fit(Read { row, fingerprint, source, card: None }, bytes.len(), false)
            }
        }
    }
}

/// The limits of any contact. Most rows are far too short to reach one.
fn fit(read: Read, bytes: usize, plain: bool) -> Result<Read, String> {
    if (bytes > SHORT || !plain) && !read.is_empty() {
        checked(&read.row.model, None).map_err(|error| error.to_string())?;
    }
    Ok(read)
}

fn source(uid: &str) -> Vec<u8> {
    keys::uid_key(uid).as_bytes().to_vec()
}

/// `starred` is the star, `myContacts` everyone.
fn of_model(mut model: Model) -> Row {
    let starred = model.keywords.remove("starred").is_some();
    model.keywords.retain(|name, _| !cell::is_everyone(name));
    model.kind = model.kind.filter(|kind| kind != INDIVIDUAL);
    let notes = unplaced(&model).into_iter().collect();
    Row { model, starred, notes, ..Row::default() }
}

/// What a card says that no field holds, by name: it is kept as an extended property.
fn unplaced(model: &Model) -> Option<String> {
    let properties =
        model.vcard_props.iter().filter_map(|property| Some(property.value().get(0)?.as_str()?.to_uppercase()));
    let members = model.other.keys().filter(|name| !matches!(name.as_str(), "@type" | "version")).cloned();
    let mut names: Vec<String> = Vec::new();
    for name in properties.chain(members).map(|name| format!("“{name}”")) {
        if !names.contains(&name) {
            names.push(name);
        }
        if names.len() == NAMED_MAX {
            names.push("others".to_owned());
            break;
        }
    }
    match names.as_slice() {
        [] => None,
        [one] => Some(format!("{one} has no field of its own and is kept as it is.")),
        [rest @ .., last] => {
            Some(format!("{} and {last} have no fields of their own and are kept as they are.", rest.join(", ")))
        }
    }
}

impl Read {
    /// Whether there is nobody in it: labels alone are none.
    pub(crate) fn is_empty(&self) -> bool {
        let model = &self.row.model;
        if !(model.emails.is_empty() && model.phones.is_empty() && model.organizations.is_empty()) {
            return false;
        }
        let mut bare = Model { uid: None, kind: None, keywords: Default::default(), ..model.clone() };
        (bare.prod_id, bare.created, bare.updated, bare.language) = (None, None, None, None);
        bare.other.retain(|name, _| !matches!(name.as_str(), "@type" | "version"));
        if bare.name.as_ref().is_some_and(|name| {
            name.components.is_empty() && name.full.as_deref().unwrap_or_default().trim().is_empty()
        }) {
            bare.name = None;
        }
        bare == Model::default()
    }

    /// Whether it is a group of contacts.
    pub(crate) fn is_group(&self) -> bool {
        self.row.model.kind.as_deref() == Some("group")
    }

    /// The name the list will show.
    pub(crate) fn name(&self) -> String {
        keys::display_name(&self.row.model)
    }

    /// The row as it is kept for the next import.
    pub(crate) fn kept(&self) -> String {
        let mut model = self.row.model.clone();
        if self.row.starred {
            model.keywords.insert("starred".to_owned(), true);
        }
        serde_json::to_string(&model).unwrap_or_else(|_| "{}".to_owned())
    }
}
