//! Change an organisation's details: for its owner and admins.

use serde::{Deserialize, Serialize};

use super::get;
use crate::{
    Error, Result, Seen, Services, Written,
    account::{Caller, settings::person_name},
    contracts::database::OrganisationRow,
    id::{BatchId, OrganisationId},
    write::{Act, Admin, Write},
};

/// Characters of one detail.
const DETAIL_CHARS_MAX: usize = 1_000;

/// What an organisation says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// Where it is, as written on an envelope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Its web site: http or https.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// Its e-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Its phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// An IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Details {
    /// What a row holds.
    pub fn of(row: &OrganisationRow) -> Self {
        serde_json::from_str(&row.details).unwrap_or_default()
    }

    fn checked(&self) -> Result<()> {
        let all = [
            ("address", &self.address),
            ("website", &self.website),
            ("email", &self.email),
            ("phone", &self.phone),
            ("zone", &self.zone),
            ("about", &self.about),
        ];
        for (field, text) in all {
            let Some(text) = text else { continue };
            let stray = |c: char| c.is_control() && !(c == '\n' && matches!(field, "address" | "about"));
            if text.chars().count() > DETAIL_CHARS_MAX || text.chars().any(stray) {
                let why = format!("This is text of at most {DETAIL_CHARS_MAX} characters.");
                return Err(Error::invalid(format!("/details/{field}"), why));
            }
        }
        let is_web = |text: &str| text.starts_with("https://") || text.starts_with("http://");
        if self.website.as_deref().is_some_and(|site| !site.is_empty() && !is_web(site)) {
            return Err(Error::invalid("/details/website", "A web site starts with https:// or http://."));
        }
        Ok(())
    }
}

/// Saves name and details, each as far as it is given.
pub async fn save(
    services: &Services,
    caller: &Caller,
    id: OrganisationId,
    seen: Seen,
    name: Option<&str>,
    details: Option<Details>,
) -> Result<Written<OrganisationRow>> {
    let now = get(services, caller, id).await?;
    caller.may_administer()?;
    seen.still(now.revision)?;
    let name = name.map_or_else(|| Ok(now.name.clone()), |name| person_name("/name", name))?;
    let details = match details {
        Some(details) => {
            details.checked()?;
            serde_json::to_string(&details).map_err(Error::internal)?
        }
        None => now.details.clone(),
    };
    let batch = BatchId(services.random.id());
    let save = Admin::SaveOrganisation { id, expect: Some(now.revision), name, details };
    services.database.commit(Write::by(caller, services.clock.now(), batch, Act::Settings).and(save.into())).await?;
    Ok(Written::new(get(services, caller, id).await?, batch))
}
