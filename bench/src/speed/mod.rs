//! The numbers Rolo promises (`docs/speed.md`), each beside a peer in the same run.
//!
//! `speed [read] [list] [writers] [start] [import] [memory]`; all of them when none is named.

mod import;
mod load;
pub(crate) mod million;
pub(crate) mod peer;
mod read;
mod replay;
mod start;
mod writers;

use crate::{Outcome, say};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One row of the table.
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) rolo: String,
    pub(crate) peer: String,
    pub(crate) ratio: String,
    pub(crate) goal: &'static str,
    pub(crate) met: bool,
}

const ROWS: [&str; 6] = ["read", "list", "writers", "start", "import", "memory"];

pub(crate) fn run(arguments: &[&str]) -> Outcome {
    if let Some(other) = arguments.iter().find(|name| !ROWS.contains(name)) {
        return Err(format!("there is no row {other}; there are {}", ROWS.join(", ")).into());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let asked = |name: &str| arguments.is_empty() || arguments.contains(&name);
    say(&format!("{:<44} {:>14} {:>14} {:>8}  goal", "", "rolo", "peer", "ratio"));
    for name in ROWS.into_iter().filter(|name| asked(name)) {
        let rows = runtime.block_on(async {
            match name {
                "read" => read::contact().await,
                "list" => read::list().await,
                "writers" => writers::run().await,
                "import" => import::run().await,
                "memory" => import::memory().await,
                _ => start::run().await,
            }
        });
        for row in rows.map_err(|why| format!("{name}: {why}"))? {
            show(&row);
        }
    }
    Ok(())
}

fn show(row: &Row) {
    let met = if row.met { "met" } else { "missed" };
    let Row { what, rolo, peer, ratio, goal, .. } = row;
    say(&format!("{what:<44} {rolo:>14} {peer:>14} {ratio:>8}  {goal}: {met}"));
}
