//! When two phone numbers ring the same phone.
//!
//! Numbers come in as people write them. The account's region says what a number without a country means; what cannot be
//! placed is compared by its last digits. The stored value stays as it was typed.

use rlibphonenumber::{NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};

use crate::search::digit;

/// Letters of a number that are read: the longest number with its extension is far shorter.
const NUMBER_CHARS_MAX: usize = 250;
/// E.164 allows 15 digits.
const DIGITS_MAX: usize = 15;
/// Digits below which a number proves nothing: 112 and a house's extension are shared by many.
const DECIDING_DIGITS: usize = 7;
/// Digits compared when one number could not be placed.
const TAIL_DIGITS: usize = 9;
const EXTENSION_DIGITS_MAX: usize = 11;

/// A phone number, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// `+12025550143`, when the number can be placed in the world.
    pub e164: Option<String>,
    /// The digits as typed, in ASCII, without the extension.
    pub digits: String,
    /// The digits of the extension.
    pub extension: Option<String>,
}

impl Phone {
    /// Reads a number as typed, or a `tel:` URI. `region` is the account's (ISO 3166-1 alpha-2, `AT`), for numbers without
    /// a country. `None` when there is no digit in it.
    pub fn parse(number: &str, region: Option<&str>) -> Option<Self> {
        let number: String = number.trim().chars().take(NUMBER_CHARS_MAX).map(|c| digit(c).unwrap_or(c)).collect();
        let (main, context, extension) = cut(&number);
        let main = keypad(main).unwrap_or_else(|| main.to_owned());
        let (mut international, mut digits) = dialled(&main);
        if digits.is_empty() {
            return None;
        }
        if let Some(context) = context.filter(|_| !international) {
            international = true;
            digits.insert_str(0, &dialled(context).1);
        }
        let e164 = e164(&digits, international, region.and_then(|code| Region::from_code(code).ok()));
        Some(Self { e164, digits, extension })
    }

    /// The number by its longest known digits: E.164 without `+`, else as typed.
    pub fn number(&self) -> &str {
        self.e164.as_deref().map_or(&self.digits, |number| &number[1..])
    }

    /// Whether the number has digits enough to tell people apart by itself.
    pub fn decides(&self) -> bool {
        self.number().len() >= DECIDING_DIGITS
    }

    /// What two equal numbers always share, to look candidates up by; [`same_phone`] then decides. `None` for a number
    /// that decides nothing.
    pub fn lookup(&self) -> Option<&str> {
        let number = self.number();
        number.len().checked_sub(DECIDING_DIGITS).map(|from| &number[from..])
    }

    /// The tokens it is found by: every suffix of three digits or more, and the digits as typed where they are none.
    ///
    /// A prefix of a suffix is any part of the number, so "0202 555" is found in "+1 (202) 555-0143".
    pub fn suffixes(&self) -> impl Iterator<Item = &str> {
        let number = self.number();
        let number = &number[number.len().saturating_sub(DIGITS_MAX)..];
        let typed = &self.digits[..self.digits.len().min(2 * DIGITS_MAX)];
        let typed = Some(typed).filter(|typed| !number.ends_with(*typed));
        (0..=number.len().saturating_sub(3)).map(move |from| &number[from..]).chain(typed)
    }
}

/// Whether two numbers ring the same phone.
///
/// Equal E.164; where one could not be placed, seven digits or more on both sides and the last nine (or all of the
/// shorter) equal. Two different extensions are two phones. Check [`Phone::decides`] before trusting it alone.
pub fn same_phone(a: &Phone, b: &Phone) -> bool {
    if let (Some(one), Some(other)) = (&a.extension, &b.extension)
        && one != other
    {
        return false;
    }
    if let (Some(one), Some(other)) = (&a.e164, &b.e164) {
        return one == other;
    }
    let (one, other) = (a.number(), b.number());
    let tail = TAIL_DIGITS.min(one.len()).min(other.len());
    tail >= DECIDING_DIGITS && one[one.len() - tail..] == other[other.len() - tail..]
}

/// The number itself, the `phone-context` of a `tel:` URI (RFC 3966 §5.1.5), and the extension.
fn cut(number: &str) -> (&str, Option<&str>, Option<String>) {
    let number = match number.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &number[4..],
        _ => number,
    };
    let mut context = None;
    for parameter in number.split(';').skip(1) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        if name.trim().eq_ignore_ascii_case("phone-context") && value.starts_with('+') {
            context = Some(value);
        }
    }
    let without_context = if context.is_some() { number.find(';').map_or(number, |at| &number[..at]) } else { number };
    let parameters_extension = number.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("ext").then(|| extension(value)).flatten()
    });
    if let Some(found) = parameters_extension {
        return (&number[..number.find(';').unwrap_or(number.len())], context, Some(found));
    }
    let (main, found) = written_extension(without_context);
    (main, context, found)
}

