//! Parameters of a property: TYPE in all its spellings, PREF, ENCODING, CHARSET, VALUE and the rest, read in one pass.

use std::borrow::Cow;

use memchr::memchr2;

/// One parameter as written. A bare one (2.1) has no name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param<'a> {
    /// All of it, without the semicolon.
    pub(crate) raw: &'a [u8],
    pub(crate) name: &'a [u8],
    /// With its quotes.
    pub(crate) value: &'a [u8],
}

impl<'a> Param<'a> {
    pub(crate) fn new(raw: &'a [u8]) -> Self {
        match memchr::memchr(b'=', raw) {
            Some(at) => Self { raw, name: raw[..at].trim_ascii(), value: &raw[at + 1..] },
            None => Self { raw, name: b"", value: raw },
        }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }

    /// The value without quotes and `^` escapes (RFC 6868).
    pub(crate) fn text(&self) -> Cow<'a, str> {
        unquoted(self.value)
    }

    /// Whether its values are types: `TYPE=…`, or bare and neither an encoding nor a value kind.
    pub(crate) fn is_type(&self) -> bool {
        self.is("TYPE") || self.name.is_empty() && !is_bare_encoding(self.value) && !is_bare_value(self.value)
    }
}

pub(crate) fn is_bare_encoding(value: &[u8]) -> bool {
    ["QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT"].iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

fn is_bare_value(value: &[u8]) -> bool {
    ["INLINE", "CONTENT-ID", "CID"].iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// The parameters between a property's name and its colon.
pub(crate) fn params(raw: &[u8]) -> impl Iterator<Item = Param<'_>> {
    split(raw.strip_prefix(b";").unwrap_or(raw), b';').filter(|part| !part.is_empty()).map(Param::new)
}

/// Splits outside of quotes.
pub(crate) fn split(raw: &[u8], at: u8) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(raw);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut from = 0;
        while let Some(found) = memchr2(at, b'"', &text[from..]).map(|found| from + found) {
            if text[found] == at {
                rest = Some(&text[found + 1..]);
                return Some(&text[..found]);
            }
            match memchr::memchr(b'"', &text[found + 1..]) {
                Some(close) => from = found + close + 2,
                // A quote that never closes is a character like any other.
                None => from = found + 1,
            }
        }
        rest = None;
        Some(text)
    })
}

fn unquoted(value: &[u8]) -> Cow<'_, str> {
    let value = value.trim_ascii();
    let value = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(value);
    let text = String::from_utf8_lossy(value);
    if !text.contains('^') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '^' {
            out.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => out.push('\n'),
            Some('\'') => out.push('"'),
            Some('^') => out.push('^'),
            Some(other) => out.extend(['^', other]),
            None => out.push('^'),
        }
    }
    Cow::Owned(out)
}

/// What the parameters of a property say, read once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meta<'a> {
    /// TYPE values as written, `pref` left out.
    pub(crate) types: Vec<Cow<'a, str>>,
    pub(crate) pref: Option<u32>,
    pub(crate) quoted_printable: bool,
    pub(crate) base64: bool,
    pub(crate) charset: Option<Cow<'a, str>>,
    pub(crate) value: Option<Cow<'a, str>>,
    pub(crate) prop_id: Option<Cow<'a, str>>,
    pub(crate) altid: Option<Cow<'a, str>>,
    pub(crate) language: Option<Cow<'a, str>>,
}

impl<'a> Meta<'a> {
    pub(crate) fn of(raw: &'a [u8]) -> Self {
        let mut meta = Self::default();
        for param in params(raw) {
            meta.take(param);
        }
        meta
    }

    fn take(&mut self, param: Param<'a>) {
        if param.is_type() {
            return self.take_types(param.value);
        }
        match param.name.len() {
            0 => self.take_encoding(param.value),
            4 if param.is("PREF") => self.pref = param.text().parse().ok().filter(|pref| (1..=100).contains(pref)),
            16 if param.is("X-EVOLUTION-PREF") => self.pref = param.text().parse().ok(),
            8 if param.is("ENCODING") => self.take_encoding(param.value.trim_ascii()),
            7 if param.is("CHARSET") => self.charset = Some(param.text()),
            5 if param.is("VALUE") => self.value = Some(param.text()),
            7 if param.is("PROP-ID") => self.prop_id = Some(param.text()),
            5 if param.is("ALTID") => self.altid = Some(param.text()),
            8 if param.is("LANGUAGE") => self.language = Some(param.text()),
            _ => {}
        }
    }

    fn take_encoding(&mut self, value: &[u8]) {
        if value.eq_ignore_ascii_case(b"QUOTED-PRINTABLE") {
            self.quoted_printable = true;
        } else if value.eq_ignore_ascii_case(b"BASE64") || value.eq_ignore_ascii_case(b"B") {
            self.base64 = true;
        }
    }

    fn take_types(&mut self, value: &'a [u8]) {
        for part in split(value, b',') {
            let part = part.trim_ascii();
            // `TYPE="a,b"` is a list too.
            let quoted = part.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
            for one in quoted.unwrap_or(part).split(|octet| *octet == b',').filter(|one| !one.is_empty()) {
                if one.eq_ignore_ascii_case(b"PREF") {
                    self.pref = Some(1);
                } else {
                    self.types.push(unquoted(one));
                }
            }
        }
    }

    pub(crate) fn has_type(&self, word: &str) -> bool {
        self.types.iter().any(|one| one.eq_ignore_ascii_case(word))
    }

    /// `VALUE=` is this, in any case.
    pub(crate) fn value_is(&self, kind: &str) -> bool {
        self.value.as_deref().is_some_and(|value| value.trim().eq_ignore_ascii_case(kind))
    }
}

/// The first parameter of this name.
pub(crate) fn param<'a>(raw: &'a [u8], name: &str) -> Option<Cow<'a, str>> {
    params(raw).find(|param| param.is(name)).map(|param| param.text())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn types(raw: &str) -> (Vec<String>, Option<u32>) {
        let meta = Meta::of(raw.as_bytes());
        (meta.types.iter().map(ToString::to_string).collect(), meta.pref)
    }

    #[test]
    fn every_spelling_of_types_is_one_list() {
        let want = (vec!["WORK".to_owned(), "CELL".to_owned()], Some(1));
        for raw in [
            ";TYPE=WORK;TYPE=CELL;TYPE=PREF",
            ";TYPE=WORK,CELL,pref",
            ";type=\"WORK,CELL\";PREF=1",
            ";WORK;CELL;PREF",
            ";Type=\"WORK\",\"CELL\";type=pref",
        ] {
            assert_eq!(types(raw), want, "{raw}");
        }
    }

    #[test]
    fn carets_and_quotes_are_taken_off() {
        assert_eq!(param(b";LABEL=\"Gasse 2^nWien; ^'x^' ^^ ^z\"", "label").unwrap(), "Gasse 2\nWien; \"x\" ^ ^z");
    }

    #[test]
    fn an_open_quote_hides_nothing() {
        let got: Vec<_> = params(b";X=\"a;TYPE=HOME").map(|param| param.raw.to_vec()).collect();
        assert_eq!(got, [b"X=\"a".to_vec(), b"TYPE=HOME".to_vec()]);
    }
}
