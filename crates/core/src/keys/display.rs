//! What a contact is called where there is room for one name.

use crate::card::model::{Model, Name};

/// The name the list shows: FN, else the composed name, else company, nickname, e-mail, phone, website, else nothing.
pub fn display_name(model: &Model) -> String {
    let name = model.name.as_ref();
    let given = name.and_then(|name| name.full.as_deref()).map(tidy).filter(|full| !full.is_empty());
    let composed = || name.map(composed).filter(|name| !name.is_empty());
    given.or_else(composed).or_else(|| stand_in(model)).unwrap_or_default()
}

/// What the list shows as the company: the first one named, else the first department.
pub fn shown_company(model: &Model) -> Option<String> {
    let named = model.organizations.values().filter_map(|organization| organization.name.as_deref());
    let units =
        model.organizations.values().flat_map(|organization| organization.units.iter().map(|unit| unit.name.as_str()));
    first(named).or_else(|| first(units))
}

/// What stands in for a name (`card-map.md` §3.4).
fn stand_in(model: &Model) -> Option<String> {
    shown_company(model)
        .or_else(|| first(model.nicknames.values().map(|nickname| nickname.name.as_str())))
        .or_else(|| first(model.emails.values().map(|email| email.address.as_str())))
        .or_else(|| first(model.phones.values().map(|phone| phone.number.as_str())))
        .or_else(|| first(model.links.values().map(|link| link.uri.as_str())))
}

/// Prefix, first, middle, last, suffix; or the order the card says.
pub(super) fn composed(name: &Name) -> String {
    const ORDER: [&str; 7] = ["title", "given", "given2", "surname", "surname2", "generation", "credential"];
    let of_kind = |kind: &'static str| name.components.iter().filter(move |part| part.kind == kind);
    let parts: Vec<&str> = if name.is_ordered {
        name.components.iter().filter(|part| part.kind != "separator").map(|part| part.value.as_str()).collect()
    } else {
        ORDER.into_iter().flat_map(of_kind).map(|part| part.value.as_str()).collect()
    };
    tidy(&parts.join(" "))
}

fn first<'a>(mut values: impl Iterator<Item = &'a str>) -> Option<String> {
    values.find_map(|value| Some(tidy(value)).filter(|value| !value.is_empty()))
}

/// One line: a name may come with newlines, tabs and doubled spaces.
pub(super) fn tidy(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(card: serde_json::Value) -> String {
        display_name(&serde_json::from_value(card).unwrap())
    }

    #[test]
    fn the_written_name_wins_and_is_one_line() {
        assert_eq!(
            shown(json!({"name": {"full": " Ann\n  Lee ", "components": [{"kind": "given", "value": "Anna"}]}})),
            "Ann Lee"
        );
    }

    #[test]
    fn without_one_the_parts_are_put_together() {
        let components = json!([
            {"kind": "surname", "value": "Lee"}, {"kind": "given", "value": "Ann"}, {"kind": "title", "value": "Dr."},
            {"kind": "credential", "value": "PhD"}, {"kind": "given2", "value": "Bo"}
        ]);
        assert_eq!(shown(json!({"name": {"full": "", "components": components}})), "Dr. Ann Bo Lee PhD");
        let ordered = json!([{"kind": "surname", "value": "田中"}, {"kind": "given", "value": "太郎"}]);
        assert_eq!(shown(json!({"name": {"isOrdered": true, "components": ordered}})), "田中 太郎");
    }

    #[test]
    fn without_a_name_something_else_stands_in() {
        let mut card = json!({
            "links": {"a": {"uri": "https://example.org"}}, "phones": {"a": {"number": "112"}},
            "emails": {"a": {"address": "ann@example.org"}}, "nicknames": {"a": {"name": "Annie"}},
            "organizations": {"a": {"name": "  "}, "b": {"name": "Lee & Co"}}
        });
        for (member, expected) in [
            ("organizations", "Lee & Co"),
            ("nicknames", "Annie"),
            ("emails", "ann@example.org"),
            ("phones", "112"),
            ("links", "https://example.org"),
        ] {
            assert_eq!(shown(card.clone()), expected);
            card.as_object_mut().unwrap().remove(member);
        }
        assert_eq!(shown(card), "");
    }
}
