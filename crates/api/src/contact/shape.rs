//! What a contact looks like on the wire (`contract.md` §5).

use jiff::Timestamp;
use rolo_core::{
    Error, Result,
    contact::{Contact, Listed, Stored, Summary},
    id::{BookId, ContactId, LabelId},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::{Answer, Refusal, envelope_tag};

/// A contact: an envelope around a JSContact Card (RFC 9553).
#[derive(Serialize, ToSchema)]
#[schema(as = Contact)]
#[serde(deny_unknown_fields)]
pub(crate) struct Envelope {
    id: Uuid,
    book: Uuid,
    /// `individual`, `org`, `group`…
    kind: String,
    /// The card's UID.
    uid: String,
    /// What `If-Match` compares.
    revision: String,
    modseq: u64,
    labels: Vec<Uuid>,
    starred: bool,
    hidden: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    /// When it went to the bin.
    #[schema(required = true)]
    deleted_at: Option<Timestamp>,
    /// A JSContact Card without `keywords`, `uid`, `kind`, `created` and `updated`: the envelope says those.
    #[schema(value_type = Object)]
    card: Box<RawValue>,
}

impl Envelope {
    pub(crate) fn of(stored: Stored) -> Result<Self> {
        Ok(Self {
            id: stored.id.0,
            book: stored.book.0,
            kind: stored.kind,
            uid: stored.uid,
            revision: stored.revision.to_string(),
            modseq: stored.modseq.0,
            labels: stored.labels.into_iter().map(|label| label.0).collect(),
            starred: stored.starred,
            hidden: stored.hidden,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            deleted_at: stored.deleted_at,
            card: RawValue::from_string(stored.model).map_err(Error::internal)?,
        })
    }
}

/// A contact as an answer, tagged with its revision.
pub(crate) fn answer(contact: Contact) -> Result<Answer, Refusal> {
    let revision = contact.stored.revision;
    let body = serde_json::to_vec(&Envelope::of(contact.stored)?).map_err(Error::internal)?;
    let tag = envelope_tag(revision, &body);
    Ok(Answer::octets("application/json", body).with(http::header::ETAG, tag))
}

/// A contact to be made.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewContact)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewEnvelope {
    /// A UUID version 7, chosen so that a repetition makes nothing new.
    pub(crate) id: Option<Uuid>,
    /// Your own book when absent.
    pub(crate) book: Option<Uuid>,
    /// `individual` when absent.
    pub(crate) kind: Option<String>,
    /// The card's UID; the id when absent.
    pub(crate) uid: Option<String>,
    #[serde(default)]
    pub(crate) labels: Vec<Uuid>,
    #[serde(default)]
    pub(crate) starred: bool,
    #[serde(default)]
    pub(crate) hidden: bool,
    /// A JSContact Card.
    #[schema(value_type = Object)]
    pub(crate) card: Value,
}

/// What a contact shall say.
#[derive(Deserialize, ToSchema)]
#[schema(as = ContactReplacement)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replaced {
    /// The book it is in; moving is another address.
    pub(crate) book: Option<Uuid>,
    pub(crate) kind: Option<String>,
    pub(crate) labels: Option<Vec<Uuid>>,
    pub(crate) starred: Option<bool>,
    pub(crate) hidden: Option<bool>,
    /// The whole JSContact Card.
    #[schema(value_type = Object)]
    pub(crate) card: Value,
}

/// In what a contact shall differ.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = ContactPatch)]
#[serde(deny_unknown_fields)]
pub(crate) struct Patched {
    /// The book it is in; moving is another address.
    pub(crate) book: Option<Uuid>,
    pub(crate) kind: Option<String>,
    /// Exactly these labels.
    pub(crate) labels: Option<Vec<Uuid>>,
    pub(crate) starred: Option<bool>,
    pub(crate) hidden: Option<bool>,
    /// A JSON Merge Patch onto the card.
    #[schema(value_type = Option<Object>)]
    pub(crate) card: Option<Map<String, Value>>,
}

/// Where a contact shall go.
#[derive(Deserialize, ToSchema)]
#[schema(as = ContactPlace)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    pub(crate) book: Uuid,
}

