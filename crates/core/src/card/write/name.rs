//! N, FN and the properties that go with a name; how a full name is composed of its parts, in any usual order.

use crate::card::{
    Model,
    model::{Name, NameComponent},
    read::NAME_PARTS,
};

fn values<'a>(name: &'a Name, kind: &str) -> Vec<&'a str> {
    name.components.iter().filter(|part| part.kind == kind).map(|part| part.value.as_str()).collect()
}

/// The components of N. With a second surname or generation there are seven, and the old places repeat them.
pub(crate) fn components(name: &Name, seven: bool) -> Vec<Vec<String>> {
    let fine = name.components.iter().any(|part| matches!(part.kind.as_str(), "surname2" | "generation"));
    let mut out = vec![Vec::new(); if fine && seven { 7 } else { 5 }];
    for (kind, at) in NAME_PARTS {
        let list = values(name, kind);
        let slot = match (kind, fine && !seven) {
            (&"surname2", true) => 0,
            (&"generation", true) => 4,
            _ => *at,
        };
        if let Some(slot) = out.get_mut(slot) {
            slot.extend(list.iter().map(|one| (*one).to_owned()));
        }
    }
    if out.len() == 7 {
        let repeated = [(0, out[5].clone()), (4, out[6].clone())];
        for (slot, more) in repeated {
            out[slot].extend(more);
        }
    }
    for slot in &mut out {
        if slot.is_empty() {
            slot.push(String::new());
        }
    }
    out
}

/// One usual way to compose a full name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Order {
    surname_first: bool,
    between: &'static str,
    middle: bool,
    title: bool,
    /// What stands before the suffix; `None` leaves it out.
    suffix: Option<&'static str>,
}

const USUAL: Order = Order { surname_first: false, between: " ", middle: true, title: true, suffix: Some(" ") };

fn orders() -> impl Iterator<Item = Order> {
    let heads = [(false, " "), (true, " "), (true, ", "), (true, ""), (false, "")];
    let suffixes = [Some(" "), Some(", "), None];
    heads.into_iter().flat_map(move |(surname_first, between)| {
        suffixes.into_iter().flat_map(move |suffix| {
            [(true, true), (true, false), (false, true), (false, false)].map(move |(middle, title)| Order {
                surname_first,
                between,
                middle,
                title,
                suffix,
            })
        })
    })
}

fn in_order(name: &Name, order: Order) -> String {
    let joined = |kinds: &[&str]| kinds.iter().flat_map(|kind| values(name, kind)).collect::<Vec<_>>().join(" ");
    let given = joined(if order.middle { &["given", "given2"] } else { &["given"] });
    let surname = joined(&["surname", "surname2"]);
    let (first, second) = if order.surname_first { (surname, given) } else { (given, surname) };
    let mut out = if order.title { joined(&["title"]) } else { String::new() };
    let body = [first, second].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(order.between);
    if !out.is_empty() && !body.is_empty() {
        out.push(' ');
    }
    out.push_str(&body);
    let suffix = joined(&["generation", "credential"]);
    if let Some(before) = order.suffix.filter(|_| !suffix.is_empty()) {
        if !out.is_empty() {
            out.push_str(before);
        }
        out.push_str(&suffix);
    }
    out
}

/// What to call a contact without a name: company, nickname, e-mail, phone, website.
fn instead(model: &Model) -> String {
    let company = model.organizations.values().find_map(|one| one.name.clone());
    company
        .or_else(|| model.nicknames.values().map(|one| one.name.clone()).next())
        .or_else(|| model.emails.values().map(|one| one.address.clone()).next())
        .or_else(|| model.phones.values().map(|one| one.number.clone()).next())
        .or_else(|| model.links.values().map(|one| one.uri.clone()).next())
        .unwrap_or_default()
}

fn named(model: &Model) -> Option<&Name> {
    model.name.as_ref().filter(|name| !name.components.is_empty())
}

/// The full name composed of a model in the usual order.
pub(crate) fn composed(model: &Model) -> String {
    let full = named(model).map(|name| in_order(name, USUAL)).filter(|full| !full.is_empty());
    full.unwrap_or_else(|| instead(model))
}

/// The full name a changed model gets when `full` was composed of the old one: in the same order. `None` when it was not.
pub(crate) fn recomposed(full: &str, old: &Model, new: &Model) -> Option<String> {
    let order = match named(old) {
        Some(name) => orders().find(|order| in_order(name, *order) == full)?,
        None if instead(old) == full => USUAL,
        None => return None,
    };
    let full = named(new).map(|name| in_order(name, order)).filter(|full| !full.is_empty());
    Some(full.unwrap_or_else(|| instead(new)))
}

/// What a name is sorted by as SORT-AS lists it, where it has a given name too: SORT-STRING has room for one text.
pub(crate) fn sort_both(name: &Name) -> Option<String> {
    let given = name.sort_as.get("given").filter(|given| !given.is_empty())?;
    Some(format!("{},{given}", sort_surname(name.sort_as.get("surname").map(String::as_str).unwrap_or_default())))
}

/// A surname to sort by as SORT-AS says it. A comma of its own would be the end of it, and a parameter has no escapes: it
/// is written as in a list of texts, which other programs see as a backslash in what they sort by.
pub(crate) fn sort_surname(surname: &str) -> String {
    surname.replace('\\', "\\\\").replace(',', "\\,")
}

/// The phonetic text of a kind of part.
pub(crate) fn phonetic<'a>(name: Option<&'a Name>, kind: &str) -> Option<&'a str> {
    let of_kind = |part: &&NameComponent| part.kind == kind;
    name?.components.iter().find(of_kind)?.phonetic.as_deref().filter(|sound| !sound.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(parts: &[(&str, &str)]) -> Model {
        let components = parts.iter().map(|(kind, value)| NameComponent {
            kind: (*kind).into(),
            value: (*value).into(),
            ..Default::default()
        });
        Model { name: Some(Name { components: components.collect(), ..Default::default() }), ..Default::default() }
    }

    #[test]
    fn a_composed_name_follows_in_its_own_order() {
        let old =
            model(&[("title", "Dr."), ("given", "Ann"), ("given2", "B"), ("surname", "Lee"), ("credential", "MD")]);
        let new =
            model(&[("title", "Dr."), ("given", "Ann"), ("given2", "B"), ("surname", "Roe"), ("credential", "MD")]);
        for (was, is) in [
            ("Dr. Ann B Lee MD", "Dr. Ann B Roe MD"),
            ("Dr. Ann B Lee, MD", "Dr. Ann B Roe, MD"),
            ("Lee, Ann", "Roe, Ann"),
            ("Lee Ann B", "Roe Ann B"),
            ("LeeAnn", "RoeAnn"),
        ] {
            assert_eq!(recomposed(was, &old, &new).unwrap(), is);
        }
        assert_eq!(recomposed("Annie", &old, &new), None);
    }
}
