//! From the answer to an edit until a search finds it, over HTTP, in a book that is whole.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use super::{Failure, Row};
use crate::rolo::{Door, EMAIL, Rolo};

const EDITS: usize = 50;
/// An edit that is not found by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn run(people: usize) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(&folder.path().join("data"))?;
    let token = rolo.set_up().await?;
    rolo.command(&["seed", &people.to_string(), "--email", EMAIL])?;
    let door = rolo.door(&token);
    let list = door.get("/v1/contacts?limit=100").await?;
    let ids: Vec<&str> =
        list["items"].as_array().into_iter().flatten().filter_map(|item| item["id"].as_str()).collect();
    // The first one waits until the index has caught up with the book.
    found_after(&door, ids.first().ok_or("nobody is there")?, 0).await?;
    let mut times = Vec::with_capacity(EDITS);
    for nth in 1..=EDITS {
        times.push(found_after(&door, ids[nth % ids.len()], nth).await?);
    }
    times.sort_unstable();
    let (p50, p99) = (times[EDITS / 2], times[EDITS * 99 / 100]);
    Ok(vec![Row {
        what: format!("an edit is found after its answer, p50, of {people}"),
        rolo: format!("{} ms", p50.as_millis()),
        peer: format!("(p99 {} ms)", p99.as_millis()),
        goal: "≤ 50 ms",
        met: p50 <= Duration::from_millis(50),
        ..Row::default()
    }])
}

async fn found_after(door: &Door, id: &str, nth: usize) -> Result<Duration, Failure> {
    let word = format!("findme{nth}x");
    let body = json!({ "card": { "nicknames": { "n": { "name": word } } } });
    let headers = [("if-match", "*".to_owned())];
    let (status, answer) = door.send(Method::PATCH, &format!("/v1/contacts/{id}"), &headers, Some(&body)).await?;
    if !status.is_success() {
        return Err(format!("an edit was refused: {status} {answer}").into());
    }
    let at = Instant::now();
    loop {
        let found = door.get(&format!("/v1/contacts?q={word}&limit=1")).await?;
        if found["items"][0]["id"].as_str() == Some(id) {
            return Ok(at.elapsed());
        }
        if at.elapsed() > PATIENCE {
            return Err(format!("{word} was not found within {} s", PATIENCE.as_secs()).into());
        }
    }
}
