//! A setting that may be said once or as a list.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Words: one as a string, several as a list. An empty string is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub(crate) struct Several(Vec<String>);

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Said {
    One(String),
    List(Vec<String>),
}

impl Several {
    /// Those that were said.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Several {
    fn from(one: &str) -> Self {
        [one.to_owned()].into_iter().collect()
    }
}

impl FromIterator<String> for Several {
    fn from_iter<I: IntoIterator<Item = String>>(words: I) -> Self {
        Self(words.into_iter().filter(|word| !word.trim().is_empty()).collect())
    }
}

impl From<Said> for Several {
    fn from(said: Said) -> Self {
        match said {
            Said::One(one) => [one].into_iter().collect(),
            Said::List(list) => list.into_iter().collect(),
        }
    }
}

impl From<Several> for Said {
    fn from(mut several: Several) -> Self {
        match several.0.len() {
            0 => Self::One(String::new()),
            1 => Self::One(several.0.remove(0)),
            _ => Self::List(several.0),
        }
    }
}

impl fmt::Display for Several {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0.join(", "))
    }
}
