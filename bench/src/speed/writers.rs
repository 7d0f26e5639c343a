//! Sixty-four durable writers at `commit`, against a bare SQLite loop writing the same rows in the same groups.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use jiff::Timestamp;
use rolo_core::{
    Services,
    account::{self, Browser, Caller, NewOwner, setup},
    card::{Card, Drawing},
    contact::prepare,
    contracts::Database,
    id::{BatchId, ContactId},
    invent::People,
    write::{Act, Effect, Expect, Write},
};
use rolo_services::{clock::SystemClock, database, random::SystemRandom, secrets::KeyedSecrets, storage};
use uuid::Uuid;

use super::{Failure, Row, replay};

const WRITERS: usize = 64;

/// One round: a new database, all the writes, then the peer on what they left.
struct Round {
    ours: f64,
    theirs: f64,
    group: f64,
    p99: Duration,
}

/// `rounds` times `count` writes; the median ratio counts, since what else the machine does meets both sides in turn.
pub(crate) async fn run(rounds: usize, count: usize) -> Result<Vec<Row>, Failure> {
    let mut done = Vec::with_capacity(rounds);
    for _ in 0..rounds.max(1) {
        done.push(round(count).await?);
    }
    let ratio = |round: &Round| round.ours / round.theirs;
    done.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let median = &done[done.len() / 2];
    let ratio = ratio(median);
    let p99 = done.iter().map(|round| round.p99).max().unwrap_or_default();
    Ok(vec![
        Row {
            what: format!("{WRITERS} durable writers, /s, {:.0} a group", median.group),
            rolo: format!("{:.0}", median.ours),
            peer: format!("{:.0}", median.theirs),
            ratio: format!("{ratio:.2}"),
            goal: "≥ 0.8",
            met: ratio >= 0.8,
        },
        Row {
            what: "a durable write of 64, p99 of the worst round".to_owned(),
            rolo: format!("{} ms", p99.as_millis()),
            goal: "≤ 250 ms",
            met: p99 <= Duration::from_millis(250),
            ..Row::default()
        },
    ])
}

async fn round(count: usize) -> Result<Round, Failure> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("rolo.db");
    let services = services(&format!("sqlite:{}", file.display()), folder.path()).await?;
    let caller = owner(&services).await?;
    let writes: Arc<Vec<Write>> = Arc::new(writes(&caller, count, 1)?);
    let next = Arc::new(AtomicUsize::new(0));
    let before = replay::transactions(&file)?;
    let at = Instant::now();
    let tasks: Vec<_> = (0..WRITERS)
        .map(|_| tokio::spawn(writer(Arc::clone(&services.database), Arc::clone(&writes), Arc::clone(&next))))
        .collect();
    let mut times: Vec<Duration> = Vec::with_capacity(count);
    for task in tasks {
        times.append(&mut task.await??);
    }
    let ours = at.elapsed();
    let groups = replay::transactions(&file)?.wrapping_sub(before);
    drop(services);
    let theirs = replay::Rows::of(&file)?.replay(&folder.path().join("peer.db"), groups)?;
    times.sort_unstable();
    let p99 = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    let rate = |time: Duration| count as f64 / time.as_secs_f64();
    Ok(Round { ours: rate(ours), theirs: rate(theirs), group: count as f64 / f64::from(groups.max(1)), p99 })
}

/// A database and what verbs need beside it, with files in this folder.
pub(super) async fn services(url: &str, folder: &Path) -> Result<Services, Failure> {
    let database = database::connect(url, true).await?;
    let secrets = KeyedSecrets::new(database.secret_key().await?);
    Ok(Services {
        database: Arc::new(database),
        storage: storage::open(&format!("file:{}", folder.join("files").display()))?,
        secrets: Arc::new(secrets),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
    })
}

pub(super) async fn owner(services: &Services) -> Result<Caller, Failure> {
    let owner = NewOwner {
        name: "Bench".into(),
        email: "bench@rolo.example".into(),
        password: "five quiet harbour mornings".into(),
        ..NewOwner::default()
    };
    let signed_in = setup::setup(services, owner, Browser::default()).await?;
    let caller = account::of_account(services, signed_in.account.id, account::Door::Api, None).await?;
    Ok(caller.ok_or("no caller")?)
}

/// New contacts, so many to a write; made beforehand, so that only `commit` is measured.
pub(super) fn writes(caller: &Caller, count: usize, each: usize) -> Result<Vec<Write>, Failure> {
    let (book, _) = caller.scope().books().next().ok_or("no book")?;
    let into = caller.may_edit(book)?;
    let mut writes = Vec::with_capacity(count.div_ceil(each));
    for (number, person) in People::seeded(3).take(count).enumerate() {
        let uid = Uuid::now_v7().to_string();
        let drawing = Drawing { product: "-//Rolo//EN", uid: Some(&uid), now: None };
        let card = Box::new(prepare(&Card::drawn(&person.model, drawing)?, &uid));
        let id = ContactId(Uuid::now_v7());
        let effect = Effect::SaveContact { into, id, expect: Expect::Absent, act: Act::Create, card };
        let write = match writes.pop() {
            Some(last) if number % each != 0 => last,
            last => {
                writes.extend(last);
                Write::by(caller, Timestamp::now(), BatchId(Uuid::now_v7()), Act::Create)
            }
        };
        writes.push(write.and(effect));
    }
    Ok(writes)
}

/// Whom a write makes.
pub(super) fn made(write: &Write) -> impl Iterator<Item = ContactId> {
    write.effects.iter().filter_map(|effect| match effect {
        Effect::SaveContact { id, .. } => Some(*id),
        _ => None,
    })
}

async fn writer(
    database: Arc<dyn Database>,
    writes: Arc<Vec<Write>>,
    next: Arc<AtomicUsize>,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::new();
    while let Some(write) = writes.get(next.fetch_add(1, Ordering::Relaxed)) {
        let at = Instant::now();
        database.commit(write.clone()).await?.committed()?;
        times.push(at.elapsed());
    }
    Ok(times)
}
