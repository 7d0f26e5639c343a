//! All of a picture into a filling, and all of two pictures held against each other, with word of how far it is.

use rolo_core::Result;

use super::{Difference, Filling, Frozen, Key, Same, Table, compare};

/// Octets of a page in memory.
const PAGE: usize = 4 * 1024 * 1024;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The table it is at.
    pub table: &'static str,
    /// Rows that are done, of all tables.
    pub rows: u64,
    /// Rows there are, of all tables.
    pub of: u64,
}

/// Copies what is left to copy, and says after each page how far it is. An error of whoever listens ends it there.
pub async fn transfer(
    from: &mut Frozen,
    into: &mut Filling<'_>,
    mut tell: impl FnMut(Progress) -> Result<()>,
) -> Result<()> {
    let (mut counts, mut of, tables) = (Vec::new(), 0, from.tables());
    for table in tables {
        counts.push(from.count(table).await?);
        of += counts.last().copied().unwrap_or_default();
    }
    let begun = into.at().map(|(table, key)| (table, key.clone()));
    let first = begun.as_ref().and_then(|(at, _)| tables.iter().position(|table| table == *at)).unwrap_or(0);
    let mut done: u64 = counts.iter().take(first).sum();
    let mut after: Option<Key> = begun.map(|(_, key)| key);
    for (table, count) in tables.iter().zip(&counts).skip(first) {
        let before = done;
        loop {
            let rows = from.page(table, after.as_ref(), PAGE).await?;
            let Some(last) = rows.last() else { break };
            (after, done) = (Some(table.key_of(last)), done + rows.len() as u64);
            into.put(table, rows).await?;
            tell(Progress { table: table.name, rows: done, of })?;
        }
        // What an earlier run had copied of this table was not counted.
        (after, done) = (None, before + count);
    }
    Ok(())
}

/// Compares every table, and says after each how far it is. The first difference ends it.
pub async fn verify(
    first: &mut Frozen,
    second: &mut Frozen,
    mut tell: impl FnMut(&'static Table, Same),
) -> Result<Result<(), (&'static Table, Difference)>> {
    for table in first.tables() {
        match compare(first, second, table, PAGE).await? {
            Ok(same) => tell(table, same),
            Err(found) => return Ok(Err((table, found))),
        }
    }
    Ok(Ok(()))
}
