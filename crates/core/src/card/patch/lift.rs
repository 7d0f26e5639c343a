//! Lifts a 2.1 card to 3.0, for an edit 2.1 cannot say: bare types get their name, quoted-printable and character sets
//! are decoded, BASE64 becomes `b`. What is not understood stays as it is.

use crate::{
    Result,
    card::{
        Card, Version,
        lexer::{Kind, Property},
        param::{Meta, Param, is_bare_encoding, params},
        style::folded,
        text,
    },
};

/// Values made of parts between semicolons.
const STRUCTURED: &[&str] = &["N", "ADR", "ORG", "GEO", "X-ROLO-FIELD", "GENDER"];

pub(super) fn lifted(card: &Card) -> Result<Card> {
    let lexed = &card.lexed;
    let mut out = Vec::with_capacity(card.bytes().len() + 128);
    let mut seen = false;
    for (at, line) in lexed.lines.iter().enumerate() {
        if line.kind != Kind::Property {
            out.extend_from_slice(lexed.raw(line));
            continue;
        }
        let property = lexed.property(at);
        if property.name.eq_ignore_ascii_case(b"VERSION") && !std::mem::replace(&mut seen, true) {
            let mut logical = lexed.text(line).to_vec();
            logical.truncate(logical.len() - property.value.len());
            logical.extend_from_slice(b"3.0");
            out.extend(folded(&logical, None, false, lexed.ending));
            continue;
        }
        match raised(&property) {
            Some(logical) => out.extend(folded(&logical, Some(75), false, lexed.ending)),
            None => out.extend_from_slice(lexed.raw(line)),
        }
    }
    Card::parse(out)
}

/// The line as 3.0 says it; `None` when it says the same already.
fn raised(property: &Property<'_>) -> Option<Vec<u8>> {
    let meta = Meta::of(property.params);
    let bare = params(property.params).any(|param| param.name.is_empty());
    let escapes = property.value.iter().any(|octet| matches!(octet, b',' | b'\\'));
    if !bare && !meta.quoted_printable && !meta.base64 && meta.charset.is_none() && !escapes {
        return None;
    }
    let mut out = Vec::with_capacity(property.value.len() + 64);
    if !property.group_text.is_empty() {
        out.extend_from_slice(property.group_text);
        out.push(b'.');
    }
    out.extend_from_slice(property.name);
    for param in params(property.params) {
        if let Some(raw) = raised_param(&param, meta.base64) {
            out.push(b';');
            out.extend_from_slice(&raw);
        }
    }
    out.push(b':');
    if meta.base64 {
        out.extend_from_slice(property.value);
        return Some(out);
    }
    let value = text::decoded(property, &meta);
    let name = String::from_utf8_lossy(property.name).to_ascii_uppercase();
    let uri = matches!(name.as_str(), "URL" | "PHOTO" | "SOUND" | "LOGO" | "KEY" | "UID" | "FBURL" | "CALURI");
    let again = |part: &str| text::escaped(&text::unescaped(part, Version::V21), Version::V30);
    let value = if uri {
        text::one_line(&value).into_owned()
    } else if STRUCTURED.contains(&name.as_str()) {
        text::split_21(&value).iter().map(|part| again(part)).collect::<Vec<_>>().join(";")
    } else if name.ends_with("CATEGORIES") {
        let parts = text::split_21(&value);
        let names = parts.iter().flat_map(|part| part.split(',').map(again).collect::<Vec<_>>());
        names.collect::<Vec<_>>().join(",")
    } else {
        again(&value)
    };
    out.extend_from_slice(value.as_bytes());
    Some(out)
}

fn raised_param(param: &Param<'_>, base64: bool) -> Option<Vec<u8>> {
    let encoding = param.name.is_empty() && is_bare_encoding(param.value) || param.is("ENCODING");
    if encoding {
        return base64.then(|| b"ENCODING=b".to_vec());
    }
    if param.is("CHARSET") {
        return None;
    }
    if param.name.is_empty() && param.is_type() {
        return Some([b"TYPE=", param.value].concat());
    }
    if param.name.is_empty() {
        return Some([b"VALUE=", param.value].concat());
    }
    Some(param.raw.to_vec())
}
