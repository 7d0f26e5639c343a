//! What an update would do to a contact: three ways with the row it came from, or only adding where that is not known.

use serde_json::{Map, Value};

use super::add::added;
use crate::{
    card::{Change, Model, apply, diff},
    keys::Phone,
};

/// What a row would do to a contact.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// The contact afterwards.
    pub(crate) after: Model,
    /// What differs then.
    pub(crate) changes: Vec<Change>,
    /// Whether something the row changes was changed in Rolo too.
    pub(crate) clashes: bool,
}

/// Members that come and go by themselves, or are the contact's own.
fn bare(model: &Model) -> Model {
    let mut bare = model.clone();
    (bare.uid, bare.prod_id, bare.created, bare.updated) = (None, None, None, None);
    bare
}

/// Plans an update of `current`. `base` is the earlier row.
pub(crate) fn planned(base: Option<&Model>, row: &Model, current: &Model, region: Option<&str>) -> Plan {
    let row = bare(row);
    let (after, clashes) = match base {
        None => (added(&row, current, region), false),
        Some(base) => {
            let base = bare(base);
            let mut wanted = diff(&base, &aligned(&base, &row));
            wanted.retain(|change| !says_the_same(change));
            let (mut after, left) = apply(&wanted, &bare(current));
            after.uid.clone_from(&current.uid);
            after.prod_id.clone_from(&current.prod_id);
            after.created.clone_from(&current.created);
            after.updated.clone_from(&current.updated);
            (after, !left.is_empty())
        }
    };
    let changes = diff(current, &after);
    Plan { after, changes, clashes }
}

/// Whether a change is only one of spelling, as between a card and the same card in another version: a number as `tel:` and
/// as text, a whole name that is now its only part, a whole name made of its parts.
fn says_the_same(change: &Change) -> bool {
    let (Some(before), Some(after)) = (&change.before, &change.after) else { return false };
    match change.field.as_str() {
        "phones" => {
            let number = |value: &Value| value.get("number").and_then(|number| Phone::parse(number.as_str()?, None));
            let rest = |value: &Value| {
                let mut rest = value.clone();
                rest.as_object_mut().map(|object| object.shift_remove("number"));
                rest
            };
            number(before).is_some() && number(before) == number(after) && rest(before) == rest(after)
        }
        "name" => {
            let text = |value: &Value| value.get("full").and_then(|full| full.as_str()).map(str::to_owned);
            let parts = |value: &Value| value.get("components").and_then(Value::as_array).cloned().unwrap_or_default();
            let words = |text: &str| {
                let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
                words.sort_unstable();
                words
            };
            let joined = |parts: &[Value]| {
                let texts = parts.iter().filter_map(|part| part.get("value").and_then(Value::as_str));
                texts.collect::<Vec<_>>().join(" ")
            };
            let (old, new) = (parts(before), parts(after));
            match (text(before), text(after)) {
                (Some(was), Some(is)) => was == is && old.is_empty() && new.len() == 1 && joined(&new) == is,
                (None, Some(is)) => old == new && words(&joined(&new)) == words(&is),
                _ => false,
            }
        }
        _ => false,
    }
}

/// The row with the ids of the members it changes taken from the earlier row: a number that became another number is one
/// change and not a number gone and another come, so that an edit of it in Rolo is seen.
fn aligned(base: &Model, row: &Model) -> Model {
    let (Ok(Value::Object(base)), Ok(Value::Object(mut wanted))) =
        (serde_json::to_value(base), serde_json::to_value(row))
    else {
        return row.clone();
    };
    for (field, members) in &mut wanted {
        let keyed = matches!(field.as_str(), "relatedTo" | "keywords" | "members" | "localizations");
        if let (Value::Object(members), Some(Value::Object(old))) = (members, base.get(field))
            && !keyed
            && old.values().all(Value::is_object)
            && members.values().all(Value::is_object)
        {
            align(old, members);
        }
    }
    serde_json::from_value(Value::Object(wanted)).unwrap_or_else(|_| row.clone())
}

/// What a member is beside its value.
fn kind(member: &Value) -> Vec<Option<&Value>> {
    ["kind", "label", "rolo:label", "contexts", "features", "service"].iter().map(|name| member.get(name)).collect()
}

