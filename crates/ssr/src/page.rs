//! The page around what was drawn: the shell of the build, cut where something goes in.

use std::{collections::HashMap, fmt::Write};

use base64::{Engine as _, prelude::BASE64_STANDARD_NO_PAD};
use bytes::Bytes;

use crate::draw::{Drawn, Painted};

/// The shell in pieces.
pub(crate) struct Shell {
    whole: Bytes,
    /// Up to the attributes of `<html`.
    start: String,
    /// From there up to the title's words.
    head: String,
    /// From there up to the first style sheet.
    links: String,
    /// From there up to the inside of the app's element.
    body: String,
    /// The rest, and what of it says to those without scripts that the page needs them.
    end: (String, String, String),
    /// The shell's own style sheets.
    sheets: Vec<String>,
    styles: HashMap<String, String>,
}

const APP: &str = "<div id=\"app\">";

impl Shell {
    /// Cuts a shell; nothing when it is not one of ours. `styles` are the texts of style sheets by path.
    pub(crate) fn of(whole: &Bytes, styles: &HashMap<String, Bytes>) -> Option<Self> {
        let text = std::str::from_utf8(whole).ok()?;
        let (start, rest) = text.split_once("<html")?;
        let (_, rest) = rest.split_once('>')?;
        let (head, rest) = rest.split_once("<title>")?;
        let (_, rest) = rest.split_once("</title>")?;
        let (links, rest) = rest.split_once("</head>")?;
        let (links, sheets) = without_sheets(links);
        let (body, rest) = rest.split_once(APP)?;
        let end = match (rest.find("<noscript>"), rest.find("</noscript>").map(|to| to + "</noscript>".len())) {
            (Some(from), Some(to)) if from < to => (&rest[..from], &rest[from..to], &rest[to..]),
            _ => (rest, "", ""),
        };
        let styles = styles.iter().filter_map(|(path, css)| Some((path.clone(), text_of(css)?))).collect();
        let (start, head, links, body) = (start.to_owned(), head.to_owned(), links, body.to_owned());
        let end = (end.0.to_owned(), end.1.to_owned(), end.2.to_owned());
        Some(Self { whole: whole.clone(), start, head, links, body, end, sheets, styles })
    }

    /// The shell as it was built: the browser draws everything.
    pub(crate) fn bare(&self) -> Bytes {
        self.whole.clone()
    }

    /// A whole page. `nonce` lets the style sheets stand in the page itself: the first paint waits for no second answer.
    pub(crate) fn around(&self, drawn: &Drawn, nonce: &str) -> String {
        let Painted { html, title, lang, dir, theme, density, styles, scripts, hydrate, needs_scripts, .. } =
            &drawn.painted;
        let mut page = String::with_capacity(self.whole.len() + html.len() + drawn.state.len() + 64 * 1024);
        page.push_str(&self.start);
        page.push_str("<html");
        for (name, value) in [
            ("lang", Some(lang)),
            ("dir", Some(dir)),
            ("data-theme", theme.as_ref()),
            ("data-density", density.as_ref()),
        ] {
            if let Some(value) = value {
                // Writing to a string cannot fail.
                let _ = write!(page, " {name}=\"{}\"", escaped(value));
            }
        }
        page.push('>');
        page.push_str(&self.head);
        let _ = write!(page, "<title>{}</title>", escaped(title));
        for path in self.sheets.iter().chain(styles) {
            match self.styles.get(path) {
                Some(css) => {
                    let _ = write!(page, "<style nonce=\"{nonce}\" data-href=\"{}\">{css}</style>", escaped(path));
                }
                None => {
                    let _ = write!(page, "<link rel=\"stylesheet\" crossorigin href=\"{}\">", escaped(path));
                }
            }
        }
        page.push_str(&self.links);
        for path in scripts.iter().filter(|path| !self.links.contains(path.as_str())) {
            let _ = write!(page, "<link rel=\"modulepreload\" crossorigin href=\"{}\">", escaped(path));
        }
        page.push_str("</head>");
        page.push_str(&self.body);
        page.push_str(APP);
        page.push_str(html);
        let (end, without_scripts, last) = &self.end;
        // A data block runs nothing: no policy needs to allow it.
        match end.split_once("</div>") {
            Some((inside, rest)) => {
                page.push_str(inside);
                page.push_str("</div>");
                if *hydrate {
                    let _ = write!(
                        page,
                        "<script type=\"application/json\" id=\"rolo-state\">{}</script>",
                        harmless(&drawn.state)
                    );
                }
                page.push_str(rest);
            }
            None => page.push_str(end),
        }
        // It stands in the way of a page that does without.
        if *needs_scripts {
            page.push_str(without_scripts);
        }
        page.push_str(last);
        page
    }
}

/// A nonce for one answer.
pub(crate) fn nonce() -> Option<String> {
    let mut octets = [0; 16];
    getrandom::fill(&mut octets).ok()?;
    Some(BASE64_STANDARD_NO_PAD.encode(octets))
}

/// The head's links without style sheets, and those.
fn without_sheets(links: &str) -> (String, Vec<String>) {
    let (mut kept, mut sheets) = (String::new(), Vec::new());
    for line in links.split_inclusive('\n') {
        let sheet = line.contains("rel=\"stylesheet\"") && !line.contains("<noscript>");
        match sheet.then(|| line.split_once("href=\"")).flatten() {
            Some((_, rest)) => sheets.extend(rest.split('"').next().map(str::to_owned)),
            None => kept.push_str(line),
        }
    }
    (kept, sheets)
}

/// A style sheet that can stand inside an element.
fn text_of(css: &Bytes) -> Option<String> {
    let text = std::str::from_utf8(css).ok()?;
    (!text.contains("</")).then(|| text.to_owned())
}

/// Text as part of an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}

/// JSON that cannot end the element it stands in: in JSON these signs only occur within strings.
fn harmless(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for sign in json.chars() {
        match sign {
            '<' => safe.push_str("\\u003c"),
            '>' => safe.push_str("\\u003e"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    safe
}
