//! Cached reads over HTTP, signed in, against a bare hyper server that answers the same bytes.

use reqwest::Method;

use super::{Failure, Row, Size, load::Asking, peer::Peer};
use crate::rolo::{EMAIL, Rolo};

pub(crate) async fn contact(size: &Size) -> Result<Vec<Row>, Failure> {
    compare(size, "contact, cached, /s", "≥ 0.8", 0.8, "/v1/contacts?limit=1", |list| {
        let id = list["items"][0]["id"].as_str().unwrap_or_default();
        format!("/v1/contacts/{id}")
    })
    .await
}

pub(crate) async fn list(size: &Size) -> Result<Vec<Row>, Failure> {
    compare(size, "list of 50, cached, /s", "≥ 0.4", 0.4, "/v1/contacts?limit=1", |_| {
        "/v1/contacts?limit=50".to_owned()
    })
    .await
}

async fn compare(
    size: &Size,
    what: &str,
    goal: &'static str,
    least: f64,
    first: &str,
    path: impl Fn(&serde_json::Value) -> String,
) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(&folder.path().join("data"))?;
    let token = rolo.set_up().await?;
    rolo.command(&["seed", &size.people.to_string(), "--email", EMAIL])?;
    let door = rolo.door(&token);
    let path = path(&door.get(first).await?);
    let answer = door.ask(Method::GET, &path).send().await?.error_for_status()?;
    let headers = answer.headers().clone();
    let body = answer.bytes().await?;
    let peer = Peer::start(folder.path(), &headers, &body)?;
    let (ours, theirs) = (Asking::of(&rolo.url, &path, &token), Asking::of(&peer.url, &path, &token));
    for one in [&ours, &theirs] {
        one.load(size.round / 4).await?;
    }
    // In turn, so that what else the machine does meets both.
    let mut rounds = Vec::new();
    for _ in 0..size.rounds {
        let theirs = theirs.load(size.round).await?;
        let ours = ours.load(size.round).await?;
        rounds.push((ours.per_second / theirs.per_second, ours, theirs));
    }
    rounds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (ratio, ours, theirs) = &rounds[rounds.len() / 2];
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
