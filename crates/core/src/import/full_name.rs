//! What a contact is called when its file says only the parts of its name.

use crate::card::model::NameComponent;

/// The parts in the order their script has them: the family name leads in Chinese, Japanese and Korean. `None` where the
/// usual order is right, foreign names in katakana among them.
pub(crate) fn of(components: &[NameComponent]) -> Option<String> {
    let part = |kind: &str| components.iter().find(|part| part.kind == kind).map(|part| part.value.as_str());
    let (given, family) = (part("given")?, part("surname")?);
    let letters = || given.chars().chain(family.chars()).filter(|c| !c.is_whitespace());
    if !letters().all(is_east_asian) || letters().all(is_katakana) {
        return None;
    }
    let order = [part("title"), Some(family), Some(given), part("given2"), part("credential")];
    Some(order.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

fn is_katakana(c: char) -> bool {
    ('\u{30a0}'..='\u{30ff}').contains(&c)
}

/// Han and its iteration mark, kana, hangul.
fn is_east_asian(c: char) -> bool {
    matches!(c, '々' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_family_name_leads_where_the_script_has_it_so() {
        let called = |given: &str, family: &str| {
            let part = |kind: &str, value: &str| NameComponent {
                kind: kind.to_owned(),
                value: value.to_owned(),
                ..Default::default()
            };
            of(&[part("given", given), part("surname", family)])
        };
        assert_eq!(called("太郎", "佐々木").as_deref(), Some("佐々木 太郎"));
        assert_eq!(called("さくら", "高橋").as_deref(), Some("高橋 さくら"));
        assert_eq!(called("민준", "남궁").as_deref(), Some("남궁 민준"));
        assert_eq!(called("伟", "王").as_deref(), Some("王 伟"));
        assert_eq!(called("マイケル", "スミス"), None);
        assert_eq!(called("Taro", "山田"), None);
        assert_eq!(called("Ann", "Lee"), None);
    }
}
