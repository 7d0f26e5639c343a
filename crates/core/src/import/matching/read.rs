//! A row of any file as a contact, with what it is known by.

use serde_json::Value;

use super::fingerprint::{self, Fingerprint, Names};
use crate::{
    card::{Card, Model},
    contact::checked::checked,
    import::{
        Row, cell,
        file::{Content, Part},
        layout::Layout,
    },
    keys,
};

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
}

impl Reading {
    /// The rows of this file.
    pub(crate) fn of(part: &Part) -> Self {
        Self { layout: part.layout(), names: Names::of(&part.columns) }
    }

    /// Reads a row; or says why it is no contact.
    pub(crate) fn read(&self, content: &Content) -> Result<Read, String> {
        match content {
            Content::Cells(record) => {
                let row = self.layout.row(record.cells());
                let fingerprint = self.names.fingerprint(record);
                let source = row.id.as_ref().map(|id| id.as_bytes().to_vec());
                checked(&row.model, None).map_err(|error| error.to_string())?;
                Ok(Read { row, fingerprint, source, card: None })
            }
            Content::Card(bytes) => {
                let card = Card::parse(bytes.as_slice()).map_err(|error| error.to_string())?;
                let row = of_model(card.model_light());
                let source = row.model.uid.as_deref().map(source);
                Ok(Read { fingerprint: fingerprint::of_card(&card), row, source, card: Some(card) })
            }
            Content::Object(bytes) => {
                let object: Value =
                    serde_json::from_slice(bytes).map_err(|error| format!("This is not JSON: {error}."))?;
                let fingerprint = fingerprint::of_object(&object);
                let row = of_model(of_object(object)?);
                checked(&row.model, None).map_err(|error| error.to_string())?;
                let source = row.model.uid.as_deref().map(source);
                Ok(Read { row, fingerprint, source, card: None })
            }
        }
    }
}

fn source(uid: &str) -> Vec<u8> {
    keys::uid_key(uid).as_bytes().to_vec()
}

/// `starred` is the star, `myContacts` everyone.
fn of_model(mut model: Model) -> Row {
    let starred = model.keywords.shift_remove("starred").is_some();
    model.keywords.retain(|name, _| !cell::is_everyone(name));
    Row { model, starred, ..Row::default() }
}

/// A JSContact card, leniently: a `label` where JSContact has none is kept as ours.
fn of_object(mut object: Value) -> Result<Model, String> {
    let kind = object.get("@type").and_then(Value::as_str).unwrap_or("Card");
    if kind != "Card" {
        return Err(format!("This is a {kind}, not a JSContact Card."));
    }
    for field in ["addresses", "anniversaries", "relatedTo"] {
        let members = object.get_mut(field).and_then(Value::as_object_mut);
        for member in members.into_iter().flat_map(|members| members.values_mut()).filter_map(Value::as_object_mut) {
            if let Some(label) = member.remove("label")
                && !member.contains_key("rolo:label")
            {
                member.insert("rolo:label".to_owned(), label);
            }
        }
    }
    serde_json::from_value(object).map_err(|error| format!("This is not a JSContact Card: {error}."))
}

impl Read {
    /// Whether there is nobody in it: labels alone are none.
    pub(crate) fn is_empty(&self) -> bool {
        let model = &self.row.model;
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
