//! How members of the model are said as properties: drafts that know nothing of a line yet.
//!
//! The same drafts make a new card and patch an old one: a patch compares the draft of the member as it was with the
//! draft of the member as it is wanted, and touches only what differs.

pub(crate) mod address;
pub(crate) mod contact;
pub(crate) mod name;
pub(crate) mod other;

use std::borrow::Cow;

use super::{
    Version,
    label::{self, Carriers, Labelled, Meaning},
    model::Set,
    style::Style,
    text,
};

/// The value of a draft.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// Text, to be escaped.
    Text(String),
    /// Components, each a list.
    Structured(Vec<Vec<String>>),
    /// As it stands: a URI, a date.
    Raw(String),
    /// Octets in base64, with their media type.
    Binary(String, String),
}

/// One property to be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Draft {
    pub(crate) name: Cow<'static, str>,
    /// TYPE values that mean something, upper-case.
    pub(crate) types: Vec<String>,
    pub(crate) pref: Option<u32>,
    pub(crate) params: Vec<(&'static str, String)>,
    pub(crate) value: Said,
    /// The text of its X-ABLabel.
    pub(crate) label: Option<String>,
}

impl Draft {
    pub(crate) fn new(name: impl Into<Cow<'static, str>>, value: Said) -> Self {
        Self { name: name.into(), types: Vec::new(), pref: None, params: Vec::new(), value, label: None }
    }

    pub(crate) fn text(name: impl Into<Cow<'static, str>>, value: &str) -> Self {
        Self::new(name, Said::Text(value.to_owned()))
    }

    pub(crate) fn raw(name: impl Into<Cow<'static, str>>, value: &str) -> Self {
        Self::new(name, Said::Raw(value.to_owned()))
    }

    /// With these contexts, features and label.
    pub(crate) fn labelled(
        mut self,
        kind: Labelled,
        version: Version,
        contexts: &Set,
        features: &Set,
        label: Option<&str>,
    ) -> Self {
        let meaning =
            Meaning { contexts: contexts.clone(), features: features.clone(), label: label.map(str::to_owned) };
        self.carry(label::carriers(kind, version, &meaning));
        self
    }

    pub(crate) fn carry(&mut self, carriers: Carriers) {
        self.types.extend(carriers.types.into_iter().map(str::to_owned));
        self.label = carriers.text;
    }

    pub(crate) fn preferred(mut self, pref: Option<u32>) -> Self {
        self.pref = pref;
        self
    }

    pub(crate) fn param(mut self, name: &'static str, value: Option<String>) -> Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.params.push((name, value));
        }
        self
    }
}

/// The value of a parameter, quoted where it must be. 3.0 has no escapes there: what it cannot say becomes `'` or a blank.
pub(crate) fn param_value(value: &str, version: Version) -> String {
    let text: String = if version == Version::V40 {
        value.replace('^', "^^").replace("\r\n", "^n").replace(['\n', '\r'], "^n").replace('"', "^'")
    } else {
        text::one_line(value).replace('"', "'")
    };
    if text.contains([':', ';', ',']) { format!("\"{text}\"") } else { text }
}

/// A value as its line says it, with the parameters that tell how it is encoded.
pub(crate) struct Encoded {
    pub(crate) params: Vec<Vec<u8>>,
    pub(crate) value: Vec<u8>,
    pub(crate) quoted_printable: bool,
}

/// Encodes a value for a new line.
pub(crate) fn encoded(said: &Said, version: Version) -> Encoded {
    match said {
        Said::Raw(value) => Encoded::plain(text::one_line(value).into_owned()),
        Said::Binary(media, base64) => binary(media, base64, version),
        Said::Text(value) => Encoded::characters(text::escaped(value, version), version),
        Said::Structured(parts) => Encoded::characters(structured(parts, version), version),
    }
}

impl Encoded {
    fn plain(value: String) -> Self {
        Self { params: Vec::new(), value: value.into_bytes(), quoted_printable: false }
    }