fn align(old: &Map<String, Value>, members: &mut Map<String, Value>) {
    let mut gone: Vec<(&String, &Value)> = old.iter().filter(|(id, _)| !members.contains_key(*id)).collect();
    let mut come: Vec<String> = members.keys().filter(|id| !old.contains_key(*id)).cloned().collect();
    let mut pairs: Vec<(String, String)> = Vec::new();
    come.retain(|id| {
        let Some(at) = gone.iter().position(|(_, one)| kind(one) == kind(&members[id])) else { return true };
        pairs.push((id.clone(), gone.remove(at).0.clone()));
        false
    });
    if let ([(old, _)], [new]) = (gone.as_slice(), come.as_slice()) {
        pairs.push((new.clone(), (*old).clone()));
    }
    if pairs.is_empty() {
        return;
    }
    *members = std::mem::take(members)
        .into_iter()
        .map(|(id, member)| match pairs.iter().find(|(new, _)| *new == id) {
            Some((_, old)) => (old.clone(), member),
            None => (id, member),
        })
        .collect();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        card::{Card, Drawing},
        import::tests::table,
    };

    const HEAD: &str = "First Name,Last Name,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Notes,Birthday\n";

    fn row(text: &str) -> Model {
        table(format!("{HEAD}{text}\n").as_bytes()).rows.remove(0).model
    }

    fn stored(model: &Model) -> Model {
        Card::drawn(model, Drawing { product: "0", uid: Some("u"), now: None }).unwrap().model_light()
    }

    fn paths(plan: &Plan) -> Vec<String> {
        let text = |value: &Option<Value>| {
            value
                .as_ref()
                .map(|value| value.get("address").or(value.get("number")).unwrap_or(value).to_string())
                .unwrap_or_default()
        };
        plan.changes.iter().map(|one| format!("{} {} → {}", one.field, text(&one.before), text(&one.after))).collect()
    }

    #[test]
    fn an_update_patches_only_what_differs_between_the_two_rows() {
        let base = row("Ann,Lee,,Home,a@x.example,Work,b@x.example,Mobile,+1 202 555 0143,Old,");
        let mut current = stored(&base);
        // Edited in Rolo since: a nickname, another note.
        add_nickname(&mut current);
        let new = row("Ann,Lee,,Home,a2@x.example,Work,b@x.example,Mobile,+1 202 555 0143,Old,1980-03-21");
        let plan = planned(Some(&base), &new, &current, None);
        assert!(!plan.clashes);
        assert_eq!(
            paths(&plan),
            [
                "emails \"a@x.example\" → \"a2@x.example\"",
                "anniversaries  → {\"kind\":\"birth\",\"date\":{\"year\":1980,\"month\":3,\"day\":21}}"
            ]
        );
        assert!(!plan.after.nicknames.is_empty());
    }

    #[test]
    fn a_value_edited_in_both_places_clashes_and_nothing_is_overwritten() {
        let base = row("Ann,Lee,,Home,a@x.example,,,,,,");
        let mut current = stored(&base);
        current.emails.values_mut().for_each(|one| one.address = "mine@x.example".to_owned());
        let plan = planned(Some(&base), &row("Ann,Lee,,Home,new@x.example,,,,,,"), &current, None);
        assert!(plan.clashes);
        // The same edit made on both sides is none.
        current.emails.values_mut().for_each(|one| one.address = "new@x.example".to_owned());
        let plan = planned(Some(&base), &row("Ann,Lee,,Home,new@x.example,,,,,,"), &current, None);
        assert_eq!((plan.clashes, plan.changes.len()), (false, 0));
    }

    #[test]
    fn a_row_that_did_not_change_leaves_every_edit_alone() {
        let base = row("Ann,Lee,Family,Home,a@x.example,,,Mobile,+1 202 555 0143,Old,");
        let mut current = stored(&base);
        current.phones.clear();
        current.keywords.clear();
        current.notes.values_mut().for_each(|one| one.note = "Mine".to_owned());
        let plan = planned(Some(&base), &base, &current, None);
        assert_eq!((plan.clashes, paths(&plan)), (false, vec![]));
    }

    #[test]
    fn a_value_gone_from_the_file_goes() {
        let base = row("Ann,Lee,Family,Home,a@x.example,Work,b@x.example,,,,");
        let plan = planned(Some(&base), &row("Ann,Lee,,Work,b@x.example,,,,,,"), &stored(&base), None);
        assert_eq!(paths(&plan), ["keywords true → ", "emails \"a@x.example\" → "]);
    }

    #[test]
    fn without_an_earlier_row_it_only_adds() {
        let current = stored(&row("Ann,Lee,Family,Home,a@x.example,,,Mobile,+1 (202) 555-0143,Old,1980-03-21"));
        let new = row("Anna,Lee,Club,Work,A@X.example,Work,b@x.example,,2025550143,Other,1999-01-01");
        let plan = planned(None, &new, &current, Some("US"));
        assert_eq!(paths(&plan), ["keywords  → true", "emails  → \"b@x.example\"", "notes  → {\"note\":\"Other\"}"]);
        assert_eq!(planned(None, &current, &current, None).changes, []);
    }

    fn add_nickname(model: &mut Model) {
        let name = crate::card::model::Nickname { name: "Annie".into(), ..Default::default() };
        model.nicknames.insert("x".into(), name);
    }
}
