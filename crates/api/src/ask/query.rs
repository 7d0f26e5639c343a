//! Parameters of a URL or a form: each known, each said once, each UTF-8.

use std::str::FromStr;

use percent_encoding::percent_decode_str;
use rolo_core::Error;

/// Parameters, decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    /// Reads `a=1&b=2`. Only `known` names may occur, each once.
    pub(crate) fn read(text: &str, known: &[&str]) -> Result<Self, Error> {
        let mut pairs: Vec<(String, String)> = Vec::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decoded(name).ok_or_else(|| Error::invalid("query", "A parameter's name is not UTF-8."))?;
            if !known.contains(&name.as_str()) {
                let shown: String = name.chars().filter(|letter| !letter.is_control()).take(64).collect();
                return Err(Error::invalid(
                    shown,
                    match known {
                        [] => "This address takes no parameters.".to_owned(),
                        known => format!("Nothing of this name is known here. Known: {}.", known.join(", ")),
                    },
                ));
            }
            if pairs.iter().any(|(said, _)| *said == name) {
                return Err(Error::invalid(name, "This is said twice."));
            }
            let value = decoded(value).ok_or_else(|| Error::invalid(&name, "This is not UTF-8."))?;
            if value.contains('\0') {
                return Err(Error::invalid(name, "Text may not contain NUL."));
            }
            pairs.push((name, value));
        }
        Ok(Self(pairs))
    }

    /// A parameter's text, if it was given and is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(said, _)| said == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter that has to be given.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Error> {
        self.text(name).ok_or_else(|| Error::invalid(name, "This must be given."))
    }

    /// A parameter of a type that reads itself; `what` is what it must be.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, what: &str) -> Result<Option<T>, Error> {
        self.text(name)
            .map(|text| text.parse().map_err(|_| Error::invalid(name, format!("This must be {what}."))))
            .transpose()
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Error> {
        self.parsed(name, "true or false")
    }

    /// How many lines a page shall have: 1 to `most`.
    pub(crate) fn limit(&self, usual: usize, most: usize) -> Result<usize, Error> {
        let limit = self.parsed("limit", "a whole number")?.unwrap_or(usual);
        if (1..=most).contains(&limit) {
            return Ok(limit);
        }
        Err(Error::invalid("limit", format!("This must be from 1 to {most}.")))
    }

    /// Everything but where the page begins and how long it is, in order of name: what a cursor is bound to.
    pub(crate) fn without_page(&self) -> Vec<(&str, &str)> {
        let mut pairs: Vec<_> = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        pairs.retain(|(name, value)| !matches!(*name, "cursor" | "limit") && !value.is_empty());
        pairs.sort_unstable();
        pairs
    }
}

fn decoded(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        match Query::read(text, &["q", "limit"]) {
            Err(Error::Invalid { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn parameters_are_decoded() {
        let query = Query::read("q=caf%C3%A9+au%20lait%26&limit=5", &["q", "limit"]).unwrap();
        assert_eq!(query.text("q"), Some("café au lait&"));
        assert_eq!(query.limit(50, 1000).unwrap(), 5);
    }

    #[test]
    fn a_wrong_parameter_is_named() {
        assert_eq!(refused("q=1&color=2"), "color");
        assert_eq!(refused("q=1&q=2"), "q");
        assert_eq!(refused("q=%ff"), "q");
        assert_eq!(refused("q=%00"), "q");
        assert_eq!(refused("%ff=1"), "query");
        for text in ["limit=0", "limit=1001", "limit=-1", "limit=ten", "limit=99999999999999999999999"] {
            assert!(Query::read(text, &["limit"]).unwrap().limit(50, 1000).is_err(), "{text}");
        }
    }

    #[test]
    fn a_cursor_is_bound_to_everything_but_the_page() {
        let known = ["q", "limit", "cursor", "sort"];
        let bound = |text| {
            Query::read(text, &known)
                .unwrap()
                .without_page()
                .iter()
                .map(|(n, v)| format!("{n}={v}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(bound("sort=given&q=ann&limit=3&cursor=x"), bound("q=ann&sort=given&limit=9"));
    }
}
