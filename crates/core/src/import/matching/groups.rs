//! Group cards of a file: each is a label of its members, wherever in the file those stand. With them is kept which
//! labels the book has room for.

use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use serde::{Deserialize, Serialize};

use crate::{card::Card, import::file::Content, keys};

/// Members of all groups of a file; beyond, a file is no address book.
const MEMBERS_MAX: usize = 500_000;

/// The labels group cards say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Groups {
    names: IndexSet<String>,
    /// `uid_key` and places in `names`.
    members: HashMap<String, Vec<u32>>,
    count: usize,
    /// The labels there is room for, where not all of the file's fit into the book.
    #[serde(default)]
    room: Option<HashSet<String>>,
}

/// Whether a row may be a group card: told by a word in its bytes, so that the others need not be parsed twice.
pub(crate) fn may_be(bytes: &[u8]) -> bool {
    [b":group", b":GROUP", b":Group"].iter().any(|word| memchr::memmem::find(bytes, *word).is_some())
}

impl Groups {
    /// Takes a row; whatever is no group card says nothing.
    pub(crate) fn take(&mut self, content: &Content) {
        let Content::Card(bytes) = content else { return };
        if !may_be(bytes) {
            return;
        }
        let Some(card) = Card::parse(bytes.as_slice()).ok().filter(Card::is_group) else { return };
        let model = card.model_light();
        let name = crate::card::trimmed_nfc(&keys::display_name(&model));
        if name.is_empty() || model.members.is_empty() || self.count >= MEMBERS_MAX {
            return;
        }
        let (at, _) = self.names.insert_full(name);
        for uid in model.members.keys().take(MEMBERS_MAX.saturating_sub(self.count)) {
            let places = self.members.entry(keys::uid_key(uid).into_owned()).or_default();
            self.count += 1;
            // A second card of the same group names it once more, which is no harm.
            if let Ok(at) = u32::try_from(at)
                && places.last() != Some(&at)
            {
                places.push(at);
            }
        }
    }

    /// With the labels there is room for.
    pub(crate) fn with_room(&self, room: Option<HashSet<String>>) -> Self {
        Self { room, ..self.clone() }
    }

    /// The labels there is room for; `None` where all of the file's fit.
    pub(crate) fn room(&self) -> Option<&HashSet<String>> {
        self.room.as_ref()
    }

    /// Whether no group has a member.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The labels of a card.
    pub(crate) fn of(&self, uid: &str) -> impl Iterator<Item = &str> {
        let places = if self.members.is_empty() { None } else { self.members.get(keys::uid_key(uid).as_ref()) };
        places.into_iter().flatten().filter_map(|at| self.names.get_index(*at as usize)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_in_either_dialect_labels_its_members() {
        let mut groups = Groups::default();
        for card in [
            "BEGIN:VCARD\nVERSION:3.0\nN:Choir\nFN:Choir\nX-ADDRESSBOOKSERVER-KIND:group\nX-ADDRESSBOOKSERVER-MEMBER:urn:uuid:0198F0AA-7C1E-7D20-9F3A-2B6C1D0E4F5A\nEND:VCARD\n",
            "BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:Club\nMEMBER:urn:uuid:0198f0aa-7c1e-7d20-9f3a-2b6c1d0e4f5a\nMEMBER:x-1\nEND:VCARD\n",
            "BEGIN:VCARD\nVERSION:3.0\nFN:The Group\nNOTE:group\nEND:VCARD\n",
        ] {
            groups.take(&Content::Card(card.as_bytes().to_vec()));
        }
        let of = |uid| groups.of(uid).collect::<Vec<_>>();
        assert_eq!(of("0198F0AA-7C1E-7D20-9F3A-2B6C1D0E4F5A"), ["Choir", "Club"]);
        assert_eq!((of("x-1"), of("x-2")), (vec!["Club"], vec![]));
    }
}
