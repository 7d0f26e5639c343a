//! A row that another process has read, out of Redis, beside a bare GET of the same octets.
//!
//! Where `ROLO_TEST_REDIS` names a server (`cargo xtask servers`); without one there are no rows.

use std::{sync::Arc, time::Duration};

use rolo_core::contracts::{Cache, Database};
use rolo_services::cache;
use uuid::Uuid;

use super::{
    Failure, Row,
    engines::{Filled, Times, fill},
};

/// How many cards are read.
const ASKED: usize = 2_000;
/// How long what was read may take to be in Redis.
const KEPT: Duration = Duration::from_secs(30);

pub(crate) async fn run(people: usize) -> Result<Vec<Row>, Failure> {
    let Some(url) = std::env::var("ROLO_TEST_REDIS").ok().filter(|url| !url.is_empty()) else {
        return Ok(Vec::new());
    };
    let folder = tempfile::tempdir()?;
    let filled = fill(&format!("sqlite:{}", folder.path().join("rolo.db").display()), &folder, people).await?;
    let place = Uuid::now_v7().simple().to_string();
    let asked = filled.ids.len().min(ASKED);
    let mut line = redis::Client::open(url.as_str())?.get_multiplexed_async_connection().await?;
    // Others have read them all; what one of them reads faster than Redis takes it is left out.
    let filling = async {
        loop {
            times(&filled, &url, &place).await?;
            tokio::time::sleep(Duration::from_millis(200)).await;
            let names: Vec<String> = redis::cmd("KEYS").arg(format!("*{place}*:card:*")).query_async(&mut line).await?;
            if names.len() >= asked {
                return Ok::<_, Failure>(names);
            }
        }
    };
    let names = tokio::time::timeout(KEPT, filling).await.map_err(|_| "what was read is not in Redis")??;

    let mut hits = times(&filled, &url, &place).await?;
    let mut gets = Times::default();
    for name in &names {
        let octets: Vec<u8> = gets.take(redis::cmd("GET").arg(name).query_async(&mut line)).await?;
        if octets.is_empty() {
            return Err("a row is gone".into());
        }
    }
    let (ours, theirs) = (hits.share(0.5), gets.share(0.5));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    let shown = |time: Duration| format!("{:.0} µs", time.as_secs_f64() * 1e6);
    Ok(vec![Row {
        what: "a card out of Redis, p50, beside a bare GET".to_owned(),
        rolo: shown(ours),
        peer: shown(theirs),
        ratio: format!("{ratio:.2}"),
        goal: "≤ 1.3",
        met: ratio <= 1.3,
    }])
}

/// Reads each card once, as a process does that has just begun.
async fn times(filled: &Filled, url: &str, place: &str) -> Result<Times, Failure> {
    let rows = cache::open(url, place, Arc::clone(&filled.services.database))?;
    // Connects first; on a busy machine it may not answer in time.
    drop(rows.works().await);
    let scope = filled.caller.scope();
    let scope = scope.content_with(filled.services.database.heads(scope).await?);
    let mut times = Times::default();
    for id in filled.ids.iter().take(ASKED) {
        times.take(rows.card(&scope, *id)).await?.ok_or("a contact is gone")?;
    }
    Ok(times)
}
