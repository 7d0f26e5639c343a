//! Text of values: character sets, quoted-printable and backslashes, both ways.
//!
//! Reading forgives everything; writing follows `Version`. Line breaks in a text are `\n`, whatever they were.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{Version, lexer::Property, param::Meta};

/// The value as characters: out of quoted-printable and its character set, escapes still in.
pub(crate) fn decoded<'a>(property: &Property<'a>, meta: &Meta<'_>) -> Cow<'a, str> {
    let bytes =
        if meta.quoted_printable { Cow::Owned(unquoted_printable(property.value)) } else { property.value.into() };
    characters(bytes, meta.charset.as_deref())
}

/// Characters of these bytes: the named set, else UTF-8 where it fits, else Windows-1252.
pub(crate) fn characters<'a>(bytes: Cow<'a, [u8]>, charset: Option<&str>) -> Cow<'a, str> {
    let named = charset.and_then(|label| Encoding::for_label(label.trim().as_bytes())).filter(|named| *named != UTF_8);
    if named.is_none() {
        match bytes {
            Cow::Borrowed(bytes) => {
                if let Ok(text) = std::str::from_utf8(bytes) {
                    return Cow::Borrowed(text);
                }
                return Cow::Owned(WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned());
            }
            Cow::Owned(bytes) => {
                return Cow::Owned(String::from_utf8(bytes).unwrap_or_else(|failed| {
                    WINDOWS_1252.decode_without_bom_handling(failed.as_bytes()).0.into_owned()
                }));
            }
        }
    }
    Cow::Owned(named.unwrap_or(UTF_8).decode_without_bom_handling(&bytes).0.into_owned())
}

fn hex(octet: u8) -> Option<u8> {
    (octet as char).to_digit(16).map(|digit| digit as u8)
}

pub(crate) fn unquoted_printable(value: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        if value[at] == b'='
            && let Some((high, low)) =
                value.get(at + 1).copied().and_then(hex).zip(value.get(at + 2).copied().and_then(hex))
        {
            out.push(high << 4 | low);
            at += 3;
        } else {
            out.push(value[at]);
            at += 1;
        }
    }
    out
}

/// Octets as quoted-printable, unbroken (RFC 2045 §6.7); the fold comes later.
pub(crate) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() * 2);
    for (at, &octet) in bytes.iter().enumerate() {
        match octet {
            b'\n' => out.extend_from_slice(b"=0D=0A"),
            b' ' if at > 0 && at + 1 < bytes.len() => out.push(octet),
            b'!'..=b'~' if octet != b'=' => out.push(octet),
            _ => out.extend_from_slice(format!("={octet:02X}").as_bytes()),
        }
    }
    out
}

/// Takes the backslashes off. `\:` and `\"` are read too; `\x` of anything else is both characters.
pub(crate) fn unescaped(text: &str, version: Version) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\\', b'\r', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        let after = rest[at + 1..].chars().next();
        let taken = match (rest.as_bytes()[at], after) {
            (b'\r', Some('\n')) => "\n",
            (b'\r', _) => {
                out.push('\n');
                rest = &rest[at + 1..];
                continue;
            }
            (_, Some(';')) => ";",
            (_, Some(',')) if version != Version::V21 => ",",
            (_, Some('n' | 'N')) if version != Version::V21 => "\n",
            (_, Some('\\')) if version != Version::V21 => "\\",
            (_, Some(':')) if version != Version::V21 => ":",
            (_, Some('"')) if version != Version::V21 => "\"",
            _ => {
                out.push('\\');
                rest = &rest[at + 1..];
                continue;
            }
        };
        out.push_str(taken);
        rest = &rest[at + 2..];
    }
    out.push_str(rest);
    out
}

/// A text value with its backslashes. Line breaks of every kind become `\n`, in 2.1 a real one for quoted-printable.
pub(crate) fn escaped(text: &str, version: Version) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' => {
                rest.next_if_eq(&'\n');
                out.push_str(if version == Version::V21 { "\n" } else { "\\n" });
            }
            ';' => out.push_str("\\;"),
            _ if version == Version::V21 => out.push(c),
            '\n' => out.push_str("\\n"),
            ',' => out.push_str("\\,"),
            '\\' => out.push_str("\\\\"),
            c => out.push(c),
        }
    }
    out
}

