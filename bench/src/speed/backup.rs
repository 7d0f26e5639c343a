//! A backup beside `zstd` alone on the same octets: what reading, cutting, naming and encrypting cost beyond compressing; and
//! what a server takes at its peak that is backed up while it serves.

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rolo_core::contracts::Storage;
use rolo_services::{
    backup::{Passphrase, Place, What, make},
    database::{
        self, Relational,
        copy::{self, TABLES},
    },
};

use super::{Failure, NO_GOAL, Row, engines::fill, process::Family};
use crate::rolo::{EMAIL, Rolo};

/// What a page of the database is read at.
const PAGE: usize = 2 << 20;

pub(crate) async fn run(rounds: usize, people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let url = format!("sqlite:{}", folder.path().join("rolo.db").display());
    let storage = fill(&url, &folder, people).await?.services.storage;
    let database = database::connect(&url, false).await?;
    let url = format!("sqlite:{}", folder.path().join("nobody/rolo.db").display());
    let nobody = database::connect(&url, true).await?;
    let octets = octets(&database).await?;
    let mut done = Vec::new();
    for round in 0..rounds.max(1) {
        let whole = taken(&database, &storage, folder.path().join(format!("{round}.rolo"))).await?;
        let fixed = taken(&nobody, &storage, folder.path().join(format!("nobody-{round}.rolo"))).await?;
        let (packed, theirs) = alone(Arc::clone(&octets)).await?;
        if packed == 0 {
            return Err("nothing was packed".into());
        }
        done.push(Taken { whole, fixed, theirs });
    }
    done.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
    let median = &done[done.len() / 2];
    let rate = |time: Duration| format!("{:.1} MB/s", octets.len() as f64 / 1e6 / time.as_secs_f64());
    let size = octets.len() as f64 / 1e6;
    let beside = Row {
        what: format!("a backup of {people} contacts, {size:.1} MB, beyond one of nobody"),
        rolo: rate(median.beyond()),
        peer: rate(median.theirs),
        ratio: format!("{:.2}", median.ratio()),
        goal: "≥ 0.5",
        met: median.ratio() >= 0.5,
    };
    let told = |what: String, rolo: String| Row { what, rolo, goal: NO_GOAL, met: true, ..Row::default() };
    let fixed = format!("{:.0} ms", median.fixed.as_secs_f64() * 1e3);
    Ok(vec![
        beside,
        told("a backup of nobody: the key of its passphrase, 128 MiB of scrypt".to_owned(), fixed),
        told(format!("a backup of {people} contacts, its key among it"), rate(median.whole)),
        memory(people).await?,
    ])
}

/// The times of a round.
struct Taken {
    whole: Duration,
    /// What a backup takes that has nothing to hold: what a passphrase costs whoever guesses it costs whoever knows it, once,
    /// however much there is behind it.
    fixed: Duration,
    theirs: Duration,
}

impl Taken {
    fn beyond(&self) -> Duration {
        self.whole.saturating_sub(self.fixed).max(Duration::from_nanos(1))
    }

    fn ratio(&self) -> f64 {
        self.theirs.as_secs_f64() / self.beyond().as_secs_f64()
    }
}

/// How long a backup into one new file takes.
async fn taken(database: &Relational, storage: &Arc<dyn Storage>, file: PathBuf) -> Result<Duration, Failure> {
    let passphrase = Passphrase::from("five quiet harbour mornings");
    let (config, rolo, at) = ("", env!("CARGO_PKG_VERSION"), Timestamp::now());
    let what = What { database, storage, config, rolo, at };
    let began = Instant::now();
    make(&Place::File(file), &passphrase, what, &|_| ()).await?;
    Ok(began.elapsed())
}

/// What a server with so many people takes at its peak that backs all of them up, twice: the second time little is new.
pub(crate) async fn memory(people: usize) -> Result<Row, Failure> {
    let folder = tempfile::tempdir()?;
    let (data, to) = (folder.path().join("data"), folder.path().join("backups"));
    let rolo = Rolo::start(&data)?;
    rolo.set_up().await?;
    rolo.command(&["seed", &people.to_string(), "--email", EMAIL])?;
    Family(vec![rolo.id()]).rest().await?;
    drop(rolo);
    // Another process: what writing and indexing them took is not what a backup takes.
    let rolo = Rolo::start(&data)?;
    Family(vec![rolo.id()]).rest().await?;
    let idle = rolo.resident_max()?;
    for _ in 0..2 {
        rolo.command(&["backup", "--to", to.to_str().ok_or("no path")?])?;
    }
    let resident = rolo.resident_max()?;
    Ok(Row {
        what: format!("memory at its peak, a backup of {people}"),
        rolo: format!("{} MB", resident / 1_000_000),
        peer: format!("idle {} MB", idle / 1_000_000),
        goal: "≤ 256 MB",
        met: resident <= 256_000_000,
        ..Row::default()
    })
}

/// Every row as a backup holds it.
async fn octets(database: &Relational) -> Result<Arc<Vec<u8>>, Failure> {
    let mut picture = database.frozen().await?;
    let mut octets = Vec::new();
    for table in TABLES {
        let mut after = None;
        loop {
            let page = picture.page(table, after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(table.key_of(last));
            octets.extend(copy::encode(&page)?);
        }
    }
    Ok(Arc::new(octets))
}

/// How long `zstd` takes at the level archives have, on one thread; and what is left.
async fn alone(octets: Arc<Vec<u8>>) -> Result<(usize, Duration), Failure> {
    let packing = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        zstd::encode_all(octets.as_slice(), zstd::DEFAULT_COMPRESSION_LEVEL)
            .map(|packed| (packed.len(), began.elapsed()))
    });
    Ok(packing.await??)
}
