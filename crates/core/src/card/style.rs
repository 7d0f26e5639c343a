//! How a card is written: sampled from the card itself, so that what is added looks like what was there; where it has no
//! sample, Apple's dialect in 3.0 and RFC 6350's in 4.0.

use super::{
    Card, Version,
    lexer::{Ending, Kind, NO_GROUP, is_mark},
    param::params,
};

/// Octets of a line without its ending (RFC 6350 §3.2).
const FOLD: usize = 75;

/// The manner of a card.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) version: Version,
    pub(crate) ending: Ending,
    /// Octets of a line; `None` when long lines are left whole.
    pub(crate) fold: Option<usize>,
    /// `TYPE` or `type`; empty for the bare types of 2.1.
    pub(crate) type_name: String,
    pub(crate) upper: bool,
    /// `TYPE=a,b` rather than `TYPE=a;TYPE=b`.
    pub(crate) list: bool,
    /// `item`, `nextcloud`…
    pub(crate) group: String,
    /// `X-ABLabel` in the card's case.
    pub(crate) label: String,
    /// Whether a new phone says VOICE, a new e-mail INTERNET.
    pub(crate) voice: bool,
    pub(crate) internet: bool,
    /// Whether the lines of a street are a list.
    pub(crate) street_list: bool,
}

impl Style {
    /// The manner of a new card.
    pub(crate) fn new(version: Version) -> Self {
        let old = version != Version::V40;
        Self {
            version,
            ending: Ending::Crlf,
            fold: Some(FOLD),
            type_name: match version {
                Version::V21 => "",
                Version::V30 => "type",
                Version::V40 => "TYPE",
            }
            .to_owned(),
            upper: old,
            list: version == Version::V40,
            group: "item".to_owned(),
            label: "X-ABLabel".to_owned(),
            voice: old,
            internet: old,
            street_list: false,
        }
    }

    /// The manner of this card.
    pub(crate) fn of(card: &Card) -> Self {
        let mut style = Self::new(card.version());
        style.ending = card.lexed.ending;
        style.fold = fold_width(card);
        if let Some(label) = card.lexed.properties().find(|property| property.name.eq_ignore_ascii_case(b"X-ABLABEL")) {
            style.label = String::from_utf8_lossy(label.name).into_owned();
        }
        if let Some(group) = card.lexed.groups.iter().find_map(|group| numbered(group)) {
            style.group = group;
        }
        style.sample_types(card);
        let maker = card.lexed.first("PRODID").map(|property| property.value);
        style.street_list = maker.is_some_and(|maker| memchr::memmem::find(maker, b"DAVx5").is_some());
        style
    }

    fn sample_types(&mut self, card: &Card) {
        let (mut named, mut cased, mut listed) = (false, false, false);
        let (mut voices, mut mails) = ((0, 0), (0, 0));
        for property in card.lexed.properties().filter(|property| !property.params.is_empty()) {
            let is = |name: &str| property.name.eq_ignore_ascii_case(name.as_bytes());
            if !["EMAIL", "TEL", "ADR", "URL", "IMPP", "LABEL"].iter().any(|name| is(name)) {
                continue;
            }
            let (mut count, mut has_voice, mut has_internet) = (0, false, false);
            for param in params(property.params).filter(|param| param.is_type()) {
                count += 1;
                if !named {
                    self.type_name = String::from_utf8_lossy(param.name).into_owned();
                    named = true;
                }
                if param.value.contains(&b',') {
                    (self.list, listed) = (true, true);
                }
                let text = param.text();
                for word in text.split(',') {
                    has_voice |= word.eq_ignore_ascii_case("voice");
                    has_internet |= word.eq_ignore_ascii_case("internet");
                    if !cased && !word.eq_ignore_ascii_case("pref") && word.chars().any(char::is_alphabetic) {
                        self.upper = !word.chars().any(char::is_lowercase);
                        cased = true;
                    }
                }
            }
            if count > 1 && !listed {
                self.list = false;
            }
            if count > 0 && is("TEL") {
                voices = (voices.0 + 1, voices.1 + usize::from(has_voice));
            }
            if count > 0 && is("EMAIL") {
                mails = (mails.0 + 1, mails.1 + usize::from(has_internet));
            }
        }
        if voices.0 > 0 {
            self.voice = voices.1 > 0;
        }
        if mails.0 > 0 {
            self.internet = mails.1 > 0;
        }
    }

    /// A TYPE value in the card's case.
    pub(crate) fn cased(&self, word: &str) -> String {
        match (word.starts_with("x-"), self.upper) {
            (true, _) => word.to_owned(),
            (false, true) => word.to_ascii_uppercase(),
            (false, false) => word.to_ascii_lowercase(),
        }
    }

