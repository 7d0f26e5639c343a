//! A contact that shall say something else: PUT the whole, PATCH what differs.

use rolo_core::{
    Error,
    contact::{Change, Patch, checked, save as verb},
};
use serde_json::Value;

use super::shape::{self, Patched, Replaced};
use crate::{
    Api,
    answer::{Done, Refusal},
    ask::{Ask, json},
};

pub(super) async fn replace(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let body: Replaced = ask.json().await?;
    let change = Change {
        card: Some(checked::model_of(body.card)?),
        labels: body.labels.map(shape::labels),
        kind: body.kind,
        starred: body.starred,
        hidden: body.hidden,
        book: shape::book(body.book),
        ..Change::default()
    };
    let written = verb::replace(api.services(), ask.caller()?, ask.id("id")?, seen, change).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}

pub(super) async fn patch(api: Api, mut ask: Ask) -> Done {
    let seen = ask.seen()?;
    let mut body = ask.value().await?;
    nulls_are_defaults(&mut body)?;
    let patch = contact_patch(json::typed(body)?);
    let written = verb::patch(api.services(), ask.caller()?, ask.id("id")?, seen, patch).await?;
    Ok(shape::answer(written.value)?.in_batch(written.batch))
}

/// What a body asks to be different.
pub(crate) fn contact_patch(body: Patched) -> Patch {
    let change = Change {
        labels: body.labels.map(shape::labels),
        kind: body.kind,
        starred: body.starred,
        hidden: body.hidden,
        book: shape::book(body.book),
        ..Change::default()
    };
    Patch { card: body.card.map(Value::Object), change }
}

/// In a merge patch `null` takes a member away: what the envelope says instead then is its default.
fn nulls_are_defaults(body: &mut Value) -> Result<(), Refusal> {
    let Value::Object(members) = body else { return Ok(()) };
    for (name, value) in members.iter_mut().filter(|(_, value)| value.is_null()) {
        *value = match name.as_str() {
            "labels" => Value::Array(Vec::new()),
            "starred" | "hidden" => Value::Bool(false),
            "kind" => Value::from("individual"),
            "card" | "book" => {
                return Err(Error::invalid(format!("/{name}"), "A contact cannot be without this.").into());
            }
            _ => continue,
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_takes_a_member_away() {
        let mut body = json!({ "labels": null, "starred": null, "kind": null, "card": { "notes": null } });
        nulls_are_defaults(&mut body).unwrap();
        assert_eq!(body, json!({ "labels": [], "starred": false, "kind": "individual", "card": { "notes": null } }));
        assert!(nulls_are_defaults(&mut json!({ "card": null })).is_err());
    }
}
