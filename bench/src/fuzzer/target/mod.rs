//! What is fuzzed: everything that reads what strangers send.
//!
//! A target panics when it finds something wrong beyond a panic of the code it tries: bytes that did not come back, two
//! readings that differ.

mod card;
mod control;
mod edit;
mod query;
mod split;

use crate::dictionary;

/// One reader of strangers' bytes.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Reads one input in every way there is.
    pub(crate) read: fn(&[u8]),
    /// Folders of `fixtures` that hold its corpus.
    pub(crate) folders: &'static [&'static str],
    /// Entries of the corpus that are made, not kept.
    pub(crate) made_up: fn() -> Vec<Vec<u8>>,
    /// Words of its format.
    pub(crate) tokens: &'static [&'static [u8]],
}

const TARGETS: &[Target] = &[
    Target {
        name: "card",
        read: card::read,
        folders: &["fuzz/card", "cards"],
        made_up: card::made_up,
        tokens: dictionary::CARD,
    },
    Target {
        name: "edit",
        read: edit::read,
        folders: &["fuzz/edit", "fuzz/card", "cards"],
        made_up: edit::made_up,
        tokens: dictionary::CARD,
    },
    Target {
        name: "split",
        read: split::read,
        folders: &["fuzz/split", "fuzz/card", "cards"],
        made_up: split::made_up,
        tokens: dictionary::CARD,
    },
    Target { name: "query", read: query::read, folders: &["fuzz/query"], made_up: Vec::new, tokens: dictionary::QUERY },
];

/// Shows that the fuzzer finds what it looks for; it is no part of a run unless named.
const CONTROL: Target = Target {
    name: "control",
    read: control::read,
    folders: &[],
    made_up: control::made_up,
    tokens: dictionary::CONTROL,
};

pub(crate) fn names() -> Vec<&'static str> {
    TARGETS.iter().map(|target| target.name).collect()
}

impl Target {
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let all = TARGETS.iter().chain([&CONTROL]);
        all.copied().find(|target| target.name == name).ok_or_else(|| format!("there is no target {name}"))
    }
}