    /// TYPE parameters saying these words, without semicolons.
    pub(crate) fn types(&self, words: &[String]) -> Vec<Vec<u8>> {
        if words.is_empty() {
            return Vec::new();
        }
        let words: Vec<String> =
            words.iter().map(|word| super::write::param_value(&self.cased(word), self.version)).collect();
        if self.type_name.is_empty() {
            return words.into_iter().map(String::into_bytes).collect();
        }
        let one = |value: &str| format!("{}={value}", self.type_name).into_bytes();
        if self.list { vec![one(&words.join(","))] } else { words.iter().map(|word| one(word)).collect() }
    }
}

/// The width lines are folded to; none when the card has long lines and folds nothing.
fn fold_width(card: &Card) -> Option<usize> {
    let lexed = &card.lexed;
    let (mut widest, mut long) = (0, false);
    for line in lexed.lines.iter().filter(|line| line.kind == Kind::Property) {
        let raw = lexed.raw(line);
        if !line.folded {
            long |= raw.trim_ascii_end().len() > FOLD + 1;
            continue;
        }
        let first = raw.split(|octet| matches!(octet, b'\r' | b'\n')).next().unwrap_or_default();
        if first.last() != Some(&b'=') && first.last() != Some(&b':') {
            widest = widest.max(first.len());
        }
    }
    match (widest, long) {
        (0, true) => None,
        (0, false) => Some(FOLD),
        // Narrower than this is a writer's accident, wider no fold at all.
        (widest, _) => Some(widest.clamp(40, 998)),
    }
}

/// The word of a group name that ends in a number.
fn numbered(group: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(group).ok()?;
    let word = text.trim_end_matches(|c: char| c.is_ascii_digit());
    (word.len() < text.len() && word.chars().all(|c| c.is_ascii_alphabetic()) && !word.is_empty())
        .then(|| word.to_owned())
}

/// Groups of a card that are taken, upper-case.
pub(crate) fn taken_groups(card: &Card) -> std::collections::HashSet<String> {
    let used = card.lexed.properties().filter(|property| property.group != NO_GROUP);
    used.map(|property| String::from_utf8_lossy(property.group_text).to_ascii_uppercase()).collect()
}

/// Folds a logical line and ends it. Never inside a character, nor inside `=XX`.
pub(crate) fn folded(logical: &[u8], fold: Option<usize>, quoted_printable: bool, ending: Ending) -> Vec<u8> {
    let Some(width) = fold.or(quoted_printable.then_some(FOLD)).filter(|width| logical.len() > *width) else {
        return [logical, ending.bytes()].concat();
    };
    let mut out = Vec::with_capacity(logical.len() + logical.len() / 32 + 2);
    let mut rest = logical;
    let mut room = width;
    while rest.len() > room {
        let mut cut = room - usize::from(quoted_printable);
        if quoted_printable {
            cut = soft_cut(rest, cut);
        } else {
            while cut > 1 && rest[cut] & 0xc0 == 0x80 {
                cut -= 1;
            }
        }
        out.extend_from_slice(&rest[..cut]);
        if quoted_printable {
            out.push(b'=');
            out.extend_from_slice(ending.bytes());
        } else {
            out.extend_from_slice(ending.bytes());
            out.push(b' ');
            room = width - 1;
        }
        rest = &rest[cut..];
    }
    out.extend_from_slice(rest);
    out.extend_from_slice(ending.bytes());
    out
}

/// Where a quoted-printable line may break: after its colon, not inside `=XX`, and not before a blank, which others
/// would take for a fold.
fn soft_cut(rest: &[u8], most: usize) -> usize {
    let mut cut = most;
    while cut > 3 {
        let inside = rest[cut - 1] == b'=' || rest[cut - 2] == b'=';
        if !inside && !matches!(rest[cut], b' ' | b'\t') {
            return cut;
        }
        cut -= 1;
    }
    most
}

/// Whether a logical line would be taken for BEGIN or END.
pub(crate) fn is_boundary(logical: &[u8]) -> bool {
    is_mark(logical, "BEGIN") || is_mark(logical, "END")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_keep_characters_and_triplets_whole() {
        let text = "NOTE:".to_owned() + &"ü".repeat(80);
        let got = folded(text.as_bytes(), Some(75), false, Ending::Crlf);
        for line in String::from_utf8(got).unwrap().split("\r\n") {
            assert!(line.len() <= 75);
        }
        let quoted = "NOTE;QUOTED-PRINTABLE:".to_owned() + &"=C3=BC x".repeat(40);
        let got = String::from_utf8(folded(quoted.as_bytes(), Some(75), true, Ending::Lf)).unwrap();
        assert!(got.lines().all(|line| line.len() <= 76 && !line.starts_with(' ')), "{got}");
        assert_eq!(got.replace("=\n", ""), quoted + "\n");
    }
}
