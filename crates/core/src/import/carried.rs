//! Custom fields that stand for a field a table has no column for: `IM (Skype)`, `occupation`, `job title 2`.

use super::{dialect::CARRIED, field::Field};

/// Services whose page is an account there rather than a website.
const SERVICES: &[&str] = &[
    "Twitter",
    "X",
    "Facebook",
    "LinkedIn",
    "Instagram",
    "Mastodon",
    "GitHub",
    "GitLab",
    "Flickr",
    "YouTube",
    "TikTok",
    "Xing",
    "Threads",
    "Bluesky",
    "Pinterest",
    "Weibo",
    "VK",
    "Snapchat",
    "Reddit",
    "Signal",
    "Telegram",
    "MySpace",
];

/// The service a website's label names.
pub(crate) fn service(label: &str) -> Option<&'static str> {
    SERVICES.iter().copied().find(|service| service.eq_ignore_ascii_case(label))
}

/// What the name of a custom field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Carried<'a> {
    pub(crate) field: Field,
    /// What stands in brackets.
    pub(crate) label: &'a str,
    /// The number behind the name: which job.
    pub(crate) number: u16,
}

/// The field a custom field stands for. Google's tables need few of them, Outlook's (`every`) nearly all.
pub(crate) fn carried(name: &str, every: bool) -> Option<Carried<'_>> {
    let name = name.trim();
    if name.len() > 200 {
        return None;
    }
    let (base, label) = match name.strip_suffix(')').and_then(|inner| inner.split_once(" (")) {
        Some((base, label)) => (base, label),
        None => (name, ""),
    };
    let digits = base.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (word, number) = base.split_at(base.len() - digits);
    let number: u16 = if digits == 0 { 0 } else { number.parse().ok().filter(|_| word.ends_with(' '))? };
    let word = word.trim_end();
    let (_, field, google) = CARRIED.iter().find(|(one, _, _)| one.eq_ignore_ascii_case(word))?;
    let job = matches!(field, Field::Company | Field::Title | Field::Department | Field::Role | Field::PhoneticCompany);
    let fits = if number > 0 { job } else { every || *google };
    fits.then_some(Carried { field: *field, label, number })
}

/// The name a field is carried by.
pub(crate) fn name(field: Field) -> &'static str {
    CARRIED.iter().find(|(_, one, _)| *one == field).map_or("", |(name, _, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_field_label_and_number() {
        let of =
            |name, every| carried(name, every).map(|one: Carried<'_>| (one.field, one.label.to_owned(), one.number));
        assert_eq!(of("IM (Skype)", false), Some((Field::Im, "Skype".into(), 0)));
        assert_eq!(of("job title 2", false), Some((Field::Title, String::new(), 2)));
        assert_eq!(of("Occupation", false), Some((Field::Role, String::new(), 0)));
        assert_eq!(of("phone (Boat (old))", true), Some((Field::Phone, "Boat (old)".into(), 0)));
        for name in ["phone", "company", "Shoe size", "Custom 1", "IM2", "IM 2", "(x)"] {
            assert_eq!(of(name, false), None, "{name}");
        }
    }
}
