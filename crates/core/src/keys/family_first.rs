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

    fn turned(name: Value) -> Option<String> {
        family_first_name(&serde_json::from_value(json!({ "name": name })).unwrap())
    }

    fn named(full: &str, family: &str, given: &str) -> Value {
        json!({"full": full, "components": [
            {"kind": "given", "value": given}, {"kind": "surname", "value": family}
        ]})
    }

    #[test]
    fn the_family_name_stands_in_front_and_nothing_is_lost() {
        assert_eq!(turned(named("Ann Lee", "Lee", "Ann")).unwrap(), "Lee, Ann");
        assert_eq!(turned(named("", "Lee", "Ann")).unwrap(), "Lee, Ann");
        let whole = json!({"full": "Dr. Ann Bo García Márquez PhD", "components": [
            {"kind": "title", "value": "Dr."}, {"kind": "given", "value": "Ann"}, {"kind": "given2", "value": "Bo"},
            {"kind": "surname", "value": "García"}, {"kind": "surname2", "value": "Márquez"},
            {"kind": "credential", "value": "PhD"}
        ]});
        assert_eq!(turned(whole).unwrap(), "García Márquez, Dr. Ann Bo PhD");
        assert_eq!(turned(named("Анна Ли", "Ли", "Анна")).unwrap(), "Ли, Анна");
    }

    #[test]
    fn names_of_scripts_with_an_order_of_their_own_have_no_comma() {
        assert_eq!(turned(named("太郎 田中", "田中", "太郎")).unwrap(), "田中 太郎");
        assert_eq!(turned(named("지수 김", "김", "지수")).unwrap(), "김 지수");
        let hungarian = json!({"full": "János Nagy", "isOrdered": true, "components": [
            {"kind": "surname", "value": "Nagy"}, {"kind": "separator", "value": " "}, {"kind": "given", "value": "János"}
        ]});
        assert_eq!(turned(hungarian).unwrap(), "Nagy János");
    }

    #[test]
    fn what_stands_in_that_order_already_is_not_said_twice() {
        for (full, family, given) in [
            ("田中太郎", "田中", "太郎"),
            ("田中 太郎", "田中", "太郎"),
            ("Nguyễn Văn An", "Nguyễn", "Văn An"),
            ("Lee, Ann", "Lee", "Ann"),
            ("Lee", "Lee", ""),
            ("Ann", "", "Ann"),
            ("Lee Bakery", "", ""),
        ] {
            assert_eq!(turned(named(full, family, given)), None, "{full}");
        }
        assert_eq!(turned(json!({"full": "Ann Lee"})), None, "a name in one piece");
        assert_eq!(family_first_name(&Model::default()), None);
    }

    #[test]
    fn a_first_name_that_is_spelled_like_the_family_name_does_not_stand_for_it() {
        assert_eq!(turned(named("Lee Ann Lee", "Lee", "Lee Ann")).unwrap(), "Lee, Lee Ann");
        assert_eq!(turned(named("Leeann Lee", "Lee", "Leeann")).unwrap(), "Lee, Leeann");
    }
}
