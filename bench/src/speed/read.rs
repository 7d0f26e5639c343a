//! Cached reads over HTTP, signed in, against a bare hyper server that answers the same bytes.

use std::time::Duration;

use reqwest::Method;

use super::{Failure, Row, load::Asking, peer::Peer};
use crate::rolo::{EMAIL, Rolo};

const PEOPLE: &str = "25000";
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

pub(crate) async fn contact() -> Result<Vec<Row>, Failure> {
    compare("contact, cached, /s", "≥ 0.8", 0.8, "/v1/contacts?limit=1", |list| {
        let id = list["items"][0]["id"].as_str().unwrap_or_default();
        format!("/v1/contacts/{id}")
    })
    .await
}

pub(crate) async fn list() -> Result<Vec<Row>, Failure> {
    compare("list of 50, cached, /s", "≥ 0.4", 0.4, "/v1/contacts?limit=1", |_| "/v1/contacts?limit=50".to_owned())
        .await
}

async fn compare(
    what: &str,
    goal: &'static str,
    least: f64,
    first: &str,
    path: impl Fn(&serde_json::Value) -> String,
) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(&folder.path().join("data"))?;
    let token = rolo.set_up().await?;
    rolo.command(&["seed", PEOPLE, "--email", EMAIL])?;
    let door = rolo.door(&token);
    let path = path(&door.get(first).await?);
    let answer = door.ask(Method::GET, &path).send().await?.error_for_status()?;
    let headers = answer.headers().clone();
    let body = answer.bytes().await?;
    let peer = Peer::start(folder.path(), &headers, &body)?;
    let (ours, theirs) = (Asking::of(&rolo.url, &path, &token), Asking::of(&peer.url, &path, &token));
    for one in [&ours, &theirs] {
        one.load(ROUND / 4).await?;
    }
    // In turn, so that what else the machine does meets both.
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let theirs = theirs.load(ROUND).await?;
        let ours = ours.load(ROUND).await?;
        rounds.push((ours.per_second / theirs.per_second, ours, theirs));
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, ours, theirs) = &rounds[ROUNDS / 2];
    let told = |one: &super::load::Answered| format!("{:.0}, {:.1} ms", one.per_second, one.p99.as_secs_f64() * 1e3);
    Ok(vec![Row {
        what: format!("{what} (and p99), {} octets", body.len()),
        rolo: told(ours),
        peer: told(theirs),
        ratio: format!("{ratio:.2}"),
        goal,
        met: *ratio >= least,
    }])
}
