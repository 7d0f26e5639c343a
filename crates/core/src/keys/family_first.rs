//! A name with the family name in front, for those who keep their book that way.

use super::display::{composed, display_name, tidy};
use crate::{
    card::model::{Model, Name},
    search::is_cjk,
};

/// What the list shows in that order: `Lee, Ann Bo`, in scripts that never turn names round `田中 太郎`. `None` where it
/// shows the same in either order: a name in one piece, one written family name first already, or none at all.
pub fn family_first_name(model: &Model) -> Option<String> {
    let name = model.name.as_ref()?;
    let family = parts(name, &["surname", "surname2"]);
    if family.is_empty() || parts(name, &["given", "given2"]).is_empty() {
        return None;
    }
    let shown = display_name(model);
    if leads(&shown, &family) && shown != parts(name, &USUAL) {
        return None;
    }
    let rest = parts(name, &["title", "given", "given2", "generation", "credential"]);
    let turned = if name.is_ordered && is_in_front(name) {
        composed(name)
    } else if is_all_cjk(&family) && is_all_cjk(&rest) {
        format!("{family} {rest}")
    } else {
        format!("{family}, {rest}")
    };
    (turned != shown).then_some(turned)
}

/// How a name is put together where nobody says otherwise.
const USUAL: [&str; 7] = ["title", "given", "given2", "surname", "surname2", "generation", "credential"];

fn parts(name: &Name, kinds: &[&str]) -> String {
    let of_kind = |kind| name.components.iter().filter(move |part| part.kind == kind).map(|part| part.value.as_str());
    tidy(&kinds.iter().flat_map(|kind| of_kind(*kind)).collect::<Vec<_>>().join(" "))
}

/// Whether the whole family name stands at the beginning: `Nguyễn Văn An`, `田中太郎`.
fn leads(shown: &str, family: &str) -> bool {
    let Some(behind) = shown.strip_prefix(family) else { return false };
    behind.chars().next().is_none_or(|next| !next.is_alphanumeric() || is_cjk(next))
}

/// Whether the card itself puts the family name first.
fn is_in_front(name: &Name) -> bool {
    let at = |wanted: [&str; 2]| name.components.iter().position(|part| wanted.contains(&part.kind.as_str()));
    at(["surname", "surname2"]) < at(["given", "given2"])
}

fn is_all_cjk(text: &str) -> bool {
    text.chars().all(|letter| is_cjk(letter) || !letter.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn turned(name: &Value) -> Option<String> {
        family_first_name(&serde_json::from_value(json!({ "name": name })).unwrap())
    }

    /// The same names are turned in the browser (`web/src/contact/card.test.ts`), where a card is shown before its line.
    #[test]
    fn names_are_turned_round_where_that_makes_another_name_and_nothing_is_lost() {
        let cases: Vec<Value> = serde_json::from_str(include_str!("../../../../fixtures/family-first.json")).unwrap();
        assert!(cases.len() >= 18);
        for case in cases {
            assert_eq!(turned(&case["name"]).as_deref(), case["familyFirst"].as_str(), "{}", case["name"]);
        }
        assert_eq!(family_first_name(&Model::default()), None);
    }
}
