//! What a book looks like on the wire.

use rolo_core::{Error, account::Right, contracts::database::BookRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    answer::{Answer, Refusal, envelope_tag},
    contact::shape::Person,
};

/// A book of contacts.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Book {
    id: Uuid,
    name: String,
    /// The account it belongs to; `null`: the organisation.
    #[schema(required = true)]
    owner: Option<Uuid>,
    /// What you may do in it.
    access: Access,
    /// Living contacts.
    contacts: u64,
    /// Contacts in its bin.
    binned: u64,
    modseq: u64,
    revision: String,
}

/// Each includes those before it.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Access {
    /// Read it.
    See,
    /// Change contacts and labels.
    Edit,
    /// Rename, delete, give access.
    Manage,
}

impl From<Right> for Access {
    fn from(right: Right) -> Self {
        match right {
            Right::See => Self::See,
            Right::Edit => Self::Edit,
            Right::Manage => Self::Manage,
        }
    }
}

impl From<Access> for Right {
    fn from(access: Access) -> Self {
        match access {
            Access::See => Self::See,
            Access::Edit => Self::Edit,
            Access::Manage => Self::Manage,
        }
    }
}

impl Book {
    pub(crate) fn of(row: BookRow) -> Self {
        Self {
            id: row.id.0,
            name: row.name,
            owner: row.owner.map(|owner| owner.0),
            access: row.right.into(),
            contacts: row.contacts,
            binned: row.binned,
            modseq: row.modseq.0,
            revision: row.revision.to_string(),
        }
    }
}

/// A book as an answer, tagged with its revision.
pub(super) fn answer(row: BookRow) -> Result<Answer, Refusal> {
    let revision = row.revision;
    let body = serde_json::to_vec(&Book::of(row)).map_err(Error::internal)?;
    let tag = envelope_tag(revision, &body);
    Ok(Answer::octets("application/json", body).with(http::header::ETAG, tag))
}

/// Books.
#[derive(Serialize, ToSchema)]
#[schema(as = Books)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookList {
    pub(crate) items: Vec<Book>,
}

/// A book to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBook {
    pub(crate) name: String,
    /// The organisation's instead of your own; for its owner and admins.
    #[serde(default)]
    pub(crate) shared: bool,
}

/// A book's name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookName {
    pub(crate) name: String,
}

/// Who may do what.
#[derive(Serialize, ToSchema)]
#[schema(as = BookAccess)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessList {
    pub(crate) items: Vec<AccessLine>,
}

/// An account of the organisation and what it may do in the book.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessLine {
    pub(crate) account: Person,
    /// `null`: it does not see the book.
    #[schema(required = true)]
    pub(crate) access: Option<Access>,
}

/// What an account may do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccessRight {
    pub(crate) access: Access,
}
