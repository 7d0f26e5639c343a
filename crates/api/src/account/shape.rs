//! What an account looks like on the wire.

use rolo_core::{
    Error, Result,
    account::Settings,
    contracts::database::{AccountRow, OrganisationRow},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    answer::{Answer, Refusal, envelope_tag},
    contact::shape::word,
};

/// An account.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Account {
    id: Uuid,
    name: String,
    email: String,
    /// `owner`, `admin` or `member` of its organisation.
    role: String,
    organisation: AccountOrganisation,
    #[schema(value_type = AccountSettings)]
    settings: Settings,
}

/// Where an account belongs.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountOrganisation {
    id: Uuid,
    name: String,
}

/// What the first paint needs to know. What is missing is the browser's own wish.
#[derive(ToSchema)]
#[schema(as = Settings)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only its description is used: `core` reads and checks settings")]
pub(crate) struct AccountSettings {
    /// A language tag (RFC 5646).
    language: Option<String>,
    /// An IANA time zone.
    zone: Option<String>,
    /// ISO 3166-1 alpha-2: how numbers without a country are read.
    region: Option<String>,
    theme: Option<Theme>,
    density: Option<Density>,
    sort: Option<ListSort>,
    /// Which part of a name is shown first.
    name_order: Option<NameOrderWord>,
    columns: Option<Vec<ListColumn>>,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident),* })*) => {$(
        $(#[$doc])*
        #[derive(ToSchema)]
        #[schema(rename_all = "lowercase")]
        #[expect(dead_code, reason = "only its description is used")]
        enum $name { $($word),* }
    )*};
}

words! {
    /// The colours.
    Theme { System, Light, Dark }
    /// How close lines stand.
    Density { Comfortable, Compact }
    /// The order of the list.
    ListSort { Given, Family, Company, Updated }
    /// Which part of a name is shown first.
    NameOrderWord { Given, Family }
    /// A column of the list.
    ListColumn { Email, Phone, Company, Title, Labels, Updated }
}

/// In what an account shall differ.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AccountPatch {
    pub(crate) name: Option<String>,
    /// A JSON Merge Patch onto the settings.
    #[schema(value_type = Option<AccountSettings>)]
    pub(crate) settings: Option<Map<String, Value>>,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The one you sign in with now.
    pub(crate) old: String,
    /// At least eight characters, and not one everybody uses.
    pub(crate) new: String,
}

/// An account as an answer, tagged with its revision.
pub(crate) fn answer(account: AccountRow, organisation: OrganisationRow) -> Result<Answer, Refusal> {
    let revision = account.revision;
    let settings = Settings::of(&account);
    let shown = Account {
        id: account.id.0,
        name: account.name,
        email: account.email,
        role: word(&account.role),
        organisation: AccountOrganisation { id: organisation.id.0, name: organisation.name },
        settings,
    };
    let body = serde_json::to_vec(&shown).map_err(Error::internal)?;
    let tag = envelope_tag(revision, &body);
    Ok(Answer::octets("application/json", body).with(http::header::ETAG, tag))
}
