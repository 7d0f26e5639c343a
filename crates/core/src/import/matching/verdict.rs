//! What is to become of a row, and why (`contract.md` §7).

use serde::{Deserialize, Serialize};

/// What is to become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// A contact is made.
    New,
    /// A contact is changed.
    Update,
    /// Nothing: the book says it already.
    Same,
    /// Somebody has to decide.
    Check,
    /// Nothing: there is no contact in it.
    Refused,
}

/// Why a row has its verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Why {
    /// The verdict says it all.
    Plain = 0,
    /// This very row was imported before.
    Imported,
    /// A contact has its UID.
    SameUid,
    /// Name and e-mail or phone are those of a contact.
    Known,
    /// An e-mail of a contact with another name.
    SameEmail,
    /// A phone of a contact with another name.
    SamePhone,
    /// An e-mail or phone of a contact with a name; the row has none, or the contact.
    Nameless,
    /// The name of a contact, and nothing else.
    SameName,
    /// An e-mail or phone of a contact whose name has an initial for one of these words.
    Initial,
    /// Several contacts fit.
    Several,
    /// Another row of the file is this contact too.
    Another,
    /// What would change was changed in Rolo since.
    EditedSince,
    /// The contact it became was deleted or moved.
    Gone,
    /// No name, no way to reach anyone, nothing.
    Empty,
    /// What is there cannot be read; the sentence is made by reading it again.
    Unreadable,
    /// It became a contact, or was decided, in the run.
    Done,
    /// A group of contacts: its members get its name as a label.
    Group,
    /// The same card stands in the file before.
    Twice,
}

impl Why {
    /// Every reason, by its number.
    pub(crate) fn from_number(number: u8) -> Self {
        use Why::*;
        const ALL: [Why; 18] = [
            Plain,
            Imported,
            SameUid,
            Known,
            SameEmail,
            SamePhone,
            Nameless,
            SameName,
            Initial,
            Several,
            Another,
            EditedSince,
            Gone,
            Empty,
            Unreadable,
            Done,
            Group,
            Twice,
        ];
        ALL.get(number as usize).copied().unwrap_or(Plain)
    }

    /// The sentence, with the name of the contact it is about.
    pub(crate) fn sentence(self, other: &str) -> String {
        let other = if other.is_empty() { "a contact without a name" } else { other };
        match self {
            Self::Plain | Self::Unreadable | Self::Done => String::new(),
            Self::Imported => "This row was imported before.".to_owned(),
            Self::SameUid => format!("The same card as {other}."),
            Self::Known => format!("The same name and e-mail or phone as {other}."),
            Self::SameEmail => format!("Same e-mail as {other}, different name."),
            Self::SamePhone => format!("Same phone as {other}, different name."),
            Self::Nameless => format!("Same e-mail or phone as {other}, but only one of the two has a name."),
            Self::SameName => format!("Same name as {other}, and nothing else in common."),
            Self::Initial => format!("Same e-mail or phone as {other}, and an initial for a name."),
            Self::Several => format!("Several contacts fit, {other} among them."),
            Self::Another => format!("Another row of this file is {other} too."),
            Self::EditedSince => format!("{other} was edited in Rolo since the last import, in the same place."),
            Self::Gone => "Its contact was deleted or moved in Rolo since the last import.".to_owned(),
            Self::Empty => "No name, e-mail or phone in this row.".to_owned(),
            Self::Twice => "The same card stands in this file before.".to_owned(),
            Self::Group => "A group. Its members get its name as a label.".to_owned(),
        }
    }
}

/// What somebody decided about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// Leave it out.
    Skip,
    /// Make a contact of it.
    New,
    /// Change the contact it was compared with.
    Update,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_number() {
        for number in 0..18 {
            assert_eq!(Why::from_number(number) as u8, number);
        }
    }
}
