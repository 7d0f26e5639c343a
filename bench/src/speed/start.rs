//! From the start to ready, and the memory it then takes.

use std::time::Duration;

use super::{Failure, Row};
use crate::rolo::{EMAIL, Rolo};

const STARTS: usize = 9;

pub(crate) async fn run(people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(folder.path())?;
    rolo.set_up().await?;
    rolo.command(&["seed", &people.to_string(), "--email", EMAIL])?;
    drop(rolo);
    let mut starts = Vec::new();
    let mut resident = 0;
    for _ in 0..STARTS {
        let rolo = Rolo::start(folder.path())?;
        starts.push(rolo.ready_after);
        resident = resident.max(rolo.resident()?);
    }
    starts.sort_unstable();
    let start = starts[STARTS / 2];
    let row = |what: &str, rolo, goal, met| Row { what: what.to_owned(), rolo, goal, met, ..Row::default() };
    Ok(vec![
        row(
            &format!("ready after start, {people} contacts"),
            format!("{:.2} s", start.as_secs_f64()),
            "≤ 0.5 s",
            start <= Duration::from_millis(500),
        ),
        row("idle memory", format!("{} MB", resident / 1_000_000), "≤ 60 MB", resident <= 60_000_000),
    ])
}
