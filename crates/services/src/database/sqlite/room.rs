//! Room kept back for a full disk, so that people can still sign in and out while someone makes space.
//!
//! A file of zeros lies beside the database. When a small write finds no room, the log is folded back into the database
//! (its space is used again from the start) and the file is given up. The next opening lays it down again.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use rusqlite::Connection;

/// As large as some hundred sign-ins need.
const RESERVE: usize = 1024 * 1024;
/// How often room may be made before the database is opened again, and by how many pages a limited file may grow each time.
const TIMES: u32 = 8;
const PAGES: i64 = 64;

#[derive(Debug)]
pub(crate) struct Room {
    reserve: PathBuf,
    left: u32,
}

impl Room {
    /// Lays the reserve down. Without room for it there is none, which is no reason not to start.
    pub(crate) fn keep(folder: &Path) -> Self {
        let reserve = folder.join("rolo.reserve");
        let kept = fs::metadata(&reserve).is_ok_and(|file| file.len() == RESERVE as u64);
        let lay = || {
            let mut file = File::create(&reserve)?;
            file.write_all(&vec![0; RESERVE])?;
            file.sync_all()
        };
        if !kept && lay().is_err() {
            let _ = fs::remove_file(&reserve);
        }
        Self { reserve, left: TIMES }
    }

    /// Makes some room; false when all that was kept back is used.
    pub(crate) fn make(&mut self, connection: &Connection) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        let _ = fs::remove_file(&self.reserve);
        let _ = connection.execute_batch("pragma wal_checkpoint(restart)");
        let most = connection.query_row("pragma max_page_count", [], |row| row.get::<_, i64>(0));
        let raised =
            most.and_then(|most| connection.execute_batch(&format!("pragma max_page_count = {}", most + PAGES)));
        raised.is_ok()
    }
}
