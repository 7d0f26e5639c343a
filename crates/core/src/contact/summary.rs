//! What a line of the list shows, derived from the model once and kept beside the card.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::row::SortKeys;
use crate::{
    card::{Card, Model},
    keys::{display_name, family_first_name, shown_company},
};

/// E-mail addresses and phone numbers a line shows of each.
const SHOWN: usize = 2;
/// Characters of a value a line shows; the contact itself holds all of them.
const VALUE_CHARS_MAX: usize = 256;

/// A line of the list, without what the row says beside it: ids, labels, marks, modseq and times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// What it is called.
    pub name: String,
    /// The same family name first; `None` when that is no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_family_first: Option<String>,
    /// The card's UID, by which relations name it. `None` where it was stored before lines said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// What it is sorted by.
    pub sort: SortHex,
    /// The first e-mail addresses.
    pub emails: Vec<String>,
    /// The first phone numbers.
    pub phones: Vec<String>,
    /// The first company.
    pub company: Option<String>,
    /// The first job title.
    pub title: Option<String>,
    /// The version of its photo, for `…/photo?v=`; `None` when it has none.
    pub photo: Option<String>,
}

/// The collation keys as lower-case hex, so that any client sorts as the server does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SortHex {
    /// Given name first.
    pub given: String,
    /// Family name first.
    pub family: String,
    /// Company first.
    pub company: String,
}

impl Summary {
    /// The summary of a card of this kind and UID, whose light model is `model`.
    pub fn of(card: &Card, model: &Model, kind: &str, uid: &str, sort: &SortKeys) -> Self {
        let emails = model.emails.values().map(|email| email.address.as_str());
        let phones = model.phones.values().map(|phone| phone.number.as_str());
        let titles = model.titles.values().filter(|title| title.kind.as_deref().is_none_or(|kind| kind == "title"));
        Self {
            name: short(&display_name(model)),
            name_family_first: family_first_name(model).filter(|_| kind != "org").map(|name| short(&name)),
            uid: Some(uid.to_owned()),
            sort: SortHex { given: hex(&sort.given), family: hex(&sort.family), company: hex(&sort.company) },
            emails: shown(emails),
            phones: shown(phones),
            company: shown_company(model).map(|company| short(&company)),
            title: shown(titles.map(|title| title.name.as_str())).into_iter().next(),
            photo: card.photo().map(|photo| photo_version(&photo.bytes)),
        }
    }
}

/// What `…/photo?v=` says, and `rolo:blob:` in the model: a photo that changes has another address.
pub fn photo_version(image: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    hex(&Sha256::digest(image))
}

fn shown<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    values.map(str::trim).filter(|value| !value.is_empty()).take(SHOWN).map(short).collect()
}

fn short(text: &str) -> String {
    text.chars().take(VALUE_CHARS_MAX).collect()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(octets.len() * 2), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}
