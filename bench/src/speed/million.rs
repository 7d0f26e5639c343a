//! A million contacts: search over them, reads against those of a book of 25,000, and the memory of a backup of all of them.

use super::{backup, growth, show};
use crate::{Outcome, say};

const ROWS: [&str; 3] = ["search", "growth", "backup"];

/// All of it, or the rows that are named.
pub(crate) fn run(named: &[&str]) -> Outcome {
    if let Some(other) = named.iter().find(|name| !ROWS.contains(name)) {
        return Err(format!("there is no row {other} of a million; there are {}", ROWS.join(", ")).into());
    }
    let wanted = |name: &str| named.is_empty() || named.contains(&name);
    if wanted("search") {
        crate::search::run(&["1000000"])?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rows = Vec::new();
    if wanted("growth") {
        rows.extend(runtime.block_on(growth::run(25_000, 40)).map_err(|why| format!("growth: {why}"))?);
    }
    if wanted("backup") {
        rows.push(runtime.block_on(backup::memory(1_000_000)).map_err(|why| format!("backup: {why}"))?);
    }
    for row in &rows {
        show(row);
    }
    let told = rows.iter().map(|row| format!("{}: {} {}", row.what, row.rolo, row.ratio).trim_end().to_owned());
    say(&told.collect::<Vec<_>>().join("; "));
    Ok(())
}
