//! Files as they are uploaded: what they are, in which encoding, and their rows one after the other.
//!
//! Nothing here trusts a file's name or its own word about sizes, and nothing holds more of it than one row.

pub(crate) mod archive;
pub(crate) mod encoding;
pub(crate) mod objects;
pub(crate) mod open;
pub(crate) mod part;
pub(crate) mod records;
pub(crate) mod sniff;
pub(crate) mod stream;

pub(crate) use part::Part;
pub(crate) use stream::{Content, Item, Rows};

/// Why a file cannot be imported, for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Unfit(pub(crate) String);

impl From<Unfit> for crate::Error {
    fn from(unfit: Unfit) -> Self {
        Self::invalid("/file", unfit.0)
    }
}
