//! One line being changed: its types, its other parameters, its value, each touched alone.

use std::borrow::Cow;

use crate::card::{
    Version,
    lexer::Property,
    param::{Meta, Param, params, split},
    style::Style,
    text,
    write::{Said, component, encoded, param_value, structured},
};

/// A logical line in its parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) group: Vec<u8>,
    pub(super) name: Vec<u8>,
    /// Each as written, without its semicolon.
    pub(super) params: Vec<Vec<u8>>,
    pub(super) value: Vec<u8>,
}

impl Line {
    pub(super) fn of(property: &Property<'_>) -> Self {
        Self {
            group: property.group_text.to_vec(),
            name: property.name.to_vec(),
            params: params(property.params).map(|param| param.raw.to_vec()).collect(),
            value: property.value.to_vec(),
        }
    }

    pub(super) fn params_raw(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for param in &self.params {
            out.push(b';');
            out.extend_from_slice(param);
        }
        out
    }

    pub(super) fn logical(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.value.len() + 64);
        if !self.group.is_empty() {
            out.extend_from_slice(&self.group);
            out.push(b'.');
        }
        out.extend_from_slice(&self.name);
        out.extend_from_slice(&self.params_raw());
        out.push(b':');
        out.extend_from_slice(&self.value);
        out
    }

    pub(super) fn quoted_printable(&self) -> bool {
        Meta::of(&self.params_raw()).quoted_printable
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.params.iter().position(|param| Param::new(param).is(name))
    }

    pub(super) fn remove_param(&mut self, name: &str) {
        self.params.retain(|param| !Param::new(param).is(name));
    }

    /// Sets a parameter where it stands, or adds it at the end.
    pub(super) fn set_param(&mut self, name: &str, value: &str, version: Version) {
        let value = param_value(value, version);
        match self.find(name) {
            Some(at) => {
                let written = String::from_utf8_lossy(Param::new(&self.params[at]).name).into_owned();
                self.params[at] = format!("{written}={value}").into_bytes();
            }
            None => self.params.push(format!("{name}={value}").into_bytes()),
        }
    }

    /// Takes TYPE values away and adds others, in the place and manner of those that were there.
    pub(super) fn retype(&mut self, gone: impl Fn(&str) -> bool, add: &[String], style: &Style) {
        let mut slot = None;
        let mut at = 0;
        while at < self.params.len() {
            let param = Param::new(&self.params[at]);
            if !param.is_type() {
                at += 1;
                continue;
            }
            let words = type_words(param.value);
            let kept: Vec<&str> = words.iter().map(AsRef::as_ref).filter(|word| !gone(word)).collect();
            if kept.len() == words.len() {
                at += 1;
            } else if kept.is_empty() {
                slot.get_or_insert((at, param.name.to_vec()));
                self.params.remove(at);
            } else {
                self.params[at] = typed(param.name, &kept.join(","), param.value.starts_with(b"\"") && kept.len() > 1);
                at += 1;
            }
        }
        let there = Meta::of(&self.params_raw()).types.iter().map(|word| word.to_ascii_uppercase()).collect::<Vec<_>>();
        let add: Vec<String> = add.iter().filter(|word| !there.contains(&word.to_ascii_uppercase())).cloned().collect();
        if add.is_empty() {
            return;
        }
        let last = self.params.iter().rposition(|param| Param::new(param).is_type());
        if let (None, Some(last)) = (&slot, last) {
            let param = Param::new(&self.params[last]);
            if !param.name.is_empty() && (param.value.contains(&b',') || style.list) && !param.value.contains(&b'"') {
                for word in &add {
                    self.params[last].push(b',');
                    self.params[last].extend_from_slice(style.cased(word).as_bytes());
                }
                return;
            }
        }
        let mut style = style.clone();
        if let Some((_, name)) = &slot {
            style.type_name = String::from_utf8_lossy(name).into_owned();
        } else if let Some(last) = last {
            style.type_name = String::from_utf8_lossy(Param::new(&self.params[last]).name).into_owned();
        }
        let place = slot.map_or(last.map_or(0, |last| last + 1), |(at, _)| at);
        for (nth, param) in style.types(&add).into_iter().enumerate() {
            self.params.insert(place + nth, param);
        }
    }

    /// Sets or takes away what says the member is preferred, in the version's way.
    pub(super) fn set_pref(&mut self, pref: Option<u32>, style: &Style) {
        let is_pref = |word: &str| word.eq_ignore_ascii_case("pref");
        match pref {
            Some(pref) if style.version == Version::V40 || pref > 1 => {
                self.retype(is_pref, &[], style);
                self.set_param("PREF", &pref.to_string(), style.version);
            }
            Some(_) => {
                self.remove_param("PREF");
                let apple = style.type_name == "type";
                let word = if apple { "pref" } else { "PREF" };
                let style = Style { upper: style.upper && !apple, ..style.clone() };
                self.retype(|_| false, &[word.to_owned()], &style);
            }
            None => {
                self.retype(is_pref, &[], style);
                self.remove_param("PREF");
                self.remove_param("X-EVOLUTION-PREF");
            }
        }
    }

    /// Writes a new value; of a structured one only the components that differ from `before`.
    pub(super) fn set_value(&mut self, before: Option<&Said>, after: &Said, version: Version) {
        match (before, after) {
            (Some(Said::Structured(before)), Said::Structured(after)) => self.restructure(before, after, version),
            (_, Said::Structured(after)) => self.set_characters(&structured(after, version), version),
            (_, Said::Text(text)) => self.set_characters(&text::escaped(text, version), version),
            (_, Said::Raw(value)) => self.value = text::one_line(value).into_owned().into_bytes(),
            (_, Said::Binary(..)) => {
                self.params.retain(|param| {
                    let param = Param::new(param);
                    !param.is_type()
                        && !["VALUE", "ENCODING", "MEDIATYPE"].iter().any(|name| param.is(name))
                        && !param.name.is_empty()
                });
                let encoded = encoded(after, version);
                self.params.extend(encoded.params);
                self.value = encoded.value;
            }
        }
    }

    fn restructure(&mut self, before: &[Vec<String>], after: &[Vec<String>], version: Version) {
        let raw = self.params_raw();
        let meta = Meta::of(&raw);
        let simple = !meta.quoted_printable && meta.charset.is_none();
        let value = match std::str::from_utf8(&self.value) {
            Ok(value) if simple => value.to_owned(),
            // Encoded as a whole, so written as a whole.
            _ => {
                let bytes =
                    if meta.quoted_printable { text::unquoted_printable(&self.value) } else { self.value.clone() };
                text::characters(Cow::Owned(bytes), meta.charset.as_deref()).into_owned()
            }
        };
        let mut parts: Vec<String> = if version == Version::V21 {
            text::split_21(&value)
        } else {
            text::split(&value, b';').map(str::to_owned).collect()
        };
        let empty = vec![String::new()];
        for at in 0..before.len().max(after.len()) {
            let (old, new) = (before.get(at).unwrap_or(&empty), after.get(at).unwrap_or(&empty));
            if old == new {
                continue;
            }
            while parts.len() <= at {
                parts.push(String::new());
            }
            parts[at] = component(new, version);
        }
        self.set_characters(&parts.join(";"), version);
    }

    /// Writes a value whose parts are escaped already.
    pub(super) fn set_escaped(&mut self, escaped: &str, version: Version) {
        self.set_characters(escaped, version);
    }

    /// Puts escaped text into the line, in the character set and encoding the line has, or the version needs.
    fn set_characters(&mut self, escaped: &str, version: Version) {
        let raw = self.params_raw();
        let meta = Meta::of(&raw);
        let ascii = escaped.is_ascii();
        let named = meta.charset.as_deref().map(str::to_owned);
        let bytes = named.as_deref().and_then(|charset| text::encoded(escaped, charset));
        let fits = bytes.is_some();
        let bytes = bytes.unwrap_or_else(|| escaped.as_bytes().to_vec());
        let old = version == Version::V21;
        let breaks = escaped.contains(['\n', '\r']) || escaped.bytes().any(|octet| octet < b' ' && octet != b'\t');
        let quoted = meta.quoted_printable || old && (breaks || !ascii && named.is_none());
        if quoted && !meta.quoted_printable {
            self.params.push(b"ENCODING=QUOTED-PRINTABLE".to_vec());
        }
        match named {
            Some(_) if !fits && old => self.set_param("CHARSET", "UTF-8", version),
            Some(_) if !fits => self.remove_param("CHARSET"),
            None if quoted && !ascii => self.set_param("CHARSET", "UTF-8", version),
            _ => {}
        }
        self.value = if quoted { text::quoted_printable(&bytes) } else { bytes };
    }

    /// Puts other values in a comma list: in the place of the n-th, or behind the last; `None` takes one out. False when
    /// nothing is left.
    pub(super) fn set_list(&mut self, changes: &[super::Listed], version: Version) -> bool {
        let raw = self.params_raw();
        let meta = Meta::of(&raw);
        let bytes = if meta.quoted_printable { text::unquoted_printable(&self.value) } else { self.value.clone() };
        let decoded = text::characters(Cow::Owned(bytes), meta.charset.as_deref()).into_owned();
        let whole = [decoded.as_str()];
        // 2.1 has no lists.
        let parts: Vec<&str> =
            if version == Version::V21 { whole.to_vec() } else { text::split(&decoded, b',').collect() };
        let mut parts: Vec<Option<String>> = parts.into_iter().map(|part| Some(part.to_owned())).collect();
        for (nth, value) in changes {
            let value = value.as_deref().map(|value| text::escaped(value, version));
            match nth.and_then(|nth| parts.get_mut(nth)) {
                Some(part) => *part = value,
                None => parts.push(value),
            }
        }
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        self.set_characters(&parts.join(","), version);
        parts.iter().any(|part| !part.trim().is_empty())
    }
}

fn type_words(value: &[u8]) -> Vec<Cow<'_, str>> {
    let mut words = Vec::new();
    for part in split(value, b',') {
        let part = part.trim_ascii();
        let inner = part.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")).unwrap_or(part);
        words.extend(inner.split(|octet| *octet == b',').map(String::from_utf8_lossy));
    }
    words
}

fn typed(name: &[u8], words: &str, quoted: bool) -> Vec<u8> {
    let mut out = name.to_vec();
    if !name.is_empty() {
        out.push(b'=');
    }
    if quoted {
        out.extend_from_slice(format!("\"{words}\"").as_bytes());
    } else {
        out.extend_from_slice(words.as_bytes());
    }
    out
}
