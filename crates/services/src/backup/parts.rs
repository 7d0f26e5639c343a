//! The parts of a table. Where one ends is said by its rows alone, so that a row that comes or goes moves no other part. They are
//! cut on a thread of their own, while the database is read for the next ones.

use rolo_core::{Error, Result};
use sha2::{Digest, Sha256};
use tokio::{runtime::Handle, sync::mpsc, task::JoinHandle};

use super::{
    gather::Line,
    manifest::{PartAbout, TableAbout, digest_of, part_name, sha256},
};
use crate::database::copy::{self, Row, Table, Value};

/// How large a part is in the mean, and at most (but for one row that is larger). One blob of the repository each.
const PART_MEAN: u64 = 512 * 1024;
const PART_MOST: usize = 1 << 20;

/// The cutting of one table.
pub(super) struct Cutting {
    pages: mpsc::Sender<Vec<Row>>,
    done: JoinHandle<Result<TableAbout>>,
}

impl Cutting {
    /// Of this table's rows; the parts go `to` there, or only their digests are wanted.
    pub(super) fn begin(table: &'static Table, to: Option<Line>) -> Self {
        // One page is cut, one waits, one is read.
        let (pages, mut coming) = mpsc::channel::<Vec<Row>>(1);
        let runtime = Handle::current();
        let done = tokio::task::spawn_blocking(move || {
            let mut parts = Parts::of(table, to.map(|line| (line, runtime)));
            while let Some(page) = coming.blocking_recv() {
                page.iter().try_for_each(|row| parts.add(row))?;
            }
            parts.end()
        });
        Self { pages, done }
    }

    /// The next rows. `false`: it has ended, and `end` says why.
    pub(super) async fn takes(&self, page: Vec<Row>) -> bool {
        self.pages.send(page).await.is_ok()
    }

    /// What there was, once all of it is cut and sent.
    pub(super) async fn end(self) -> Result<TableAbout> {
        drop(self.pages);
        self.done.await.map_err(Error::internal)?
    }
}

/// The parts that are there so far, and the next one.
struct Parts {
    table: &'static Table,
    /// Where the key is in a row.
    keys: Vec<usize>,
    to: Option<(Line, Handle)>,
    octets: Vec<u8>,
    rows: u64,
    abouts: Vec<PartAbout>,
    /// The key of the row that was added last; kept for its room.
    key: Vec<u8>,
}

impl Parts {
    fn of(table: &'static Table, to: Option<(Line, Handle)>) -> Self {
        let keys = table.key_columns();
        Self { table, keys, to, octets: Vec::new(), rows: 0, abouts: Vec::new(), key: Vec::new() }
    }

    fn add(&mut self, row: &Row) -> Result<()> {
        let mut begins = self.octets.len();
        copy::append(row, &mut self.octets)?;
        if begins > 0 && self.octets.len() > PART_MOST {
            // It is the first of the next part.
            let row = self.octets.split_off(begins);
            self.cut()?;
            (self.octets, begins) = (row, 0);
        }
        self.rows += 1;
        let key: Vec<&Value> = self.keys.iter().filter_map(|column| row.get(*column)).collect();
        self.key.clear();
        copy::append(&key, &mut self.key)?;
        if ends_part(&self.key, (self.octets.len() - begins) as u64) {
            self.cut()?;
        }
        Ok(())
    }

    fn cut(&mut self) -> Result<()> {
        let octets = std::mem::take(&mut self.octets);
        let about =
            PartAbout { rows: std::mem::take(&mut self.rows), octets: octets.len() as u64, sha256: sha256(&octets) };
        let path = format!("data/{}/{}", self.table.name, part_name(self.abouts.len()));
        self.abouts.push(about);
        match &self.to {
            Some((line, runtime)) => runtime.block_on(line.here(path, octets)),
            None => Ok(()),
        }
    }

    fn end(mut self) -> Result<TableAbout> {
        if self.rows > 0 {
            self.cut()?;
        }
        Ok(TableAbout {
            name: self.table.name.into(),
            columns: self.table.columns.iter().map(|column| column.name.into()).collect(),
            rows: self.abouts.iter().map(|part| part.rows).sum(),
            sha256: digest_of(&self.abouts),
            parts: self.abouts,
        })
    }
}

/// Whether a part ends behind a row with this key: as likely as the row is large, so that parts have the same mean.
fn ends_part(key: &[u8], octets: u64) -> bool {
    let digest = Sha256::digest(key);
    let dice = digest.iter().take(8).fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
    dice / (u64::MAX / PART_MEAN) < octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_end_as_often_as_their_octets_ask_for() {
        for octets in [70, 3_000, 40_000] {
            let rows = 40 * PART_MEAN / octets;
            let ends = (0..rows).filter(|row| ends_part(&row.to_be_bytes(), octets)).count();
            assert!((20..=60).contains(&ends), "{ends} ends in 40 means of rows of {octets}");
        }
        assert!(ends_part(b"a picture", PART_MEAN));
    }
}