/// The parts of a value between separators that no backslash escapes, escapes still in.
pub(crate) fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let bytes = text.as_bytes();
        let mut at = 0;
        while let Some(found) = memchr::memchr2(separator, b'\\', &bytes[at..]).map(|found| at + found) {
            if bytes[found] == separator {
                rest = Some(&text[found + 1..]);
                return Some(&text[..found]);
            }
            at = (found + 2).min(bytes.len());
        }
        rest = None;
        Some(text)
    })
}

/// The components of a structured value, each a list.
pub(crate) fn components(text: &str, version: Version) -> Vec<Vec<String>> {
    // 2.1 knows `\;` alone: a backslash before anything else is a letter like any other, and commas make no lists.
    if version == Version::V21 {
        return split_21(text).into_iter().map(|part| vec![unescaped(&part, version)]).collect();
    }
    let list = |part| split(part, b',').map(|one| unescaped(one, version)).collect();
    split(text, b';').map(list).collect()
}

/// Splits a 2.1 value at semicolons that no backslash stands before.
pub(crate) fn split_21(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = '\0';
    for c in text.chars() {
        match parts.last_mut() {
            Some(part) if c != ';' || before == '\\' => part.push(c),
            _ => parts.push(String::new()),
        }
        before = c;
    }
    parts
}

/// One line of text: line breaks become spaces.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(['\n', '\r']) {
        Cow::Owned(text.replace("\r\n", " ").replace(['\n', '\r'], " "))
    } else {
        text.into()
    }
}

/// Characters in the named set, when all of them fit.
pub(crate) fn encoded(text: &str, charset: &str) -> Option<Vec<u8>> {
    let encoding = Encoding::for_label(charset.trim().as_bytes())?;
    let (bytes, _, lost) = encoding.encode(text);
    (!lost).then(|| bytes.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_come_off_leniently() {
        assert_eq!(unescaped(r"a\,b\;c\\d\ne\Nf\:g\x\", Version::V30), "a,b;c\\d\ne\nf:g\\x\\");
        assert_eq!(unescaped(r"a\;b\nc\\;", Version::V21), r"a;b\nc\;");
    }

    #[test]
    fn escaping_comes_back() {
        for version in [Version::V21, Version::V30, Version::V40] {
            for text in ["a;b,c\\d\ne", "\\;", "\\n\\", ";;", "ü,\u{2028}"] {
                assert_eq!(unescaped(&escaped(text, version), version), text, "{version:?}");
            }
        }
        assert_eq!(escaped("a\r\nb\rc", Version::V40), "a\\nb\\nc");
    }

    #[test]
    fn components_split_where_nothing_escapes() {
        let got = components(r"a\;b;c\,d,e;\\;f", Version::V30);
        assert_eq!(got, [vec!["a;b"], vec!["c,d", "e"], vec!["\\"], vec!["f"]]);
        assert_eq!(components(r"a\b;c,d;e\;f", Version::V21), [["a\\b"], ["c,d"], ["e;f"]]);
    }

    #[test]
    fn character_sets_are_honoured() {
        let text = |bytes: &[u8], set: Option<&str>| characters(Cow::Borrowed(bytes), set).into_owned();
        assert_eq!(text(b"Gr\xfc\xdfe", None), "Gr\u{fc}\u{df}e");
        assert_eq!(text("Grüße".as_bytes(), None), "Grüße");
        assert_eq!(text(b"\x8e\x52\x93\x63", Some("SHIFT_JIS")), "山田");
        assert_eq!(text("Grüße".as_bytes(), Some("no such set")), "Grüße");
    }

    #[test]
    fn quoted_printable_comes_back() {
        assert_eq!(quoted_printable("Grüße\nnote = 1".as_bytes()), b"Gr=C3=BC=C3=9Fe=0D=0Anote =3D 1");
        assert_eq!(unquoted_printable(b"Gr=C3=BC=C3=9fe=0D=0A=Z="), "Grüße\r\n=Z=".as_bytes());
    }
}
