//! How things are packed into single columns, and the revisions that are made from columns.

use rolo_core::{
    Error, Result,
    contact::row::LargeValue,
    id::{AccountId, ContactId, LabelId, Revision},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Where a contact stands. Lists and counts ask for one of these, never for a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Living = 0,
    LivingGroup = 1,
    Binned = 2,
    BinnedGroup = 3,
    Purged = 4,
}

impl State {
    pub(crate) fn read(number: i64) -> Result<Self> {
        Ok(match number {
            0 => Self::Living,
            1 => Self::LivingGroup,
            2 => Self::Binned,
            3 => Self::BinnedGroup,
            4 => Self::Purged,
            other => return Err(Error::internal(format!("unknown state {other} of a contact"))),
        })
    }

    /// A living card of this kind.
    pub(crate) fn living(kind: &str) -> Self {
        if kind == "group" { Self::LivingGroup } else { Self::Living }
    }

    pub(crate) fn binned(self) -> Self {
        match self {
            Self::LivingGroup | Self::BinnedGroup => Self::BinnedGroup,
            _ => Self::Binned,
        }
    }

    pub(crate) fn is_living(self) -> bool {
        matches!(self, Self::Living | Self::LivingGroup)
    }

    pub(crate) fn is_binned(self) -> bool {
        matches!(self, Self::Binned | Self::BinnedGroup)
    }
}

/// SHA-256: what is unique may be longer than an index takes.
pub(crate) fn hash(octets: &[u8]) -> [u8; 32] {
    Sha256::digest(octets).into()
}

pub(crate) fn pack_labels(labels: &[LabelId]) -> Vec<u8> {
    labels.iter().flat_map(|label| label.0.into_bytes()).collect()
}

pub(crate) fn unpack_labels(octets: &[u8]) -> Vec<LabelId> {
    octets.as_chunks::<16>().0.iter().map(|id| LabelId(Uuid::from_bytes(*id))).collect()
}

/// Where a large value was lifted out of a card.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    pub(crate) offset: usize,
    pub(crate) hash: [u8; 32],
}

pub(crate) fn pack_parts(large: &[LargeValue]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(large.len() * 36);
    for value in large {
        packed.extend(value.offset.to_be_bytes());
        packed.extend(value.hash);
    }
    packed
}

pub(crate) fn unpack_parts(octets: &[u8]) -> Vec<Part> {
    let parts = octets.as_chunks::<36>().0.iter();
    parts
        .map(|part| {
            let mut hash = [0; 32];
            hash.copy_from_slice(&part[4..]);
            Part { offset: u32::from_be_bytes([part[0], part[1], part[2], part[3]]) as usize, hash }
        })
        .collect()
}

/// A `dav_name` for a card that came without one.
pub(crate) fn dav_name(id: ContactId) -> String {
    format!("{id}.vcf")
}

fn revision(parts: &[&[u8]]) -> Revision {
    // Lengths in front, so that no two lists of parts spell the same octets.
    let octets =
        parts.iter().flat_map(|part| (part.len() as u64).to_be_bytes().into_iter().chain(part.iter().copied()));
    Revision::of(&octets.collect::<Vec<_>>())
}

pub(crate) fn label_revision(name: &[u8], hue: Option<i64>) -> Revision {
    revision(&[name, hue.map(|hue| hue.to_string()).unwrap_or_default().as_bytes()])
}

pub(crate) fn book_revision(name: &[u8], owner: Option<AccountId>) -> Revision {
    revision(&[name, owner.map(|owner| owner.0.into_bytes()).unwrap_or_default().as_slice()])
}

pub(crate) fn organisation_revision(name: &[u8], details: &str) -> Revision {
    revision(&[name, details.as_bytes()])
}

pub(crate) fn account_revision(name: &[u8], role: &str, settings: &str) -> Revision {
    revision(&[name, role.as_bytes(), settings.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let labels = [LabelId(Uuid::from_u128(7)), LabelId(Uuid::from_u128(u128::MAX))];
        assert_eq!(unpack_labels(&pack_labels(&labels)), labels);
        let large = [LargeValue { offset: 70_000, hash: [9; 32], bytes: vec![1] }];
        let parts = unpack_parts(&pack_parts(&large));
        assert_eq!((parts[0].offset, parts[0].hash, parts.len()), (70_000, [9; 32], 1));
    }

    #[test]
    fn revisions_tell_where_one_column_ends() {
        assert_ne!(organisation_revision(b"ab", "c"), organisation_revision(b"a", "bc"));
        assert_ne!(label_revision(b"Family", None), label_revision(b"Family", Some(0)));
    }
}