    /// Text that is escaped already; 2.1 says what is not plain ASCII in quoted-printable.
    fn characters(value: String, version: Version) -> Self {
        let plain = value.bytes().all(|octet| matches!(octet, b' '..=b'~')) && !value.ends_with(' ');
        if version != Version::V21 || plain {
            return Self::plain(value);
        }
        let params = vec![b"ENCODING=QUOTED-PRINTABLE".to_vec(), b"CHARSET=UTF-8".to_vec()];
        Self { params, value: text::quoted_printable(value.as_bytes()), quoted_printable: true }
    }
}

/// Components joined: lists by commas, components by semicolons.
pub(crate) fn structured(parts: &[Vec<String>], version: Version) -> String {
    let list = |list: &Vec<String>| component(list, version);
    parts.iter().map(list).collect::<Vec<_>>().join(";")
}

/// One component. 2.1 has no lists: there its values are words.
pub(crate) fn component(list: &[String], version: Version) -> String {
    let escaped: Vec<String> = list.iter().map(|one| text::escaped(one, version)).collect();
    escaped.join(if version == Version::V21 { " " } else { "," })
}

fn binary(media: &str, base64: &str, version: Version) -> Encoded {
    if version == Version::V40 {
        return Encoded::plain(format!("data:{media};base64,{base64}"));
    }
    let encoding = if version == Version::V21 { "ENCODING=BASE64" } else { "ENCODING=b" };
    let mut params = vec![encoding.as_bytes().to_vec()];
    let short = match media.split_once('/') {
        Some(("image" | "audio", word)) => Some(word.to_ascii_uppercase()),
        Some(("application", "pgp-keys")) => Some("PGP".to_owned()),
        _ => None,
    };
    match short
        .filter(|word| word.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'+')))
    {
        Some(word) => params.push(format!("TYPE={word}").into_bytes()),
        None => params.push(format!("MEDIATYPE={}", param_value(media, version)).into_bytes()),
    }
    Encoded { params, value: base64.as_bytes().to_vec(), quoted_printable: false }
}

/// A draft as a logical line: group, name, types, other parameters, value.
pub(crate) fn line(draft: &Draft, group: Option<&str>, style: &Style) -> (Vec<u8>, bool) {
    let version = style.version;
    let encoded = encoded(&draft.value, version);
    let mut out = Vec::with_capacity(64 + encoded.value.len());
    if let Some(group) = group {
        out.extend_from_slice(group.as_bytes());
        out.push(b'.');
    }
    out.extend_from_slice(draft.name.as_bytes());
    for param in new_params(draft, style).into_iter().chain(encoded.params) {
        out.push(b';');
        out.extend_from_slice(&param);
    }
    out.push(b':');
    out.extend_from_slice(&encoded.value);
    (out, encoded.quoted_printable)
}

/// The parameters of a new line.
fn new_params(draft: &Draft, style: &Style) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    if draft.name == "EMAIL" && style.internet {
        words.push("INTERNET".to_owned());
    }
    words.extend(draft.types.iter().cloned());
    // VOICE says a phone is one; beside FAX or PAGER it would lie.
    let silent = |word: &String| matches!(word.as_str(), "FAX" | "PAGER" | "TEXTPHONE");
    if draft.name == "TEL" && style.voice && !draft.types.is_empty() && !draft.types.iter().any(silent) {
        words.push("VOICE".to_owned());
    }
    let new = style.version == Version::V40;
    if draft.pref == Some(1) && !new {
        words.push("pref".to_owned());
    }
    let mut params = types(&words, style);
    // Older versions know one that is preferred; a lesser one is told by 4.0's parameter, which is read in each.
    if let Some(pref) = draft.pref.filter(|pref| new || *pref > 1) {
        params.push(format!("PREF={pref}").into_bytes());
    }
    for (name, value) in &draft.params {
        params.push(format!("{name}={}", param_value(value, style.version)).into_bytes());
    }
    params
}

/// TYPE parameters; `pref` keeps Apple's lower case.
fn types(words: &[String], style: &Style) -> Vec<Vec<u8>> {
    let mut params = style.types(words);
    if style.upper && !style.type_name.is_empty() {
        for param in &mut params {
            if param.ends_with(b"=PREF") {
                let from = param.len() - 4;
                param[from..].make_ascii_lowercase();
            }
        }
    }
    params
}
