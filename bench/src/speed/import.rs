//! The import of a Google CSV, against a bare SQLite loop writing the same rows in the same chunks; and its dry run.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{Failure, Row, replay};
use crate::rolo::{EMAIL, Rolo};

const PEOPLE: usize = 25_000;
const MANY: usize = 500_000;

pub(crate) async fn run() -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("google.csv");
    google(&csv, PEOPLE).await?;
    let rolo = Rolo::start(&folder.path().join("data"))?;
    rolo.set_up().await?;
    let file = csv.to_str().ok_or("no path")?;
    let dry = timed(|| rolo.command(&["import", file, "--email", EMAIL, "--dry-run"]))?;
    let database = rolo.data.join("rolo.db");
    let before = replay::transactions(&database)?;
    let ours = timed(|| rolo.command(&["import", file, "--email", EMAIL]))?;
    let chunks = replay::transactions(&database)?.wrapping_sub(before);
    let contacts = rolo.command(&["book", "list", "--email", EMAIL])?["books"][0]["contacts"].as_u64();
    if contacts != Some(PEOPLE as u64) {
        return Err(format!("{contacts:?} contacts after the import of {PEOPLE}").into());
    }
    drop(rolo);
    let theirs = replay::Rows::of(&database)?.replay(&folder.path().join("peer.db"), chunks)?;
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    let (ratio, dry_ratio) = (ours.as_secs_f64() / theirs.as_secs_f64(), dry.as_secs_f64() / ours.as_secs_f64());
    Ok(vec![
        Row {
            what: format!("import, 25,000 Google rows, {chunks} chunks"),
            rolo: seconds(ours),
            peer: seconds(theirs),
            ratio: format!("{ratio:.2}"),
            goal: "≤ 1.5",
            met: ratio <= 1.5,
        },
        Row {
            what: "its dry run, of the import".to_owned(),
            rolo: seconds(dry),
            peer: seconds(ours),
            ratio: format!("{dry_ratio:.2}"),
            goal: "≤ 0.33",
            met: dry_ratio <= 1.0 / 3.0,
        },
    ])
}

/// What an import of half a million rows takes at its peak.
pub(crate) async fn memory() -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("many.csv");
    google(&csv, MANY).await?;
    let rolo = Rolo::start(&folder.path().join("many"))?;
    rolo.set_up().await?;
    rolo.command(&["import", csv.to_str().ok_or("no path")?, "--email", EMAIL])?;
    let resident = rolo.resident_max()?;
    Ok(vec![Row {
        what: "memory at its peak, import of 500,000 rows".to_owned(),
        rolo: format!("{} MB", resident / 1_000_000),
        peer: String::new(),
        ratio: String::new(),
        goal: "≤ 256 MB",
        met: resident <= 256_000_000,
    }])
}

/// Invented people as Google writes them: what Rolo exports from a book of them.
async fn google(into: &Path, people: usize) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(folder.path())?;
    let token = rolo.set_up().await?;
    rolo.command(&["seed", &people.to_string(), "--email", EMAIL])?;
    let csv = rolo.door(&token).text("/v1/exports?format=google-csv").await?;
    std::fs::write(into, csv)?;
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<Duration, Failure> {
    let at = Instant::now();
    work()?;
    Ok(at.elapsed())
}