/// A line of a list.
#[derive(Serialize, ToSchema)]
#[schema(as = Summary)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    id: Uuid,
    book: Uuid,
    kind: String,
    /// The card's UID, by which relations of other cards name it. Left out where it was stored before lines said so and
    /// `rolo rebuild` has not been run since.
    #[serde(skip_serializing_if = "Option::is_none")]
    uid: Option<String>,
    name: String,
    /// The name with the family name in front, for those who read it so; left out when that is no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    name_family_first: Option<String>,
    sort: LineSort,
    /// At most two.
    emails: Vec<String>,
    /// At most two.
    phones: Vec<String>,
    #[schema(required = true)]
    company: Option<String>,
    #[schema(required = true)]
    title: Option<String>,
    labels: Vec<Uuid>,
    starred: bool,
    hidden: bool,
    /// The photo's version, for `…/photo?v=`.
    #[schema(required = true)]
    photo: Option<String>,
    updated_at: Timestamp,
    /// When it went to the bin; only said there.
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted_at: Option<Timestamp>,
    modseq: u64,
    revision: String,
}

/// Collation keys in lower-case hex: compared as text they give the order.
#[derive(Serialize, ToSchema)]
#[schema(as = SortKeys)]
#[serde(deny_unknown_fields)]
struct LineSort {
    given: String,
    family: String,
    company: String,
}

impl Line {
    pub(crate) fn of(listed: Listed) -> Result<Self> {
        let summary: Summary = serde_json::from_str(&listed.summary).map_err(Error::internal)?;
        let Summary { name, name_family_first, uid, sort, emails, phones, company, title, photo } = summary;
        Ok(Self {
            id: listed.id.0,
            book: listed.book.0,
            kind: listed.kind,
            uid,
            name,
            name_family_first,
            sort: LineSort { given: sort.given, family: sort.family, company: sort.company },
            emails,
            phones,
            company,
            title,
            labels: listed.labels.into_iter().map(|label| label.0).collect(),
            starred: listed.starred,
            hidden: listed.hidden,
            photo,
            updated_at: listed.updated_at,
            deleted_at: listed.deleted_at,
            modseq: listed.modseq.0,
            revision: listed.revision.to_string(),
        })
    }
}

/// Lines, and where the next page begins.
#[derive(Serialize, ToSchema)]
#[schema(as = ContactList)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactPage {
    pub(crate) items: Vec<Line>,
    #[schema(required = true)]
    pub(crate) next: Option<String>,
    /// How many the whole list has.
    pub(crate) total: u64,
    /// Whether there are more than `total`: a search counts to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) more: Option<bool>,
    /// Said of a search whose index has not taken in yet all that was written before it was asked: ask again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) behind: Option<bool>,
}

/// Part of a contact's history.
#[derive(Serialize, ToSchema)]
#[schema(as = Versions)]
#[serde(deny_unknown_fields)]
pub(crate) struct VersionPage {
    pub(crate) items: Vec<Version>,
    #[schema(required = true)]
    pub(crate) next: Option<String>,
}

/// A version, and what it changed.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Version {
    pub(crate) modseq: u64,
    pub(crate) at: Timestamp,
    /// `null`: Rolo itself.
    #[schema(required = true)]
    pub(crate) by: Option<Person>,
    /// `web`, `api`, `dav`, `command` or `job`.
    pub(crate) door: String,
    #[schema(required = true)]
    pub(crate) device: Option<String>,
    pub(crate) batch: Uuid,
    /// What was done: `create`, `edit`, `import`…
    pub(crate) act: String,
    pub(crate) changes: Vec<Changed>,
}

/// Somebody.
#[derive(Clone, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// A member that changed.
#[derive(Serialize, ToSchema)]
#[schema(as = VersionChange)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changed {
    /// Where in the card.
    pub(crate) path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<String>,
    /// `null`: it was not there.
    pub(crate) before: Value,
    /// `null`: it is no longer there.
    pub(crate) after: Value,
}

/// A word of core's, as JSON writes it.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        _ => String::new(),
    }
}

pub(crate) fn labels(ids: Vec<Uuid>) -> Vec<LabelId> {
    ids.into_iter().map(LabelId).collect()
}

pub(crate) fn book(id: Option<Uuid>) -> Option<BookId> {
    id.map(BookId)
}

/// A chosen id is a UUIDv7, so that ids rise with time.
pub(crate) fn chosen(field: &str, id: Option<Uuid>) -> Result<Option<ContactId>> {
    match id {
        Some(id) if id.get_version_num() != 7 => Err(Error::invalid(field, "A chosen id is a UUID version 7.")),
        id => Ok(id.map(ContactId)),
    }
}
