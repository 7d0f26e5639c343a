//! How much a row and a contact have in common.

use super::verdict::Why;
use crate::{
    card::Model,
    keys::{
        self, NameKey, NameMatch, Phone, email_key, match_key_of_email, match_key_of_name, match_key_of_phone,
        same_name, same_phone,
    },
};

/// What a row or a contact is compared by.
#[derive(Debug, Default)]
pub(crate) struct Traits {
    name: NameKey,
    emails: Vec<String>,
    phones: Vec<Phone>,
    /// Hashes of numbers too many contacts share to prove anything.
    pub(crate) common: Vec<keys::MatchKey>,
}

/// What a row and a contact have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Common {
    /// The name and a way to reach them.
    Known,
    /// Enough to ask.
    Ask(Why),
    /// Nothing that counts.
    Nothing,
}

impl Traits {
    /// Of a contact.
    pub(crate) fn of(model: &Model, region: Option<&str>) -> Self {
        Self {
            name: NameKey::of(model, &crate::contact::prepare::kind_of(model)),
            emails: model.emails.values().filter_map(|one| email_key(&one.address)).collect(),
            phones: model.phones.values().filter_map(|one| Phone::parse(&one.number, region)).collect(),
            common: Vec::new(),
        }
    }

    /// The hashes candidates are looked up by: the ways to reach them first, the name last.
    pub(crate) fn keys(&self) -> Vec<keys::MatchKey> {
        let emails = self.emails.iter().filter_map(|one| match_key_of_email(one));
        let phones = self.phones.iter().filter_map(match_key_of_phone);
        emails.chain(phones).chain(match_key_of_name(&self.name)).collect()
    }

    /// Compares a row with a contact.
    pub(crate) fn common(&self, contact: &Self) -> Common {
        let email = self.emails.iter().any(|one| contact.emails.contains(one));
        let phone = self.phones.iter().any(|one| {
            let proves = one.decides() && !match_key_of_phone(one).is_some_and(|key| self.common.contains(&key));
            proves && contact.phones.iter().any(|other| same_phone(one, other))
        });
        let reached = email || phone;
        match (self.name.is_empty(), contact.name.is_empty()) {
            (true, true) if reached => return Common::Known,
            (true, false) | (false, true) if reached => return Common::Ask(Why::Nameless),
            (false, false) => {}
            _ => return Common::Nothing,
        }
        match (same_name(&self.name, &contact.name), reached) {
            (NameMatch::Same, true) => Common::Known,
            (NameMatch::Same, false) => Common::Ask(Why::SameName),
            (NameMatch::InitialOnly, true) => Common::Ask(Why::Initial),
            (_, true) if email => Common::Ask(Why::SameEmail),
            (_, true) => Common::Ask(Why::SamePhone),
            (_, false) => Common::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn traits(name: &str, email: &str, phone: &str) -> Traits {
        let mut card = json!({});
        if !name.is_empty() {
            let (given, surname) = name.split_once(' ').unwrap_or((name, ""));
            let mut parts = vec![json!({"kind": "given", "value": given})];
            if !surname.is_empty() {
                parts.push(json!({"kind": "surname", "value": surname}));
            }
            card["name"] = json!({ "components": parts });
        }
        if !email.is_empty() {
            card["emails"] = json!({"a": {"address": email}});
        }
        if !phone.is_empty() {
            card["phones"] = json!({"a": {"number": phone}});
        }
        Traits::of(&serde_json::from_value(card).unwrap(), Some("US"))
    }

    #[test]
    fn each_rule_of_the_contract() {
        let olu = traits("Olu Finch", "olu@finch.example", "(202) 555-0143");
        for (row, want) in [
            (traits("Olu Finch", "OLU@finch.example", ""), Common::Known),
            (traits("Finch Olu", "", "+1 202 555 0143"), Common::Known),
            (traits("Olu Finch", "other@finch.example", ""), Common::Ask(Why::SameName)),
            (traits("Olu Finch", "", ""), Common::Ask(Why::SameName)),
            (traits("Olu Adebayo-Finch", "olu@finch.example", ""), Common::Ask(Why::SameEmail)),
            (traits("Sam Finch", "", "2025550143"), Common::Ask(Why::SamePhone)),
            (traits("O Finch", "olu@finch.example", ""), Common::Ask(Why::Initial)),
            (traits("O Finch", "", ""), Common::Nothing),
            (traits("", "olu@finch.example", ""), Common::Ask(Why::Nameless)),
            (traits("Sam Ray", "sam@ray.example", "555-0199"), Common::Nothing),
            (traits("", "", "112"), Common::Nothing),
        ] {
            assert_eq!(row.common(&olu), want);
        }
        let nameless = traits("", "only@mail.example", "");
        assert_eq!(traits("", "only@mail.example", "").common(&nameless), Common::Known);
        // Short numbers and numbers of many prove nothing.
        assert_eq!(traits("Ann Lee", "", "5550").common(&traits("Bob Ray", "", "5550")), Common::Nothing);
        let mut row = traits("Sam Ray", "", "2025550143");
        row.common = row.phones.iter().filter_map(match_key_of_phone).collect();
        assert_eq!(row.common(&olu), Common::Nothing);
    }
}
