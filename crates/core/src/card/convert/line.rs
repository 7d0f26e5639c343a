//! Lines of a card on their way to another version: parameters read, values as characters, and a note of where each came
//! from, so that a merge can tell which stored property a served one was.

use std::borrow::Cow;

use crate::card::{
    Card, Version,
    lexer::{Kind, is_mark},
    param::{Meta, params},
    style, text,
    write::param_value,
};

/// One property without its version's dress.
#[derive(Clone, Debug, Default)]
pub(crate) struct Line {
    /// Lines of the source card it was made of.
    pub(crate) from: Vec<usize>,
    pub(crate) group: String,
    /// As written.
    pub(crate) name: String,
    /// Upper-case.
    pub(crate) key: String,
    /// TYPE values, `pref` left out.
    pub(crate) types: Vec<String>,
    pub(crate) pref: Option<u32>,
    /// All other parameters but ENCODING and CHARSET: name, value as written.
    pub(crate) params: Vec<(String, String)>,
    pub(crate) base64: bool,
    /// Characters, escapes of the source version still in.
    pub(crate) value: String,
}

impl Line {
    /// A property made here, out of the lines named.
    pub(crate) fn new(name: &str, value: String, from: &[usize]) -> Self {
        Self { from: from.to_vec(), name: name.to_owned(), key: name.to_ascii_uppercase(), value, ..Self::default() }
    }

    pub(crate) fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
        self.key = name.to_ascii_uppercase();
    }

    /// The value without its escapes.
    pub(crate) fn text(&self, version: Version) -> String {
        text::unescaped(&self.value, version)
    }

    /// A parameter, decoded.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let (_, value) = self.params.iter().find(|(own, _)| own.eq_ignore_ascii_case(name))?;
        Some(crate::card::param::Param::new(format!("X={value}").as_bytes()).text().into_owned())
    }

    /// Takes a parameter away, decoded.
    pub(crate) fn take(&mut self, name: &str) -> Option<String> {
        let value = self.param(name);
        self.params.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        value
    }

    /// Adds a parameter; its value is encoded when it is written.
    pub(crate) fn put(&mut self, name: &str, value: &str) {
        let value = value.replace('^', "^^").replace("\r\n", "^n").replace(['\n', '\r'], "^n").replace('"', "^'");
        let quoted = if value.contains([':', ';', ',']) { format!("\"{value}\"") } else { value };
        self.params.push((name.to_owned(), quoted));
    }

    pub(crate) fn value_is(&self, kind: &str) -> bool {
        self.param("VALUE").is_some_and(|value| value.trim().eq_ignore_ascii_case(kind))
    }

    pub(crate) fn borrowed_types(&self) -> Vec<Cow<'_, str>> {
        self.types.iter().map(|one| Cow::Borrowed(one.as_str())).collect()
    }

    pub(crate) fn has_type(&self, word: &str) -> bool {
        self.types.iter().any(|one| one.eq_ignore_ascii_case(word))
    }

    /// The line as its version writes it, unfolded.
    fn logical(&self, to: Version) -> String {
        let mut out = String::with_capacity(self.value.len() + 64);
        if !self.group.is_empty() {
            out += &self.group;
            out.push('.');
        }
        out += &self.name;
        self.push_types(&mut out, to);
        for (name, value) in &self.params {
            out.push(';');
            out += name;
            out.push('=');
            // Carets are RFC 6868's, which 3.0 does not know.
            if to == Version::V30 && value.contains('^') {
                out += &param_value(&self.param(name).unwrap_or_default(), to);
            } else {
                out += value;
            }
        }
        out.push(':');
        out += &self.value;
        out.replace(['\r', '\n'], "")
    }

    fn push_types(&self, out: &mut String, to: Version) {
        let word = |word: &String| {
            if word.contains([':', ';', ',']) { format!("\"{word}\"") } else { word.clone() }
        };
        if to == Version::V40 {
            if !self.types.is_empty() {
                *out += ";TYPE=";
                *out += &self.types.iter().map(word).collect::<Vec<_>>().join(",");
            }
            if let Some(pref) = self.pref {
                *out += &format!(";PREF={pref}");
            }
            return;
        }
        if self.base64 {
            *out += ";ENCODING=b";
        }
        for one in &self.types {
            *out += ";type=";
            *out += &word(one);
        }
        if self.pref.is_some() {
            *out += ";type=pref";
        }
    }
}

/// The properties of a card, and the cards inside it as values of their AGENT.
pub(crate) fn lines(card: &Card) -> Vec<Line> {
    let lexed = &card.lexed;
    let mut lines: Vec<Line> = Vec::with_capacity(lexed.lines.len());
    let (mut depth, mut inner) = (0_usize, String::new());
    for (index, line) in lexed.lines.iter().enumerate() {
        let text = lexed.text(line);
        match line.kind {
            Kind::Property => lines.push(read(card, index)),
            Kind::Other if depth > 0 || is_mark(text, "BEGIN") => {
                depth = if is_mark(text, "BEGIN") { depth + 1 } else { depth - usize::from(is_mark(text, "END")) };
                inner += &text::characters(text.into(), None);
                inner.push('\n');
                if depth == 0 {
                    let value = text::escaped(&std::mem::take(&mut inner), Version::V30);
                    if let Some(agent) = lines.last_mut().filter(|agent| agent.key == "AGENT") {
                        agent.value = value;
                    }
                }
            }
            _ => {}
        }
    }
    lines
}

fn read(card: &Card, index: usize) -> Line {
    let property = card.lexed.property(index);
    let meta = Meta::of(property.params);
    let lossy = |bytes: &[u8]| text::characters(bytes.trim_ascii().to_vec().into(), None).into_owned();
    let name = lossy(property.name);
    let mut line = Line {
        from: vec![index],
        group: lossy(property.group_text),
        key: name.to_ascii_uppercase(),
        name,
        types: meta.types.iter().map(ToString::to_string).collect(),
        pref: meta.pref,
        base64: meta.base64,
        value: text::decoded(&property, &meta).into_owned(),
        ..Line::default()
    };
    for param in params(property.params).filter(|param| !param.is_type() && !param.name.is_empty()) {
        if !["PREF", "ENCODING", "CHARSET"].iter().any(|name| param.is(name)) {
            line.params.push((lossy(param.name), lossy(param.value)));
        }
    }
    line
}

/// The card these lines make, with the lines of the source each of its lines came from.
pub(crate) fn written(lines: &[Line], to: Version) -> (Vec<u8>, Vec<Vec<usize>>) {
    let ending = crate::card::lexer::Ending::Crlf;
    let head: &[u8] =
        if to == Version::V40 { b"BEGIN:VCARD\r\nVERSION:4.0\r\n" } else { b"BEGIN:VCARD\r\nVERSION:3.0\r\n" };
    let mut bytes = head.to_vec();
    let mut from = Vec::with_capacity(lines.len() + 3);
    from.resize(2, Vec::new());
    for line in lines {
        bytes.extend_from_slice(&style::folded(line.logical(to).as_bytes(), Some(75), false, ending));
        from.push(line.from.clone());
    }
    bytes.extend_from_slice(b"END:VCARD\r\n");
    from.push(Vec::new());
    (bytes, from)
}
