//! Another name, other settings.

use rolo_core::{Error, account::settings, organisation};
use serde_json::{Map, Value};

use super::shape::{self, AccountPatch};
use crate::{
    Api,
    answer::Done,
    ask::{Ask, json},
};

pub(super) async fn patch(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let body: AccountPatch = ask.json().await?;
    let (services, caller) = (api.services(), ask.caller()?);
    let change = body.settings.map(|patch| move |now| patched(now, &patch));
    let change = change.as_ref().map(|change| change as &settings::Change<'_>);
    let written = settings::save(services, caller, seen, body.name, change).await?;
    let organisation = organisation::get(services, caller, written.value.organisation).await?;
    Ok(shape::answer(written.value, organisation)?.in_batch(written.batch))
}

/// RFC 7396 where no value is an object: `null` takes a setting away, anything else sets it.
fn patched(now: settings::Settings, patch: &Map<String, Value>) -> Result<settings::Settings, Error> {
    let Value::Object(mut members) = serde_json::to_value(now).map_err(Error::internal)? else {
        return Err(Error::internal("settings are no object"));
    };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    json::typed_at("/settings", Value::Object(members))
}