/// How an extension is announced, longest first.
const ANNOUNCED: [&str; 14] =
    ["durchwahl", "extension", "anexo", "poste", "ramal", "内線", "分机", "ext", "доб", "dw", "int", "x", "#", ","];

/// Cuts `… ext. 12`, `…x12`, `…#12`, `…,,12`, `…;12`.
fn written_extension(number: &str) -> (&str, Option<String>) {
    let mut digits = 0;
    for (at, c) in number.char_indices() {
        digits += usize::from(c.is_ascii_digit());
        if digits < 3 || c.is_ascii_digit() {
            continue;
        }
        let rest = &number[at..];
        let announced = ANNOUNCED
            .iter()
            .find_map(|word| starts_with_any_case(rest, word).then(|| &rest[word.len()..]))
            .or_else(|| rest.strip_prefix(';'));
        if let Some(found) = announced.and_then(extension) {
            return (&number[..at], Some(found));
        }
    }
    (number, None)
}

fn starts_with_any_case(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start == word || start.to_lowercase() == word)
}

/// The digits of an extension, when nothing else is there.
fn extension(text: &str) -> Option<String> {
    let punctuation = |c: char| c.is_whitespace() || matches!(c, '.' | ':' | '-' | '=' | ',' | ';' | '#' | '(' | ')');
    if !text.chars().all(|c| c.is_ascii_digit() || punctuation(c)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (1..=EXTENSION_DIGITS_MAX).contains(&digits.len()).then_some(digits)
}

/// `1-800-FLOWERS`: a few digits, then capitals, nothing else. Any other letters are words about the number.
fn keypad(number: &str) -> Option<String> {
    let at = number.find(|c: char| c.is_ascii_uppercase())?;
    let (prefix, word) = number.split_at(at);
    let prefix_digits = prefix.chars().filter(char::is_ascii_digit).count();
    let letters = word.chars().filter(char::is_ascii_uppercase).count();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.');
    let shaped = (3..=5).contains(&prefix_digits)
        && letters >= 3
        && prefix.chars().all(|c| plain(c) || matches!(c, ' ' | '+' | '(' | ')'))
        && word.chars().all(|c| c.is_ascii_uppercase() || plain(c));
    let dialled = prefix_digits + word.chars().filter(char::is_ascii_alphanumeric).count();
    (shaped && (DECIDING_DIGITS..=DIGITS_MAX).contains(&dialled)).then(|| number.chars().map(key).collect())
}

/// The key of a letter (ITU-T E.161).
fn key(c: char) -> char {
    match c {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        'W'..='Z' => '9',
        _ => c,
    }
}

/// Whether a `+` leads, and the digits.
fn dialled(main: &str) -> (bool, String) {
    let plus =
        main.find(['+', '＋']).is_some_and(|plus| main.find(|c: char| c.is_ascii_digit()).is_some_and(|at| plus < at));
    (plus, main.chars().filter(char::is_ascii_digit).collect())
}

fn e164(digits: &str, international: bool, region: Option<Region>) -> Option<String> {
    if international {
        return placed(&format!("+{digits}"), None);
    }
    let from_abroad = digits.strip_prefix("00").and_then(|rest| placed(&format!("+{rest}"), None));
    from_abroad.or_else(|| region.and_then(|region| placed(digits, Some(region))))
}

/// A number that could exist: full length for its country. Not "assigned": tables of assignments age, and 555 is none.
fn placed(number: &str, region: Option<Region>) -> Option<String> {
    let parsed = PHONE_NUMBER_UTIL.parse(number, region).ok()?;
    if parsed.is_possible_with_reason() != Ok(NumberLengthType::IsPossible) {
        return None;
    }
    let written = parsed.format_as(PhoneNumberFormat::E164);
    (written.starts_with('+')
        && written.len() > DECIDING_DIGITS
        && written[1..].bytes().all(|octet| octet.is_ascii_digit()))
    .then(|| written.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(number: &str, region: &str) -> Phone {
        Phone::parse(number, Some(region)).unwrap()
    }

    #[test]
    fn any_notation_of_one_number_is_one_number() {
        for written in [
            "+1 (202) 555-0143",
            "202.555.0143",
            "1-202-555-0143",
            "001 202 555 0143",
            "tel:+1-202-555-0143",
            "tel:555-0143;phone-context=+1202",
            "＋１ ２０２ ５５５ ０１４３",
            "٢٠٢٥٥٥٠١٤٣",
        ] {
            assert_eq!(read(written, "US").e164.as_deref(), Some("+12025550143"), "{written}");
        }
        assert_eq!(read("+44 (0)20 7946 0018", "US").e164, read("020 7946 0018", "GB").e164);
        assert_eq!(read("0664 1234567", "AT").e164.as_deref(), Some("+436641234567"));
        assert_eq!(read("8 (912) 345-67-89", "RU").e164.as_deref(), Some("+79123456789"));
    }

    #[test]
    fn extensions_are_cut_in_every_spelling() {
        for written in [
            "+1 202 555 0143 ext. 12",
            "+1 202 555 0143 EXT 12",
            "+1 202 555 0143x12",
            "+1 202 555 0143 #12",
            "+1 202 555 0143,,12",
            "+1 202 555 0143;12",
            "tel:+12025550143;ext=12",
            "tel:202-555-0143;phone-context=+1;ext=12",
            "+1 202 555 0143 内線12",
            "+1 202 555 0143 Durchwahl 12",
        ] {
            let phone = read(written, "US");
            assert_eq!(
                (phone.e164.as_deref(), phone.extension.as_deref()),
                (Some("+12025550143"), Some("12")),
                "{written}"
            );
        }
    }

    #[test]
    fn letters_are_keys_only_where_a_number_is_spelled() {
        assert_eq!(read("1-800-FLOWERS", "US").e164.as_deref(), Some("+18003569377"));
        assert_eq!(read("0664 1234567 BUERO", "AT").digits, "06641234567");
        assert_eq!(read("Fax 0664 1234567", "AT").digits, "06641234567");
        assert_eq!(read("Mum 555 0143 (after 6)", "US").digits, "55501436");
    }

    #[test]
    fn what_cannot_be_placed_keeps_its_digits() {
        for (written, digits) in [("112", "112"), ("555-0143", "5550143"), ("*100#", "100")] {
            let phone = read(written, "US");
            assert_eq!((phone.e164.as_deref(), phone.digits.as_str()), (None, digits), "{written}");
        }
        assert_eq!(Phone::parse("0664 1234567", None).unwrap().e164, None);
        assert_eq!(Phone::parse("0664 1234567", Some("Atlantis")).unwrap().e164, None);
        assert_eq!(Phone::parse("call me", None), None);
        assert_eq!(Phone::parse("", None), None);
    }

    #[test]
    fn the_same_phone_by_its_last_digits_when_one_has_no_country() {
        let placed = read("+43 664 1234567", "AT");
        assert!(same_phone(&placed, &Phone::parse("0664/1234567", None).unwrap()));
        assert!(same_phone(&read("+1 202 555 0143", "US"), &Phone::parse("555-0143", None).unwrap()));
        assert!(!same_phone(&placed, &Phone::parse("0664/1234568", None).unwrap()));
        assert!(!same_phone(&placed, &read("+49 664 1234567", "AT")), "two countries are two phones");
        assert!(!same_phone(&Phone::parse("112", None).unwrap(), &Phone::parse("112", None).unwrap()));
    }

    #[test]
    fn two_extensions_are_two_phones_and_one_is_none() {
        let bare = read("+1 202 555 0143", "US");
        let twelve = read("+1 202 555 0143 x12", "US");
        let nine = read("+1 202 555 0143 x9", "US");
        assert!(!same_phone(&twelve, &nine));
        assert!(same_phone(&bare, &twelve));
    }

    #[test]
    fn numbers_that_are_the_same_share_their_lookup() {
        let pairs =
            [("+43 664 1234567", "0664 1234567"), ("+1 202 555 0143", "555 0143"), ("+1 202 555 0143", "2025550143")];
        for (one, other) in
            pairs.map(|(one, other)| (Phone::parse(one, None).unwrap(), Phone::parse(other, None).unwrap()))
        {
            assert!(same_phone(&one, &other));
            assert_eq!(one.lookup(), other.lookup());
        }
        assert_eq!(Phone::parse("112", None).unwrap().lookup(), None);
    }

    #[test]
    fn every_part_of_a_number_begins_a_suffix() {
        let phone = read("+1 (202) 555-0143", "US");
        let suffixes: Vec<_> = phone.suffixes().collect();
        assert_eq!(
            suffixes,
            ["12025550143", "2025550143", "025550143", "25550143", "5550143", "550143", "50143", "0143", "143"]
        );
        assert_eq!(read("89", "US").suffixes().collect::<Vec<_>>(), ["89"]);
        assert!(read("8 (912) 345-67-89", "RU").suffixes().any(|token| token == "89123456789"), "as typed, too");
        assert!(Phone::parse(&"9".repeat(10_000), None).unwrap().suffixes().count() <= 14);
    }
}
