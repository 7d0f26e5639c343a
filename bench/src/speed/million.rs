//! A million contacts: search over them, and reads against those of a book of 25,000.

use super::{growth, show};
use crate::Outcome;

pub(crate) fn run() -> Outcome {
    crate::search::run(&["1000000"])?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for row in runtime.block_on(growth::run(25_000, 40)).map_err(|why| format!("growth: {why}"))? {
        show(&row);
    }
    Ok(())
}
