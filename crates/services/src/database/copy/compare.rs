//! Two pictures held against each other, row by row.

use rolo_core::{Error, Result};
use sha2::{Digest, Sha256};

use super::{Frozen, Key, Row, Table, encode};

/// A table that is the same in both pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Same {
    /// How many rows it has.
    pub rows: u64,
    /// The SHA-256 of all of them, encoded.
    pub digest: [u8; 32],
}

/// The first row in which they are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is only in the first.
    Missing(Key),
    /// It is only in the second.
    Added(Key),
    /// It is another in the second.
    Changed(Key),
}

/// Compares a table of two pictures, `octets_max` of each at a time.
pub async fn compare(
    first: &mut Frozen,
    second: &mut Frozen,
    table: &Table,
    octets_max: usize,
) -> Result<Result<Same, Difference>> {
    let (mut digest, mut rows, mut after) = (Sha256::new(), 0, None);
    loop {
        let ours = first.page(table, after.as_ref(), octets_max).await?;
        let theirs = second.page(table, after.as_ref(), octets_max).await?;
        let encoded = encode(&ours)?;
        if encoded != encode(&theirs)? {
            return difference(table, &ours, &theirs).map(Err);
        }
        let Some(last) = ours.last() else { break };
        rows += ours.len() as u64;
        digest.update(&encoded);
        after = Some(table.key_of(last));
    }
    Ok(Ok(Same { rows, digest: digest.finalize().into() }))
}

fn difference(table: &Table, ours: &[Row], theirs: &[Row]) -> Result<Difference> {
    let mut pairs = ours.iter().zip(theirs);
    if let Some((one, other)) = pairs.find(|(one, other)| one != other) {
        let (one, other) = (table.key_of(one), table.key_of(other));
        return Ok(match one.cmp(&other) {
            std::cmp::Ordering::Less => Difference::Missing(one),
            std::cmp::Ordering::Greater => Difference::Added(other),
            std::cmp::Ordering::Equal => Difference::Changed(one),
        });
    }
    let shorter = ours.len().min(theirs.len());
    match (ours.get(shorter), theirs.get(shorter)) {
        (Some(row), _) => Ok(Difference::Missing(table.key_of(row))),
        (None, Some(row)) => Ok(Difference::Added(table.key_of(row))),
        (None, None) => Err(Error::internal("equal rows are encoded differently")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::copy::Value;

    fn row(name: u8, tries: i64) -> Row {
        vec![Value::Blob(vec![name]), Value::Int(0), Value::Int(9), Value::Int(tries)]
    }

    #[test]
    fn the_first_row_that_differs_is_named() {
        let table = Table::named("attempt").unwrap();
        let key = |name| vec![Value::Blob(vec![name]), Value::Int(0)];
        let both = [row(1, 1), row(3, 1)];
        let found = |theirs: &[Row]| difference(table, &both, theirs).unwrap();
        assert_eq!(found(&[row(1, 1)]), Difference::Missing(key(3)));
        assert_eq!(found(&[row(3, 1)]), Difference::Missing(key(1)));
        assert_eq!(found(&[row(1, 1), row(2, 1), row(3, 1)]), Difference::Added(key(2)));
        assert_eq!(found(&[row(1, 1), row(3, 1), row(4, 1)]), Difference::Added(key(4)));
        assert_eq!(found(&[row(1, 1), row(3, 2)]), Difference::Changed(key(3)));
        assert!(difference(table, &both, &both).is_err());
    }
}
