//! The numbers Rolo promises (`docs/speed.md`), each beside a peer in the same run.
//!
//! `speed [--small] [read] [list] [writers] [start] [import] [memory] [search] [edit] [engines] [redis] [hit] [backup] [machine]
//! [gateway] [pages]`; all of them when none is named.
//! `--small` shows that every row can be made, in seconds; its values say nothing.

mod backup;
mod certificate;
mod crowd;
mod edit;
mod engines;
pub(crate) mod gateway;
mod growth;
mod import;
mod load;
mod machine;
pub(crate) mod million;
mod nginx;
mod pages;
pub(crate) mod peer;
mod process;
#[expect(clippy::unwrap_used, reason = "the tests' own: a wire that cannot be laid must fail them")]
#[path = "../../../crates/services/tests/it/cache/proxy.rs"]
mod proxy;
mod race;
mod read;
mod redis;
mod replay;
mod shared;
mod stack;
mod start;
mod writers;

use std::time::Duration;

use crate::{Outcome, say};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How much is measured.
struct Size {
    /// Contacts in the book that is read, started with, edited and imported.
    people: usize,
    /// Contacts that are searched.
    searched: usize,
    /// Rows of the import whose memory is looked at.
    many: usize,
    /// Writes of a round of 64 writers.
    writes: usize,
    /// How often each page is drawn by the server.
    pages: usize,
    /// Rounds of everything that is done side by side.
    rounds: usize,
    /// How long each of the two servers is asked in a round.
    round: Duration,
}

const WHOLE: Size = Size {
    people: 25_000,
    searched: 100_000,
    many: 500_000,
    writes: 10_000,
    pages: 500,
    rounds: 5,
    round: Duration::from_secs(2),
};
const SMALL: Size = Size {
    people: 300,
    searched: 500,
    many: 600,
    writes: 300,
    pages: 10,
    rounds: 1,
    round: Duration::from_millis(200),
};

/// What stands in place of a goal where a value is only told.
const NO_GOAL: &str = "no goal";

/// One row of the table.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) rolo: String,
    pub(crate) peer: String,
    pub(crate) ratio: String,
    pub(crate) goal: &'static str,
    pub(crate) met: bool,
}

const ROWS: [&str; 15] = [
    "read", "list", "writers", "start", "import", "memory", "search", "edit", "engines", "redis", "machine", "gateway",
    "pages", "hit", "backup",
];

pub(crate) fn run(arguments: &[&str]) -> Outcome {
    let (small, named): (Vec<&str>, Vec<&str>) = arguments.iter().partition(|argument| **argument == "--small");
    if let Some(other) = named.iter().find(|name| !ROWS.contains(name)) {
        return Err(format!("there is no row {other}; there are {}", ROWS.join(", ")).into());
    }
    let size = if small.is_empty() { WHOLE } else { SMALL };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    say(&format!("{:<60} {:>16} {:>16} {:>8}  goal", "", "rolo", "peer", "ratio"));
    let (mut goals, mut missed) = (0, Vec::new());
    for name in ROWS.into_iter().filter(|name| named.is_empty() || named.contains(name)) {
        let rows = runtime.block_on(async {
            match name {
                "read" => read::contact(&size).await,
                "list" => read::list(&size).await,
                "writers" => writers::run(size.rounds, size.writes).await,
                "import" => import::run(size.rounds, size.people).await,
                "memory" => import::memory(size.many).await,
                "search" => crate::search::rows(size.searched).await,
                "edit" => edit::run(size.people).await,
                "engines" => engines::run(size.people).await,
                "redis" => redis::run(&size).await,
                "hit" => shared::run(size.people).await,
                "backup" => backup::run(size.rounds, size.people).await,
                "machine" => machine::run(&size).await,
                "gateway" => gateway::run(&size).await,
                "pages" => pages::run(&size).await,
                _ => start::run(size.people).await,
            }
        });
        for row in rows.map_err(|why| format!("{name}: {why}"))? {
            show(&row);
            goals += usize::from(row.goal != NO_GOAL);
            if !row.met {
                missed.push(format!("{} {} {}", row.what, row.rolo, row.ratio).trim_end().to_owned());
            }
        }
    }
    let which = if missed.is_empty() { String::new() } else { format!(", missed: {}", missed.join("; ")) };
    say(&format!("{} of {goals} goals met{which}", goals - missed.len()));
    Ok(())
}

fn show(row: &Row) {
    let met = if row.met { "met" } else { "missed" };
    let Row { what, rolo, peer, ratio, goal, .. } = row;
    say(&format!("{what:<60} {rolo:>16} {peer:>16} {ratio:>8}  {goal}: {met}"));
}
