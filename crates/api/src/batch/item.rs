//! One item of a batch on the wire, and the item of `core` it means.

use rolo_core::{
    Error, Seen,
    contact::{BatchItem, Change, Patch},
    id::{BookId, ContactId, LabelId},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    answer::Refusal,
    contact::{
        create::new_contact,
        save::contact_patch,
        shape::{NewEnvelope, Patched},
    },
};

/// What shall happen to one contact.
#[derive(Deserialize, ToSchema)]
#[schema(as = BatchItem)]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    op: Op,
    /// Which; for `create` a chosen id.
    contact: Option<Uuid>,
    /// The version that was seen, or `*` for any. `patch`, `delete` and `move` need it.
    revision: Option<String>,
    /// For `label` and `unlabel`.
    label: Option<Uuid>,
    /// For `create` and `move`.
    book: Option<Uuid>,
    /// For `create` the card; for `patch` a JSON Merge Patch onto it.
    #[schema(value_type = Option<Object>)]
    card: Option<Map<String, Value>>,
    /// For `create` and `patch`: exactly these labels.
    labels: Option<Vec<Uuid>>,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Op {
    Create,
    Patch,
    Delete,
    Restore,
    Label,
    Unlabel,
    Star,
    Unstar,
    Hide,
    Unhide,
    Move,
}

impl Op {
    /// The members that mean something with it, beside `op`.
    fn members(self) -> &'static [&'static str] {
        match self {
            Self::Create => &["contact", "book", "card", "labels"],
            Self::Patch => &["contact", "revision", "card", "labels"],
            Self::Delete => &["contact", "revision"],
            Self::Label | Self::Unlabel => &["contact", "revision", "label"],
            Self::Move => &["contact", "revision", "book"],
            Self::Restore | Self::Star | Self::Unstar | Self::Hide | Self::Unhide => &["contact"],
        }
    }
}

impl Item {
    /// Whether it makes a contact.
    pub(super) fn creates(&self) -> bool {
        self.op == Op::Create
    }

    /// The `n`th item as `core` has it.
    pub(super) fn meant(self, n: usize) -> Result<BatchItem, Refusal> {
        let at = |name: &str| format!("/items/{n}/{name}");
        self.says_only(self.op.members(), &at)?;
        let missing = |name: &str| Error::invalid(at(name), "This must be given.");
        if self.op == Op::Create {
            return Ok(BatchItem::Create(Box::new(self.created(n)?)));
        }
        let id = ContactId(self.contact.ok_or_else(|| missing("contact"))?);
        let needs_seen = matches!(self.op, Op::Patch | Op::Delete | Op::Move);
        let seen = seen(self.revision.as_deref(), needs_seen, at("revision"))?;
        let label = || self.label.map(LabelId).ok_or_else(|| missing("label"));
        Ok(match self.op {
            Op::Label => patched(id, seen, Change { add_labels: vec![label()?], ..Change::default() }),
            Op::Unlabel => patched(id, seen, Change { remove_labels: vec![label()?], ..Change::default() }),
            Op::Delete => BatchItem::Delete { id, seen },
            Op::Restore => BatchItem::Restore { id },
            Op::Star => BatchItem::Star { id, on: true },
            Op::Unstar => BatchItem::Star { id, on: false },
            Op::Hide => BatchItem::Hide { id, on: true },
            Op::Unhide => BatchItem::Hide { id, on: false },
            Op::Move => BatchItem::Relocate { id, book: BookId(self.book.ok_or_else(|| missing("book"))?), seen },
            Op::Patch | Op::Create => {
                let body = Patched { card: self.card, labels: self.labels, ..Patched::default() };
                BatchItem::Patch { id, seen, patch: Box::new(contact_patch(body)) }
            }
        })
    }

    fn created(self, n: usize) -> Result<rolo_core::contact::NewContact, Refusal> {
        let at = format!("/items/{n}");
        let card = self.card.ok_or_else(|| Error::invalid(format!("{at}/card"), "This must be given."))?;
        let card = Value::Object(card);
        let body = NewEnvelope {
            id: self.contact,
            book: self.book,
            kind: None,
            uid: None,
            labels: self.labels.unwrap_or_default(),
            starred: false,
            hidden: false,
            card,
        };
        new_contact(&at, body)
    }

    fn says_only(&self, members: &[&str], at: &impl Fn(&str) -> String) -> Result<(), Error> {
        let said = [
            ("contact", self.contact.is_some()),
            ("revision", self.revision.is_some()),
            ("label", self.label.is_some()),
            ("book", self.book.is_some()),
            ("card", self.card.is_some()),
            ("labels", self.labels.is_some()),
        ];
        match said.iter().find(|(name, said)| *said && !members.contains(name)) {
            Some((name, _)) => Err(Error::invalid(at(name), "This means nothing with this op.")),
            None => Ok(()),
        }
    }
}

fn patched(id: ContactId, seen: Seen, change: Change) -> BatchItem {
    BatchItem::Patch { id, seen, patch: Box::new(Patch { card: None, change }) }
}

fn seen(revision: Option<&str>, needed: bool, at: String) -> Result<Seen, Refusal> {
    match revision {
        None if needed => Err(Refusal::from(Error::Unseen).at(at)),
        None | Some("*") => Ok(Seen::Any),
        Some(text) => match text.parse() {
            Ok(revision) => Ok(Seen::Revision(revision)),
            Err(()) => Err(Error::invalid(at, "A revision is 22 characters of base64url, or * for any.").into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a";

    fn meant(item: Value) -> Result<BatchItem, (u16, String)> {
        let item: Item = serde_json::from_value(item).unwrap();
        item.meant(3).map_err(|refusal| (refusal.status.as_u16(), refusal.problem().field.unwrap()))
    }

    #[test]
    fn an_item_means_a_verb() {
        let id: ContactId = ID.parse().unwrap();
        assert_eq!(meant(json!({ "op": "unstar", "contact": ID })), Ok(BatchItem::Star { id, on: false }));
        assert_eq!(
            meant(json!({ "op": "delete", "contact": ID, "revision": "*" })),
            Ok(BatchItem::Delete { id, seen: Seen::Any })
        );
        assert!(matches!(meant(json!({ "op": "label", "contact": ID, "label": ID })), Ok(BatchItem::Patch { .. })));
        assert!(matches!(meant(json!({ "op": "create", "card": {} })), Ok(BatchItem::Create(_))));
    }

    #[test]
    fn what_is_missing_or_means_nothing_is_named() {
        assert_eq!(meant(json!({ "op": "delete", "contact": ID })), Err((428, "/items/3/revision".into())));
        assert_eq!(meant(json!({ "op": "star" })), Err((422, "/items/3/contact".into())));
        assert_eq!(meant(json!({ "op": "move", "contact": ID, "revision": "*" })), Err((422, "/items/3/book".into())));
        assert_eq!(meant(json!({ "op": "star", "contact": ID, "card": {} })), Err((422, "/items/3/card".into())));
        assert_eq!(
            meant(json!({ "op": "delete", "contact": ID, "revision": "x" })),
            Err((422, "/items/3/revision".into()))
        );
    }
}
