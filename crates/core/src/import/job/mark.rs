//! What the check said of each row, as it lies in storage: 48 octets a row.

use uuid::Uuid;

use crate::{
    Error, Result,
    contracts::Storage,
    id::ContactId,
    import::matching::{Told, Verdict, Why, fingerprint::Fingerprint},
};

/// Octets of one row's mark.
pub(super) const MARK_BYTES: usize = 48;

/// A row's mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) verdict: Verdict,
    pub(super) why: Why,
    /// Which file it is in.
    pub(super) part: u16,
    /// Where it begins there.
    pub(super) at: u64,
    pub(super) contact: Option<ContactId>,
    pub(super) base: Option<Fingerprint>,
}

impl Mark {
    pub(super) fn of(told: &Told, part: usize, at: u64) -> Self {
        let part = u16::try_from(part).unwrap_or(u16::MAX);
        Self { verdict: told.verdict, why: told.why, part, at, contact: told.contact, base: told.base }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        let verdict = match self.verdict {
            Verdict::New => 0,
            Verdict::Update => 1,
            Verdict::Same => 2,
            Verdict::Check => 3,
            Verdict::Refused => 4,
        };
        let has = u8::from(self.contact.is_some()) | u8::from(self.base.is_some()) << 1;
        out.extend_from_slice(&[verdict, self.why as u8]);
        out.extend_from_slice(&self.part.to_le_bytes());
        out.extend_from_slice(&[has, 0, 0, 0]);
        out.extend_from_slice(&self.at.to_le_bytes());
        out.extend_from_slice(self.contact.map_or(Uuid::nil(), |id| id.0).as_bytes());
        out.extend_from_slice(&self.base.unwrap_or_default());
    }

    fn read(octets: &[u8; MARK_BYTES]) -> Option<Self> {
        let verdict = match octets[0] {
            0 => Verdict::New,
            1 => Verdict::Update,
            2 => Verdict::Same,
            3 => Verdict::Check,
            _ => Verdict::Refused,
        };
        let sixteen = |from: usize| -> Option<[u8; 16]> { octets[from..from + 16].try_into().ok() };
        Some(Self {
            verdict,
            why: Why::from_number(octets[1]),
            part: u16::from_le_bytes([octets[2], octets[3]]),
            at: u64::from_le_bytes(octets[8..16].try_into().ok()?),
            contact: sixteen(16).filter(|_| octets[4] & 1 != 0).map(|id| ContactId(Uuid::from_bytes(id))),
            base: sixteen(32).filter(|_| octets[4] & 2 != 0),
        })
    }
}

/// Marks from row `from` on.
pub(super) async fn marks(storage: &dyn Storage, key: &str, from: u64, count: usize) -> Result<Vec<Mark>> {
    let bytes = storage.read(key, from * MARK_BYTES as u64, count * MARK_BYTES).await?.ok_or_else(lost)?;
    bytes.as_chunks::<MARK_BYTES>().0.iter().map(|octets| Mark::read(octets).ok_or_else(lost)).collect()
}

fn lost() -> Error {
    Error::internal("the verdicts of an import are not in storage")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        for (contact, base) in
            [(None, None), (Some(ContactId(Uuid::from_u128(7))), Some([9; 16])), (None, Some([1; 16]))]
        {
            for verdict in [Verdict::New, Verdict::Update, Verdict::Same, Verdict::Check, Verdict::Refused] {
                let mark = Mark { verdict, why: Why::SameEmail, part: 99, at: 1 << 40, contact, base };
                let mut out = Vec::new();
                mark.write(&mut out);
                assert_eq!(Mark::read(out.as_slice().try_into().unwrap()), Some(mark));
            }
        }
    }
}
