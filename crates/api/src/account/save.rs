//! Another name, other settings.

use rolo_core::{Error, Seen, account::settings, organisation};
use serde_json::{Map, Value};

use super::shape::{self, AccountPatch};
use crate::{
    Api,
    answer::{Done, Refusal},
    ask::{Ask, json},
};

pub(super) async fn patch(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let body: AccountPatch = ask.json().await?;
    let (services, caller) = (api.services(), ask.caller()?);
    let (account, now) = settings::get(services, caller).await?;
    let wanted = body.settings.map(|patch| patched(now, patch)).transpose()?;
    // The patch was laid onto what stands now, so that is what must still stand.
    let base = if seen == Seen::Any { Seen::Revision(account.revision) } else { seen };
    let written = settings::save(services, caller, base, body.name, wanted).await?;
    let organisation = organisation::get(services, caller, written.value.organisation).await?;
    Ok(shape::answer(written.value, organisation)?.in_batch(written.batch))
}

/// RFC 7396 where no value is an object: `null` takes a setting away, anything else sets it.
fn patched(now: settings::Settings, patch: Map<String, Value>) -> Result<settings::Settings, Refusal> {
    let Value::Object(mut members) = serde_json::to_value(now).map_err(Error::internal)? else {
        return Err(Error::internal("settings are no object").into());
    };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    json::typed_at("/settings", Value::Object(members))
}
