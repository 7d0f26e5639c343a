//! The import of a Google CSV, against a bare SQLite loop writing the same rows in the same chunks; and its dry run.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use super::{Failure, Row, replay};
use crate::rolo::{EMAIL, Rolo};

/// One round: a dry run, the import, then the peer on what it left.
struct Round {
    dry: Duration,
    ours: Duration,
    theirs: Duration,
    chunks: u32,
}

/// `rounds` imports of so many people, each into an empty book; the median ratio counts.
pub(crate) async fn run(rounds: usize, people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("google.csv");
    google(&csv, people).await?;
    let mut done = Vec::with_capacity(rounds);
    for _ in 0..rounds.max(1) {
        done.push(round(&csv, people).await?);
    }
    let seconds = |time: Duration| format!("{:.1} s", time.as_secs_f64());
    let ratio = |round: &Round| round.ours.as_secs_f64() / round.theirs.as_secs_f64();
    done.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let median = &done[done.len() / 2];
    let (ratio, chunks) = (ratio(median), median.chunks);
    let dry_ratio = |round: &Round| round.dry.as_secs_f64() / round.ours.as_secs_f64();
    let mut dry: Vec<&Round> = done.iter().collect();
    dry.sort_by(|a, b| dry_ratio(a).total_cmp(&dry_ratio(b)));
    let dry = dry[dry.len() / 2];
    let dry_ratio = dry_ratio(dry);
    Ok(vec![
        Row {
            what: format!("import, {people} Google rows, {chunks} chunks"),
            rolo: seconds(median.ours),
            peer: seconds(median.theirs),
            ratio: format!("{ratio:.2}"),
            goal: "≤ 1.5",
            met: ratio <= 1.5,
        },
        Row {
            what: "its dry run, of the import".to_owned(),
            rolo: seconds(dry.dry),
            peer: seconds(dry.ours),
            ratio: format!("{dry_ratio:.2}"),
            goal: "≤ 0.33",
            met: dry_ratio <= 1.0 / 3.0,
        },
    ])
}

async fn round(csv: &Path, people: usize) -> Result<Round, Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(&folder.path().join("data"))?;
    rolo.set_up().await?;
    let file = csv.to_str().ok_or("no path")?;
    let dry = timed(|| rolo.command(&["import", file, "--email", EMAIL, "--dry-run"]))?;
    let database = rolo.data.join("rolo.db");
    let before = replay::transactions(&database)?;
    let ours = timed(|| rolo.command(&["import", file, "--email", EMAIL]))?;
    let chunks = replay::transactions(&database)?.wrapping_sub(before);
    let contacts = rolo.command(&["book", "list", "--email", EMAIL])?["books"][0]["contacts"].as_u64();
    if contacts != Some(people as u64) {
        return Err(format!("{contacts:?} contacts after the import of {people}").into());
    }
    drop(rolo);
    let theirs = replay::Rows::of(&database)?.replay(&folder.path().join("peer.db"), chunks)?;
    Ok(Round { dry, ours, theirs, chunks })
}

/// What an import of half a million rows takes at its peak.
pub(crate) async fn memory(people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let csv = folder.path().join("many.csv");
    google(&csv, people).await?;
    let rolo = Rolo::start(&folder.path().join("many"))?;
    rolo.set_up().await?;
    rolo.command(&["import", csv.to_str().ok_or("no path")?, "--email", EMAIL])?;
    let resident = rolo.resident_max()?;
    Ok(vec![Row {
        what: format!("memory at its peak, import of {people} rows"),
        rolo: format!("{} MB", resident / 1_000_000),
        goal: "≤ 256 MB",
        met: resident <= 256_000_000,
        ..Row::default()
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
