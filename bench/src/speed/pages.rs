//! What it takes the server to draw a page: the processor time of the list's first 50 rows and of a contact's page, in a book
//! that is whole. It holds everything between the request and the page: the engine, and the calls to the API it makes.

use std::time::Duration;

use super::{
    Failure, NO_GOAL, Row, Size,
    crowd::{Line, Place},
    process::Family,
};
use crate::rolo::{EMAIL, PASSWORD, Rolo};

/// How often each page is drawn before it counts.
const WARM: usize = 20;

pub(crate) async fn run(size: &Size) -> Result<Vec<Row>, Failure> {
    let folder = tempfile::tempdir()?;
    let rolo = Rolo::start(&folder.path().join("data"))?;
    let token = rolo.set_up().await?;
    rolo.command(&["seed", &size.people.to_string(), "--email", EMAIL])?;
    let first = rolo.door(&token).get("/v1/contacts?limit=1").await?;
    let id = first["items"][0]["id"].as_str().ok_or("nobody is there")?.to_owned();
    let place = Place::new(rolo.address()?, None);
    let cookie = place.sign_in(EMAIL, PASSWORD).await?;
    let (mut line, family) = (place.connect().await?, Family(vec![rolo.id()]));
    family.rest().await?;
    let mut rows = Vec::new();
    for (what, path, most, goal) in [
        ("list of 50", "/".to_owned(), Duration::from_millis(15), "≤ 15 ms"),
        ("detail", format!("/contacts/{id}"), Duration::from_millis(20), "≤ 20 ms"),
    ] {
        let request = place.get(&path, &[("cookie", &cookie)]);
        let octets = warm(&mut line, &request, &id).await?;
        let work = drawn(&mut line, &request, &family, size.pages).await?;
        let packed = place.get(&path, &[("cookie", &cookie), ("accept-encoding", "gzip")]);
        let packed = drawn(&mut line, &packed, &family, size.pages).await?;
        let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1e3);
        let what = format!("{what} drawn by the server, processor time; {octets} octets");
        rows.push(Row { what, rolo: ms(work), goal, met: work <= most, ..Row::default() });
        let what = "the same, packed by gzip".to_owned();
        rows.push(Row { what, rolo: ms(packed), goal: NO_GOAL, met: true, ..Row::default() });
    }
    Ok(rows)
}

/// Draws it until it is warm; answers how large it is. A page that does not show the contact was not drawn by the server.
async fn warm(line: &mut Line, request: &[u8], id: &str) -> Result<usize, Failure> {
    let mut octets = 0;
    for _ in 0..WARM {
        let answer = line.ask(request).await?;
        if answer.status != 200 || !std::str::from_utf8(answer.body)?.contains(id) {
            return Err(format!("the server drew no page of {id}: {}", String::from_utf8_lossy(answer.head)).into());
        }
        octets = answer.body.len();
    }
    Ok(octets)
}

/// The processor time of one.
async fn drawn(line: &mut Line, request: &[u8], family: &Family, times: usize) -> Result<Duration, Failure> {
    let before = family.worked()?;
    for _ in 0..times {
        let answer = line.ask(request).await?;
        if answer.status != 200 {
            return Err(format!("a page failed: {}", String::from_utf8_lossy(answer.head)).into());
        }
    }
    Ok((family.worked()? - before).div_f64(times as f64))
}
