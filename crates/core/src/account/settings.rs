//! An account's settings: what makes the first paint right, and the region its phone numbers are read in.

use rlibphonenumber::Region;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Caller;
use crate::{
    Error, Result, Seen, Services, Written,
    contact::Sort,
    contracts::database::AccountRow,
    id::BatchId,
    verb::Tries,
    write::{Act, Admin, Write},
};

/// Every member may be missing: the browser's own wish counts then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// A language tag (RFC 5646).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// An IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// ISO 3166-1 alpha-2, upper-case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Light, dark, or as the system says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme: Option<Theme>,
    /// How close lines stand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub density: Option<Density>,
    /// The order of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<Sort>,
    /// Which part of a name is shown first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_order: Option<NameOrder>,
    /// The columns of the list, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<Column>>,
}

/// The colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Theme {
    System,
    Light,
    Dark,
}

/// How close lines stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Density {
    Comfortable,
    Compact,
}

/// Which part of a name is shown first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum NameOrder {
    Given,
    Family,
}

/// A column of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Column {
    Email,
    Phone,
    Company,
    Title,
    Labels,
    Updated,
}

impl Settings {
    /// What an account's row holds; a member this version does not know falls away.
    pub fn of(account: &AccountRow) -> Self {
        let Ok(serde_json::Value::Object(mut members)) = serde_json::from_str(&account.settings) else {
            return Self::default();
        };
        members.retain(|name, value| serde_json::from_value::<Self>(json!({ name: &*value })).is_ok());
        serde_json::from_value(members.into()).unwrap_or_default()
    }

    pub(super) fn checked(&self) -> Result<()> {
        let refuse = |field: &str, why: &str| Err(Error::invalid(format!("/settings/{field}"), why));
        let is_tag = |text: &str| {
            text.len() <= 35
                && text.split('-').all(|part| {
                    (1..=8).contains(&part.len()) && part.bytes().all(|octet| octet.is_ascii_alphanumeric())
                })
                && text.split('-').next().is_some_and(|language| language.bytes().all(|c| c.is_ascii_alphabetic()))
        };
        if self.language.as_deref().is_some_and(|language| !is_tag(language)) {
            return refuse("language", "This is no language tag, like en, de-AT or zh-Hant.");
        }
        let is_zone = |text: &str| {
            (1..=64).contains(&text.len())
                && text.split('/').all(|part| !part.is_empty())
                && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'/' | b'_' | b'-' | b'+'))
                && !text.starts_with(|c: char| !c.is_ascii_alphabetic())
        };
        if self.zone.as_deref().is_some_and(|zone| !is_zone(zone)) {
            return refuse("zone", "This is no time zone, like Europe/Vienna.");
        }
        let is_region = |text: &str| text.len() == 2 && Region::from_code(text).is_ok() && text == text.to_uppercase();
        if self.region.as_deref().is_some_and(|region| !is_region(region)) {
            return refuse("region", "This is no region, like AT or US.");
        }
        if matches!(self.sort, Some(Sort::Id | Sort::Deleted)) {
            return refuse("sort", "A list is sorted by given, family, company or updated.");
        }
        let columns = self.columns.as_deref().unwrap_or_default();
        if columns.iter().enumerate().any(|(n, column)| columns[..n].contains(column)) {
            return refuse("columns", "Name each column once.");
        }
        Ok(())
    }
}

/// The caller's account and settings.
pub async fn get(services: &Services, caller: &Caller) -> Result<(AccountRow, Settings)> {
    let account = services.database.account(caller.account()).await?.ok_or(Error::NotFound)?;
    let settings = Settings::of(&account);
    Ok((account, settings))
}

/// What becomes of the settings that stand.
pub type Change<'a> = dyn Fn(Settings) -> Result<Settings> + Send + Sync + 'a;

/// Saves the caller's own name and settings, each as far as it is given. What is changed at the same time elsewhere stays,
/// unless a version was insisted on: `change` is then laid onto what that left.
pub async fn save(
    services: &Services,
    caller: &Caller,
    seen: Seen,
    name: Option<String>,
    change: Option<&Change<'_>>,
) -> Result<Written<AccountRow>> {
    let name = name.map(|name| person_name("/name", &name)).transpose()?;
    let batch = BatchId(services.random.id());
    let mut tries = Tries::default();
    loop {
        let (now, stand) = get(services, caller).await?;
        seen.still(now.revision)?;
        let settings = change.map(|change| change(stand)).transpose()?;
        settings.as_ref().map_or(Ok(()), Settings::checked)?;
        let settings =
            settings.map(|settings| serde_json::to_string(&settings).map_err(Error::internal)).transpose()?;
        let (id, expect) = (now.id, Some(now.revision));
        let save = Admin::SaveAccount {
            id,
            expect,
            name: name.clone(),
            password_hash: None,
            settings,
            role: None,
            keep: None,
        };
        let write = Write::by(caller, services.clock.now(), batch, Act::Settings).and(save.into());
        match services.database.commit(write).await {
            Ok(_) => {
                let account = services.database.account(id).await?.ok_or(Error::NotFound)?;
                return Ok(Written::new(account, batch));
            }
            Err(Error::Conflict { .. }) if seen == Seen::Any && tries.again(expect) => {}
            Err(error) => return Err(error),
        }
    }
}

/// A name of a person, an organisation or a book: one line of any script.
pub(crate) fn person_name(field: &str, name: &str) -> Result<String> {
    let name = crate::card::trimmed_nfc(name);
    if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        return Err(Error::invalid(field, format!("A name is one line of 1 to {NAME_CHARS_MAX} characters.")));
    }
    Ok(name)
}

/// Characters of such a name.
pub(crate) const NAME_CHARS_MAX: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    fn field(json: &str) -> Option<String> {
        let settings: Settings = serde_json::from_str(json).unwrap();
        match settings.checked() {
            Ok(()) => None,
            Err(Error::Invalid { field, .. }) => Some(field),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_setting_is_checked() {
        let all = r#"{"language":"zh-Hant","zone":"America/Argentina/Buenos_Aires","region":"AT","theme":"dark",
            "density":"compact","sort":"family","name_order":"family","columns":["email","labels"]}"#;
        assert_eq!(field(all), None);
        assert_eq!(field("{}"), None);
        for (json, member) in [
            (r#"{"language":"no such tag"}"#, "language"),
            (r#"{"language":"-"}"#, "language"),
            (r#"{"zone":"Europe//Vienna"}"#, "zone"),
            (r#"{"zone":"../etc"}"#, "zone"),
            (r#"{"region":"at"}"#, "region"),
            (r#"{"region":"A1"}"#, "region"),
            (r#"{"sort":"deleted"}"#, "sort"),
            (r#"{"columns":["email","email"]}"#, "columns"),
        ] {
            assert_eq!(field(json), Some(format!("/settings/{member}")), "{json}");
        }
        for json in [r#"{"theme":"pink"}"#, r#"{"colour":"red"}"#, r#"{"columns":["id"]}"#] {
            assert!(serde_json::from_str::<Settings>(json).is_err(), "{json}");
        }
    }
}
