//! A million contacts: search over them, reads against those of a book of 25,000, and the memory of a backup of all of them.

use super::{backup, growth, show};
use crate::{Outcome, say};

pub(crate) fn run() -> Outcome {
    crate::search::run(&["1000000"])?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let mut rows = runtime.block_on(growth::run(25_000, 40)).map_err(|why| format!("growth: {why}"))?;
    rows.push(runtime.block_on(backup::memory(1_000_000)).map_err(|why| format!("backup: {why}"))?);
    for row in &rows {
        show(row);
    }
    let told = rows.iter().map(|row| format!("{}: {} {}", row.what, row.rolo, row.ratio).trim_end().to_owned());
    say(&told.collect::<Vec<_>>().join("; "));
    Ok(())
}
